"""Every story plays exactly, and a file that is not a story is refused with step and field."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.rehearsal.play import rehearse
from domain.rehearsal.scenario import FINAL_KEYS, ScenarioError, read_scenario
from tests.builders import a_policy

FOLDER = Path(__file__).parents[2] / "scenarios"
SHARED = Path(__file__).parents[4] / "shared" / "scenarios"
COPIES = sorted(FOLDER.glob("*.json"))
STORIES = sorted(FOLDER.rglob("*.json"))


def story(name: str = "ransomware-c2-recovery") -> dict[str, Any]:
    data: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    return data


def problems(data: dict[str, Any]) -> tuple[str, ...]:
    with pytest.raises(ScenarioError) as refused:
        read_scenario(json.dumps(data))
    return refused.value.problems


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_plays_exactly(path: Path) -> None:
    answer = rehearse(read_scenario(path.read_text()), a_policy())
    assert answer["mismatches"] == []
    assert answer["passed"] is True


def test_the_end_carries_every_key_of_the_format() -> None:
    answer = rehearse(read_scenario(json.dumps(story())), a_policy())
    assert set(answer["final"]) == FINAL_KEYS - {"at", "local"}


def test_a_rehearsal_is_the_same_every_time() -> None:
    scenario = read_scenario(json.dumps(story("bank-holiday-escalations")))
    assert rehearse(scenario, a_policy()) == rehearse(scenario, a_policy())


def test_a_wrong_expectation_is_a_mismatch_with_step_and_field() -> None:
    data = story()
    data["steps"][3]["expect"]["phase"] = "closed"
    data["final"]["ledgers"]["A"]["held_pence"] = 100
    found = rehearse(read_scenario(json.dumps(data)), a_policy())["mismatches"]
    assert found == [
        {"step": 4, "field": "phase", "expected": "closed", "actual": "assessment"},
        {"step": "final", "field": "ledgers.A.held_pence", "expected": 100, "actual": 0},
    ]


def test_what_a_repeated_report_changed_is_compared_where_a_story_says_it() -> None:
    data = story()
    again = {"n": 2, "at": "+00:01:00", "by": "system", "command": "open-case", "repeat_of": 1}
    data["steps"] = [data["steps"][0], {**again, "expect": {"changed": ["impact.people_affected"]}}]
    data["final"] = {}
    (found,) = rehearse(read_scenario(json.dumps(data)), a_policy())["mismatches"]
    assert found == {
        "step": 2, "field": "changed", "expected": ["impact.people_affected"], "actual": []
    }  # fmt: skip


def played(*steps: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what comes of ``steps`` in a case that kaya has acknowledged."""
    data = story()
    first = [{"n": 1, "by": "system", "command": "open-case"}, {"n": 2, "command": "acknowledge"}]
    told = [*first, *({"n": n, **step} for n, step in enumerate(steps, 3))]
    data["steps"] = [{"at": "+00:05:00", "by": "kaya", **step} for step in told]
    data["final"] = {}
    answers: list[dict[str, Any]] = rehearse(read_scenario(json.dumps(data)), a_policy())["steps"]
    return answers[2:]


def codes(*steps: dict[str, Any]) -> list[str | None]:
    return [answer["code"] for answer in played(*steps)]


def note(text: str | None, **more: Any) -> dict[str, Any]:
    return {"command": "add-note", "input": {"text": text}, **more}


def test_the_key_of_the_opening_is_a_key_like_any_other() -> None:
    again = {"by": "system", "command": "open-case", "repeat_of": 1}
    other = {**again, "input": {"report_changes": {"impact.media_interest": "yes"}}}
    assert codes(again, other, note("A note.", repeat_of=1)) == [None, "key-reused", "key-reused"]
    assert played(again)[0]["repeated"] is True


def test_a_field_that_no_report_has_is_passed_over_when_it_comes_again() -> None:
    strange = {"report_changes": {"reporter.nickname": "Jo"}}
    (again,) = played({"by": "system", "command": "open-case", "input": strange})
    assert (again["code"], again["repeated"], again["changed"]) == (None, True, [])


def test_a_known_key_is_looked_at_before_the_inputs() -> None:
    assert codes(note("A note."), note(None, repeat_of=3)) == [None, "key-reused"]
    assert codes(note(None), note("A note.", repeat_of=3)) == ["invalid-input", None]


