"""What a person sees: one screen, UK time, and nothing that a terminal would obey."""

import os
import pty
import subprocess
import sys
import unicodedata
from typing import Any

import pytest

from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk, no

EVIL = "\x1b[2J\x1b]0;owned\x07 \u202egnp.exe \x9b31m \x08\x00\r\u200b\u2066"
AT = "2026-07-23T02:10:00Z"


A_HOSTILE_LINE = {
    "case": EVIL,
    "phase": EVIL,
    "outcome": EVIL,
    "category": EVIL,
    "owner": EVIL,
    "next_clock": EVIL,
    "due_at": AT,
    "breached": True,
    "rung": EVIL,
}


def a_case(many: int = 1, words: str = "Eastmere District Council") -> dict[str, Any]:
    """Return a case with ``many`` of everything."""
    clock = {"clock": words, "instance": 1, "state": "breached", "started_at": AT, "due_at": AT}
    ledger = dict.fromkeys(("logged_pence", "held_pence", "payable_pence", "authorised_pence"), 150)
    action = {"who": "provider", "what": words, "by": AT, "command": f"cir x {words}"}
    notice = {"key": words, "notice": words, "to_role": "council", "state": "delivered"}
    page = {"clock": words, "rung": 1, "acknowledged_by": None, "unacknowledged": True}
    return {
        "case": CASE,
        "version": 7,
        "phase": "containment",
        "outcome": None,
        "exercise": True,
        "category": "C2",
        "council": words,
        "owner": words,
        "provider": "alder",
        "opened_at": AT,
        "clocks": [{**clock, "met_at": None, "late_by_s": None}] * many,
        "escalations": [page] * many,
        "notices": [notice] * many,
        "ledgers": {"A": ledger, "B": ledger},
        "packs": [],
        "open_actions": [action] * many,
    }


