"""What needs no desk: checking a report, rehearsing a story, reading the policy."""

import json
from pathlib import Path

import pytest

from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, HANG_UP, PretendDesk

REPORT = str(ROOT / "examples" / "report.json")
STORY = ROOT / "tests" / "scenarios" / "c4-discretionary.json"
DEFAULT = ROOT / "policy" / "default.toml"
DECISION = '"decision.target_minutes" = { value = 120'


def test_a_good_report_is_good(bare: Shell) -> None:
    said = bare("case", "check", REPORT)
    assert (said.code, said.data) == (0, {"ok": True, "warnings": []})


def test_a_bad_report_gets_every_problem_at_once_and_ends_with_5(bare: Shell) -> None:
    report = {
        "schema": "cir-report/1",
        "council": {},
        "reporter": {"name": "Jo", "phone": "01632 960101"},
        "incident": {"summary": 7, "discovered_at": "2026-10-01T00:55:00"},
    }
    said = bare("case", "check", "-", stdin=json.dumps(report))
    assert (said.code, said.error["kind"], said.error["code"]) == (5, "refused", "invalid-report")
    found = {(one["field"], one["code"]) for one in said.error["details"]["fields"]}
    assert found == {
        ("council.name", "missing"),
        ("incident.summary", "wrong-type"),
        ("incident.discovered_at", "naive-time"),
    }
    assert all(f"  {field}: {code}: " in said.err for field, code in found)


def test_a_report_from_tomorrow_is_checked_as_if_it_were_tomorrow(bare: Shell) -> None:
    report = json.loads(Path(REPORT).read_text())
    report["incident"]["discovered_at"] = "2099-01-01T00:00:00Z"
    body = json.dumps(report)
    today = bare("case", "check", "-", stdin=body)
    assert [one["code"] for one in today.error["details"]["fields"]] == ["in-the-future"]
    assert bare("case", "check", "-", "--now", "2099-01-02T00:00:00Z", stdin=body).code == 0


def test_a_file_that_is_no_list_of_councils_is_refused(bare: Shell, tmp_path: Path) -> None:
    csv = tmp_path / "councils.csv"
    csv.write_text("colour\nred\n")
    said = bare("case", "check", REPORT, "--councils", str(csv))
    assert (said.code, said.error["code"]) == (5, "invalid-input")


def test_a_report_is_opened_as_it_was_typed(cir: Shell, desk: PretendDesk) -> None:
    warning = {"field": "council.code", "code": "unknown-council", "message": "Look it up."}
    desk.says["/cases"] = {
        "ok": True,
        "case": CASE,
        "state": "open",
        "repeated": False,
        "changed": [],
        "phase": "reported",
        "possible_duplicates": ["CIR-2026-000119"],
        "warnings": [warning],
    }
    said = cir("case", "open", REPORT)
    assert (said.code, said.data) == (0, desk.says["/cases"])
    assert desk.given[0].body == json.loads(Path(REPORT).read_text())
    assert f"cir triage acknowledge {CASE}" in said.err
    assert "CIR-2026-000119" in said.err
    assert "council.code: Look it up." in said.err


def test_a_report_that_is_kept_is_no_failure(cir: Shell, desk: PretendDesk) -> None:
    kept = {"ok": True, "case": CASE, "state": "kept", "repeated": False, "warnings": []}
    desk.says["/cases"] = {**kept, "changed": [], "phase": None, "possible_duplicates": []}
    said = cir("case", "open", REPORT)
    assert said.code == 0
    assert "starts by itself" in said.err


def test_a_report_without_an_answer_is_told_how_to_go_on(cir: Shell, desk: PretendDesk) -> None:
    desk.says["/cases"] = HANG_UP
    said = cir("case", "open", REPORT)
    assert said.code == 9
    assert "cir case list" in said.err


def test_what_is_heard_on_the_phone_is_a_report_that_can_be_taken(
    cir: Shell, desk: PretendDesk
) -> None:
    words = ("--council", "XEA", "--reporter", "Jo Hale", "--phone", "01632 960101")
    cir("case", "open", *words, "--summary", "Servers are encrypted.")
    heard = json.dumps(desk.given[0].body)
    assert cir("case", "check", "-", stdin=heard).data == {"ok": True, "warnings": []}


