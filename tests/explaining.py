"""Shared stories stopped at a step, for tests of what explains a case."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from domain.case import Case
from domain.explaining.explained import explained
from domain.explaining.explanation import Explanation
from domain.fact import Fact
from domain.policy_file import Setting, described
from domain.rehearsal.play import Play
from domain.rehearsal.scenario import Step, read_scenario
from settings import ROOT
from tests.builders import a_policy

STORIES = sorted((ROOT / "tests" / "scenarios").glob("*.json"))


class Stop(NamedTuple):
    """A story stopped at the instant of a step, before it is played.

    Attributes:
        answer: What the step then came to.
        says: The explanation at this instant.
    """

    case: Case
    facts: tuple[Fact, ...]
    at: datetime
    step: Step
    answer: dict[str, Any]
    says: Explanation


@cache
def numbers() -> tuple[Setting, ...]:
    """Return the shipped policy's lines with their sources."""
    return described((ROOT / "policy" / "default.toml").read_text())


@cache
def stops(path: Path) -> tuple[Stop, ...]:
    """Return a story at each of its steps once its case is open."""
    return tuple(_stops(path))


def end(story: str) -> Stop:
    """Return a story after its last instant."""
    path = next(one for one in STORIES if one.stem == story)
    scenario = read_scenario(path.read_text())
    play, last = Play(scenario, a_policy()), scenario.steps[-1]
    answers = [play.take(step) for step in scenario.steps]
    assert play.case is not None
    return _stop(play.case, play.facts, scenario.instant(last.at), last, answers[-1])


def stop(story: str, step: int) -> Stop:
    """Return a story just before a step."""
    path = next(one for one in STORIES if one.stem == story)
    return next(one for one in stops(path) if one.step.n == step)


def _stops(path: Path) -> Iterator[Stop]:
    scenario = read_scenario(path.read_text())
    play = Play(scenario, a_policy())
    for step in scenario.steps:
        case, facts = play.case, play.facts
        answer = play.take(step)
        if case is not None:
            yield _stop(case, facts, scenario.instant(step.at), step, answer)


def _stop(
    case: Case, facts: tuple[Fact, ...], at: datetime, step: Step, answer: dict[str, Any]
) -> Stop:
    return Stop(case, facts, at, step, answer, explained(case, facts, numbers(), at))
