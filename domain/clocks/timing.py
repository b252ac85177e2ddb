"""When a clock is due and what it does on its way: computed once, when it starts."""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.case import Case, Event
from domain.clock_run import ClockRun, ClockState, Step
from domain.clocks.clock import Clock, Kind
from domain.clocks.working_time import add_working, working_between
from domain.policy import Policy

ON_THE_WAY = ("warn", "remind")
"""What a clock that is found late no longer does: no burst of old reminders (guide f 14)."""

_REVIEWS = ("containment-review", "eradication-review")


class Moved(NamedTuple):
    """Where a change of policy puts a clock; ``left`` is set for one that stands still."""

    due_at: datetime
    agenda: tuple[Step, ...]
    left: timedelta | None


def counted_on(case: Case, clock: Clock, start: datetime, length: timedelta) -> datetime:
    """Return the instant ``length`` after ``start`` in the clock's own time."""
    if clock.working_time:
        return add_working(start, length, case.policy.working_hours)
    return start + length


def left_of(case: Case, clock: Clock, at: datetime, until: datetime) -> timedelta:
    """Return what is left from ``at`` to ``until`` in the clock's own time; never negative."""
    if until <= at:
        return timedelta(0)
    if clock.working_time:
        return working_between(at, until, case.policy.working_hours)
    return until - at


def interval(case: Case, at: datetime) -> timedelta:
    """Return the interval of a clock that depends on the category, as it is at ``at``."""
    return case.policy.update_interval(case.category, at - case.entered_at)


def new_run(before: Case, case: Case, clock: Clock, event: Event) -> ClockRun:
    """Return the run that ``event`` starts, with its deadline and agenda.

    Args:
        before: The case before the event; earlier runs are counted there.
        case: The case after the event.
        clock: The row.
        event: The starting fact.
    """
    latest = before.latest_clock(clock.name)
    start = clock.starts_from(case, event)
    due = _due(case, clock, start, event)
    way = _agenda(case, clock, start, due)
    return ClockRun(
        clock=clock.name,
        instance=1 if latest is None else latest.instance + 1,
        started_at=start,
        due_at=due,
        agenda=tuple(step for step in way if step.at >= event.at or step.does not in ON_THE_WAY),
    )


def shortened(
    case: Case, clock: Clock, run: ClockRun, at: datetime
) -> tuple[datetime, tuple[Step, ...]]:
    """Return deadline and agenda of ``run`` after a more severe category at ``at``.

    The deadline is the earlier of the old one and now + the new interval; the warning comes at ¾
    of the new interval (guide e 7).
    """
    length = interval(case, at)
    due = at + length
    if due >= run.due_at:
        return run.due_at, run.agenda
    warn = Step(at=at + case.policy.update_warning(length), does="warn")
    return due, (warn, _breach(clock, due))


def resumed(
    case: Case, clock: Clock, run: ClockRun, at: datetime
) -> tuple[datetime, tuple[Step, ...]]:
    """Return deadline and agenda of a paused ``run`` that counts on from ``at``."""
    if run.pause is None:
        return run.due_at, run.agenda
    due = counted_on(case, clock, at, run.pause.left)
    paused_at = run.pause.at

    def moved(step: Step) -> Step:
        """Return a step as far ahead as it was when the clock was paused."""
        ahead = left_of(case, clock, paused_at, step.at)
        return step.but(at=counted_on(case, clock, at, ahead))

    return due, tuple(moved(step) for step in run.agenda)


def moved_by_policy(
    before: Case, after: Case, clock: Clock, run: ClockRun, at: datetime
) -> Moved | None:
    """Return where ``run`` stands under a changed policy; ``None`` when the change is not about it.

    It is counted from the clock's start with the new numbers, never into the past, and keeps what
    a pause has added. A breached clock stays, and so does one that still runs by the shorter
    interval of an earlier category.

    Args:
        before: The case under its old policy.
        after: The case under the new one.
        clock: The row.
        run: One of its runs.
        at: When the change takes effect; a paused clock stands at the instant of its pause.
    """
    start = run.started_at
    was = counted_on(before, clock, start, _length(before, before.policy, clock, run))
    now_is = counted_on(after, clock, start, _length(before, after.policy, clock, run))
    way = _before(after, clock, start, now_is)
    if run.state not in (ClockState.RUNNING, ClockState.PAUSED) or run.due_at < was:
        return None
    if was == now_is and way == _before(before, clock, start, was):
        return None
    added = left_of(before, clock, was, run.due_at)
    stands_at = at if run.pause is None else run.pause.at
    due = max(counted_on(after, clock, now_is, added), stands_at)
    ahead = tuple(step.but(at=counted_on(after, clock, step.at, added)) for step in way)
    agenda = (*_yet_to_come(run, ahead, stands_at, due), _end(clock, due))
    left = None if run.pause is None else left_of(after, clock, stands_at, due)
    return Moved(due, agenda, left)


