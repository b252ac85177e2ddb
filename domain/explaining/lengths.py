"""Lengths of time in words, as a policy means them."""

from datetime import timedelta

_HOUR, _DAY, _WORKING_DAY = 60, 24 * 60, 8 * 60


def in_words(minutes: float, *, working: bool = False) -> str:
    """Return a number of minutes in words: ``20 minutes``, ``72 hours``, ``5 working days``.

    Days are said from the fourth on: a deadline of 72 hours is published as one.

    Args:
        minutes: Not negative.
        working: Whether they are minutes of working time, 8 hours of which are a working day.
    """
    if working and minutes >= _WORKING_DAY and minutes % _WORKING_DAY == 0:
        return _many(minutes / _WORKING_DAY, "working day")
    if not working and minutes > 3 * _DAY and minutes % _DAY == 0:
        return _many(minutes / _DAY, "day")
    kind = "working " if working else ""
    if minutes >= _HOUR and minutes % _HOUR == 0:
        return _many(minutes / _HOUR, f"{kind}hour")
    return _many(minutes, f"{kind}minute") if minutes >= 1 else _many(minutes * 60, "second")


def length_in_words(length: timedelta, *, working: bool = False) -> str:
    """Return a length in words, to the second."""
    return in_words(round(length.total_seconds()) / 60, working=working)


def _many(number: float, unit: str) -> str:
    shown = f"{number:g}"
    return f"{shown} {unit}" if shown == "1" else f"{shown} {unit}s"
