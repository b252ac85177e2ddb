"""Who is on which rung, from when to when, and where nobody is."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.people import D, H, M, Person, Role, T
from domain.value import Instant, Value

RUNGS: dict[int, Role] = {0: T, 1: M, 2: H, 3: D}
"""Whose rung it is: L0 triage officers, L1 incident managers, L2 the head, L3 the director."""

AHEAD = timedelta(days=14)
"""How far ahead a rota is looked at for gaps [our default]."""


class Shift(Value):
    """One shift of the rota; ``until`` excluded."""

    rung: int
    person: str
    begins: Instant
    until: Instant

    def is_on(self, at: datetime) -> bool:
        """Tell whether the shift runs at ``at``."""
        return self.begins <= at < self.until


class Gap(Value):
    """A time in which nobody is on a rung."""

    rung: int
    begins: Instant
    until: Instant


class Watch(Value):
    """Who is on one rung, and who comes next.

    Attributes:
        now: Everybody who is on; empty = nobody.
        until: When that changes; ``None`` = the rota knows of no change.
        next: Who is on from ``until``; empty = nobody.
    """

    rung: int
    now: tuple[str, ...]
    until: Instant | None
    next: tuple[str, ...] = ()


def on_rung(shifts: Iterable[Shift], rung: int, at: datetime) -> tuple[str, ...]:
    """Return who is on a rung at ``at``, each once, by id."""
    return tuple(sorted({one.person for one in shifts if one.rung == rung and one.is_on(at)}))


def watches(shifts: tuple[Shift, ...], at: datetime) -> tuple[Watch, ...]:
    """Return who is on at each rung now, and who is next."""
    return tuple(_watch(shifts, rung, at) for rung in RUNGS)


def by_role(people: Iterable[Person]) -> tuple[Watch, ...]:
    """Return who is paged on each rung while there is no rota at all: whoever holds its role."""
    known = tuple(people)
    return tuple(
        Watch(rung=rung, now=tuple(one.id for one in known if role in one.roles), until=None)
        for rung, role in RUNGS.items()
    )


def _watch(shifts: tuple[Shift, ...], rung: int, at: datetime) -> Watch:
    now = on_rung(shifts, rung, at)
    for moment in _edges(shifts, rung, at):
        then = on_rung(shifts, rung, moment)
        if then != now:
            return Watch(rung=rung, now=now, until=moment, next=then)
    return Watch(rung=rung, now=now, until=None)


def gaps(shifts: tuple[Shift, ...], at: datetime, ahead: timedelta = AHEAD) -> tuple[Gap, ...]:
    """Return every time from ``at`` on in which a rung has nobody, earliest first."""
    end = at + ahead
    found: list[Gap] = []
    for rung in RUNGS:
        free = at
        mine = sorted((s for s in shifts if s.rung == rung), key=lambda s: s.begins)
        for shift in mine:
            if shift.begins >= end:
                break
            if shift.begins > free:
                found.append(Gap(rung=rung, begins=free, until=shift.begins))
            free = max(free, shift.until)
        if free < end:
            found.append(Gap(rung=rung, begins=free, until=end))
    return tuple(sorted(found, key=lambda gap: (gap.begins, gap.rung)))


def _edges(shifts: tuple[Shift, ...], rung: int, at: datetime) -> list[datetime]:
    mine = [one for one in shifts if one.rung == rung]
    return sorted({moment for s in mine for moment in (s.begins, s.until) if moment > at})
