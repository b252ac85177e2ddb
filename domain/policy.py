"""The policy of a case: every number a rule reads, as the case keeps it from its start.

Numbers, their sources and the bank holidays stand in ``policy/*.toml``; :meth:`Policy.from_toml`
reads such a file's text. Lengths leave here divided by ``time_scale``, to the millisecond. Those of
clocks that count working time are lengths of working time: 8 hours are one working day.
"""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Annotated, Any, NamedTuple, Self

from pydantic import BeforeValidator, PlainSerializer, PrivateAttr

from domain.policy_file import PolicyFile, PolicyKind, Setting, described, read
from domain.policy_settings import RULES, PolicyError, Problem, order_problems
from domain.story_time import EVEN, StoryTime, is_even, nearest_even
from domain.value import Value
from domain.working_hours import LONDON, WorkingHours

__all__ = ["LadderTimes", "Policy", "PolicyError", "PolicyKind", "Setting", "described"]

BANK_HOLIDAYS_AHEAD_MONTHS = 18
"""How far ahead the bank holidays of a policy have to reach (guide, section f)."""

_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)
_ON_THE_WAY = (
    "warning_minutes",
    "first_reminder_minutes",
    "second_reminder_minutes",
    "third_reminder_minutes",
)
_UPDATE_BANDS = {"C1": "c1_c2", "C2": "c1_c2", "C3": "c3"}


class LadderTimes(NamedTuple):
    """How one ladder climbs; ladder O's ``every`` and ``acknowledgement`` are working time."""

    every: timedelta
    top_rung: int
    acknowledgement: timedelta
    pause_limit: timedelta


def _pairs(numbers: Any) -> Any:  # noqa: ANN401  (whatever came in; pydantic checks it next)
    return tuple(sorted(numbers.items())) if isinstance(numbers, Mapping) else numbers


Numbers = Annotated[
    tuple[tuple[str, int], ...], BeforeValidator(_pairs), PlainSerializer(dict[str, int])
]
"""Numbers by name: frozen pairs inside, one object in JSON; in one order, whatever the file's."""


