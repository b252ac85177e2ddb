"""A case's moves, clock by clock: how each began, how it stands, and a test for each."""

import pytest

from domain.clock_run import ClockState
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import ROWS
from tests.domain.clocks.story import Story

RUNS, CANCELLED = "running", "cancelled"


def began(name: str) -> ways.Begin:
    """Return how the guide begins a clock."""
    return ROWS[name].begin


def stands(story: Story, name: str) -> str:
    """Return the state of a clock; only one that runs has not ended."""
    run = story.clock(name)
    assert run.ended is (run.state is not ClockState.RUNNING)
    return run.state.value


def walk(table: dict[str, tuple[ways.Begin, str]], doing: str) -> pytest.MarkDecorator:
    """Run a test for each clock of a table."""
    cases = [
        pytest.param(name, begin, then, id=f"{name}-{doing}-{then}")
        for name, (begin, then) in table.items()
    ]
    return pytest.mark.parametrize(("name", "begin", "then"), cases)
