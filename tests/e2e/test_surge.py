"""Many exercises at once: each wakes somebody, nobody is flooded, and one word takes them all."""

from collections.abc import Iterator

import pytest

from settings import ROOT
from tests.e2e.house import House, a_house

pytestmark = pytest.mark.server

REPORT = ROOT / "examples" / "report.json"
GATHERED_S = 1.0
"""Seconds in which a person gets one message, at the speed of this stack."""


@pytest.fixture(scope="module")
def brisk(tmp_path_factory: pytest.TempPathFactory, stack_database: str | None) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml", stack_database) as running:
        yield running


def test_a_surge_pages_for_every_case_and_one_word_takes_them_all(brisk: House) -> None:
    told = brisk.ask("exercise", "surge", str(REPORT), "--cases", "8", "--speed", "60")
    cases = told["cases"]
    assert len(set(cases)) == 8
    assert (told["breached"], told["clocks"]) == (8, ["triage-acknowledgement"])
    assert told["without_message"] == []
    assert told["page_rows"] >= 8
    assert max(told["messages"].values()) < len(cases)  # what is new to a rung, and its clocks
    assert told["least_apart_s"] is None or told["least_apart_s"] >= GATHERED_S
    assert all(brisk.show(case)["exercise"] for case in cases[:2])
    assert not [path for path in brisk.outbox.rglob("*") if path.is_file()]

    about = ("--about", "triage-acknowledgement")
    taken = brisk.cir("escalation", "acknowledge", "-", *about, by="priya", body="\n".join(cases))
    assert taken.code == 0, taken.err
    waits = {(row["case"], row["clock"]) for row in brisk.ask("escalation", "list")}
    assert not waits & {(case, "triage-acknowledgement") for case in cases}


def test_what_holds_no_report_is_a_slip_of_usage(brisk: House) -> None:
    answer = brisk.cir("exercise", "surge", "-", "--cases", "1", body={"schema": "other"})
    assert (answer.code, answer.error["code"]) == (2, "not-a-report")
