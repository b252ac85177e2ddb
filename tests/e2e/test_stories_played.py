"""Stories that nobody wrote down before, played on the real stack: the facts of their rehearsal.

A machine that is too slow for a speed plays slower: a run whose steps came after a clock is tried
again at a lower speed. So nothing here depends on how fast the machine is.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from settings import ROOT
from tests.e2e.house import Answer, House, a_house, answer_of, read_mail

pytestmark = [pytest.mark.server, pytest.mark.timeout(1200)]

FOLDER = ROOT / "tests" / "scenarios"
OURS = sorted((FOLDER / "ours").glob("*.json"))
SHARED = sorted(FOLDER.glob("*.json"))
SPEEDS = (240, 240, 96, 48)
"""How fast stories are played: whole ones last a minute at the first, side by side; then alone."""

LIMIT = 600.0
"""Seconds one story may take at the lowest speed."""

FIRST_HOUR = "+01:10:00"
"""As far as the shared stories are played: their nights and weekends last for days."""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a stack that knows everybody in every story, and each story's rota."""
    world = tmp_path_factory.mktemp("world") / "world.json"
    world.write_text(json.dumps(everybody()))
    with a_house(tmp_path_factory.mktemp("home"), "default.toml", world=world) as running:
        yield running


@pytest.fixture(scope="module")
def played(house: House) -> dict[str, dict[str, Any]]:
    """Play our stories side by side, whole."""
    return in_time(house, dict.fromkeys(OURS, ()))


@pytest.fixture(scope="module")
def begun(house: House) -> dict[str, dict[str, Any]]:
    """Play the first hour of the shared stories side by side."""
    return in_time(house, dict.fromkeys(SHARED, ("--until", FIRST_HOUR)))


def everybody() -> dict[str, Any]:
    """Return one world for all stories: same people and providers, every council, every rota.

    Between two rotas everybody is on shift, as in a story that has none.
    """
    worlds = [json.loads(path.read_text())["world"] for path in (*SHARED, *OURS)]
    shared = {name: worlds[0][name] for name in ("people", "providers")}
    assert all(shared.items() <= world.items() for world in worlds)
    councils = {row["code"]: row for world in worlds for row in world["councils"]}
    rotas = {json.dumps(row): row for world in worlds for row in world.get("rota") or ()}
    between = {"from": "2026-11-30T08:00:00Z", "to": "2026-12-24T09:00:00Z"}
    staff = {"L0": "kaya", "L1": "martin", "L2": "helen", "L3": "amory"}
    bridge = [{"rung": rung, "person": person, **between} for rung, person in staff.items()]
    return {**shared, "councils": [*councils.values()], "rota": [*rotas.values(), *bridge]}


def in_time(house: House, stories: dict[Path, tuple[str, ...]]) -> dict[str, dict[str, Any]]:
    """Play stories side by side; those with a step that came too late again, alone and slower."""
    answers: dict[str, dict[str, Any]] = {}
    left = dict(stories)
    for turn, speed in enumerate(SPEEDS):
        groups = [left] if turn == 0 else [{path: more} for path, more in left.items()]
        for group in groups:
            for path, answer in side_by_side(house, group, speed).items():
                answers[path.stem] = answer.data
        late = {path for path in left if answers[path.stem].get("late")}
        left = {path: more for path, more in left.items() if path in late}
        if not left:
            break
    return answers


def side_by_side(
    house: House, stories: dict[Path, tuple[str, ...]], speed: int
) -> dict[Path, Answer]:
    """Run ``cir exercise run`` for each story at once."""
    words = ("exercise", "run", "--speed", str(speed), "--json", "-q")
    running = {path: house.start_cir(*words, str(path), *more) for path, more in stories.items()}
    return {path: answer_of(process, limit=LIMIT) for path, process in running.items()}


def rehearsed(house: House, path: Path) -> dict[str, Any]:
    answer: dict[str, Any] = house.ask("exercise", "rehearse", str(path), "--json")
    return answer


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_story_of_ours_is_played_as_it_was_written(
    played: dict[str, dict[str, Any]], path: Path
) -> None:
    answer = played[path.stem]
    assert answer.get("mismatches") == [], answer.get("error")
    assert answer["passed"] is True
    assert len(answer["steps"]) == len(json.loads(path.read_text())["steps"])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_the_record_has_the_facts_of_the_rehearsal(
    house: House, played: dict[str, dict[str, Any]], path: Path
) -> None:
    live = Counter(fact["type"] for fact in house.facts(played[path.stem]["case"]))
    assert live == Counter(fact["type"] for fact in rehearsed(house, path)["facts"])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_what_is_played_is_an_exercise_and_reaches_nobody(
    house: House, played: dict[str, dict[str, Any]], path: Path
) -> None:
    case = played[path.stem]["case"]
    assert house.show(case)["exercise"] is True
    sunk = sorted((house.data / "outbox-exercises").rglob("*.eml"))
    about = [mail for mail in map(read_mail, sunk) if case in mail["Subject"]]
    assert about
    assert all("EXERCISE" in mail["Subject"] for mail in about)
    assert house.mails(case) == []


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.stem)
def test_the_first_hour_of_a_shared_story_is_played_as_it_was_written(
    begun: dict[str, dict[str, Any]], path: Path
) -> None:
    answer = begun[path.stem]
    assert answer.get("mismatches") == [], answer.get("error")
    assert answer["passed"] is True
    assert len(answer["steps"]) > 3