def test_a_role_is_looked_at_before_the_inputs() -> None:
    close = {"command": "confirm-close", "input": {"waive": ["billing"]}}
    assert codes({**close, "by": "priya"}) == ["role-not-allowed"]
    assert codes({**close, "by": "ruth"}) == ["invalid-input"]


def test_inputs_are_looked_at_before_the_version() -> None:
    pause = {"clock": "decision", "why": "awaiting-council-information", "reason": "R" * 10}
    stale = {"by": "priya", "command": "pause-clock", "if_version_of_step": 1}
    past, far = "2026-01-01T00:00:00Z", "2030-01-01T00:00:00Z"
    assert codes({**stale, "input": {**pause, "until": past}}) == ["invalid-input"]
    assert codes({**stale, "input": {**pause, "until": far}}) == ["stale-version"]


def test_an_unknown_command_is_named_by_step() -> None:
    data = story()
    data["steps"][3]["command"] = "acknowlege"
    assert problems(data) == ("step 4: command: there is no command acknowlege",)


def test_a_step_back_in_time_is_named() -> None:
    data = story()
    data["steps"][3]["at"] = "+00:00:30"
    assert problems(data) == ("step 4: at: goes back in time",)


def test_a_bad_expectation_is_named_by_field() -> None:
    data = story()
    data["steps"][3]["expect"]["fase"] = "assessment"
    assert len(problems(data)) == 1
    assert problems(data)[0].startswith("step 4: expect.fase")


def test_every_problem_is_told_at_once() -> None:
    data = story()
    data["steps"][3]["command"] = "acknowlege"
    data["steps"][5]["expect"]["clocks"] = {"sundial": {"state": "running"}}
    assert len(problems(data)) == 2


def test_the_copy_is_the_shared_one() -> None:
    if not SHARED.is_dir():
        pytest.skip("LEFT OUT: the shared scenarios are not beside this clone")
    theirs = {path.name: path.read_bytes() for path in SHARED.glob("*.json")}
    assert {path.name: path.read_bytes() for path in COPIES} == theirs


def test_what_is_found_late_pages_when_it_is_found_and_not_in_the_past() -> None:
    data = story("not-qualified-then-upgraded")
    amended = data["steps"][6]
    amended["input"]["changes"]["data.aware_at"] = "2026-11-10T06:40:00Z"
    answer = rehearse(read_scenario(json.dumps(data)), a_policy())
    pages = [page for page in answer["final"]["escalations"] if page["clock"] == "ico-report"]
    assert pages == [{"at": answer["steps"][6]["at"], "clock": "ico-report", "rung": 1}]


def test_a_ladder_found_late_begins_at_the_rung_that_time_says() -> None:
    data = story("bank-holiday-escalations")
    data["report"]["source"]["received_at"] = "2026-08-29T01:15:00Z"
    data["world"].pop("rota")
    answer = rehearse(read_scenario(json.dumps(data)), a_policy())
    pages = [page["rung"] for page in answer["final"]["escalations"]
             if page["clock"] == "triage-acknowledgement"]  # fmt: skip
    assert pages == [2, 3, 3]


def test_a_breached_clock_that_was_cancelled_is_late_by_nothing() -> None:
    data = story("provider-silent-failover")
    data["steps"] = data["steps"][:6]
    over = {"name": "Delia Quist", "post": "s151", "verified": {"how": "call-back", "by": "kaya"}}
    inputs = {"said_by": over, "reason": "They have help of their own."}
    data["steps"].append(
        {"n": 7, "at": "+00:55:00", "by": "kaya", "command": "withdraw", "input": inputs}
    )
    data["final"] = {"at": "+01:00:00"}
    contact = rehearse(read_scenario(json.dumps(data)), a_policy())["steps"][6]["clocks"]
    assert contact["provider-contact"]["state"] == "breached"
    assert contact["provider-contact"]["late_by_s"] is None
    assert contact["decision"]["late_by_s"] == 0


def test_an_archived_case_pages_nobody_any_more() -> None:
    data = story("not-qualified-then-upgraded")
    data["steps"] = data["steps"][:3]
    again = {"report_changes": {"impact.risk_to_life": "yes"}}
    late = {"n": 4, "at": "+8759:00:00", "by": "system", "command": "open-case", "input": again}
    data["steps"].append(late)
    data["final"] = {"at": "+9000:00:00"}
    final = rehearse(read_scenario(json.dumps(data)), a_policy())["final"]
    rungs = [page["rung"] for page in final["escalations"] if page["clock"] == "alarm:life-risk"]
    assert (final["archived"], rungs) == (True, [2, 3, 3, 3, 3])
