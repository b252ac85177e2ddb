"""A report that comes in while Temporal is away is kept, and its case starts by itself."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from stack.database import VARIABLE
from stack.layout import Layout
from stack.local import start, wait_until_ready
from tests.e2e.house import House, a_house, a_report, say, until

pytestmark = [pytest.mark.crash, pytest.mark.server, pytest.mark.timeout(300)]

UNREACHABLE = 7


@pytest.fixture
def alone(
    tmp_path_factory: pytest.TempPathFactory, own_stack_database: str | None
) -> Iterator[House]:
    """Run a stack for one test: its parts come and go."""
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml", own_stack_database) as running:
        yield running


def kept(house: House, report: dict[str, Any]) -> str:
    """Hand a report in while Temporal is away; return the reference it was given."""
    answer = house.cir("case", "open", "-", by="kaya", body=report)
    assert answer.code == 0, answer.err
    told = answer.data
    assert (told["ok"], told["state"], told["phase"]) == (True, "kept", None)
    assert "starts by itself" in answer.err
    return str(told["case"])


def started_by_itself(house: House, case: str) -> None:
    """Wait for the case, with one first fact and one receipt to the council."""
    until(lambda: house.cir("case", "show", case, by="kaya").code == 0, f"{case} to start")
    house.quiet(case)
    assert len(house.facts(case, "case-opened")) == 1
    receipts = [m for m in house.mails(case) if "personal.example.org" in str(m["To"])]
    assert len(receipts) == 1


def test_killed_while_the_desk_runs(house: House) -> None:
    with house.keeper_held():
        before = house.kill("server")
        report = a_report()
        case = kept(house, report)
        waits = house.cir("case", "show", case, by="kaya")
        assert (waits.code, waits.error["code"]) == (UNREACHABLE, "not-started")
        again = house.cir("case", "open", "-", by="tomas", body=report)
        assert (again.code, again.data["case"], again.data["state"]) == (0, case, "kept")
    house.ready_again("server", before)

    started_by_itself(house, case)


def test_hung_rather_than_dead(house: House) -> None:
    server = house.running.pid("server")
    os.kill(server, signal.SIGSTOP)
    try:
        case = kept(house, a_report())
    finally:
        os.kill(server, signal.SIGCONT)

    started_by_itself(house, case)


def test_a_desk_that_started_without_a_server(alone: House) -> None:
    alone.cir("local", "down")
    whole = Layout.read(alone.data)
    desk = tuple(child for child in whole.children if child.name == "desk")
    handed_on = {VARIABLE: alone.database}  # never in the file, when it was configured
    start(replace(whole, first=(), children=desk, unwritten=handed_on))
    wait_until_ready(alone.data, say)
    case = kept(alone, a_report())
    alone.cir("local", "down")
    whole.write()

    alone.up()

    started_by_itself(alone, case)
