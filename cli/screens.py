"""Tables for people, drawn with rich. Imported only by commands that draw."""

from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.context import Options
from cli.harmless import safe, soon, when
from cli.tables import (
    MOST_ROWS,
    category_of,
    cell,
    draw_rows,
    lateness_of,
    more,
    side_by_side,
)

MOST_ACTIONS, MOST_CLOCKS, MOST_PAGES = 4, 9, 4
"""Of each at the most, so that a case fits on a screen of 80 by 40."""


def draw(data: Any, options: Options) -> None:  # noqa: ANN401
    """Draw an answer on the terminal."""
    console = Console(no_color=None if options.colour else True, highlight=False)
    if _is_of_registers(data):
        from cli.register_screens import draw_register

        draw_register(console, data, options)
    elif isinstance(data, list):
        if data and "next_clock" in data[0]:
            _cases(console, data, options)
        else:
            draw_rows(console, data, options)
    elif isinstance(data, dict):
        _one(console, data, options)


def _one(console: Console, data: dict[str, Any], options: Options) -> None:
    """Draw an answer that is no list."""
    if "report" in data and "ledgers" in data:
        from cli.report_screens import draw_report

        draw_report(console, data, options)
    elif "next" in data and "commands" in data:
        from cli.explained import draw_explanation

        draw_explanation(console, data, options)
    elif "command" in data and "events" in data:
        _taken(console, data, options)
    elif "clocks" in data and "ledgers" in data:
        _case(console, data, options)
    elif isinstance(data.get("facts"), list):
        _history(console, data, options)
    else:
        _pairs(console, data, options)


def _is_of_registers(data: Any) -> bool:  # noqa: ANN401
    """Tell whether an answer is a change of a register, a rota, or such a list."""
    first = data[0] if isinstance(data, list) and data else data
    return isinstance(first, dict) and bool(
        {"difference", "rungs", "did", "contract_ref"} & set(first)
    )


CASE_COLUMNS = {
    "case": 15,
    "phase": 14,
    "cat.": 4,
    "owner": 7,
    "next clock": 14,
    "due": 16,
    "late": 4,
}
"""The columns of a list of cases and their widths: 80 with what is between them."""


def _cases(console: Console, rows: list[dict[str, Any]], options: Options) -> None:
    """Draw a list of cases, a line each; what is late is marked with the rung it has reached."""
    room = max(0, console.width - 80)
    widths = {**CASE_COLUMNS, "next clock": CASE_COLUMNS["next clock"] + room}
    _line(console, side_by_side(widths, list(widths)), "bold")
    for row in rows[:MOST_ROWS]:
        category, late = category_of(row), lateness_of(row)
        phase = f"{row['phase']} {row['outcome'] or ''}".strip()
        due = soon(row["due_at"], options)
        cells = (row["case"], phase, category, row["owner"], row["next_clock"], due, late)
        _line(console, side_by_side(widths, cells), "red" if late else "")
    more(console, rows, MOST_ROWS)


def _taken(console: Console, data: dict[str, Any], options: Options) -> None:
    """Draw the facts of an accepted instruction, one a line."""
    for fact in data["events"]:
        at = when(fact["occurred_at"], options)
        _line(console, f"{fact['seq']:4} {at}  {fact['type']} by {fact['by']}")


def _pairs(console: Console, data: dict[str, Any], options: Options) -> None:
    for name, value in data.items():
        if name == "ok" or value in (None, False, [], {}):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            console.print(Text(f"{name.replace('_', ' ')}:"))
            draw_rows(console, value, options)
        else:
            console.print(Text(f"{name.replace('_', ' ')}: {cell(name, value, options)}"))


def _line(console: Console, words: str, style: str = "") -> None:
    """Print one line that stays one line, whatever is in it."""
    console.print(Text(safe(words), style=style), no_wrap=True, overflow="ellipsis")


def _case(console: Console, case: dict[str, Any], options: Options) -> None:
    """Draw a case on one screen of 80 by 40: what there is more of is counted, not shown."""
    mark = " EXERCISE" if case["exercise"] else ""
    title = f"{case['case']}{mark}  {case['council']}  {case['phase']} {case['outcome'] or ''}"
    _line(console, title, "bold")
    successor = case.get("successor")
    if successor:
        order = f"order {successor['order']}"
        _line(console, f"taken over by {successor['code']} from {successor['from_on']}, {order}")
    who = f"category {case['category']}, owner {case['owner'] or 'nobody'}"
    _line(console, f"{who}, provider {case['provider'] or 'nobody'}, version {case['version']}")
    _line(console, f"opened {when(case['opened_at'], options)}")
    if case["open_actions"]:
        _line(console, "To do", "bold")
        for action in case["open_actions"][:MOST_ACTIONS]:
            _line(console, f"  by {when(action['by'], options)}  {action['what']}")
            _line(console, f"    {action['command']}")
        more(console, case["open_actions"], MOST_ACTIONS)
    _clocks(console, case, options)
    paged = [line for line in case["escalations"] if line["unacknowledged"]]
    for line in paged[:MOST_PAGES]:
        words = f"PAGED L{line['rung']} {line['clock']}: nobody has said that they have it"
        _line(console, words, "bold red")
    more(console, paged, MOST_PAGES)
    for name, ledger in case["ledgers"].items():
        pounds = {key: f"£{value / 100:,.2f}" for key, value in ledger.items()}
        words = f"ledger {name}: logged {pounds['logged_pence']}, held {pounds['held_pence']}, "
        words += f"payable {pounds['payable_pence']}, of {pounds['authorised_pence']}"
        _line(console, words)
    told = sum(1 for notice in case["notices"] if notice["state"] in ("delivered", "spoken"))
    words = f"notices: {told} delivered of {len(case['notices'])}; packs: {len(case['packs'])}"
    _line(console, words)


def _clocks(console: Console, case: dict[str, Any], options: Options) -> None:
    live = [c for c in case["clocks"] if c["state"] in ("running", "paused", "breached")]
    live = sorted((c for c in live if c["met_at"] is None), key=lambda c: str(c["due_at"]))
    if not live:
        return
    table = Table(box=SIMPLE, pad_edge=False)
    for name in ("clock", "state", "due"):
        table.add_column(name, no_wrap=True)
    for clock in live[:MOST_CLOCKS]:
        style = "red" if clock["state"] == "breached" else ""
        cells = (safe(clock["clock"]), safe(clock["state"]), when(clock["due_at"], options))
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(table)
    more(console, live, MOST_CLOCKS)


def _history(console: Console, data: dict[str, Any], options: Options) -> None:
    for fact in data["facts"]:
        at = when(fact["occurred_at"], options)
        _line(console, f"{fact['seq']:4} {at}  {fact['type']} by {fact['by']}")