class Policy(Value):
    """Every number of the service, frozen: a case keeps the one it started with.

    Attributes:
        kind: What it is for; only demo, test and exercise policies may run faster than life.
        time_scale: Every length of clocks, ladders and windows is divided by it.
        numbers: Every setting by name, as the file says it, not divided.
        working_hours: Office hours and bank holidays.
        authority_posts: Posts at a council that may accept recovery on its behalf.
    """

    kind: PolicyKind = "live"
    time_scale: float = 1
    numbers: Numbers
    working_hours: WorkingHours
    authority_posts: tuple[str, ...]
    _by_name: dict[str, int] = PrivateAttr(default_factory=dict)

    def model_post_init(self, context: Any, /) -> None:  # noqa: ANN401  (pydantic's own signature)
        """Keep the look-up by name."""
        super().model_post_init(context)
        self._by_name = dict(self.numbers)

    @classmethod
    def from_toml(cls, text: str, *, default: str = "") -> Self:
        """Return the policy a file holds; the edge has read the file.

        Args:
            text: The file's text.
            default: The text of ``policy/default.toml``; needed by a file with
                ``based_on = "default"``, harmless for any other.

        Raises:
            PolicyError: With every problem at once, each under its key.
        """
        return cls.of(read(text, default))

    @classmethod
    def of(cls, file: PolicyFile) -> Self:
        """Return the policy a file says, once it has been read."""
        return cls(
            kind=file.kind,
            time_scale=file.time_scale,
            numbers=tuple(sorted(file.numbers)),
            working_hours=file.working_hours(),
            authority_posts=file.authority.posts,
        )

    def setting(self, name: str) -> int:
        """Return a number as the file says it, in its own unit, not divided by ``time_scale``.

        Raises:
            PolicyError: If there is no such setting.
        """
        if name not in self._by_name:
            raise PolicyError([(name, "there is no such setting in this policy")])
        return self._by_name[name]

    def unknown_settings(self, names: Mapping[str, float]) -> tuple[str, ...]:
        """Return those of ``names`` that no case may change; law and published ones among them."""
        return tuple(name for name in names if not _is_changeable(name))

    def with_settings(self, settings: Mapping[str, float]) -> Self:
        """Return the policy with other numbers, as change-policy and a scenario ask for them.

        Raises:
            PolicyError: With every unknown, unchangeable or impossible one.
        """
        problems = _change_problems(settings)
        if problems:
            raise PolicyError(problems)
        changes = {name: int(number) for name, number in settings.items()}
        numbers = {**self._by_name, **changes}
        if order_problems(numbers):
            raise PolicyError(order_problems(numbers))
        return self.but(numbers=numbers)

    def at_speed(self, time_scale: float, kind: PolicyKind) -> Self:
        """Return this policy run faster, at all hours, for an exercise, a demo or a test.

        Raises:
            PolicyError: If ``kind`` is live or the speed is not positive.
        """
        if kind == "live" or time_scale <= 0:
            raise PolicyError([("time_scale", f"{kind} policies do not run at {time_scale}")])
        hours = WorkingHours(all_hours=True)
        return self.but(kind=kind, time_scale=time_scale, working_hours=hours)

    def in_story(self, story: StoryTime) -> Self:
        """Return this policy for an exercise that is played, by the calendar of its story.

        Raises:
            PolicyError: If lengths would have to be rounded at the story's speed.
        """
        if not is_even(story.speed):
            near = nearest_even(story.speed)
            words = f"a story is played at a divisor of {EVEN}, not at {story.speed}: take {near}"
            raise PolicyError([("time_scale", words)])
        hours = self.working_hours.but(story=story)
        return self.but(kind="exercise", time_scale=story.speed, working_hours=hours)

    @property
    def is_played(self) -> bool:
        """Tell whether the case is an exercise whose story is played step by step."""
        return self.working_hours.story is not None

    def day_of(self, at: datetime) -> date:
        """Return the day of ``at`` in the United Kingdom; for a played exercise, in its story."""
        return self.working_hours.day_of(at)

    def scaled(self, length: timedelta) -> timedelta:
        """Return ``length`` divided by ``time_scale``, to the millisecond, half up."""
        if self.time_scale == 1:
            return length
        return _to_millisecond(length, Fraction(str(self.time_scale)))

    def length(self, name: str) -> timedelta:
        """Return the setting ``name`` of section f, in minutes or seconds, as a scaled length."""
        unit = {RULES[name].unit: self.setting(name)} if name in RULES else {}
        if set(unit) - {"minutes", "seconds"} or not unit:
            raise PolicyError([(name, "is not a length in minutes or seconds")])
        return self.scaled(timedelta(**unit))

    def target(self, clock: str) -> timedelta:
        """Return the target of a clock that has one."""
        return self.length(f"{clock}.target_minutes")

    def target_after_rejection(self) -> timedelta:
        """Return the target of billing-hand-off after a rejected pack."""
        return self.length("billing-hand-off.after_rejection_minutes")

    def lapse_from(self) -> timedelta:
        """Return how much working time after an offer a person may let it lapse."""
        return self.length("recovery-reply.lapse_minutes")

    def warning(self, clock: str) -> timedelta | None:
        """Return when a clock warns, from its start; ``None`` when it never does.

        Whether that is before its deadline is the caller's to see: a late warning is not sent.
        """
        name = f"{clock}.warning_minutes"
        return self.length(name) if name in self._by_name else None

    def on_the_way(self, clock: str) -> tuple[timedelta, ...]:
        """Return when a clock speaks on its way, from its start, earliest first."""
        names = (f"{clock}.{name}" for name in _ON_THE_WAY)
        return tuple(self.length(name) for name in names if name in self._by_name)

    def contact_marks(self) -> tuple[timedelta, timedelta]:
        """Return the second and third mark of provider-contact; the first is its target."""
        return (
            self.length("provider-contact.second_mark_minutes"),
            self.length("provider-contact.third_mark_minutes"),
        )

    def update_interval(self, category: str | None, since_entry: timedelta) -> timedelta:
        """Return how long a provider may be silent in containment.

        Args:
            category: ``C1`` to ``C6`` or ``uncategorised``; ``None`` is the latter.
            since_entry: Since containment was entered, as time really passes. The first spell is
                over at its very end.
        """
        return self.length(self.update_setting(category, since_entry))

    def update_setting(self, category: str | None, since_entry: timedelta) -> str:
        """Return the name of the setting that :meth:`update_interval` reads."""
        band = _UPDATE_BANDS.get(category or "")
        if band is None:
            return "containment-update.other_minutes"
        first = since_entry < self.length(f"containment-update.{band}_first_spell_minutes")
        return f"containment-update.{band}_{'first' if first else 'later'}_minutes"

    def update_warning(self, interval: timedelta) -> timedelta:
        """Return when an update clock warns: at ¾ of the interval then running."""
        percent = self.setting("containment-update.warning_percent")
        return _to_millisecond(interval, Fraction(100, percent))

    def review(self, clock: str, number: int) -> timedelta:
        """Return the instant of a review, counted from entering the phase.

        Args:
            clock: ``containment-review`` or ``eradication-review``.
            number: 0 for the first of the series.
        """
        if number == 0:
            return self.length(f"{clock}.first_minutes")
        second = timedelta(minutes=self.setting(f"{clock}.second_minutes"))
        every = timedelta(minutes=self.setting(f"{clock}.every_minutes"))
        return self.scaled(second + (number - 1) * every)

    def ladder(self, name: str) -> LadderTimes:
        """Return the times of ladder ``U``, ``S`` or ``O``."""
        row = f"ladder-{name.lower()}"
        return LadderTimes(
            every=self.ladder_interval(name),
            top_rung=self.setting(f"{row}.top_rung"),
            acknowledgement=self.acknowledgement(name),
            pause_limit=self.length(f"{row}.pause_limit_minutes"),
        )

    def ladder_interval(self, name: str) -> timedelta:
        """Return the time between two rungs of ladder ``U``, ``S`` or ``O`` (O: working time)."""
        return self.length(f"ladder-{name.lower()}.every_minutes")

    def acknowledgement(self, name: str) -> timedelta:
        """Return what an acknowledgement buys on ladder ``U``, ``S`` or ``O`` (O: working time)."""
        return self.length(f"ladder-{name.lower()}.acknowledgement_minutes")

    def window_end(self, window: str, start: datetime) -> datetime:
        """Return when ``reassess-watch``, ``offer-open`` or ``reopen`` ends, opened at ``start``.

        Months run by the calendar of London: the same day and hour, or the month's last day.

        Raises:
            ValueError: If ``start`` is naive.
        """
        if start.tzinfo is None:
            raise ValueError(f"An instant needs a zone: {start.isoformat()} has none.")
        months = self._by_name.get(f"{window}.window_months", 0)
        told = self.working_hours.told(start)
        by_calendar = _months_later(told, months) - told
        minutes = timedelta(minutes=self.setting(f"{window}.window_minutes"))
        return start.astimezone(UTC) + self.scaled(by_calendar + minutes)

    def kept_for(self, start: datetime, *, months: int = 0, days: int = 0) -> datetime:
        """Return when something kept from ``start`` may go: the same hour of London, UTC.

        Retention is never run faster: ``time_scale`` counts for clocks, ladders and windows.
        """
        later = _months_later(start, months).astimezone(LONDON)
        day = later.date() + timedelta(days=days)
        return later.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)

    @property
    def initial_authority_pence(self) -> int:
        """Return MHCLG's authority on a case from its first activation."""
        return self.setting("initial_authority_pence")

    @property
    def spend_thresholds(self) -> tuple[int, ...]:
        """Return the percentages of authority or order at which people are told, lowest first."""
        return tuple(
            self.setting(f"spend-alert.{which}_percent") for which in ("first", "second", "third")
        )

    def bank_holidays_problem(self, today: date) -> str | None:
        """Return why the bank holidays do not reach far enough ahead of ``today``, if so.

        They are listed by whole years: they reach to the end of the last one listed.
        """
        if self.working_hours.all_hours:
            return None
        needed = _month_added(today, BANK_HOLIDAYS_AHEAD_MONTHS)
        last = max(self.working_hours.bank_holidays, default=None)
        if last is not None and date(last.year, 12, 31) >= needed:
            return None
        reach = "there are none" if last is None else f"the last one listed is {last}"
        return f"Bank holidays have to reach to {needed}, 18 months ahead, but {reach}."


def _to_millisecond(length: timedelta, divided_by: Fraction) -> timedelta:
    milliseconds = Fraction(length // _MICROSECOND, 1000) / divided_by
    return floor(milliseconds + Fraction(1, 2)) * _MILLISECOND


def _is_changeable(name: str) -> bool:
    return name in RULES and RULES[name].is_changeable


def _change_problems(settings: Mapping[str, float]) -> tuple[Problem, ...]:
    problems = []
    for name, number in settings.items():
        if not _is_changeable(name):
            problems.append((name, "there is no such setting to change"))
        elif words := RULES[name].problem_with(number):
            problems.append((name, words))
    return tuple(problems)


def _months_later(start: datetime, months: int) -> datetime:
    local = start.astimezone(LONDON)
    day = _month_added(local.date(), months)
    return local.replace(year=day.year, month=day.month, day=day.day).astimezone(UTC)


def _month_added(day: date, months: int) -> date:
    """Return the same day ``months`` later, or the last day of that month."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
