"""What time and facts do to clocks: ``follow`` after a fact, ``due`` at an instant.

Both only say what follows, as events; ``domain.settling`` carries it out.
"""

from datetime import datetime

from domain.case import Case, Event
from domain.category import is_more_severe
from domain.clock_run import AlarmRun, ClockRun, ClockState
from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Clock, Kind
from domain.clocks.endings import came_near
from domain.clocks.events import (
    AlarmEnded,
    AlarmRaised,
    CaseArchived,
    ClockCancelled,
    ClockMet,
    ClockReminded,
    ClockShortened,
    ClockStarted,
    WindowEnded,
    WindowOpened,
)
from domain.clocks.ladders import first_page
from domain.clocks.timing import new_run, shortened
from domain.phase import ACT, ASS, CLS, END

BEGINS_WHEN_TOLD = 5
"""The generation of rules from which on an alarm about the past begins when we were told of it."""


def follow(before: Case, after: Case, event: Event, told_at: datetime) -> tuple[Event, ...]:
    """Return what one fact does to clocks, alarms and windows, in order.

    Args:
        before: The case before the fact.
        after: The case after it.
        event: The fact.
        told_at: When we were told of it, or found it.
    """
    triggers = {event.type}
    if before.phase is not after.phase:
        triggers.add(f"entering:{after.phase}")
    over = _over(before, after, event, triggers)
    return (
        *_at_once(event),
        *over,
        *_starts(before, after, event, triggers, tuple(e.clock for e in over)),
        *_shortens(before, after, event),
        *_windows(before, after, event),
        *_alarms(before, after, event, triggers, told_at),
        *came_near(before, after, event),
    )


def _at_once(event: Event) -> tuple[Event, ...]:
    """Return the first nudge of a reminder clock, which goes out as it starts."""
    if not isinstance(event, ClockStarted):
        return ()
    run = event.run
    if CATALOGUE[run.clock].kind is not Kind.REMINDER:
        return ()
    first = run.agenda[0]
    nudge = ClockReminded(at=event.at, clock=run.clock, instance=run.instance, step=first)
    return (nudge,) if first.at <= event.at else ()


def _over(
    before: Case, after: Case, event: Event, triggers: set[str]
) -> tuple[ClockMet | ClockCancelled, ...]:
    made: list[ClockMet | ClockCancelled] = []
    for run in after.live_clocks():
        clock = CATALOGUE[run.clock]
        if triggers & set(clock.stops) and clock.stops_when(before, after, event):
            made.append(_met(run, event))
        elif (triggers & set(clock.cancels) and clock.cancels_when(before, after, event)) or _left(
            before, after, clock
        ):
            made.append(ClockCancelled(at=event.at, clock=run.clock, instance=run.instance))
    return tuple(made)


def _met(run: ClockRun, event: Event) -> ClockMet:
    met_at: datetime = getattr(event, "judged_at", event.at)
    in_time = met_at <= run.due_at
    breached = run.state is ClockState.BREACHED
    late = int((met_at - run.due_at).total_seconds()) if breached and not in_time else None
    return ClockMet(
        at=event.at,
        clock=run.clock,
        instance=run.instance,
        met_at=met_at,
        late_by_s=late,
        withdraws=breached and in_time,
    )


def _left(before: Case, after: Case, clock: Clock) -> bool:
    """Tell whether the phase move ended the clock (guide f 12)."""
    if before.phase is after.phase:
        return False
    if after.phase is END:
        return True
    lives = clock.lives_in
    if lives is not None and after.phase not in lives:
        return True
    if before.phase is CLS:
        return lives is not None and CLS in lives
    here = clock.survives_closing or (lives is not None and CLS in lives)
    return after.phase is CLS and not here


