"""Every row of the guide's table of clocks, lived through: start, way, deadline, end."""

from typing import Any

import pytest

from domain.clock_run import ClockState
from domain.clocks.catalogue import CATALOGUE
from domain.fact import Fact
from tests.domain.clocks.guide_clocks import DAYS, HOURS, OTHER_WAYS, ROWS, Row, clock_of
from tests.domain.clocks.story import Story, minute_of

ALL = {**ROWS, **OTHER_WAYS}
PAGING = {name: row for name, row in ROWS.items() if row.ladder}
CLIMBING = {name: row for name, row in PAGING.items() if name != "provider-contact"}
"""The marks of provider-contact take the place of its ladder: see ``test_clock_rules``."""

NOISE = ("clock-", "page-", "paged", "notice-", "alarm-", "window-", "phone-task-extended")

URGENT = ((0, 0), (20, 1), (40, 2), (60, 3), (80, 4))
STEADY = ((0, 0), (120, 1), (240, 2), (360, 3))
OFFICE = ((0, 0), (4 * HOURS, 1), (24 * HOURS, 2), (28 * HOURS, 3))
"""Minutes after the deadline of each page, and rungs above the first; every O deadline of these
stories is at noon with a working day after it: noon, 16:00, noon, 16:00."""
CLIMBS = {"U": (URGENT, 3), "S": (STEADY, 2), "O": (OFFICE, 2)}
BUYS = {"U": 60, "S": 4 * HOURS, "O": 24 * HOURS}
"""What an acknowledgement at the deadline buys, as it passes on the wall."""


def walk(rows: dict[str, Row], doing: str) -> pytest.MarkDecorator:
    cases = [pytest.param(name, row, id=f"{name}-{doing}") for name, row in rows.items()]
    return pytest.mark.parametrize(("name", "row"), cases)


def facts(story: Story, kind: str, name: str) -> list[Fact]:
    return story.facts_of(kind, clock_of(name))


def last_met(story: Story, name: str) -> dict[str, Any]:
    return dict(facts(story, "clock-met", name)[-1].payload)


def breaches(story: Story, name: str) -> list[int | None]:
    return [b.late_by_s for b in story.case.breaches if b.clock == clock_of(name)]


def climbed(row: Row, minutes: int) -> list[tuple[float, int]]:
    steps, top = CLIMBS[row.ladder[0]]
    first = int(row.ladder[1])
    return [(row.target + at, min(first + up, top)) for at, up in steps if at <= minutes]


def test_the_table_of_the_guide_has_every_clock_in_its_order() -> None:
    assert tuple(ROWS) == tuple(CATALOGUE)
    assert len(ROWS) == 27


@walk(ALL, "starts")
def test_a_clock_starts_with_its_fact_and_has_its_deadline(name: str, row: Row) -> None:
    story = row.begin()
    run = story.clock(clock_of(name))
    assert (run.state, minute_of(run.started_at)) == ("running", 0)
    assert minute_of(run.due_at) == row.target
    started = facts(story, "clock-started", name)[-1]
    before = [f for f in story.facts if f.seq < started.seq and not f.type.startswith(NOISE)]
    assert before[-1].type == row.cause


@walk(ALL, "is-met")
def test_a_clock_met_before_its_deadline_wakes_nobody_after_it(name: str, row: Row) -> None:
    story = row.begin()
    row.meet(story, 1)
    assert last_met(story, name).get("late_by_s") is None
    met_at = facts(story, "clock-met", name)[-1].occurred_at
    assert minute_of(met_at) == 1
    assert breaches(story, name) == []
    assert story.superseded(clock_of(name)) == []


@walk({name: row for name, row in ALL.items() if name != "category-chase"}, "is-met-on-time")
def test_a_clock_met_at_the_very_instant_it_is_due_is_in_time(name: str, row: Row) -> None:
    story = row.begin()
    row.meet(story, row.target)
    met = last_met(story, name)
    assert (met.get("late_by_s"), met["withdraws"]) == (None, False)
    assert breaches(story, name) == []


def test_a_category_at_the_instant_of_a_nudge_spares_the_ncsc_the_nudge() -> None:
    row = ROWS["category-chase"]
    story = row.begin()
    row.meet(story, row.target)
    assert story.told("category-request") == [0]


@walk(ROWS, "speaks")
def test_a_clock_speaks_on_its_way_when_the_guide_says_and_not_else(name: str, row: Row) -> None:
    story = row.begin().until(row.target, through=False)
    warned = [minute_of(f.occurred_at) for f in facts(story, "clock-warned", name)]
    assert warned == [float(minute) for minute in row.warns]
    assert story.pages(name) == [(float(minute), 0) for minute in row.warns]
    reminded = [
        (minute_of(f.occurred_at), f.payload["step"]["notice"])
        for f in facts(story, "clock-reminded", name)
    ]
    assert reminded == [(float(minute), how) for minute, how in row.way if how != "warn"]


@walk(CLIMBING, "breaches")
def test_a_clock_that_is_not_met_breaches_and_climbs_to_the_top(name: str, row: Row) -> None:
    minutes = 80 if row.ladder[0] == "U" else 28 * HOURS if row.ladder[0] == "O" else 6 * HOURS
    story = row.begin().until(row.target, through=True)
    breach = facts(story, "clock-breached", name)[-1]
    assert (minute_of(breach.occurred_at), breach.payload["counts"]) == (row.target, True)
    assert story.clock(name).state is ClockState.BREACHED
    assert breaches(story, name) == [None]
    story.until(row.target + minutes)
    warned = [(float(minute), 0) for minute in row.warns]
    assert story.pages(name) == [*warned, *climbed(row, minutes)]


@walk(PAGING, "is-met-late")
def test_a_clock_met_late_stays_breached_and_says_how_late(name: str, row: Row) -> None:
    story = row.begin()
    row.meet(story, row.target + 7)
    assert last_met(story, name).get("late_by_s") == 7 * 60
    assert breaches(story, name) == [7 * 60]
    pages = len(story.pages(name))
    later = story.until(row.target + 2 * DAYS)
    restarted = len(facts(later, "clock-started", name)) > 1
    assert restarted or len(later.pages(name)) == pages


@walk(CLIMBING, "is-acknowledged")
def test_an_acknowledgement_buys_what_the_ladder_says_then_the_next_rung(
    name: str, row: Row
) -> None:
    story = row.begin().until(row.target)
    story.give(row.target, "acknowledge-escalation", "helen", about=name)
    assert story.clock(name).ended is False
    bought = BUYS[row.ladder[0]]
    first, top = int(row.ladder[1]), CLIMBS[row.ladder[0]][1]
    pages = story.until(row.target + bought, through=True).pages(name)
    at_deadline = [(float(row.target), first)]
    after = [(float(row.target + bought), min(first + 1, top))]
    assert [page for page in pages if page[1] > 0] == [*at_deadline, *after]
