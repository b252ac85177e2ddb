"""Reads the text of a policy file (``cir-policy/1``): every problem at once, sources and all.

A file is complete, or says ``based_on = "default"`` and holds only what differs; then the shipped
defaults are read with it. Sources, titles and the names of bank holidays stop here: a case's
snapshot does not carry them.
"""

import tomllib
from datetime import date, time
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field, StringConstraints, ValidationError, field_validator

from domain.policy_settings import RULES, PolicyError, Problem, order_problems
from domain.value import Value
from domain.working_hours import WorkingHours

PolicyKind = Literal["live", "demo", "test", "exercise"]

Source = Annotated[str, StringConstraints(pattern=r"^(published: .+|our default(: .+)?)$")]
"""Where a number comes from: ``published: …``, ``our default`` or ``our default: …``."""

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PROBLEMS_IN_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "model_type": 'is a table, such as { value = 30, source = "our default" }',
    "time_type": "is a time of TOML without quotes, such as 09:00:00",
    "date_type": "is a date of TOML without quotes, such as 2026-12-25",
    "string_pattern_mismatch": 'a source is "published: …", "our default" or "our default: …"',
}


class Setting(NamedTuple):
    """One line of ``cir policy show``; a NamedTuple, so that a number stays the number it is."""

    name: str
    value: float | str
    unit: str
    source: str


class Numbered(Value):
    """One number with its source."""

    value: float
    source: Source


class WorkingTimeTable(Value):
    """``[working_time]``: days, opening and closing, or all hours."""

    days: tuple[str, ...] = ()
    opens: time | None = Field(default=None, strict=True)
    closes: time | None = Field(default=None, strict=True)
    all_hours: bool = Field(default=False, strict=True)
    source: Source


class AuthorityTable(Value):
    """``[authority]``: the posts that may accept recovery for a council."""

    posts: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = Field(min_length=1)
    source: Source


class BankHoliday(Value):
    """A day on which nobody works."""

    on: date = Field(strict=True)
    name: Annotated[str, StringConstraints(min_length=1)]


class BankHolidaysTable(Value):
    """``[bank_holidays]``: dates with names, and one source for them all."""

    source: Source
    dates: tuple[BankHoliday, ...]

    @field_validator("dates")
    @classmethod
    def _each_once_in_order(cls, dates: tuple[BankHoliday, ...]) -> tuple[BankHoliday, ...]:
        days = [one.on for one in dates]
        if days != sorted(set(days)):
            raise ValueError("each date stands once, earliest first")
        return dates


class PolicyFile(Value):
    """A policy as its file says it."""

    schema_name: Literal["cir-policy/1"] = Field(alias="schema")
    title: str
    kind: PolicyKind
    based_on: Literal["default"] | None = None
    time_scale: float = Field(gt=0, le=1_000_000)
    working_time: WorkingTimeTable
    authority: AuthorityTable
    bank_holidays: BankHolidaysTable
    settings: dict[str, Numbered]

    @property
    def numbers(self) -> tuple[tuple[str, int], ...]:
        """Return every number by name, in the order of the rules."""
        return tuple((name, int(self.settings[name].value)) for name in RULES)

    def working_hours(self) -> WorkingHours:
        """Return the working time, with the bank holidays' dates alone."""
        table = self.working_time
        if table.all_hours or table.opens is None or table.closes is None:
            return WorkingHours(all_hours=True)
        return WorkingHours(
            days=tuple(_WEEK.index(day) for day in table.days),
            opens=table.opens,
            closes=table.closes,
            bank_holidays=tuple(one.on for one in self.bank_holidays.dates),
        )


def read(text: str, default: str = "") -> PolicyFile:
    """Return the policy that ``text`` holds.

    Args:
        text: The file's text, TOML.
        default: The text of the shipped defaults, for a file that is based on them.

    Raises:
        PolicyError: With every problem found, each under its key.
    """
    raw = _with_defaults(_parsed(text), default)
    problems = (*_number_problems(raw), *_working_time_problems(raw), *_speed_problems(raw))
    try:
        policy = PolicyFile.model_validate(raw)
    except ValidationError as error:
        raise PolicyError(_first_of_each((*problems, *_shape_problems(error)))) from None
    if problems:
        raise PolicyError(problems)
    return policy


def described(text: str, default: str = "") -> tuple[Setting, ...]:
    """Return everything a policy file says, line by line, each with its source.

    Raises:
        PolicyError: As :func:`read`.
    """
    return lines_of(read(text, default))