@pytest.mark.parametrize("shape", ["json", "table"])
def test_a_story_is_rehearsed_without_a_desk(bare: Shell, shape: str) -> None:
    said = bare("exercise", "rehearse", str(STORY), "-o", shape)
    assert said.code == 0
    if shape == "table":
        assert said.out.splitlines()[-1] == "c4-discretionary: as expected"
        return
    assert (said.data["scenario"], said.data["passed"]) == ("c4-discretionary", True)
    assert said.data["mismatches"] == []
    assert {"steps", "facts", "final"} <= said.data.keys()


def test_a_story_that_comes_out_otherwise_ends_with_1(bare: Shell) -> None:
    story = json.loads(STORY.read_text())
    story["steps"][0]["expect"]["phase"] = "closed"
    text = json.dumps(story)
    said = bare("exercise", "rehearse", "-", stdin=text)
    assert (said.code, said.data["passed"]) == (1, False)
    mismatch = {"step": 1, "field": "phase", "expected": "closed", "actual": "reported"}
    assert said.data["mismatches"] == [mismatch]
    told = bare("exercise", "rehearse", "-", "-o", "table", stdin=text).out
    assert "step 1 phase: expected closed, was reported" in told


@pytest.mark.parametrize(
    ("text", "told"), [("{", "JSON"), ("{}", "steps"), ('{"steps": 1}', "steps")]
)
def test_what_is_no_scenario_ends_with_2_and_names_the_field(
    bare: Shell, text: str, told: str
) -> None:
    said = bare("exercise", "rehearse", "-", stdin=text)
    assert (said.code, said.error["code"]) == (2, "not-a-scenario")
    assert told in said.err


def test_another_policy_shows_what_it_would_change(bare: Shell, tmp_path: Path) -> None:
    same = bare("exercise", "rehearse", str(STORY), "--policy", str(DEFAULT))
    assert (same.code, same.data["diff"]) == (0, [])
    slower = tmp_path / "slower.toml"
    slower.write_text(DEFAULT.read_text().replace(DECISION, DECISION.replace("120", "240")))
    other = bare("exercise", "rehearse", str(STORY), "--policy", str(slower))
    assert (other.code, other.data["passed"]) == (0, True)
    moved = {"field": "step 2 clocks.decision.due_at"}
    moved |= {"here": "2026-11-10T16:13:00Z", "there": "2026-11-10T18:13:00Z"}
    assert moved in other.data["diff"]
    assert all({"field", "here", "there"} == one.keys() for one in other.data["diff"])
    broken = tmp_path / "broken.toml"
    broken.write_text("title = 'none'")
    assert bare("exercise", "rehearse", str(STORY), "--policy", str(broken)).code == 2


def test_every_number_of_the_policy_has_a_source(bare: Shell) -> None:
    rows = bare("policy", "show").data
    assert len(rows) > 50
    assert all({"name", "value", "unit", "source"} == row.keys() for row in rows)
    assert not [row["name"] for row in rows if not row["source"]]


def test_a_policy_is_checked_with_every_problem_at_once(bare: Shell) -> None:
    assert bare("policy", "check", str(DEFAULT)).data["ok"] is True
    said = bare("policy", "check", "-", stdin="x = 1\n")
    assert (said.code, said.error["code"]) == (5, "invalid-input")
    fields = {one["field"] for one in said.error["details"]["fields"]}
    assert {"title", "settings", "x"} <= fields
    assert bare("policy", "check", "-", stdin="[").code == 5


def test_the_doctor_says_what_to_mend(cir: Shell, desk: PretendDesk) -> None:
    said = cir("doctor")
    rows = {row["part"]: row for row in said.data}
    assert said.code == 1
    assert rows["desk"]["ok"] is True
    assert desk.address in rows["desk"]["says"]
    assert rows["token"]["ok"] is True
    assert rows["stack"] == {"part": "stack", "ok": False, "says": "not running: cir local up"}