def _length(before: Case, policy: Policy, clock: Clock, run: ClockRun) -> timedelta:
    """Return the length that ``policy`` gives to a run that started under ``before``'s."""
    if clock.by_category:
        return policy.update_interval(before.category, run.started_at - before.entered_at)
    if clock.name in _REVIEWS:
        return policy.review(clock.name, _review_number(before, clock, run))
    if clock.name == "billing-hand-off":
        usual = counted_on(before, clock, run.started_at, before.policy.target(clock.name))
        if run.due_at < usual:
            return policy.target_after_rejection()
    return policy.target(clock.name)


def _review_number(case: Case, clock: Clock, run: ClockRun) -> int:
    number = 0
    while run.started_at + case.policy.review(clock.name, number + 1) <= run.due_at:
        number += 1
    return number


def _yet_to_come(
    run: ClockRun, way: tuple[Step, ...], at: datetime, due: datetime
) -> tuple[Step, ...]:
    """Return what is still said on the way; what was sent stays sent, what is late goes now."""
    ahead = tuple(step for step in way if at < step.at < due)
    unsent = any(step.does in ("warn", "remind") for step in run.agenda)
    if ahead or not way or not unsent or at >= due:
        return ahead
    return (way[-1].but(at=at),)


def _end(clock: Clock, due: datetime) -> Step:
    if clock.kind is Kind.REMINDER:
        return Step(at=due, does="repeat", notice=clock.reminders)
    return _breach(clock, due)


def _due(case: Case, clock: Clock, start: datetime, event: Event) -> datetime:
    if clock.by_category:
        return start + interval(case, start)
    if clock.name in _REVIEWS:
        return _next_review(case, clock, start, event)
    name = clock.name
    if event.type == "billing-rejected":
        return counted_on(case, clock, start, case.policy.target_after_rejection())
    return counted_on(case, clock, start, case.policy.target(name))


def _next_review(case: Case, clock: Clock, start: datetime, event: Event) -> datetime:
    """Return the first review instant of the series, counted from the phase's start, yet to come.

    A review recorded before its deadline meets that one; the next is the one after it.
    """
    latest = case.latest_clock(clock.name)
    after = (
        event.at if latest is None or latest.started_at != start else max(event.at, latest.due_at)
    )
    number = 0
    while start + case.policy.review(clock.name, number) <= after:
        number += 1
    return start + case.policy.review(clock.name, number)


def _agenda(case: Case, clock: Clock, start: datetime, due: datetime) -> tuple[Step, ...]:
    """Return what the clock does on its way, earliest first."""
    if clock.kind is Kind.REMINDER:
        first = Step(at=start, does="remind", notice=clock.reminders)
        return (first, Step(at=due, does="repeat", notice=clock.reminders))
    way = (*_before(case, clock, start, due), _breach(clock, due), *_marks(case, clock, start))
    return tuple(sorted(way, key=lambda step: step.at))


def _before(case: Case, clock: Clock, start: datetime, due: datetime) -> tuple[Step, ...]:
    if clock.by_category:
        return (Step(at=start + case.policy.update_warning(due - start), does="warn"),)
    if clock.reminders is not None:
        lengths = case.policy.on_the_way(clock.name)
        instants = [counted_on(case, clock, start, length) for length in lengths]
        return tuple(
            Step(at=at, does="remind", notice=clock.reminders) for at in instants if at < due
        )
    warning = case.policy.warning(clock.name)
    if warning is None:
        return ()
    at = counted_on(case, clock, start, warning)
    return (Step(at=at, does="warn"),) if at < due else ()


def _breach(clock: Clock, due: datetime) -> Step:
    return Step(at=due, does="breach", rung=clock.first_rung, notice=clock.breach_notice)


def _marks(case: Case, clock: Clock, start: datetime) -> tuple[Step, ...]:
    """Return the set points of ``provider-contact`` after its deadline (guide f 7)."""
    if not clock.marks:
        return ()
    second, third = case.policy.contact_marks()
    return (
        Step(at=start + second, does="mark", rung=2, notice="failover-advised"),
        Step(at=start + third, does="mark", rung=3),
    )
