"""``cir report`` at a shell: what it asks, and figures that fit a terminal."""

from typing import Any

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk

AT = "2026-07-23T02:10:00Z"
PENCE = dict.fromkeys(
    ("logged_pence", "held_pence", "payable_pence", "authorised_pence"), 123_456_789
)
CLOCK = {
    "clock": "provider-acknowledgement", "kind": "service", "runs": 9, "in_time": 6, "late": 2,
    "breached": 0, "cancelled": 0, "running": 1, "rate": 0.75,
}  # fmt: skip
COMMON: dict[str, Any] = {
    "at": AT, "clocks": [CLOCK], "pages": {"L0": 3, "L1": 1}, "acknowledged": 2,
    "contact": {"reached": 3, "within": 2, "median_s": 1200, "longest_s": 5400,
                "targets_s": [1800]},
    "ledgers": {"A": PENCE, "B": PENCE},
}  # fmt: skip
SERVICE = {
    "report": "service", "since": AT, "until": None, "cases": 12, "open": 3,
    "phases": {"closed": 9, "containment": 3}, "outcomes": {"supported": 9},
    "categories": {"C1": 2, "uncategorised": 10}, **COMMON,
}  # fmt: skip
ONE = {
    "report": "case", "case": CASE, "phase": "closed", "outcome": "supported", "category": "C2",
    "exercise": True, "provider": "alder", "round": 1, "opened_at": AT, "closed_at": AT,
    "facts": 97, "refused": 1, **COMMON,
}  # fmt: skip


def test_a_report_of_the_service_asks_for_its_span(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/report/service"] = SERVICE
    said = cir("report", "service", "--since", AT, "--until", "2026-08-01T00:00:00+01:00")
    assert said.data == SERVICE
    assert desk.asked[0].query == {"since": AT, "until": "2026-07-31T23:00:00Z"}


def test_figures_fit_a_terminal_and_say_what_matters(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/report/service"] = SERVICE
    desk.reads[f"/report/case/{CASE}"] = ONE
    for words, wanted in (
        (("service",), ("12 cases, 3 of them open", "2 within 30 min", "75%", "uncategorised 10")),
        (("case", CASE), (CASE, "EXERCISE", "97 facts, 1 instructions refused", "longest 1 h")),
    ):
        shown = cir("report", *words, "-o", "table").out
        assert max(map(len, shown.splitlines())) <= 80
        assert not [word for word in wanted if word not in shown], shown
