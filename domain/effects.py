"""What must happen outside because of a fact: values that the outbox carries."""

from typing import Any, Literal

from domain.case import Case, Event
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.events import PageDue, PageSuperseded
from domain.notices import Notice
from domain.phase import ACT
from domain.rotation import candidates
from domain.value import Instant, Value

MIRRORS_LINKS = 2
"""The generation of rules from which on the other case is told of a link."""

OWN_KEYS = 3
"""The generation of rules from which a page has a key that no notice can have."""


class Page(Value):
    """One page row, as the case asks for it: who is reached is the pager's answer.

    Attributes:
        about: ``clock#n`` or ``alarm:name#n``.
        rung: The rung that is wanted.
        due_at: The true deadline, or when the alarm was raised.
        owner: Staff id of the case's owner; L0 is the owner while on shift.
        provider: Whose account lead is paged as well (guide f 7).
        on_rota_at: For a played exercise: the instant of its story, whose rota is looked at.
    """

    about: str
    rung: int
    at: Instant
    due_at: Instant
    owner: str | None
    exercise: bool
    provider: str | None = None
    on_rota_at: Instant | None = None


class Effect(Value):
    """One thing to do outside, once.

    Attributes:
        key: Case, instruction (or clock, instant and rung) and number; the same for every try.
        kind: ``notice``, ``page``, ``turn`` (reserve a provider's turn), ``pack`` or ``link`` (tell
            another case that it is linked, or no longer).
        notice: What is told, for a notice.
        page: What is paged, for a page.
        candidates: Whom the system may call out, for a turn; ``why`` it is asked.
        pack: The billing pack, for a pack.
        other: The other case, for a link.
    """

    key: str
    kind: Literal["notice", "page", "turn", "pack", "link"]
    notice: Notice | None = None
    page: Page | None = None
    candidates: tuple[str, ...] = ()
    why: str = ""
    pack: dict[str, Any] | None = None
    other: str = ""


def page_of(case: Case, event: Event) -> Effect | None:
    """Return the page a ``page-due`` asks for; a superseded one pages nobody."""
    if not isinstance(event, PageDue) or isinstance(event, PageSuperseded):
        return None
    run = next((run for run in case.clocks if run.id == event.about), None)
    due_at = event.at if run is None else run.due_at
    is_first_mark = run is not None and CATALOGUE[run.clock].marks and event.at == due_at
    page = Page(
        about=event.about,
        rung=event.rung,
        at=event.at,
        due_at=due_at,
        owner=case.owner,
        exercise=case.exercise,
        provider=case.engagement.provider if is_first_mark else None,
        on_rota_at=case.policy.working_hours.told(event.at) if case.policy.is_played else None,
    )
    return Effect(key=_page_key(case, event), kind="page", page=page)


def _page_key(case: Case, event: PageDue) -> str:
    """Return the page's key; at first one ended like a notice's of that instant, and hid it."""
    rung = f"L{event.rung}" if case.rules >= OWN_KEYS else f"{event.rung}"
    return f"{case.reference}/{event.about}/{event.at.isoformat()}/{rung}"


def turn_of(before: Case, after: Case, event: Event, key: str) -> Effect | None:
    """Return the turn to reserve when somebody must be called out and the system may choose."""
    entering = after.phase is ACT and before.phase is not ACT
    if not entering and event.type != "provider-declined":
        return None
    if after.engagement.provider is not None:
        return None
    able = candidates(after, event.at)
    if not able:
        return None
    why = "by-choice" if after.engagement.chosen in able else "rotation"
    return Effect(key=key, kind="turn", candidates=able, why=why)


def pack_of(case: Case, event: Event) -> Effect | None:
    """Return the pack to send: at the hand-off, and again with the same key when it is chased."""
    if event.type == "billing-handed-off":
        dumped = event.model_dump(mode="json")
        key = f"{case.reference}/billing/{dumped['pack']}"
        return Effect(key=key, kind="pack", pack=dumped)
    step = getattr(event, "step", None)
    again = event.type == "clock-reminded" and getattr(step, "notice", None) == "pack-again"
    flight = case.money.pack_in_flight
    if not again or flight is None:
        return None
    return Effect(key=f"{case.reference}/billing/{flight.pack}", kind="pack", pack=None)


def link_of(case: Case, event: Event, key: str) -> Effect | None:
    """Return the word to the other case that a link was made or taken back here."""
    if event.type not in ("case-linked", "case-unlinked") or case.rules < MIRRORS_LINKS:
        return None
    if getattr(event, "mirrored", False):
        return None
    return Effect(key=key, kind="link", other=str(getattr(event, "case", "")))
