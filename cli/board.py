"""``cir board``: the open cases on a wall, by deadline, drawn again and again; no council."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from cli.context import Options, zulu
from cli.desk import Failure
from cli.harmless import brief, to_the_second
from cli.output import show
from cli.verbs import common, guarded

MOST_CASES = 200
"""As many cases as are asked for at once; a wall shows fewer."""

SOON = timedelta(minutes=30)
"""A deadline that near is marked [our default]."""

COLUMNS = {"case": 15, "phase": 14, "cat.": 4, "owner": 8, "next clock": 18, "due": 10, "late": 4}
"""The columns and their widths: 79 with what is between them."""

TAKEN_UP = 4
"""Lines of a screen that are not cases: title, head and what is more."""


def boarded(options: Options, values: dict[str, Any]) -> None:
    """Draw the board until interrupted; once, and end, when nobody looks at a terminal."""
    if not sys.stdout.isatty() or options.output != "table":
        found = _asked(options)
        if options.output == "table":
            _once(found, options)
        else:
            show(found, options)
        return
    _live(options, values["every"])


def _asked(options: Options) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = options.desk.get("/cases", limit=MOST_CASES)
    return cases


def _once(cases: list[dict[str, Any]], options: Options) -> None:
    from rich.console import Console

    console = Console(no_color=None if options.colour else True, highlight=False)
    console.print(frame(cases, _now(), options, MOST_CASES))


def _live(options: Options, every: float) -> None:
    """Draw a frame now and then; while the desk is away, the last one with a word about it."""
    from threading import Event

    from rich.console import Console
    from rich.live import Live

    console = Console(no_color=None if options.colour else True, highlight=False)
    cases: list[dict[str, Any]] = []
    never = Event()
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            trouble = ""
            try:
                cases = _asked(options)
            except Failure as found:
                if not found.is_desk_away:
                    raise
                trouble = f"THE DESK DOES NOT ANSWER. This is what it said last. {found}"
            room = max(1, console.height - TAKEN_UP - bool(trouble))
            live.update(frame(cases, _now(), options, room, trouble), refresh=True)
            never.wait(every)


def frame(
    cases: list[dict[str, Any]], now: datetime, options: Options, room: int, trouble: str = ""
) -> Any:  # noqa: ANN401  (rich's own)
    """Return the board at one moment.

    Args:
        cases: As the desk lists them, soonest deadline first.
        now: The moment.
        options: How times are shown.
        room: Cases at the most.
        trouble: What is wrong, for everybody in the room.
    """
    from rich.console import Group
    from rich.text import Text

    late = sum(1 for one in cases if one["breached"])
    paged = sum(1 for one in cases if one["rung"] is not None)
    words = f"{len(cases)} open, {late} past a deadline, {paged} paged and not taken"
    title = Text(f"{words}   {to_the_second(zulu(now), options)}", style="bold")
    lines = [title, *([Text(trouble, style="bold red")] if trouble else [])]
    lines += [_head(), *(_line(one, now) for one in cases[:room])]
    if len(cases) > room:
        lines.append(Text(f"… and {len(cases) - room} more: cir case list"))
    return Group(*lines)


def _head() -> Any:  # noqa: ANN401  (rich's own)
    from rich.text import Text

    from cli.tables import side_by_side

    return Text(side_by_side(COLUMNS, list(COLUMNS)), style="bold")


def _line(case: dict[str, Any], now: datetime) -> Any:  # noqa: ANN401  (rich's own)
    """Return a case's line; what is late is red, what is soon is yellow."""
    from rich.text import Text

    from cli.tables import category_of, lateness_of, side_by_side

    left = datetime.fromisoformat(case["due_at"]) - now if case["due_at"] else None
    late = lateness_of(case)
    style = "red" if late else "yellow" if left is not None and left <= SOON else ""
    owner = case["owner"] or "NOBODY"
    cells = (case["case"], case["phase"], category_of(case), owner, case["next_clock"], _away(left))
    return Text(side_by_side(COLUMNS, (*cells, late)), style=style)


def _away(left: timedelta | None) -> str:
    """Return how far a deadline is away, or how long it has been past."""
    if left is None:
        return ""
    seconds = left.total_seconds()
    return f"in {brief(seconds)}" if seconds >= 0 else f"{brief(-seconds)} ago"


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (the edge)


def board(words: str) -> click.Command:
    """Return the noun."""
    every = click.Option(
        ["--every"], type=click.FloatRange(1, 3600), default=5.0, show_default=True,
        help="Seconds between two looks.",
    )  # fmt: skip
    return click.Command("board", params=common(every), callback=guarded(boarded), help=words)
