"""Figures are counted from facts alone, and say what became of every run of every clock."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.reporting import Figures, Line, Told, figures
from domain.view import CaseView, view_of
from tests.builders import MINUTE, NOON, a_case
from tests.explaining import STORIES, Stop, end

CLOCK = "provider-contact"
OPENED = view_of(a_case())


def a_line(view: CaseView = OPENED) -> Line:
    return Line.model_validate({name: getattr(view, name) for name in Line.model_fields})


def started(instance: int = 1, clock: str = CLOCK, case: str = "A") -> Told:
    run = {"clock": clock, "instance": instance, "started_at": str(NOON)}
    return Told(case, "clock-started", {"run": {**run, "due_at": str(NOON + 30 * MINUTE)}})


def then(kind: str, instance: int = 1, *, case: str = "A", **said: Any) -> Told:
    return Told(case, kind, {"clock": CLOCK, "instance": instance, **said})


def met(after: timedelta, instance: int = 1, *, late_by_s: int | None = None) -> Told:
    return then("clock-met", instance, met_at=str(NOON + after), late_by_s=late_by_s)


def counted(*facts: Told) -> Figures:
    return figures([a_line()], facts)


def test_each_end_of_a_clock_is_counted_once() -> None:
    found = counted(
        *(started(n) for n in range(1, 7)),
        met(10 * MINUTE, 1),
        then("clock-breached", 2), met(50 * MINUTE, 2, late_by_s=1200),
        then("clock-breached", 3),
        then("clock-breached", 4), then("clock-cancelled", 4),
        then("clock-cancelled", 5),
    )  # fmt: skip
    (clock,) = found.clocks
    assert (clock.runs, clock.in_time, clock.late, clock.breached) == (6, 1, 1, 2)
    assert (clock.cancelled, clock.running, clock.rate) == (1, 1, 0.25)


def test_a_breach_that_evidence_withdrew_was_met_in_time() -> None:
    (clock,) = counted(started(), then("clock-breached"), met(20 * MINUTE)).clocks
    assert (clock.in_time, clock.breached, clock.rate) == (1, 0, 1.0)


def test_the_time_to_contact_is_told_against_the_target_of_each_case() -> None:
    contact = counted(
        *(started(n) for n in (1, 2, 3)),
        met(10 * MINUTE, 1), met(20 * MINUTE, 2), met(90 * MINUTE, 3, late_by_s=3600),
    ).contact  # fmt: skip
    assert (contact.reached, contact.within) == (3, 2)
    assert (contact.median_s, contact.longest_s, contact.targets_s) == (1200, 5400, (1800,))


def test_the_same_clock_of_two_cases_is_two_runs() -> None:
    (clock,) = counted(started(), started(case="B"), then("clock-cancelled", case="B")).clocks
    assert (clock.runs, clock.running, clock.cancelled, clock.rate) == (2, 1, 1, None)


def test_no_cases_are_figures_too() -> None:
    found = figures((), ())
    assert (found.cases, found.clocks, found.contact.median_s) == (0, (), None)
    assert found.ledgers["A"].payable_pence == 0


def told(stop: Stop) -> tuple[Told, ...]:
    return tuple(Told(stop.case.reference, f.type, f.payload) for f in stop.facts)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_in_figures_agrees_with_its_case(path: Path) -> None:
    stop = end(path.stem)
    view = view_of(stop.case)
    found = figures([a_line(view)], told(stop))
    late = sum(one.late + one.breached for one in found.clocks if one.kind == "service")
    assert late == len(stop.case.breaches)
    running = [run for run in stop.case.clocks if run.state == "running"]
    assert sum(one.running for one in found.clocks) == len(running)
    assert found.ledgers == view.ledgers
