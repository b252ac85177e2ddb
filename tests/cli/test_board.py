"""``cir board``: one frame where nobody looks at a terminal, and on one until it is stopped."""

import os
import pty
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from cli.board import frame
from cli.context import Options
from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk
from tests.cli.test_terminal import a_line

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

INTERRUPTIBLE = """\
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("cli.main", run_name="__main__", alter_sys=True)
"""
"""Runs ``cir`` as at a terminal, also where tests run in the background and nothing interrupts."""


def due(minutes: float) -> str:
    return (NOON + timedelta(minutes=minutes)).isoformat()


def drawn(options: Options, *cases: dict[str, Any], room: int = 50, trouble: str = "") -> Any:
    """Return the lines of a frame, each with its colour."""
    made = frame(list(cases), NOON, options, room, trouble)
    return [(line.plain, str(line.style)) for line in made.renderables]


def some(bare: Shell) -> Options:
    """Return the options of somebody who said nothing."""
    told: dict[str, Any] = dict.fromkeys(Options._fields, False)
    return Options(**{**told, "home": bare.home, "output": "table", "colour": True})


def test_the_soonest_deadlines_stand_out(bare: Shell) -> None:
    title, head, late, soon, far = drawn(
        some(bare),
        a_line(due_at=due(-70), breached=True, rung=1),
        a_line(case="CIR-2026-000124", due_at=due(12), owner=None),
        a_line(case="CIR-2026-000125", due_at=due(3000)),
    )
    assert title[0].startswith("3 open, 1 past a deadline, 1 paged and not taken")
    assert head[0].split() == ["case", "phase", "cat.", "owner", "next", "clock", "due", "late"]
    assert (late[1], soon[1], far[1]) == ("red", "yellow", "")
    assert "1 h ago" in late[0]
    assert late[0].endswith("L1")
    assert "in 12 min" in soon[0]
    assert "NOBODY" in soon[0]
    assert "in 2 d" in far[0]
    assert max(len(line) for line, _ in (late, soon, far)) <= 80


def test_what_the_wall_has_no_room_for_is_counted(bare: Shell) -> None:
    lines = drawn(some(bare), *(a_line(due_at=None) for _ in range(9)), room=4)
    assert lines[-1][0] == "… and 5 more: cir case list"
    assert len(lines) == 7


def test_a_desk_that_is_away_is_said_above_what_it_said_last(bare: Shell) -> None:
    lines = drawn(some(bare), a_line(due_at=due(5)), trouble="THE DESK DOES NOT ANSWER")
    assert lines[1] == ("THE DESK DOES NOT ANSWER", "bold red")
    assert CASE in lines[-1][0]


def test_one_frame_and_an_end_where_there_is_no_terminal(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = [a_line()]
    assert cir("board").data == [a_line()]
    shown = cir("board", "-o", "table")
    assert (shown.code, shown.out.count(CASE)) == (0, 1)
    assert len(desk.asked) == 2


def test_on_a_terminal_it_is_drawn_again_until_it_is_stopped(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = [a_line()]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTIBLE, "board", "--every", "1"],
        cwd=ROOT,
        env={**cir.environment, "TERM": "xterm-256color"},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        try:
            shown = b""
            while shown.count(CASE.encode()) < 2:
                shown += os.read(ours, 65536)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 130
        finally:
            process.kill()
    os.close(ours)
    assert len(desk.asked) >= 2
