"""Every alarm that a fact of the case raises: a page with no clock behind it."""

from dataclasses import dataclass

from domain.case import Case, Event
from domain.clocks.conditions import Condition
from domain.report import LIFE_RISKS
from domain.rotation import candidates

EACH_RISK = 5
"""The generation of rules from which on a second risk wakes people although the first did."""


@dataclass(frozen=True)
class Alarm:
    """One alarm.

    Attributes:
        name: Its name; acknowledged as ``alarm:<name>``.
        says: What happened, in words.
        rung: The first rung paged.
        on: Event types that may raise it; ``entering:<phase>`` as for clocks.
        when: Whether the event really does.
        climbs: Whether it pages like ladder U until a person has it.
    """

    name: str
    says: str
    rung: int
    on: tuple[str, ...]
    when: Condition
    climbs: bool = True


def _life_risk(before: Case, after: Case, event: Event) -> bool:
    if event.type == "report-repeated":
        return bool(getattr(event, "new_life_risk", False))
    if event.type == "case-opened":
        return after.report.life_risk
    if after.rules < EACH_RISK:
        return after.report.life_risk and not before.report.life_risk
    return any(
        getattr(after.report.impact, risk) == "yes" != getattr(before.report.impact, risk)
        for risk in LIFE_RISKS
    )


def _nobody_left(before: Case, after: Case, event: Event) -> bool:
    entering = before.phase is not after.phase
    declined = event.type == "provider-declined"
    return (entering or declined) and not candidates(after, event.at)


_ROWS = (
    Alarm(
        "life-risk",
        "there is danger to life or a safeguarding risk",
        2,
        ("case-opened", "report-amended", "report-repeated"),
        _life_risk,
    ),
    Alarm(
        "no-safe-contact",
        "the council has no safe contact",
        1,
        ("case-opened",),
        lambda _before, after, _event: not after.report.has_safe_contact,
    ),
    Alarm(
        "spread-reported",
        "the provider reports that it is spreading",
        1,
        ("provider-update-recorded",),
        lambda _before, _after, event: getattr(event, "spread", None) == "yes",
    ),
    Alarm(
        "no-provider",
        "no provider is left to be called out",
        2,
        ("entering:activation", "provider-declined"),
        _nobody_left,
    ),
    Alarm(
        "report-repeated",
        "the report arrived again with other content",
        0,
        ("report-repeated",),
        lambda _before, _after, _event: True,
        climbs=False,
    ),
    Alarm(
        "contract-ending",
        "the contract of the provider on the case is about to end",
        1,
        ("end-came-near",),
        lambda _before, _after, event: getattr(event, "alarm", "") == "contract-ending",
    ),
    Alarm(
        "council-ending",
        "the council of the case is about to end",
        1,
        ("end-came-near",),
        lambda _before, _after, event: getattr(event, "alarm", "") == "council-ending",
    ),
    Alarm("rota-gap", "a rung of the rota is empty", 2, (), lambda _b, _a, _e: False),
    Alarm("record-tampered", "the record was changed by hand", 2, (), lambda _b, _a, _e: False),
)

ALARMS: dict[str, Alarm] = {row.name: row for row in _ROWS}
"""Every alarm by its name."""
