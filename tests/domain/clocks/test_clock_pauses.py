"""Pausing (guide f 11): each clock for each of its reasons, and every other reason refused."""

import pytest

from domain.clock_run import ClockState
from domain.errors import Code, Refused
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, HOURS, ROWS, WORKING_DAYS, Row
from tests.domain.clocks.story import minute_of

REASONS = (
    "awaiting-council-information",
    "council-request",
    "council-closure",
    "police-request",
    "forensic-hold",
    "dispute",
)
PAUSABLE = {name: row for name, row in ROWS.items() if row.paused_for}
LIMITS = {"U": 24 * HOURS, "S": 24 * HOURS, "O": 14 * DAYS}
FRIDAY = WORKING_DAYS[4] * DAYS
"""Four working days from the Monday noon; one more is three days on the wall."""

LAWFUL = [
    pytest.param(name, why, id=f"{name}-pauses-for-{why}")
    for name, row in PAUSABLE.items()
    for why in row.paused_for
]
UNLAWFUL = [
    pytest.param(name, why, id=f"{name}-refuses-{why}")
    for name, row in ROWS.items()
    for why in REASONS
    if why not in row.paused_for
]


def each(rows: dict[str, Row], doing: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", [pytest.param(n, id=f"{n}-{doing}") for n in rows])


def a_day_later(minute: int) -> int:
    """Return ``minute`` moved by one working day, which for these instants is a day or three."""
    return minute + (3 * DAYS if minute == FRIDAY else DAYS)


@pytest.mark.parametrize(("name", "why"), LAWFUL)
def test_a_paused_clock_counts_on_with_what_was_left(name: str, why: str) -> None:
    row = ROWS[name]
    story = ways.pause(row.begin(), 1, name, why, until=1 + DAYS)
    run = story.clock(name)
    assert (run.state, run.pause and run.pause.why) == (ClockState.PAUSED, why)
    told = len(story.facts)
    story.until(DAYS)
    assert not [f for f in story.facts[told:] if str(f.payload.get("clock") or "").startswith(name)]
    story.until(1 + DAYS)
    run = story.clock(name)
    assert (run.state, minute_of(run.due_at)) == (ClockState.RUNNING, row.target + DAYS)
    moved = [minute_of(step.at) for step in run.agenda if step.does in ("warn", "remind")]
    assert moved == [a_day_later(minute) for minute, _how in row.way]


@pytest.mark.parametrize(("name", "why"), UNLAWFUL)
def test_another_reason_is_refused_and_changes_nothing(name: str, why: str) -> None:
    row = ROWS[name]
    story = row.begin()
    before = story.case
    with pytest.raises(Refused) as caught:
        ways.pause(story, 1, name, why, until=1 + HOURS)
    expected = Code.REASON_NOT_ACCEPTED if row.paused_for else Code.NEVER_PAUSABLE
    assert caught.value.code is expected
    assert story.case.latest_clock(name) == before.latest_clock(name)


@each(PAUSABLE, "pauses-as-long-as-its-ladder-allows")
def test_a_pause_is_as_long_as_the_ladder_allows_and_no_longer(name: str) -> None:
    row = ROWS[name]
    limit = LIMITS[row.ladder[0]]
    with pytest.raises(Refused) as caught:
        ways.pause(row.begin(), 1, name, row.paused_for[0], until=1 + limit + 1)
    assert caught.value.code is Code.PAUSE_TOO_LONG
    story = ways.pause(row.begin(), 1, name, row.paused_for[0], until=1 + limit)
    assert minute_of(story.clock(name).pause.until) == 1 + limit  # type: ignore[union-attr]


@each(PAUSABLE, "is-not-paused-once-breached")
def test_a_breached_clock_runs_on_and_cannot_be_paused(name: str) -> None:
    row = ROWS[name]
    story = row.begin().until(row.target)
    with pytest.raises(Refused) as caught:
        ways.pause(story, row.target + 1, name, row.paused_for[0], until=row.target + 30)
    assert caught.value.code is Code.ALREADY_BREACHED


@each(PAUSABLE, "is-met-while-it-stands-still")
def test_what_a_paused_clock_waits_for_meets_it(name: str) -> None:
    row = ROWS[name]
    story = ways.pause(row.begin(), 1, name, row.paused_for[0], until=1 + DAYS)
    row.meet(story, 2)
    assert len(story.facts_of("clock-met", name)) == 1
    assert not any(b.clock == name for b in story.case.breaches)


@each(PAUSABLE, "is-resumed-early")
def test_a_person_may_end_a_pause_early(name: str) -> None:
    row = ROWS[name]
    story = ways.pause(row.begin(), 1, name, row.paused_for[0], until=1 + DAYS)
    story.give(31, "resume-clock", "priya", clock=name)
    assert minute_of(story.clock(name).due_at) == row.target + 30
