"""Who is woken when: the rungs of a ladder, and what an acknowledgement buys."""

from datetime import datetime
from typing import ClassVar

from domain.case import Case, Event
from domain.clock_run import AlarmRun, ClockRun, ClockState
from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Ladder
from domain.clocks.events import PageDue, PageSuperseded
from domain.clocks.working_time import add_working, next_working_instant


def top_rung(case: Case, ladder: Ladder) -> int:
    """Return the top rung of a ladder; with everyone silent it is paged again and again."""
    return case.policy.ladder(ladder).top_rung


def top_of(case: Case, about: str) -> int:
    """Return the top rung of the ladder that ``clock#n`` or ``alarm:name#n`` climbs."""
    name = about.rsplit("#", 1)[0]
    clock = CATALOGUE.get(name)
    return top_rung(case, Ladder.URGENT if clock is None else clock.ladder or Ladder.URGENT)


def rung_after(case: Case, ladder: Ladder, at: datetime) -> datetime:
    """Return when the next rung follows a page at ``at``; ladder O counts working time."""
    every = case.policy.ladder_interval(ladder)
    if ladder is Ladder.OFFICE:
        return add_working(at, every, case.policy.working_hours)
    return at + every


def quiet_until(case: Case, ladder: Ladder, at: datetime) -> datetime:
    """Return until when an acknowledgement at ``at`` buys quiet (guide f 5)."""
    buys = case.policy.acknowledgement(ladder)
    if ladder is Ladder.OFFICE:
        return add_working(at, buys, case.policy.working_hours)
    return at + buys


def first_page_at(case: Case, ladder: Ladder | None, due_at: datetime) -> datetime:
    """Return when the first rung is paged for a deadline; ladder O waits for the opening."""
    if ladder is Ladder.OFFICE:
        return next_working_instant(due_at, case.policy.working_hours)
    return due_at


def first_page(case: Case, run: AlarmRun, at: datetime) -> PageDue:
    """Return the page with which an alarm begins."""
    alarm = ALARMS[run.alarm]
    about = f"{run.about}#{run.instance}"
    if not alarm.climbs:
        return PageDue(at=at, about=about, rung=alarm.rung, needs_acknowledgement=False)
    return PageDue(
        at=at,
        about=about,
        rung=alarm.rung,
        next_at=rung_after(case, Ladder.URGENT, at),
        next_rung=min(alarm.rung + 1, top_rung(case, Ladder.URGENT)),
    )


def ladder_of(run: ClockRun | AlarmRun) -> Ladder | None:
    """Return the ladder a run's pages climb; alarms climb ladder U."""
    return Ladder.URGENT if isinstance(run, AlarmRun) else CATALOGUE[run.clock].ladder


def about(run: ClockRun | AlarmRun) -> str:
    """Return the name a page carries: ``clock#n`` or ``alarm:name#n``."""
    return run.id if isinstance(run, ClockRun) else f"{run.about}#{run.instance}"


def next_page(case: Case, run: ClockRun | AlarmRun, at: datetime, now: datetime) -> PageDue:
    """Return the ladder's page due at ``at``, superseded when time has gone past it."""
    paging, ladder = run.paging, ladder_of(run)
    rung = paging.next_rung
    marks = [s for s in run.agenda if s.does == "mark"] if isinstance(run, ClockRun) else []
    if ladder is None or marks:
        late = bool(marks) and marks[0].at <= now
        return (PageSuperseded if late else PageDue)(at=at, about=about(run), rung=rung)
    follows = rung_after(case, ladder, at)
    kind = PageSuperseded if follows <= now else PageDue
    return kind(
        at=at,
        about=about(run),
        rung=rung,
        next_at=follows,
        next_rung=min(rung + 1, top_rung(case, ladder)),
    )


def mark_page(case: Case, run: ClockRun, rung: int, at: datetime, now: datetime) -> PageDue:
    """Return the page of a set point; after the last one the ladder repeats the top rung.

    An acknowledgement silences only those repeats: they wait until it has run out.
    """
    if len(run.agenda) > 1:
        late = run.agenda[1].at <= now
        return (PageSuperseded if late else PageDue)(at=at, about=run.id, rung=rung)
    follows, quiet = rung_after(case, Ladder.URGENT, at), run.paging.quiet_until
    next_at = follows if quiet is None else max(follows, quiet)
    return (PageSuperseded if next_at <= now else PageDue)(
        at=at,
        about=run.id,
        rung=rung,
        next_at=next_at,
        next_rung=top_rung(case, Ladder.URGENT),
    )


class EscalationAcknowledged(Event):
    """A person has it: every unacknowledged page of that name in the case is taken.

    Attributes:
        about: The clock's name or ``alarm:<name>``.
        acknowledged_by: Who took it.
    """

    type: ClassVar[str] = "escalation-acknowledged"
    about: str
    acknowledged_by: str

    def apply(self, case: Case) -> Case:
        """Buy quiet for a clock; an alarm is over."""
        clocks = tuple(self._quietened(case, run) for run in case.clocks)
        alarms = tuple(
            run.but(over=True, paging=run.paging.but(next_at=None, unacknowledged=False))
            if run.about == self.about
            else run
            for run in case.alarms
        )
        return case.but(clocks=clocks, alarms=alarms)

    def _quietened(self, case: Case, run: ClockRun) -> ClockRun:
        paging = run.paging
        if run.clock != self.about or not paging.unacknowledged:
            return run
        taken = paging.but(unacknowledged=False, acknowledged_by=self.acknowledged_by)
        ladder = CATALOGUE[run.clock].ladder
        if ladder is None or run.state is not ClockState.BREACHED or run.ended:
            return run.but(paging=taken)
        until = quiet_until(case, ladder, self.at)
        if any(step.does == "mark" for step in run.agenda):
            return run.but(paging=taken.but(quiet_until=until))
        if CATALOGUE[run.clock].marks:
            at = until if paging.next_at is None else max(paging.next_at, until)
            return run.but(paging=taken.but(quiet_until=until, next_at=at))
        rung = min((paging.rung or 0) + 1, top_rung(case, ladder))
        return run.but(paging=taken.but(quiet_until=until, next_at=until, next_rung=rung))


def unacknowledged(case: Case, name: str) -> bool:
    """Tell whether any page of a clock or ``alarm:<name>`` waits for a person."""
    clocks = any(r.clock == name and r.paging.unacknowledged for r in case.clocks)
    return clocks or any(a.about == name and a.paging.unacknowledged for a in case.alarms)


def waiting_for_a_person(case: Case) -> tuple[str, ...]:
    """Return every clock and ``alarm:<name>`` with a page that waits, each once."""
    clocks = (run.clock for run in case.clocks if run.paging.unacknowledged)
    alarms = (alarm.about for alarm in case.alarms if alarm.paging.unacknowledged)
    return tuple(dict.fromkeys((*clocks, *alarms)))
