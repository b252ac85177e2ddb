"""The facts of a case in their order, as a rehearsal and the running service share them.

Live and rehearsal share the order of facts, not their instants (guide j 2). What differs by nature,
and by nothing else, is taken out here:

- **Instants, and lengths and keys made of them.** A live fact happens when it happens.
- **When an answer from outside arrives.** A rehearsed pager, and a rehearsed look at whose turn it
  is, answer in the instant they are asked; live ones moments later, with other facts perhaps in
  between. What such an answer brought about is put back behind what asked for it.
- **Who is on a rung.** The rung is compared, the people are not: a story without a rota has nobody
  in particular on it, and a service always has somebody.
- **The fingerprint of a pack**, which is made of the instants in it as well.
- **What a case begins with**: a played story runs faster, and knows its desk.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from domain.rehearsal.staging import INSTANT

_LENGTH = re.compile(r"^-?P(\d+D)?(T[\d.HMS]+)?$")
_NOT_SHARED = frozenset(
    {"people", "late_by_s", "found_late_s", "sha256", "key", "instruction", "begun"}
)
_PAGED = "paged/"


class Line(NamedTuple):
    """One fact as both share it: what, by whom, and what it says apart from when."""

    type: str
    by: str
    says: dict[str, Any]

    def __str__(self) -> str:
        """Return it in one line for people."""
        names = ("clock", "about", "rung", "notice", "role", "provider", "item", "pack", "phase")
        told = (f"{name} {self.says[name]}" for name in names if name in self.says)
        return ", ".join((f"{self.type} by {self.by}", *told))


class Difference(NamedTuple):
    """The first place where two orders part; ``None`` where one has come to its end."""

    number: int
    expected: Line
    actual: Line | None

    @property
    def words(self) -> tuple[str, str | None]:
        """Return both for people: what differs is told where the lines read alike."""
        if self.actual is None or str(self.expected) != str(self.actual):
            return str(self.expected), None if self.actual is None else str(self.actual)
        ours, theirs = self.expected.says, self.actual.says
        name = next(key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key))
        told = f"{self.expected}, {name}"
        return f"{told} {ours.get(name)}", f"{told} {theirs.get(name)}"


class _Block(NamedTuple):
    """What one cause brought about."""

    cause: str
    facts: list[dict[str, Any]]


def in_order(facts: Iterable[dict[str, Any]], names: dict[str, str] | None = None) -> list[Line]:
    """Return facts, JSON-ready as on the record, in the order and shape that both share.

    Args:
        facts: In the order of the record.
        names: References of cases of the running service, with the names the story gives them.
    """
    blocks: list[_Block] = []
    for fact in facts:
        if not blocks or blocks[-1].cause != fact["instruction"]:
            blocks.append(_Block(fact["instruction"], []))
        blocks[-1].facts.append(fact)
    return [_line(fact, names or {}) for block in _regrouped(blocks) for fact in block.facts]


def first_difference(expected: list[Line], actual: list[Line]) -> Difference | None:
    """Return where ``actual`` first goes otherwise; what it has beyond the end is not looked at."""
    for number, line in enumerate(expected, 1):
        other = actual[number - 1] if number <= len(actual) else None
        if other != line:
            return Difference(number, line, other)
    return None


def _regrouped(blocks: list[_Block]) -> list[_Block]:
    """Return blocks with each answer from outside behind the block that asked for it."""
    answers: dict[str, list[_Block]] = {}
    asking: list[_Block] = []
    for block in blocks:
        asked = _asked_by(block)
        if asked is None:
            asking.append(block)
        else:
            answers.setdefault(asked, []).append(block)
    placed: list[_Block] = []
    for block in asking:
        _place(block, answers, placed)
    return [*placed, *(late for found in answers.values() for late in found)]


def _place(block: _Block, answers: dict[str, list[_Block]], placed: list[_Block]) -> None:
    placed.append(block)
    wanted = [f"turn of {block.cause}"]
    wanted += [_page(fact) for fact in block.facts if fact["type"] == "page-due"]
    for asked in wanted:
        waiting = answers.get(asked, [])
        if waiting:
            _place(waiting.pop(0), answers, placed)


def _asked_by(block: _Block) -> str | None:
    """Return what a block answers; ``None`` for one that nobody outside was asked for."""
    first = block.facts[0]
    if first["type"] == "paged":
        return _page({**first, "payload": {**first["payload"], "rung": _wanted(first)}})
    if first["command"] == "assign-provider" and first["by"] == "system":
        _case, _, rest = block.cause.partition("/")
        return f"turn of {rest.rpartition('/')[0]}"
    return None


def _wanted(fact: dict[str, Any]) -> Any:  # noqa: ANN401  (a rung)
    return fact["payload"].get("wanted_rung", fact["payload"]["rung"])


def _page(fact: dict[str, Any]) -> str:
    said = fact["payload"]
    return f"page {said['about']} {fact['occurred_at']} L{said['rung']}"


def _line(fact: dict[str, Any], names: dict[str, str]) -> Line:
    return Line(fact["type"], fact["by"], _shared(fact["payload"], names))


def _shared(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401  (any JSON)
    if isinstance(value, dict):
        kept = {key: inner for key, inner in value.items() if key not in _NOT_SHARED}
        return {key: _shared(inner, names) for key, inner in kept.items()}
    if isinstance(value, list | tuple):
        return [_shared(inner, names) for inner in value]
    if not isinstance(value, str):
        return value
    if INSTANT.match(value) or _LENGTH.match(value):
        return "when"
    for live, told in names.items():
        value = value.replace(live, told)
    return _KEY.sub("key", value)


_KEY = re.compile(r"CIR-\d{4}-\d{6}/\S+")
"""A notice's key, made of case, instruction and number."""
