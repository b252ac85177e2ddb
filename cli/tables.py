"""Lists as tables that an 80-column terminal shows: an instant never breaks, long text wraps."""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.box import SIMPLE
from rich.cells import set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.context import Options
from cli.harmless import brief, safe, soon, when

MOST_ROWS = 200
"""Rows at the most; JSON has them all."""

INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
"""What an instant looks like."""

WHOLE = frozenset({"case", "id", "item", "clock", "rung"})
"""Columns that a person types again, and short words: kept on one line."""


class Shape(NamedTuple):
    """What a table shows of one kind of row; JSON has it all.

    Attributes:
        marks: Names that tell such a row from any other.
        columns: What is shown, in order.
        ready: Makes a row's values fit to be shown.
    """

    marks: frozenset[str]
    columns: tuple[str, ...]
    ready: Callable[[dict[str, Any]], dict[str, Any]] = dict


def _waiting(row: dict[str, Any]) -> dict[str, Any]:
    """Name what waits by its change or item where it belongs to no case."""
    if row.get("case"):
        return row
    named = f"change {row['change']}" if row.get("change") else row.get("item")
    return {**row, "case": named}


def _clock(row: dict[str, Any]) -> dict[str, Any]:
    """Number every clock but the first of its name, and say how late it is in one word."""
    again = f"#{row['instance']}" if row["instance"] > 1 else ""
    late = brief(row["late_by_s"]) if row.get("late_by_s") else ""
    return {**row, "clock": f"{row['clock']}{again}", "late": late}


def _page(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "rung": "" if row["rung"] is None else f"L{row['rung']}"}


SHAPES = (
    Shape(frozenset({"mine"}), ("case", "by", "command"), _waiting),
    Shape(frozenset({"clock", "instance"}), ("clock", "state", "due_at", "met_at", "late"), _clock),
    Shape(frozenset({"unacknowledged"}), ("case", "clock", "rung", "paged_at"), _page),
    Shape(
        frozenset({"sender", "problems", "discarded_at"}),
        ("item", "at", "sender", "problems", "acknowledged_by"),
    ),
    Shape(frozenset({"command", "code", "at"}), ("at", "by", "command", "code", "message")),
    Shape(frozenset({"events", "command"}), ("case", "command", "phase", "version")),
    Shape(frozenset({"gss"}), ("code", "name", "type", "region", "ends_on")),
)
"""The kinds of rows that have more than a terminal shows."""

DECIDED = ("item", "discarded_at", "discarded_by", "reason")
"""What is shown of rejected reports that somebody has decided about."""


def draw_rows(console: Console, rows: list[dict[str, Any]], options: Options) -> None:
    """Draw a list of anything, a row each."""
    if not rows:
        console.print("Nothing.")
        return
    rows = [_slim(row) for row in rows]
    table = Table(box=SIMPLE, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    names = [name for name in rows[0] if not isinstance(rows[0][name], dict)]
    for name in names:
        is_whole = name in WHOLE or any(_is_instant(row.get(name)) for row in rows)
        table.add_column(safe(_title(name)), no_wrap=is_whole, overflow="fold")
    for row in rows[:MOST_ROWS]:
        table.add_row(*(Text(_cell(name, row.get(name), options)) for name in names))
    console.print(table)
    more(console, rows, MOST_ROWS)


def cell(name: str, value: Any, options: Options) -> str:  # noqa: ANN401
    """Return a value as it is shown where there is room for it."""
    return when(value, options) if _is_instant(value) else _plain(name, value)


def more(console: Console, rows: list[Any], most: int) -> None:
    """Say how many rows are not shown."""
    if len(rows) > most:
        words = f"  … and {len(rows) - most} more: --json has them all"
        console.print(Text(words), no_wrap=True, overflow="ellipsis")


def side_by_side(widths: dict[str, int], cells: Sequence[str | None]) -> str:
    """Return cells side by side, each cut or filled to its column's width."""
    fitted = zip(widths.values(), map(safe, cells), strict=True)
    return " ".join(set_cell_size(cell, width) for width, cell in fitted).rstrip()


def category_of(case: dict[str, Any]) -> str:
    """Return a case's category in two letters, or that it has none."""
    category = case["category"] or ""
    return category if len(category) <= 2 else "none"  # noqa: PLR2004


def lateness_of(case: dict[str, Any]) -> str:
    """Return the rung that a case has paged and nobody has taken, or that it is late."""
    rung = "" if case["rung"] is None else f"L{case['rung']}"
    return rung or ("late" if case["breached"] else "")


def _slim(row: dict[str, Any]) -> dict[str, Any]:
    """Return as much of a row as a terminal shows."""
    for shape in SHAPES:
        if shape.marks <= set(row):
            ready = shape.ready(row)
            columns = DECIDED if row.get("discarded_at") else shape.columns
            return {name: ready.get(name) for name in columns}
    return row


def _title(name: str) -> str:
    return name.removesuffix("_at").replace("_", " ")


def _is_instant(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, str) and INSTANT.match(value) is not None


def _cell(name: str, value: Any, options: Options) -> str:  # noqa: ANN401
    """Return a value as a column has it: an instant to the minute, the year left out."""
    return soon(value, options) if _is_instant(value) else _plain(name, value)


def _plain(name: str, value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "yes" if value else "no" if name == "ok" else ""
    if isinstance(value, list):
        return ", ".join(safe(one) for one in value)
    return safe(value)
