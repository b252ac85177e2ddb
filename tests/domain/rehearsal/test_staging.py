"""A story made ready for the running service stays the same story, however fast it is played."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.rehearsal.ending import shared
from domain.rehearsal.order import Line, first_difference, in_order
from domain.rehearsal.play import Play
from domain.rehearsal.scenario import Scenario, read_scenario
from domain.rehearsal.staging import StagedScenario, stage
from domain.story_time import StoryTime
from tests.builders import a_policy

FOLDER = Path(__file__).parents[2] / "scenarios"
STORIES = sorted(FOLDER.rglob("*.json"))
BEGAN = datetime(2026, 11, 25, 15, 3, 7, 123456, tzinfo=UTC)


def scenario(name: str = "ransomware-c2-recovery") -> Scenario:
    return read_scenario((FOLDER / f"{name}.json").read_text())


def staged(told: Scenario, speed: int, run: str = "") -> StagedScenario:
    at = told.starts_at if speed == 1 else BEGAN
    return stage(told, StoryTime(began_at=at, tells_of=told.starts_at, speed=speed), run=run)[0]


def played(told: StagedScenario) -> tuple[dict[str, Any], list[Line]]:
    play = Play(told, told.policy_of(a_policy()))
    answer = play.to_the_end()
    return answer, in_order(fact.model_dump(mode="json") for fact in play.facts)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
@pytest.mark.parametrize("speed", [60, 600, 60_000])
def test_a_story_has_the_same_facts_in_the_same_order_at_any_speed(path: Path, speed: int) -> None:
    told = read_scenario(path.read_text())
    slow, fast = played(staged(told, 1)), played(staged(told, speed))
    assert first_difference(slow[1], fast[1]) is None
    assert len(slow[1]) == len(fast[1])
    assert shared(slow[0]["final"]) == shared(fast[0]["final"])


def test_every_report_of_a_run_is_an_exercise_with_a_reference_of_its_own() -> None:
    ready = staged(scenario(), 600, run="a1")
    reports = [ready.report_of(step) for step in ready.steps if step.command == "open-case"]
    assert len(reports) == 3
    assert {report["exercise"] for report in reports} == {True}
    assert {report["source"]["reference"] for report in reports} == {"NCSC-EX-004821 a1"}


def test_instants_are_moved_and_dates_stay_those_of_the_story() -> None:
    ready = staged(scenario(), 600)
    ico = next(step for step in ready.steps if step.command == "record-ico")
    work = next(step for step in ready.steps if step.command == "log-work")
    assert ico.input["at"].startswith("2026-11-25T")
    assert work.input["date"] == "2026-10-01"


def test_a_person_carries_in_what_the_system_brings_and_nobody_is_the_system() -> None:
    told = scenario("provider-silent-failover")
    ready, left_out = stage(
        told, StoryTime(began_at=BEGAN, tells_of=told.starts_at, speed=600), run=""
    )
    givers = {step.command: step.by for step in ready.steps}
    assert (givers["open-case"], givers["billing-acknowledged"]) == ("kaya", "sam")
    assert [one.step for one in left_out] == [8]
    assert "acknowledge-escalation as system" in left_out[0].why


def test_a_story_played_in_part_is_not_judged_by_its_end() -> None:
    told = scenario()
    story = StoryTime(began_at=BEGAN, tells_of=told.starts_at, speed=600)
    ready, _ = stage(told, story, run="", until="+01:00:00")
    assert ready.steps[-1].at == "+00:46:00"
    assert ready.final == {"at": "+01:00:00"}


def test_the_places_where_two_orders_part_are_told_apart() -> None:
    facts = [
        {"type": "paged", "by": "system", "command": "", "instruction": "paged/1",
         "occurred_at": "2026-11-25T15:00:00Z", "payload": {"about": "decision#1", "rung": 1}},
    ]  # fmt: skip
    other = json.loads(json.dumps(facts))
    other[0]["payload"]["rung"] = 2
    found = first_difference(in_order(facts), in_order(other))
    assert found is not None
    assert found.words == (
        "paged by system, about decision#1, rung 1",
        "paged by system, about decision#1, rung 2",
    )
    assert first_difference(in_order(facts), []) is not None
    assert first_difference([], in_order(facts)) is None


def test_an_answer_from_outside_stands_behind_what_asked_for_it() -> None:
    def fact(kind: str, cause: str, **payload: Any) -> dict[str, Any]:
        at = "2026-11-25T15:00:00Z"
        return {"type": kind, "by": "system", "command": "", "instruction": cause,
                "occurred_at": at, "payload": payload}  # fmt: skip

    due = fact("page-due", "decision#1/x", about="decision#1", rung=1)
    paged = fact("paged", "paged/x", about="decision#1", rung=2, wanted_rung=1)
    other = fact("clock-warned", "scope-agreement#1/x", clock="scope-agreement")
    assert in_order([due, paged, other]) == in_order([due, other, paged])
    assert in_order([due, paged, other]) != in_order([other, due, paged])
