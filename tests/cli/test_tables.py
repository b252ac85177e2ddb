"""Lists on a terminal of 80 columns: an instant never breaks; long text is what wraps."""

from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk
from tests.cli.test_terminal import a_line

EARLY, LATE = "2026-07-23T02:10:00Z", "2026-12-25T23:59:59Z"
SHOWN = {EARLY: "23 Jul 03:10 BST", LATE: "25 Dec 23:59 GMT"}
"""Each instant as a column has it."""

LONG = (
    f"cir handling record-delivery {CASE} --notice call-out/alder/2026-07-23 --channel phone "
    "--state spoken"
)

AN_INBOX: list[dict[str, Any]] = [
    {"case": CASE, "mine": True, "who": "triage-officer", "what": "x " * 90, "by": EARLY,
     "command": f"cir triage acknowledge {CASE}"},
    {"case": CASE, "mine": False, "who": "triage-officer", "what": "x " * 90, "by": LATE,
     "command": LONG},
    {"case": None, "change": 3, "mine": False, "who": "head-of-service", "what": "change 3",
     "by": EARLY, "command": "cir people confirm 3"},
    {"case": None, "item": "REJ-000007", "mine": False, "who": "triage-officer", "what": "unread",
     "by": LATE, "command": "cir intake show REJ-000007"},
]  # fmt: skip
A_REJECTED = {
    "item": "REJ-000007", "sender": "ncsc", "at": EARLY, "rung": 1, "acknowledged_by": "kaya",
    "acknowledged_at": LATE, "discarded_by": None, "discarded_at": None, "reason": None,
    "problems": [{"field": f"incident.field_{n}", "code": "naive-time"} for n in range(9)],
}  # fmt: skip
DECIDED = {**A_REJECTED, "discarded_by": "kaya", "discarded_at": LATE, "reason": "opened " * 40}
CLOCKS = [
    {"clock": "provider-acknowledgement", "instance": n, "state": state, "started_at": EARLY,
     "due_at": EARLY, "met_at": met, "late_by_s": late}
    for n, state, met, late in ((1, "met", LATE, 172_800), (2, "cancelled", None, None))
]  # fmt: skip
PAGES = [
    {"case": CASE, "clock": "provider-acknowledgement", "rung": 2, "paged_at": EARLY,
     "acknowledged_by": None, "unacknowledged": True},
]  # fmt: skip
ATTEMPTS = [
    {"command": "record-category", "by": "priya", "code": "category-source-not-allowed",
     "message": "kaya does not give categories. " * 5, "at": LATE},
]  # fmt: skip
PEOPLE = [
    {"id": "kaya", "name": "Kaya Osei", "roles": ["triage-officer", "incident-manager"],
     "email": "kaya@cir.example.gov.uk", "phone": "07700 900201"},
]  # fmt: skip

LISTS: dict[str, tuple[str, tuple[str, ...], list[dict[str, Any]]]] = {
    "inbox": ("/inbox", ("inbox",), AN_INBOX),
    "intake": ("/intake", ("intake", "list"), [A_REJECTED]),
    "decided": ("/intake", ("intake", "list", "--decided"), [DECIDED]),
    "cases": ("/cases", ("case", "list"), [a_line(due_at=LATE, breached=True, rung=2)]),
    "pages": ("/escalations", ("escalation", "list"), PAGES),
    "clocks": (f"/cases/{CASE}", ("clock", "list", CASE), CLOCKS),
    "attempts": (f"/cases/{CASE}/attempts", ("case", "history", CASE, "--refused"), ATTEMPTS),
    "people": ("/registers/people", ("people", "list"), PEOPLE),
}


def drawn(cir: Shell, desk: PretendDesk, name: str) -> str:
    """Return a list as 80 columns show it."""
    path, words, rows = LISTS[name]
    desk.reads[path] = {"clocks": rows} if name == "clocks" else rows
    return cir(*words, "-o", "table").out


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_no_wider_than_the_terminal(cir: Shell, desk: PretendDesk, name: str) -> None:
    assert max(map(len, drawn(cir, desk, name).splitlines())) <= 80


@pytest.mark.parametrize(
    ("name", "instants"),
    [
        ("inbox", {EARLY, LATE}),
        ("intake", {EARLY}),
        ("decided", {LATE}),
        ("cases", {LATE}),
        ("pages", {EARLY}),
        ("clocks", {EARLY, LATE}),
        ("attempts", {LATE}),
    ],
)
def test_an_instant_stays_on_one_line(
    cir: Shell, desk: PretendDesk, name: str, instants: set[str]
) -> None:
    shown = drawn(cir, desk, name)
    assert not [at for at in instants if SHOWN[at] not in shown]


def test_a_command_can_be_read_to_its_end(cir: Shell, desk: PretendDesk) -> None:
    shown = drawn(cir, desk, "inbox")
    assert not [word for word in LONG.split() if word not in shown]
    assert not [word for word in (CASE, "change 3", "REJ-000007") if word not in shown]


def test_a_clock_says_how_late_it_was_met_and_which_of_its_name_it_is(
    cir: Shell, desk: PretendDesk
) -> None:
    first, second = (
        line for line in drawn(cir, desk, "clocks").splitlines() if "provider-" in line
    )
    assert first.rstrip().endswith("2 d")
    assert "provider-acknowledgement#2" in second


def test_every_problem_of_a_rejected_report_is_there(cir: Shell, desk: PretendDesk) -> None:
    shown = drawn(cir, desk, "intake")
    assert not [n for n in range(9) if f"field_{n}" not in shown.replace("\n", "")]
    assert "kaya" in shown
