"""The entries of a register's file, each with the place where it stands in the file."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from domain.free_text import clean_line
from domain.value import Value

MOST_NAMED = 20
"""Problems that a message names; the error carries all of them [our default]."""


class Entry(Value):
    """One entry of a file.

    Attributes:
        where: Its place as a person finds it: ``Line 3``, or ``Entry 3`` of a list within a file.
        row: What it says, JSON-ready; only checked values.
    """

    where: str
    row: dict[str, Any]


class InvalidRegisterError(ValueError):
    """A file that cannot be taken; nothing was changed. Carries every problem at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(in_few(self.problems))


def in_few(words: tuple[str, ...]) -> str:
    """Return sentences one after the other, the first twenty of them."""
    more = f" And {len(words) - MOST_NAMED} more." if len(words) > MOST_NAMED else ""
    return " ".join(words[:MOST_NAMED]) + more


def raw_entries(text: str, name: str) -> tuple[Entry, ...]:
    """Return the entries of a JSON file, unchecked but for control characters, taken out.

    Args:
        text: A list, or an object that has the list under ``name``, as a scenario's world has.
        name: The register.

    Raises:
        InvalidRegisterError: It is not JSON, or holds no such list of objects.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 1)
        raise InvalidRegisterError((f"Line {line}: it is not JSON.",)) from error
    except RecursionError as error:
        raise InvalidRegisterError(("Line 1: it nests too deep.",)) from error
    if isinstance(data, dict):
        world = data.get("world", data)
        rows = world.get(name) if isinstance(world, dict) else None
        placed = [(f"Entry {n}", row) for n, row in enumerate(rows or (), start=1)]
    else:
        rows = data
        placed = _with_lines(text) if isinstance(data, list) else []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidRegisterError((f"Line 1: it holds no list of {name}.",))
    return tuple(Entry(where=where, row=_cleaned(row)) for where, row in placed)


def checked(
    raw: tuple[Entry, ...], read: Callable[[dict[str, Any]], dict[str, Any]]
) -> tuple[tuple[Entry, ...], list[str]]:
    """Return the entries that ``read`` takes, as it gives them back, and what it said of others."""
    problems: list[str] = []
    found = []
    for entry in raw:
        try:
            found.append(Entry(where=entry.where, row=read(entry.row)))
        except ValidationError as error:
            problems.append(f"{entry.where}: {_told(error)}.")
    return tuple(found), problems


def given_twice(entries: tuple[Entry, ...], key: str, what: str) -> list[str]:
    """Return a problem for each key that more than one entry has, with the place of each."""
    times = Counter(str(entry.row[key]) for entry in entries)
    return [
        f"{what} {value} stands {count} times ({places_of(entries, key, value)})."
        for value, count in times.items()
        if count > 1
    ]


def places_of(entries: tuple[Entry, ...], key: str, value: str) -> str:
    """Return where entries with this value stand."""
    return ", ".join(one.where.lower() for one in entries if str(one.row[key]) == value)


def _with_lines(text: str) -> list[tuple[str, Any]]:
    """Return what is in a JSON list that is known to be one, each with its line."""
    decoder = json.JSONDecoder()
    found: list[tuple[str, Any]] = []
    at, line, counted = text.index("[") + 1, 1, 0
    while True:
        while text[at] in " \t\r\n,":
            at += 1
        if text[at] == "]":
            return found
        line += text.count("\n", counted, at)
        counted = at
        row, at = decoder.raw_decode(text, at)
        found.append((f"Line {line}", row))


def _cleaned(value: Any) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(value, str):
        return clean_line(value)
    if isinstance(value, list):
        return [_cleaned(one) for one in value]
    if isinstance(value, dict):
        return {clean_line(str(name)): _cleaned(one) for name, one in value.items()}
    return value


def _told(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'it'}: {one['msg']}" for one in found)
