"""When the service's offices work: days, opening and closing by London's clock, bank holidays."""

from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, model_validator

from domain.story_time import StoryTime
from domain.value import Value

LONDON = ZoneInfo("Europe/London")
"""The clock people live by; inside the rules every instant is UTC."""

_MONDAY_TO_FRIDAY = (0, 1, 2, 3, 4)


class WorkingHours(Value):
    """The working time of a policy.

    Attributes:
        days: Days of the week, Monday = 0.
        opens: Opening by London's clock; itself working time.
        closes: Closing by London's clock, the same day; itself working time.
        bank_holidays: Days on which nobody works; names and source stay in the policy's file.
        all_hours: Whether every hour of every day is working time, so that working time is elapsed
            time. For demonstrations and tests; the other fields then count for nothing.
        story: For an exercise that is played: its own calendar, by which people work then.
    """

    days: tuple[int, ...] = Field(default=_MONDAY_TO_FRIDAY, min_length=1)
    opens: time = time(9)
    closes: time = time(17)
    bank_holidays: tuple[date, ...] = ()
    all_hours: bool = False
    story: StoryTime | None = None
    _days: frozenset[int] = PrivateAttr(default=frozenset())
    _off: frozenset[date] = PrivateAttr(default=frozenset())

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  (pydantic's own signature)
        """Keep the two look-ups that each day asks."""
        super().model_post_init(context)
        self._days = frozenset(self.days)
        self._off = frozenset(self.bank_holidays)

    @model_validator(mode="after")
    def _is_a_working_day(self) -> Self:
        if not set(self.days) <= set(range(7)):
            raise ValueError("days are 0 (Monday) to 6 (Sunday)")
        if self.opens.tzinfo or self.closes.tzinfo:
            raise ValueError("opening and closing are times of London's clock, without a zone")
        if self.opens >= self.closes:
            raise ValueError("working time opens before it closes, on the same day")
        return self

    def span(self, day: date) -> tuple[datetime, datetime] | None:
        """Return opening and closing of ``day`` in UTC, or ``None`` when nobody works on it.

        Not for ``all_hours``, which has no opening and no closing.
        """
        if day.weekday() not in self._days or day in self._off:
            return None
        opening, closing = _utc(day, self.opens), _utc(day, self.closes)
        if opening >= closing:
            return None
        return self._played(opening), self._played(closing)

    def told(self, at: datetime) -> datetime:
        """Return which instant ``at`` is for people: itself, or an instant of the story."""
        return at if self.story is None else self.story.told(at)

    def day_of(self, at: datetime) -> date:
        """Return the day of ``at`` in the United Kingdom."""
        return self.told(at).astimezone(LONDON).date()

    def midnight(self, day: date) -> datetime:
        """Return the first instant of ``day`` in London, in UTC; for a story, when it is played."""
        return self._played(_utc(day, time(0)))

    def _played(self, at: datetime) -> datetime:
        return at if self.story is None else self.story.played(at)


@lru_cache(maxsize=8192)
def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, LONDON).astimezone(UTC)
