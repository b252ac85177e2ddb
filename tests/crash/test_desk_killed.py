"""A desk that dies: the keeper starts it again, and nobody's token is lost."""

import pytest

from tests.e2e.house import House

pytestmark = [pytest.mark.crash, pytest.mark.server]

UNREACHABLE = 7


def test_cir_says_that_the_desk_is_away_and_works_again_afterwards(house: House) -> None:
    case = house.open()
    with house.keeper_held():
        before = house.kill("desk")
        away = house.cir("case", "show", case, by="kaya")
    assert (away.code, away.error["code"]) == (UNREACHABLE, "desk-away")

    running = house.ready_again("desk", before)

    assert house.show(case)["case"] == case
    assert house.ask("triage", "acknowledge", case)["command"] == "acknowledge"
    restarts = {row["name"]: row["restarts"] for row in running.processes}
    assert restarts == {"server": 0, "worker": 0, "desk": 1}
