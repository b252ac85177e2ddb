"""Tables for people, drawn with rich. Imported only by commands that draw."""

from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.context import Options
from cli.harmless import safe, when

MOST_ROWS = 200
INSTANTS = ("_at", "by", "begins", "until")
"""Ends of the names of instants."""


def draw(data: Any, options: Options) -> None:  # noqa: ANN401
    """Draw an answer on the terminal."""
    console = Console(no_color=not options.colour, highlight=False, width=None)
    if isinstance(data, list):
        _rows(console, [_slim(row) for row in data], options)
    elif isinstance(data, dict) and "command" in data and "events" in data:
        _taken(console, data, options)
    elif isinstance(data, dict) and "clocks" in data and "ledgers" in data:
        _case(console, data, options)
    elif isinstance(data, dict) and "facts" in data:
        _history(console, data, options)
    elif isinstance(data, dict):
        _pairs(console, data, options)


SLIM = {
    "next_clock": (
        "case",
        "phase",
        "category",
        "owner",
        "provider",
        "next_clock",
        "due_at",
        "breached",
        "rung",
    ),
    "mine": ("case", "by", "command"),
}
"""What a table shows of rows that have a column: a terminal is 80 wide."""


def _slim(row: dict[str, Any]) -> dict[str, Any]:
    """Return as much of a row as a terminal shows; JSON has it all."""
    for mark, names in SLIM.items():
        if mark in row:
            return {name: row[name] for name in names}
    return row


def _taken(console: Console, data: dict[str, Any], options: Options) -> None:
    """Draw the facts of an accepted instruction, one a line."""
    for fact in data["events"]:
        at = when(fact["occurred_at"], options)
        console.print(Text(f"{fact['seq']:4} {at}  {fact['type']} by {safe(fact['by'])}"))


def _rows(console: Console, rows: list[dict[str, Any]], options: Options) -> None:
    if not rows:
        console.print("Nothing.")
        return
    table = Table(box=SIMPLE, pad_edge=False)
    names = [n for n in rows[0] if not isinstance(rows[0][n], dict)]
    for name in names:
        table.add_column(name.replace("_", " "), no_wrap=name in ("case", "id", "command"))
    for row in rows[:MOST_ROWS]:
        table.add_row(*(Text(_cell(name, row.get(name), options)) for name in names))
    console.print(table)


def _cell(name: str, value: Any, options: Options) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, str) and name.endswith(INSTANTS) and "T" in value:
        return when(value, options)
    if isinstance(value, list):
        return ", ".join(safe(one) for one in value)
    return safe(value)


def _pairs(console: Console, data: dict[str, Any], options: Options) -> None:
    for name, value in data.items():
        if name == "ok" or value in (None, [], {}):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            console.print(Text(f"{name.replace('_', ' ')}:"))
            _rows(console, value, options)
        else:
            console.print(Text(f"{name.replace('_', ' ')}: {_cell(name, value, options)}"))


def _case(console: Console, case: dict[str, Any], options: Options) -> None:
    mark = " EXERCISE" if case["exercise"] else ""
    title = f"{case['case']}{mark}  {safe(case['council'])}  {case['phase']}"
    console.print(Text(f"{title} {case['outcome'] or ''}", style="bold"))
    who = f"category {case['category']}, owner {case['owner'] or 'nobody'}"
    console.print(
        Text(f"{who}, provider {case['provider'] or 'nobody'}, version {case['version']}")
    )
    if case["open_actions"]:
        console.print(Text("To do", style="bold"))
        for action in case["open_actions"][:6]:
            console.print(Text(f"  by {when(action['by'], options)}  {safe(action['what'])}"))
            console.print(Text(f"    {safe(action['command'])}"))
    _clocks(console, case, options)
    for line in case["escalations"]:
        if line["unacknowledged"]:
            words = f"PAGED L{line['rung']} {line['clock']}: nobody has said that they have it"
            console.print(Text(words, style="bold red"))
    for name, ledger in case["ledgers"].items():
        pounds = {key: f"£{value / 100:,.2f}" for key, value in ledger.items()}
        console.print(
            Text(
                f"ledger {name}: logged {pounds['logged_pence']}, held {pounds['held_pence']}, "
                f"payable {pounds['payable_pence']}, authorised {pounds['authorised_pence']}"
            )
        )
    told = sum(1 for notice in case["notices"] if notice["state"] in ("delivered", "spoken"))
    console.print(Text(f"notices: {told} delivered of {len(case['notices'])}"))


def _clocks(console: Console, case: dict[str, Any], options: Options) -> None:
    live = [c for c in case["clocks"] if c["state"] in ("running", "paused", "breached")]
    live = [c for c in live if c["met_at"] is None]
    if not live:
        return
    table = Table(box=SIMPLE, pad_edge=False)
    for name in ("clock", "state", "due"):
        table.add_column(name)
    for clock in live:
        style = "red" if clock["state"] == "breached" else ""
        cells = (clock["clock"], clock["state"], when(clock["due_at"], options))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(table)


def _history(console: Console, data: dict[str, Any], options: Options) -> None:
    for fact in data["facts"]:
        words = f"{fact['seq']:4} {when(fact['occurred_at'], options)}  {fact['type']}"
        console.print(Text(f"{words} by {safe(fact['by'])}"))
