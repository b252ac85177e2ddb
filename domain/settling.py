"""What follows from what: events become facts, and facts bring clocks, pages and notices."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.case import Case, Event, evolve
from domain.clocks.due import happens, next_due
from domain.clocks.events import Paged
from domain.clocks.ladders import top_of
from domain.clocks.running import follow, raised
from domain.effects import Effect, link_of, pack_of, page_of, turn_of
from domain.fact import Cause, Fact, fact_of
from domain.notices import notices_for
from domain.people import SYSTEM
from domain.told import NoticeDue, overtaken, unconfirmed


class Settled(NamedTuple):
    """A case after events, with everything they brought about."""

    case: Case
    facts: tuple[Fact, ...] = ()
    effects: tuple[Effect, ...] = ()

    def then(self, other: "Settled") -> "Settled":
        """Return both, one after the other."""
        facts, effects = (*self.facts, *other.facts), (*self.effects, *other.effects)
        return Settled(other.case, facts, effects)


def settle(case: Case, events: Iterable[Event], cause: Cause) -> Settled:
    """Carry out ``events`` and all that follows from them, each consequence right after its cause.

    Args:
        case: The case before.
        events: What was decided, or what time did.
        cause: Who and what brought it about; effects are keyed by its id.
    """
    waiting = deque(events)
    facts: list[Fact] = []
    effects: list[Effect] = []
    while waiting:
        event = waiting.popleft()
        before, case = case, evolve(case, event)
        case = case.but(seq=case.seq + 1)
        facts.append(fact_of(event, case.seq, cause))
        cause = cause.but(content=None)  # it stands on the first fact
        if isinstance(event, NoticeDue):
            continue
        told, new = _told(before, case, event, cause, len(effects))
        effects.extend(new)
        effects.extend(_steps(before, case, event, cause, len(effects)))
        follows = (
            *told,
            *follow(before, case, event, cause.at),
            *unconfirmed(case, event),
            *overtaken(case, event),
        )
        waiting.extendleft(reversed(follows))
    return Settled(case, tuple(facts), tuple(effects))


def _told(
    before: Case, after: Case, event: Event, cause: Cause, number: int
) -> tuple[list[NoticeDue], list[Effect]]:
    told: list[NoticeDue] = []
    effects: list[Effect] = []
    for notice in notices_for(before, after, event):
        key = f"{after.reference}/{cause.id}/{number + len(effects) + 1}"
        effects.append(Effect(key=key, kind="notice", notice=notice))
        told.append(
            NoticeDue(
                at=event.at,
                key=key,
                notice=notice.notice,
                role=notice.role,
                channels=notice.channels,
            )
        )
    return told, effects


def _steps(before: Case, after: Case, event: Event, cause: Cause, number: int) -> list[Effect]:
    key = f"{after.reference}/{cause.id}/{number + 1}"
    found = (
        page_of(after, event),
        turn_of(before, after, event, key),
        pack_of(after, event),
        link_of(after, event, key),
    )
    return [effect for effect in found if effect is not None]


def advance(case: Case, now: datetime, *, through: bool) -> Settled:
    """Let time pass to ``now``: everything due before it happens, in order.

    Args:
        case: The case as it stands.
        now: The instant reached.
        through: Whether what is due at ``now`` itself happens too. Facts at an instant come before
            the clocks of that instant, so a command passes ``False``.
    """
    settled = Settled(case)
    while (due := next_due(settled.case)) is not None:
        if due.at > now or (due.at == now and not through):
            break
        cause = Cause(id=f"{due.id}/{due.at.isoformat()}", by=SYSTEM, at=max(now, due.at))
        settled = settled.then(settle(settled.case, happens(settled.case, due, now), cause))
    return settled


def page_reached(
    case: Case, effect: Effect, rung: int, people: tuple[str, ...], at: datetime
) -> Settled:
    """Take the pager's answer: which rung a page really reached; an empty rung raises its alarm."""
    page = effect.page
    if page is None:
        return Settled(case)
    paged = Paged(
        at=page.at,
        about=page.about,
        rung=rung,
        wanted_rung=page.rung,
        people=people,
        top=top_of(case, page.about),
    )
    gap = raised(case, "rota-gap", page.at) if rung != page.rung else ()
    return settle(case, (paged, *gap), Cause(id=f"paged/{effect.key}", by=SYSTEM, at=at))
