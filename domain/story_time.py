"""A story played faster than life keeps its own calendar: its nights, its weekends, its dates."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from domain.value import Instant, Value

EVEN = 60_000
"""Milliseconds of a minute; a speed divides it, so that no length of a story is ever rounded."""


class StoryTime(Value):
    """Where the instants of a played exercise stand in the calendar of its story.

    Only days and working hours are read in it. Deadlines, facts and pages have the instants at
    which they really happen.

    Attributes:
        began_at: When the story was begun, as time really passes.
        tells_of: The instant at which it begins, as the story tells it.
        speed: How many minutes of the story pass in one; a divisor of 60,000.
    """

    began_at: Instant
    tells_of: Instant
    speed: Annotated[int, Field(ge=1, le=EVEN)]

    def told(self, at: datetime) -> datetime:
        """Return which instant of the story ``at`` is."""
        return (self.tells_of + (at - self.began_at) * self.speed).astimezone(UTC)

    def played(self, at: datetime) -> datetime:
        """Return when the instant ``at`` of the story really comes."""
        return (self.began_at + (at - self.tells_of) / self.speed).astimezone(UTC)


def is_even(speed: int) -> bool:
    """Tell whether every minute of a story is a whole number of milliseconds at ``speed``."""
    return 1 <= speed <= EVEN and EVEN % speed == 0


def nearest_even(speed: float) -> int:
    """Return the even speed that is nearest to ``speed``, the slower one of two."""
    return min((n for n in range(1, EVEN + 1) if is_even(n)), key=lambda n: abs(n - speed))
