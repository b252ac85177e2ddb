"""A keeper that dies: what it started is found, ended and started anew by the next ``up``."""

import os
import signal
from collections.abc import Iterator

import pytest

from stack.layout import started_at
from stack.local import is_held, status
from tests.e2e.house import House, a_house, until

pytestmark = [pytest.mark.crash, pytest.mark.server]

PARTS = ("server", "worker", "desk")


@pytest.fixture
def alone(
    tmp_path_factory: pytest.TempPathFactory, own_stack_database: str | None
) -> Iterator[House]:
    """Run a stack for one test: it is killed at its root."""
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml", own_stack_database) as running:
        yield running


def keeper_killed(house: House) -> dict[int, str | None]:
    """Kill the keeper; return its children, orphans now, by number and start."""
    keeper = house.keeper
    orphans = {house.running.pid(part): started_at(house.running.pid(part)) for part in PARTS}
    os.kill(keeper, signal.SIGKILL)
    until(lambda: status(house.data) is None, "the keeper to be gone")
    assert not is_held(house.data)
    assert {pid: started_at(pid) for pid in orphans} == orphans, "the children run on"
    return orphans


def test_the_next_up_ends_the_orphans_and_keeps_the_cases(alone: House) -> None:
    case = alone.open()
    orphans = keeper_killed(alone)

    alone.up()

    assert not [pid for pid, began in orphans.items() if started_at(pid) == began]
    assert alone.running.is_ready
    assert alone.show(case)["phase"] == "reported"
    assert alone.ask("triage", "acknowledge", case)["command"] == "acknowledge"


def test_down_ends_the_orphans(alone: House) -> None:
    orphans = keeper_killed(alone)

    answer = alone.cir("local", "down")

    assert (answer.code, answer.data) == (0, {"ok": True, "stopped": True})
    assert not [pid for pid, began in orphans.items() if started_at(pid) == began]
