"""What is due next, and what happens then: time itself as a giver of facts."""

from datetime import datetime
from typing import Any, NamedTuple

from domain.case import Case, Event
from domain.clock_run import AlarmRun, ClockRun, Step, Window
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Kind
from domain.clocks.endings import Ending, endings, noted
from domain.clocks.events import (
    ClockBreached,
    ClockMarked,
    ClockReminded,
    ClockRepeated,
    ClockResumed,
    ClockSuperseded,
    ClockWarned,
    PageDue,
    WindowEnded,
)
from domain.clocks.ladders import first_page_at, mark_page, next_page
from domain.clocks.timing import counted_on, resumed


class Due(NamedTuple):
    """The next thing time will do.

    Attributes:
        at: When.
        kind: ``warning``, ``reminder``, ``deadline``, ``mark``, ``page``, ``alarm``, ``resume`` or
            ``window``.
        about: The run, ending or window it is about.
    """

    at: datetime
    kind: str
    about: ClockRun | AlarmRun | Window | Ending

    @property
    def name(self) -> str:
        """Return the name of the clock, window or ``alarm:<name>`` it is about."""
        if isinstance(self.about, ClockRun):
            return self.about.clock
        if isinstance(self.about, Ending):
            return f"alarm:{self.about.alarm}"
        return self.about.window if isinstance(self.about, Window) else self.about.about

    @property
    def id(self) -> str:
        """Return the name with its instance, by which effects are keyed."""
        if isinstance(self.about, Ending):
            return self.about.cause
        return self.name if isinstance(self.about, Window) else f"{self.name}#{self.about.instance}"


KINDS = {
    "warn": "warning",
    "remind": "reminder",
    "repeat": "reminder",
    "breach": "deadline",
    "mark": "mark",
}


def next_due(case: Case) -> Due | None:
    """Return the earliest thing time will do to the case; ``None`` when nothing is left to come."""
    found: list[Due] = []
    for run in case.clocks:
        if run.ended:
            continue
        if run.pause is not None:
            found.append(Due(run.pause.until, "resume", run))
            continue
        if run.agenda:
            found.append(Due(run.agenda[0].at, KINDS[run.agenda[0].does], run))
        if run.paging.next_at is not None:
            found.append(Due(run.paging.next_at, "page", run))
    found.extend(
        Due(alarm.paging.next_at, "page", alarm)
        for alarm in case.alarms
        if alarm.paging.next_at is not None
    )
    found.extend(Due(ending.notice_at, "alarm", ending) for ending in endings(case))
    found.extend(Due(window.ends_at, "window", window) for window in case.windows)
    return min(found, key=lambda due: due.at, default=None)


def next_deadline(case: Case) -> Due | None:
    """Return the next thing a person would call a deadline: a warning, a deadline, a page."""
    if case.phase.value == "closed":
        return None
    return next_due(case)


def happens(case: Case, due: Due, now: datetime) -> tuple[Event, ...]:
    """Return the facts that ``due`` makes.

    Args:
        case: The case as it stands.
        due: From ``next_due``; its instant has come.
        now: When we act on it. Later than ``due.at`` after an outage: what time has gone past is
            recorded as superseded and pages nobody (guide f 10).
    """
    about = due.about
    if isinstance(about, Window):
        return (WindowEnded(at=due.at, window=about.window),)
    if isinstance(about, Ending):
        return (noted(about, max(due.at, now)),)  # found late, its ladder begins when it is found
    if due.kind == "page":
        return (next_page(case, about, due.at, now),)
    if isinstance(about, AlarmRun):
        return ()
    if due.kind == "resume":
        return (resume(case, about, due.at),)
    return _stepped(case, about, now)


def resume(case: Case, run: ClockRun, at: datetime) -> ClockResumed:
    """Return the end of a pause: what was left is counted on from ``at``."""
    due_at, agenda = resumed(case, CATALOGUE[run.clock], run, at)
    return ClockResumed(at=at, clock=run.clock, instance=run.instance, due_at=due_at, agenda=agenda)


def _stepped(case: Case, run: ClockRun, now: datetime) -> tuple[Event, ...]:
    step = run.agenda[0]
    common: dict[str, Any] = {"at": step.at, "clock": run.clock, "instance": run.instance}
    common["step"] = step
    gone_past = len(run.agenda) > 1 and run.agenda[1].at <= now
    match step.does:
        case "warn" | "remind" if gone_past:
            return (ClockSuperseded(**common),)
        case "warn":
            page = PageDue(at=step.at, about=run.id, rung=0, needs_acknowledgement=False)
            return (ClockWarned(**common), page)
        case "remind":
            return (ClockReminded(**common),)
        case "repeat":
            return (_repeated(case, run, step, now),)
        case "mark":
            page = mark_page(case, run, step.rung or 1, step.at, now)
            return (ClockMarked(**common), page)
        case "breach":
            return (_breached(case, run, step, now),)


def _repeated(case: Case, run: ClockRun, step: Step, now: datetime) -> ClockRepeated:
    """Nudge once, however many nudges an outage swallowed, and set the next instant after now."""
    clock = CATALOGUE[run.clock]
    every = case.policy.target(clock.name)
    next_at = counted_on(case, clock, step.at, every)
    while next_at <= now:
        next_at = counted_on(case, clock, next_at, every)
    return ClockRepeated(
        at=step.at, clock=run.clock, instance=run.instance, step=step, next_at=next_at
    )


def _breached(case: Case, run: ClockRun, step: Step, now: datetime) -> ClockBreached:
    clock = CATALOGUE[run.clock]
    late = int((now - step.at).total_seconds())
    return ClockBreached(
        at=step.at,
        clock=run.clock,
        instance=run.instance,
        step=step,
        counts=clock.kind is Kind.SERVICE,
        found_late_s=max(late, 0),
        page_at=first_page_at(case, clock.ladder, step.at),
    )
