"""What the stock Temporal client said past the desk waits until a person says that it was meant."""

from typing import Any

import pytest

from tests.e2e.house import House, until

pytestmark = pytest.mark.server

WHY = "It was me, by Temporal's own client, while the desk was away."


def waiting(house: House, case: str, by: str = "kaya") -> list[dict[str, Any]]:
    """Return what waits in a person's inbox to be confirmed about a case."""
    rows = house.ask("inbox", by=by)
    return [row for row in rows if f"inbox confirm {case}/" in row["command"]]


def test_a_direct_instruction_waits_until_a_person_confirms_it(house: House) -> None:
    case = house.open()
    house.temporal(
        *("workflow", "update", "execute", "--workflow-id", case, "--name", "add-note"),
        *("--input", '{"by":"kaya","text":"The council rang: housing is back."}'),
    )
    until(lambda: waiting(house, case), "the instruction to wait in the inbox")
    (fact,) = house.facts(case, "note-added")
    assert (fact["by"], "confirmed" in fact) == ("direct:kaya", False)
    item = f"{case}/{fact['seq']}"
    (row,) = waiting(house, case, by="tomas")
    assert row["command"] == f"cir inbox confirm {item} --reason TEXT"

    short = house.cir("inbox", "confirm", item, "--reason", "Me.", by="tomas")
    assert (short.code, short.error["code"]) == (5, "reason-needed")
    done = house.ask("inbox", "confirm", item, "--reason", WHY, by="tomas")
    assert (done["ok"], done["by"]) == (True, "tomas")

    assert waiting(house, case) == []
    (fact,) = house.facts(case, "note-added")
    assert (fact["confirmed"]["by"], fact["confirmed"]["reason"]) == ("tomas", WHY)
    assert fact["by"] == "direct:kaya"
    again = house.cir("inbox", "confirm", item, "--reason", WHY, by="kaya")
    assert (again.code, again.error["code"]) == (6, "already-confirmed")
