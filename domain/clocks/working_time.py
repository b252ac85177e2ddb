"""Working-time arithmetic: how long is left, and when it is over, in hours people work.

Pure: everything it knows of the calendar is in the :class:`WorkingHours` it is given. Instants are
aware; answers are UTC. Opening and closing are themselves working time, so a target that ends
exactly at closing ends at 17:00 that day, and what is due at 17:00 is paged then. It counts day by
day, each by the instants its opening and closing really have, so the two clock nights need no rule.
"""

from datetime import UTC, date, datetime, timedelta

from domain.working_hours import WorkingHours

_NOTHING = timedelta(0)
_DAY = timedelta(days=1)


def add_working(start: datetime, length: timedelta, hours: WorkingHours) -> datetime:
    """Return the instant at which ``length`` of working time from ``start`` is over.

    Args:
        start: Aware. Out of hours it counts from the next opening.
        length: Working time, not negative; a working day is 8 hours whatever the office hours are.
        hours: The policy's working time.

    Returns:
        An instant inside working time, UTC; closing time itself when the length ends there.

    Raises:
        ValueError: If ``start`` is naive or ``length`` is negative.
    """
    if length < _NOTHING:
        raise ValueError(f"A length of working time cannot be negative: {length}.")
    at = _utc(start)
    if hours.all_hours:
        return at + length
    day, opening, closing = _next_span(at, hours)
    at, left = max(at, opening), length
    while left > closing - at:
        left -= closing - at
        day, at, closing = _span_from(day + _DAY, hours)
    return at + left


def working_between(start: datetime, end: datetime, hours: WorkingHours) -> timedelta:
    """Return how much working time lies between two instants; nothing when ``end`` is not later.

    Raises:
        ValueError: If an instant is naive.
    """
    at, end = _utc(start), _utc(end)
    if end <= at:
        return _NOTHING
    if hours.all_hours:
        return end - at
    total = _NOTHING
    day, last = hours.day_of(at), hours.day_of(end)
    while day <= last:
        span = hours.span(day)
        if span is not None:
            total += max(min(end, span[1]) - max(at, span[0]), _NOTHING)
        day += _DAY
    return total


def next_working_instant(at: datetime, hours: WorkingHours) -> datetime:
    """Return ``at`` itself when it is working time, else the next opening, in UTC.

    Raises:
        ValueError: If ``at`` is naive.
    """
    at = _utc(at)
    return at if hours.all_hours else max(at, _next_span(at, hours)[1])


def is_working(at: datetime, hours: WorkingHours) -> bool:
    """Tell whether ``at`` is working time; opening and closing themselves are.

    Raises:
        ValueError: If ``at`` is naive.
    """
    return next_working_instant(at, hours) == at


def _next_span(at: datetime, hours: WorkingHours) -> tuple[date, datetime, datetime]:
    """Return the first working day that has not closed before ``at``."""
    day, opening, closing = _span_from(hours.day_of(at), hours)
    return (day, opening, closing) if at <= closing else _span_from(day + _DAY, hours)


def _span_from(day: date, hours: WorkingHours) -> tuple[date, datetime, datetime]:
    """Return the first working day on or after ``day``, with its opening and closing."""
    span = hours.span(day)
    while span is None:
        day += _DAY
        span = hours.span(day)
    return day, *span


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"An instant needs a zone: {at.isoformat()} has none.")
    return at.astimezone(UTC)
