"""What ``cir exercise run`` says before it plays anything: everything that is missing, at once."""

import json
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import PretendDesk

STORY = ROOT / "tests" / "scenarios" / "ours" / "nothing-was-wrong.json"
TOLD: dict[str, Any] = json.loads(STORY.read_text())
CAST = ("tomas", "martin", "ruth", "helen", "sam", "kaya", "alder")


def run(cir: Shell, *words: str, file: Path | str = STORY) -> tuple[int, dict[str, Any]]:
    said = cir("exercise", "run", str(file), *words)
    return said.code, said.error


def test_every_person_without_a_token_is_named_at_once(cir: Shell, desk: PretendDesk) -> None:
    code, error = run(cir)
    assert (code, error["code"]) == (4, "unknown-person")
    assert "no token here for tomas, alder, martin, ruth, sam, helen" in error["message"]
    assert "cir local up --register FILE" in error["message"]
    assert desk.asked == []


def test_registers_that_are_not_the_story_s_are_told_one_by_one(
    cir: Shell, desk: PretendDesk
) -> None:
    cir.holds(dict.fromkeys(CAST, "token-of-kaya"))
    world = TOLD["world"]
    desk.reads = {f"/registers/{name}": [] for name in ("people", "providers", "councils")}
    code, error = run(cir)
    assert (code, error["code"]) == (5, "other-registers")
    told = [line["message"] for line in error["details"]["fields"]]
    wanted = [row.get("id") or row["code"] for name in desk.reads for row in world[name[11:]]]
    assert told == [f"{name} is not on the register" for name in wanted]
    assert desk.given == []


@pytest.mark.parametrize("speed", ["700", "0.5", "0"])
def test_a_speed_that_would_round_minutes_is_a_slip_of_usage(cir: Shell, speed: str) -> None:
    code, error = run(cir, "--speed", speed)
    assert (code, error["kind"]) == (2, "usage")
    assert "divisor of 60,000" in error["message"]


@pytest.mark.parametrize("until", ["+1", "01:00:00", "soon"])
def test_how_far_a_story_is_played_is_an_offset(cir: Shell, until: str) -> None:
    code, error = run(cir, "--until", until)
    assert (code, error["kind"]) == (2, "usage")


def test_a_file_that_is_no_story_is_refused_with_step_and_field(cir: Shell, tmp_path: Path) -> None:
    broken = tmp_path / "story.json"
    steps = [{**TOLD["steps"][0], "command": "opne-case"}]
    broken.write_text(json.dumps({**TOLD, "steps": steps}))
    code, error = run(cir, file=broken)
    assert (code, error["code"]) == (2, "not-a-scenario")
    (field,) = error["details"]["fields"]
    assert field["message"] == "step 1: command: there is no command opne-case"


def test_without_a_desk_nothing_is_begun(bare: Shell) -> None:
    bare.holds(dict.fromkeys(CAST, "token"))
    code, error = run(bare)
    assert (code, error["code"]) == (7, "no-profile")
