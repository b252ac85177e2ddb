"""What a reference provider does with a call-out: steps with their waits, declared once."""

from collections.abc import Callable
from typing import Any, NamedTuple

Facts = dict[str, Any]


class Step(NamedTuple):
    """One thing a provider does.

    Attributes:
        minutes: After the step before, in the case's own time [our defaults].
        command: What it tells the desk; nothing when it only stays silent.
        inputs: What it says, from the facts of the call-out.
    """

    minutes: float
    command: str
    inputs: Callable[[Facts], dict[str, Any]]


def contact(facts: Facts) -> str:
    """Return whom the provider rings: the first safe contact of the call-out."""
    contacts = facts.get("contacts") or [{}]
    return str(contacts[0].get("name") or "the council's safe contact")


STEPS: dict[str, Step] = {
    "acknowledge": Step(5, "provider-acknowledged", lambda _: {}),
    "attempt": Step(
        5,
        "contact-attempted",
        lambda _: {"channel": "phone", "result": "no answer on the switchboard"},
    ),
    "contact": Step(
        10,
        "contact-made",
        lambda facts: {
            "with_whom": contact(facts),
            "channel": "phone",
            "council_confirms": "yes",
        },
    ),
    "scope": Step(
        40,
        "agree-scope",
        lambda facts: {
            "summary": "Servers, identity and remote access.",
            "agreed_by": contact(facts),
        },
    ),
    "update": Step(
        120,
        "provider-update",
        lambda _: {"summary": "Servers isolated. No new encryption."},
    ),
    "decline": Step(
        5,
        "provider-declined",
        lambda _: {"why": "no-capacity", "reason": "No responder is free within the hour."},
    ),
    "silent": Step(0, "", lambda _: {}),
}
"""By the word that a script has for it."""

USUAL = "acknowledge,attempt,contact,scope,update"
"""The script of a provider that does what it should."""


class NoScriptError(ValueError):
    """The script has a step that there is not."""


def read_script(text: str) -> tuple[Step, ...]:
    """Return the steps of ``acknowledge,contact:25,…``; ``:25`` waits that many minutes instead.

    Raises:
        NoScriptError: Naming the step that is wrong and those that there are.
    """
    return tuple(_read(word.strip()) for word in text.split(","))


def _read(word: str) -> Step:
    name, _, minutes = word.partition(":")
    known = ", ".join(STEPS)
    if name not in STEPS or (minutes and not minutes.isdecimal()):
        raise NoScriptError(f"{word!r} is no step. Steps: {known}; with minutes: contact:25.")
    step = STEPS[name]
    return step._replace(minutes=float(minutes)) if minutes else step
