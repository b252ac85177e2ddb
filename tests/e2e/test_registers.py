"""Two example people change registers on a running stack, and an open case hears of it."""

import json
from datetime import datetime
from typing import Any

import pytest

from settings import ROOT
from tests.e2e.house import House, until

pytestmark = pytest.mark.server


def told(answer: Any) -> tuple[int, str]:
    """Return exit code and code of a failure."""
    return answer.code, answer.error["code"]


def test_a_colleague_joins_gets_a_token_and_loses_it_again(house: House) -> None:
    people = house.ask("people", "list")
    nora = {**people[0], "id": "nora", "name": "Nora Quill", "roles": ["triage-officer"]}
    proposal = house.ask("people", "import", "-", by="helen", body=[*people, nora])
    number = str(proposal["change"])
    assert proposal["counts"] == {"added": 1, "changed": 0, "ended": 0}
    assert house.ask("people", "list") == people

    assert told(house.cir("people", "confirm", number, by="helen")) == (4, "same-person")
    assert told(house.cir("people", "confirm", number, by="kaya")) == (4, "role-not-allowed")
    assert told(house.cir("people", "confirm", "999", by="ruth")) == (3, "unknown-change")
    assert [one["change"] for one in house.ask("inbox", by="ruth") if one.get("change")] == [
        proposal["change"]
    ]
    done = house.ask("people", "confirm", number, by="ruth")
    assert (done["state"], done["settled_by"]) == ("confirmed", "ruth")
    assert told(house.cir("people", "confirm", number, by="amory")) == (5, "already-confirmed")
    assert "nora" in [one["id"] for one in house.ask("people", "list")]

    issued = house.ask("people", "token", "issue", "nora", by="helen")
    credentials = house.home / "credentials.json"
    credentials.write_text(
        json.dumps({**json.loads(credentials.read_text()), "nora": issued["token"]})
    )
    assert told(house.cir("case", "list", by="nora")) == (4, "unknown-person")
    house.ask("people", "confirm", str(issued["change"]), by="ruth")
    case = house.open()
    assert house.ask("triage", "acknowledge", case, by="nora")["events"][0]["by"] == "nora"
    house.quiet(case)

    left = house.ask("people", "import", "-", by="helen", body=people)
    assert case in left["doubts"][0]
    house.ask("people", "confirm", str(left["change"]), by="amory")
    assert told(house.cir("case", "list", by="nora")) == (4, "unknown-person")
    record = house.ask("people", "list", "--history")
    done_so_far = [(one["did"], one["by"], one.get("change")) for one in record]
    assert done_so_far[-2:] == [
        ("proposed", "helen", left["change"]),
        ("confirmed", "amory", left["change"]),
    ]


def test_a_change_whose_register_moved_is_a_conflict(house: House) -> None:
    rota = house.ask("rota", "show")["shifts"]
    longer = [{**row, "to": "2035-01-01T00:00:00Z"} for row in rota]
    first = house.ask("rota", "import", "-", by="helen", body=longer)
    second = house.ask("rota", "import", "-", by="helen", body=longer[1:])
    house.ask("people", "confirm", str(first["change"]), by="ruth")
    answer = house.cir("people", "confirm", str(second["change"]), by="ruth")
    assert told(answer) == (6, "stale-version")


def test_an_open_case_hears_of_another_duty_line(house: House) -> None:
    case = house.open()
    house.quiet(case)
    firms = house.ask("providers", "list")
    firms[0]["duty_line"] = "01632 960299"
    change = house.ask("providers", "import", "-", by="helen", body=firms)
    (changed,) = change["difference"]["changed"]
    assert [one["field"] for one in changed["fields"]] == ["duty_line"]
    house.ask("people", "confirm", str(change["change"]), by="ruth")
    until(lambda: house.facts(case, "reference-refreshed"), "the case to hear of it")


def test_the_next_case_begins_with_a_policy_two_people_agreed(house: House) -> None:
    shipped = (ROOT / "policy" / "default.toml").read_text()
    old = '"decision.target_minutes" = { value = 120, source = "our default" }'
    new = old.replace("120", "90").replace("our default", "our default: agreed in the spring")
    file = house.home / "spring.toml"
    file.write_text(shipped.replace(old, new))
    before = house.open()

    assert told(house.cir("policy", "import", str(file), by="kaya")) == (4, "role-not-allowed")
    change = house.ask("policy", "import", str(file), by="helen")
    (line,) = change["difference"]["changed"]
    assert (line["key"], line["title"]) == (
        "decision.target_minutes",
        "90 minutes (our default: agreed in the spring)",
    )
    number = str(change["change"])
    assert change["change"] in [one.get("change") for one in house.ask("inbox", by="ruth")]
    assert told(house.cir("people", "confirm", number, by="helen")) == (4, "same-person")
    house.ask("people", "confirm", number, by="ruth")
    lines = {row["name"]: row for row in house.ask("policy", "show", "--in-force")}
    assert lines["decision.target_minutes"]["value"] == 90

    after = house.open()
    assert [minutes_to_decide(house, case) for case in (before, after)] == [120, 90]

    house.down()
    again = house.cir("local", "up", "--policy", str(ROOT / "policy" / "default.toml"))
    assert again.code == 0
    assert "The policy of new cases is the one on record." in again.err
    assert "cir policy import" in again.err
    assert minutes_to_decide(house, house.open()) == 90


def minutes_to_decide(house: House, case: str) -> float:
    """Acknowledge a case and return how long its decision may take by its clock."""
    house.ask("triage", "acknowledge", case)
    clock = house.clock(case, "decision")
    begins, due = (datetime.fromisoformat(clock[name]) for name in ("started_at", "due_at"))
    return (due - begins).total_seconds() / 60