def is_harmless(text: str) -> bool:
    """Tell whether nothing in ``text`` acts on a terminal or hides in it."""
    kinds = {unicodedata.category(c) for c in text if c != "\n"}
    return not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def on_a_terminal(shell: Shell, *words: str, **environment: str) -> str:
    """Return what one ``cir`` shows on a terminal of 80 by 40."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words],
        cwd=ROOT,
        env={**shell.environment, "TERM": "xterm-256color", **environment},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert process.wait(timeout=60) == 0
    os.close(ours)
    return shown.decode()


@pytest.mark.parametrize("many", [0, 1, 60])
def test_a_case_fits_on_one_screen_however_much_there_is(
    cir: Shell, desk: PretendDesk, many: int
) -> None:
    desk.reads[f"/cases/{CASE}"] = a_case(many, "x" * 150)
    lines = cir("case", "show", CASE, "-o", "table").out.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert ("more: --json has them all" in "".join(lines)) == (many > 9)


def test_a_case_shows_what_matters(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}"] = a_case()
    shown = cir("case", "show", CASE, "-o", "table").out
    words = (
        "EXERCISE",
        "containment",
        "23 Jul 2026 03:10:00 BST",
        "PAGED L1",
        "£1.50",
        "C2",
        "alder",
    )
    assert not [word for word in words if word not in shown]
    assert "23 Jul 2026 02:10:00 UTC" in cir("case", "show", CASE, "-o", "table", "--utc").out


def test_json_is_what_the_desk_said(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}"] = a_case(2, EVIL)
    said = cir("case", "show", CASE)
    assert said.data == desk.reads[f"/cases/{CASE}"]
    assert said.out.isascii()
    assert is_harmless(said.out)


@pytest.mark.parametrize("shape", ["table", "jsonl", "id"])
@pytest.mark.parametrize(
    ("path", "words", "answer"),
    [
        (f"/cases/{CASE}", ("case", "show", CASE), a_case(1, EVIL)),
        ("/cases", ("case", "list"), [{"case": EVIL, "owner": EVIL, EVIL: EVIL, "rung": [EVIL]}]),
        ("/cases", ("case", "list"), [A_HOSTILE_LINE]),
        (
            f"/cases/{CASE}/history",
            ("case", "history", CASE),
            {"facts": [{"seq": 1, "occurred_at": AT, "type": EVIL, "by": EVIL, "case": EVIL}]},
        ),
        ("/registers/councils", ("councils", "find", "x"), [{"code": EVIL, "name": EVIL}]),
        ("/inbox", ("inbox",), [{"case": EVIL, "by": AT, "command": EVIL, "mine": EVIL}]),
    ],
)
def test_hostile_text_does_nothing_in_any_shape(
    cir: Shell, desk: PretendDesk, path: str, words: tuple[str, ...], answer: Any, shape: str
) -> None:
    desk.reads[path] = answer
    said = cir(*words, "-o", shape)
    assert said.code == 0
    assert said.out
    assert is_harmless(said.out + said.err)


def test_a_hostile_refusal_does_nothing(cir: Shell, desk: PretendDesk) -> None:
    fields = [{"field": EVIL, "code": EVIL, "message": EVIL}]
    desk.says[CASE] = no("refused", "invalid-input", EVIL, fields=fields, missing=[EVIL])
    said = cir("triage", "acknowledge", CASE, "-o", "table")
    assert said.code == 5
    assert is_harmless(said.err)
    assert "owned" in said.err


def test_a_hostile_word_of_ones_own_does_nothing(cir: Shell) -> None:
    said = cir("triage", EVIL.replace("\x00", ""))
    assert said.code == 2
    assert is_harmless(said.out + said.err)


def test_a_terminal_gets_a_table_and_a_pipe_gets_json(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = [{"case": CASE, "phase": "closed", "due_at": None}]
    shown = on_a_terminal(cir, "case", "list")
    assert CASE in shown
    assert "{" not in shown
    assert cir("case", "list").data == desk.reads["/cases"]


def test_colour_is_for_terminals_that_want_it(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}"] = a_case()
    red = "31m"
    assert red in on_a_terminal(cir, "case", "show", CASE)
    assert red not in on_a_terminal(cir, "case", "show", CASE, "--no-colour")
    assert red not in on_a_terminal(cir, "case", "show", CASE, NO_COLOR="1")
    assert "\x1b" not in cir("case", "show", CASE, "-o", "table").out


def a_line(**changes: Any) -> dict[str, Any]:
    """Return a line of a list of cases."""
    line = {
        "case": CASE,
        "phase": "containment",
        "outcome": None,
        "category": "C2",
        "owner": "kaya",
        "provider": "alder",
        "next_clock": "triage-acknowledgement",
        "due_at": AT,
        "breached": False,
        "rung": None,
    }
    return {**line, **changes}


def test_a_list_has_a_line_for_each_case(cir: Shell, desk: PretendDesk) -> None:
    late = a_line(case="CIR-2026-000124", category="uncategorised", breached=True, rung=2)
    desk.reads["/cases"] = [a_line(), late, a_line(owner="x" * 200, due_at=None)]
    lines = cir("case", "list", "-o", "table").out.splitlines()
    assert max(map(len, lines)) <= 80
    first, second, third = (line for line in lines if "CIR-" in line)
    assert first.split()[:4] == [CASE, "containment", "C2", "kaya"]
    assert "23 Jul 03:10 BST" in first
    assert second.split()[2] == "none"
    assert second.rstrip().endswith("L2")
    assert CASE in third


def test_references_only_feed_another_cir(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/cases"] = [{"case": CASE}, {"case": "CIR-2026-000124"}]
    listed = cir("case", "list", "--breached", "-o", "id")
    assert listed.out == f"{CASE}\nCIR-2026-000124\n"
    assert desk.asked[0].query == {"breached": "true", "limit": "100"}
    assert cir("handling", "assign-owner", "-", "--owner", "kaya", stdin=listed.out).code == 0


def test_facts_come_one_a_line(cir: Shell, desk: PretendDesk) -> None:
    facts = [{"seq": n, "occurred_at": AT, "type": "note-added", "by": "kaya"} for n in (1, 2)]
    desk.reads[f"/cases/{CASE}/history"] = {"facts": facts}
    assert len(cir("case", "history", CASE, "-o", "jsonl").out.splitlines()) == 2
    assert cir("case", "history", CASE).data == facts
