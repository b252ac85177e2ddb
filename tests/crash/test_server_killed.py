"""A Temporal server that dies right after it acknowledged."""

from collections import Counter
from typing import Any

import pytest

from tests.e2e.house import QUALIFIES, House, until

pytestmark = [pytest.mark.crash, pytest.mark.server]

DECIDED, CALLED_OUT = "decision-recorded", "provider-called-out"


def decided_and_killed(house: House, key: str) -> dict[str, Any]:
    """Take a decision and kill the server at once; return the answer, on a server that is back."""
    case = house.open()
    house.ask("triage", "acknowledge", case)
    answer: dict[str, Any] = house.ask(
        "triage", "decide", case, *QUALIFIES, "--idempotency-key", key
    )
    before = house.kill("server")
    house.ready_again("server", before)
    return answer


def test_an_acknowledged_decision_outlives_the_server(house: House) -> None:
    case = decided_and_killed(house, "outlives")["case"]

    until(lambda: house.facts(case, CALLED_OUT), "the provider to be called out")
    house.quiet(case)

    facts = house.facts(case)
    assert [fact["seq"] for fact in facts] == list(range(1, len(facts) + 1))
    assert len(house.facts(case, DECIDED)) == 1
    assert len(house.facts(case, CALLED_OUT)) == 1
    mails = Counter((str(mail["To"]), str(mail["Subject"])) for mail in house.mails(case))
    assert "incidents@ncsc.example.gov.uk" in " ".join(to for to, _ in mails)
    assert set(mails.values()) == {1}, "somebody was told twice"


def test_the_same_key_gets_the_same_answer_after_the_server_died(house: House) -> None:
    first = decided_and_killed(house, "again")
    case = first["case"]
    until(lambda: house.facts(case, CALLED_OUT), "the provider to be called out")

    again = house.ask("triage", "decide", case, *QUALIFIES, "--idempotency-key", "again")

    assert (again["version"], again["events"]) == (first["version"], first["events"])
    assert len(house.facts(case, DECIDED)) == 1
