"""The policy that new cases begin with, as a register: one entry for each line of its file.

What is on record is whole, also where its file said only what differs from the shipped defaults.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from domain.policy import Policy
from domain.policy_file import PolicyFile, Setting, lines_of
from domain.policy_file import read as read_file
from domain.policy_settings import RULES, PolicyError
from domain.registers.around import Around
from domain.registers.difference import Row
from domain.registers.entries import Entry, InvalidRegisterError
from domain.working_hours import LONDON

_HOLIDAY = "bank_holiday."
_WORKING_TIME = "working_time."

Rows = tuple[Row, ...]


def key_of(row: Row) -> str:
    """Return what a line is known by."""
    return str(row["name"])


def title_of(row: Row) -> str:
    """Return a line as people read it: what it says, and where that comes from."""
    value = row["value"]
    words = ", ".join(value) if isinstance(value, list | tuple) else str(value)
    unit = f" {RULES[row['name']].unit}" if row["name"] in RULES else ""
    return f"{words}{unit} ({row['source']})" if row["source"] else f"{words}{unit}"


def read(text: str, default: str) -> tuple[Entry, ...]:
    """Return the lines of a policy file.

    Args:
        text: The file's text, TOML.
        default: The text of the shipped defaults, for a file that is based on them.

    Raises:
        InvalidRegisterError: With every problem, each under its key.
    """
    try:
        policy = read_file(text, default)
    except PolicyError as error:
        told = (f"{key}: {words}." if key else f"{words}." for key, words in error.problems)
        raise InvalidRegisterError(told) from error
    return tuple(Entry(where=key_of(row), row=row) for row in rows_of(policy))


def rows_of(policy: PolicyFile) -> Rows:
    """Return a policy line by line, with everything its file says."""
    return tuple(_rows(policy))


def _rows(policy: PolicyFile) -> Iterator[Row]:
    yield _row("title", policy.title)
    yield _row("kind", policy.kind)
    yield _row("time_scale", _number(policy.time_scale))
    time = policy.working_time
    if time.all_hours:
        yield _row("working_time.all_hours", "yes", time.source)
    if time.days:
        yield _row("working_time.days", list(time.days), time.source)
    for name, at in (("opens", time.opens), ("closes", time.closes)):
        if at is not None:
            yield _row(f"{_WORKING_TIME}{name}", at.isoformat(), time.source)
    yield _row("authority.posts", list(policy.authority.posts), policy.authority.source)
    for name in RULES:
        setting = policy.settings[name]
        yield _row(name, _number(setting.value), setting.source)
    days = policy.bank_holidays
    yield _row("bank_holidays", len(days.dates), days.source)
    for one in days.dates:
        yield _row(f"{_HOLIDAY}{one.on}", one.name)


def file_of(rows: Rows) -> PolicyFile:
    """Return the policy that lines on record make."""
    by_name = {key_of(row): row for row in rows}
    value = {name: row["value"] for name, row in by_name.items()}
    time = [name for name in by_name if name.startswith(_WORKING_TIME)]
    read_back = {
        "schema": "cir-policy/1",
        **{name: value[name] for name in ("title", "kind", "time_scale")},
        "working_time": {
            **{name.removeprefix(_WORKING_TIME): _told(value[name]) for name in time},
            "source": by_name[time[0]]["source"],
        },
        "authority": {
            "posts": value["authority.posts"],
            "source": by_name["authority.posts"]["source"],
        },
        "settings": {
            name: {"value": row["value"], "source": row["source"]}
            for name, row in by_name.items()
            if name in RULES
        },
        "bank_holidays": {
            "source": by_name["bank_holidays"]["source"],
            "dates": [
                {"on": name.removeprefix(_HOLIDAY), "name": value[name]}
                for name in by_name
                if name.startswith(_HOLIDAY)
            ],
        },
    }
    return PolicyFile.model_validate_json(json.dumps(read_back))


def is_complete(rows: Rows) -> bool:
    """Tell whether lines on record know every setting that there is by now."""
    return set(RULES) <= {key_of(row) for row in rows}


def completed(rows: Rows, shipped: PolicyFile) -> Rows:
    """Return lines on record with the settings that were added to the service since.

    They are as shipped, source and all, until somebody proposes another number.
    """
    known = {key_of(row) for row in rows}
    return (*rows, *(row for row in rows_of(shipped) if _is_new(row, known)))


def judged(
    wanted: tuple[Entry, ...], target: Rows, around: Around, at: datetime
) -> tuple[str, ...]:
    """Return what is doubtful about a policy; what cannot be was refused when it was read."""
    del wanted, around
    policy = Policy.of(file_of(target))
    doubts = []
    if policy.kind != "live":
        doubts.append(
            f"It is a {policy.kind} policy: real cases would run {policy.time_scale:g} times as "
            "fast as life."
        )
    reach = policy.bank_holidays_problem(at.astimezone(LONDON).date())
    return (*doubts, *((reach,) if reach else ()))


def shown(policy: PolicyFile) -> list[dict[str, Any]]:
    """Return the lines of ``cir policy show``."""
    return [Setting._asdict(one) for one in lines_of(policy)]


def _is_new(row: Row, known: set[str]) -> bool:
    return row["name"] in RULES and row["name"] not in known


def _row(name: str, value: Any, source: str = "") -> Row:  # noqa: ANN401  (a line's own)
    return {"name": name, "value": value, "source": source}


def _number(value: float) -> float:
    return int(value) if value == int(value) else value


def _told(value: Any) -> Any:  # noqa: ANN401  (a line's own)
    return True if value == "yes" else value