def _starts(
    before: Case, after: Case, event: Event, triggers: set[str], over: tuple[str, ...]
) -> tuple[Event, ...]:
    made: list[Event] = []
    if after.phase is END:
        return ()
    for clock in CATALOGUE.values():
        if not triggers & set(clock.starts) or not clock.starts_when(before, after, event):
            continue
        if clock.lives_in is not None and after.phase not in clock.lives_in:
            continue
        live = tuple(run for run in after.live_clocks(clock.name) if run.clock not in over)
        if live and clock.single:
            continue
        if live and clock.restarts:
            if event.type not in clock.restarts:
                continue
            made.extend(
                ClockCancelled(at=event.at, clock=run.clock, instance=run.instance) for run in live
            )
        made.append(ClockStarted(at=event.at, run=new_run(before, after, clock, event)))
    return tuple(made)


def _shortens(before: Case, after: Case, event: Event) -> tuple[Event, ...]:
    if event.type != "category-recorded" or not is_more_severe(after.category, before.category):
        return ()
    made: list[Event] = []
    for run in after.live_clocks():
        clock = CATALOGUE[run.clock]
        if not clock.by_category or run.state is not ClockState.RUNNING:
            continue
        due_at, agenda = shortened(after, clock, run, event.at)
        if due_at != run.due_at:
            made.append(
                ClockShortened(
                    at=event.at,
                    clock=run.clock,
                    instance=run.instance,
                    due_at=due_at,
                    agenda=agenda,
                )
            )
    return tuple(made)


def _windows(before: Case, after: Case, event: Event) -> tuple[Event, ...]:
    made: list[Event] = []
    for opened in _opened_windows(before, after, event):
        ends = after.policy.window_end(opened, event.at)
        made.append(WindowOpened(at=event.at, window=opened, ends_at=ends))
    if before.phase is not after.phase:
        used = {ASS: ("reassess-watch", "offer-open"), ACT: ("reassess-watch", "offer-open")}
        gone = set(used.get(after.phase, ()))
        if before.phase is END:
            gone.add("reopen")
        made.extend(
            WindowEnded(at=event.at, window=w.window) for w in after.windows if w.window in gone
        )
    if event.type in ("window-ended", "legal-hold-lifted") and _is_over(after):
        made.append(CaseArchived(at=event.at))
    return tuple(made)


def _opened_windows(before: Case, after: Case, event: Event) -> tuple[str, ...]:
    """Return the rights that begin; a decision may open its own and close the case at once."""
    opened: tuple[str, ...] = ()
    if event.type == "decision-recorded" and getattr(event, "result", "") == "not-qualified":
        opened = ("reassess-watch",)
    if event.type == "service-declined":
        opened = ("offer-open",)
    closed = after.phase is END and before.phase is not END
    return (*opened, "reopen") if closed else opened


def _is_over(case: Case) -> bool:
    closed = case.phase is END and not case.archived
    return closed and not case.windows and not case.legal_hold


def _alarms(
    before: Case, after: Case, event: Event, triggers: set[str], told_at: datetime
) -> tuple[Event, ...]:
    made: list[Event] = []
    if after.phase is END and before.phase is not END:
        made.extend(
            AlarmEnded(at=event.at, alarm=a.alarm, instance=a.instance)
            for a in after.alarms
            if not a.over and a.alarm != "record-tampered"
        )
        return tuple(made)
    begins_at = max(event.at, told_at) if after.rules >= BEGINS_WHEN_TOLD else event.at
    for row in ALARMS.values():
        if triggers & set(row.on) and row.when(before, after, event):
            made.extend(raised(after, row.name, begins_at))
    if isinstance(event, AlarmRaised):
        run = next(
            a for a in after.alarms if (a.alarm, a.instance) == (event.alarm, event.instance)
        )
        made.append(first_page(after, run, event.at))
    return tuple(made)


def raised(case: Case, name: str, at: datetime) -> tuple[Event, ...]:
    """Return the raising of an alarm; while one of the name still pages, it stands for both."""
    runs: tuple[AlarmRun, ...] = tuple(a for a in case.alarms if a.alarm == name)
    if any(not run.over for run in runs):
        return ()
    number = max((run.instance for run in runs), default=0) + 1
    return (AlarmRaised(at=at, alarm=name, instance=number, climbs=ALARMS[name].climbs),)