def lines_of(policy: PolicyFile) -> tuple[Setting, ...]:
    """Return everything a policy says, line by line, each with its source."""
    return (
        Setting("time_scale", policy.time_scale, "times", f"this is a {policy.kind} policy"),
        *_described_working_time(policy.working_time),
        Setting(
            "authority.posts", ", ".join(policy.authority.posts), "posts", policy.authority.source
        ),
        *(
            Setting(name, int(policy.settings[name].value), rule.unit, policy.settings[name].source)
            for name, rule in RULES.items()
        ),
        *(
            Setting(f"bank_holiday.{one.on}", one.name, "date", policy.bank_holidays.source)
            for one in policy.bank_holidays.dates
        ),
    )


def _described_working_time(table: WorkingTimeTable) -> tuple[Setting, ...]:
    if table.all_hours or table.opens is None or table.closes is None:
        return (Setting("working_time.all_hours", "yes", "", table.source),)
    return (
        Setting("working_time.days", ", ".join(table.days), "days", table.source),
        Setting("working_time.opens", f"{table.opens:%H:%M}", "Europe/London", table.source),
        Setting("working_time.closes", f"{table.closes:%H:%M}", "Europe/London", table.source),
    )


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError([("", f"this is not TOML: {error}")]) from None


def _with_defaults(raw: dict[str, Any], default: str) -> dict[str, Any]:
    """Return ``raw`` with what it leaves out taken from the defaults it is based on."""
    if raw.get("based_on") != "default":
        return raw
    if not default:
        raise PolicyError([("based_on", "the shipped defaults have to be read with this file")])
    base = _parsed(default)
    settings = raw.get("settings", {})
    if isinstance(settings, dict):
        settings = {**base["settings"], **settings}
    kept = ("working_time", "authority", "bank_holidays")
    return {**{table: base[table] for table in kept}, **raw, "settings": settings}


def _number_problems(raw: dict[str, Any]) -> tuple[Problem, ...]:
    settings = raw.get("settings")
    if not isinstance(settings, dict):
        return ()  # the shape of the file says so already
    problems = [(name, "there is no such setting") for name in settings if name not in RULES]
    problems += [(name, "is missing") for name in RULES if name not in settings]
    numbers: dict[str, int] = {}
    for name, entry in settings.items():
        if name not in RULES or not isinstance(entry, dict) or "value" not in entry:
            continue
        words = RULES[name].problem_with(entry["value"])
        if words:
            problems.append((name, words))
        else:
            numbers[name] = int(entry["value"])
    return (*problems, *order_problems(numbers))


def _working_time_problems(raw: dict[str, Any]) -> tuple[Problem, ...]:
    table = raw.get("working_time")
    if not isinstance(table, dict) or table.get("all_hours") is True:
        return ()
    problems = [
        (f"working_time.{key}", "is missing")
        for key in ("days", "opens", "closes")
        if key not in table
    ]
    days = table.get("days")
    if days is not None and (
        not isinstance(days, list) or not days or any(day not in _WEEK for day in days)
    ):
        problems.append(("working_time.days", f"names days of the week: {', '.join(_WEEK)}"))
    opens, closes = table.get("opens"), table.get("closes")
    if isinstance(opens, time) and isinstance(closes, time) and opens >= closes:
        problems.append(("working_time.closes", "is not later than working_time.opens"))
    return tuple(problems)


def _speed_problems(raw: dict[str, Any]) -> tuple[Problem, ...]:
    if raw.get("kind") != "live" or raw.get("time_scale", 1) == 1:
        return ()
    return (
        ("time_scale", "a live policy runs at 1; only demo, test and exercise ones run faster"),
    )


def _shape_problems(error: ValidationError) -> tuple[Problem, ...]:
    return tuple(
        (_key(problem["loc"]), _PROBLEMS_IN_WORDS.get(problem["type"], problem["msg"]))
        for problem in error.errors(include_url=False)
    )


def _first_of_each(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return one problem a key: the first, which is the one in the service's own words."""
    first: dict[str, str] = {}
    for key, words in problems:
        first.setdefault(key, words)
    return tuple(first.items())


def _key(location: tuple[int | str, ...]) -> str:
    parts = [str(part) for part in location]
    if parts[0] == "settings" and len(parts) > 1:
        return ".".join(part for part in parts[1:] if part != "value")
    return ".".join(parts)
