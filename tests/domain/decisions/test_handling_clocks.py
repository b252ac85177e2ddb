"""Acknowledging pages (guide f 4 to 6), pausing and resuming clocks (guide f 11)."""

from datetime import datetime

import pytest

from domain.case import Case
from domain.category import Category
from domain.clock_run import AlarmRun, ClockState, Paging
from domain.errors import Code
from domain.phase import Phase
from domain.settling import advance
from tests.domain.decisions.handling_cases import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    WHY,
    a_case,
    a_report,
    give,
    refused,
    running,
)


def _clock(name: str, phase: Phase) -> Case:
    case = a_case(phase=phase)
    return case.but(clocks=(running(case, name),))


def _breached() -> Case:
    return advance(_clock("decision", Phase.ASSESSMENT), NOON + 2 * HOUR, through=True).case


def _alarmed() -> Case:
    paging = Paging(rung=2, next_at=NOON + 20 * MINUTE, next_rung=3, unacknowledged=True)
    run = AlarmRun(alarm="life-risk", instance=1, raised_at=NOON, paging=paging)
    return a_case(alarms=(run,))


@pytest.mark.parametrize("by", ["priya", "helen", "amory"])
def test_managers_head_and_director_take_an_alarm_which_is_over_then(by: str) -> None:
    done = give(_alarmed(), "acknowledge-escalation", by, about="alarm:life-risk")
    assert done.types == ("escalation-acknowledged",)
    alarm = done.case.alarms[0]
    assert alarm.over
    assert alarm.paging.next_at is None


@pytest.mark.parametrize("by", ["kaya", "ruth", "sam"])
def test_other_staff_stand_on_no_rung_that_may_acknowledge(by: str) -> None:
    code = refused(_alarmed(), "acknowledge-escalation", by, about="alarm:life-risk")
    assert code is Code.RUNG_NOT_YOURS


@pytest.mark.parametrize("by", ["system", "alder", "ines"])
def test_system_provider_and_auditor_never_acknowledge(by: str) -> None:
    code = refused(_alarmed(), "acknowledge-escalation", by, about="alarm:life-risk")
    assert code is Code.ROLE_NOT_ALLOWED


def test_an_acknowledgement_does_not_stop_the_clock_and_buys_an_hour() -> None:
    at = NOON + 2 * HOUR + 4 * MINUTE
    done = give(_breached(), "acknowledge-escalation", "priya", at, about="decision")
    run = done.case.latest_clock("decision")
    assert run is not None
    assert (run.state, run.ended) == (ClockState.BREACHED, False)
    assert run.paging.acknowledged_by == "priya"
    assert (run.paging.next_at, run.paging.next_rung) == (at + 60 * MINUTE, 2)


@pytest.mark.parametrize("about", ["decision", "alarm:life-risk", "no-such-clock"])
def test_without_a_page_there_is_nothing_to_acknowledge(about: str) -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    code = refused(case, "acknowledge-escalation", "priya", about=about)
    assert code is Code.NOTHING_TO_ACKNOWLEDGE


def test_a_warning_needs_no_acknowledgement() -> None:
    warned = advance(_clock("decision", Phase.ASSESSMENT), NOON + HOUR, through=True)
    assert [f.type for f in warned.facts] == ["clock-warned", "page-due"]
    code = refused(warned.case, "acknowledge-escalation", "priya", NOON + HOUR, about="decision")
    assert code is Code.NOTHING_TO_ACKNOWLEDGE


def _pause(until: datetime, why: str = "awaiting-council-information") -> dict[str, str]:
    return {"clock": "decision", "why": why, "until": until.isoformat(), "reason": WHY}


def test_a_paused_clock_counts_on_with_what_was_left_when_its_time_is_over() -> None:
    at, until = NOON + 30 * MINUTE, NOON + 5 * HOUR
    paused = give(_clock("decision", Phase.ASSESSMENT), "pause-clock", "priya", at, **_pause(until))
    assert paused.types == ("clock-paused",)
    assert paused.facts[0].payload["reason"] == WHY
    run = paused.case.latest_clock("decision")
    assert run is not None
    assert run.state is ClockState.PAUSED
    assert advance(paused.case, until - MINUTE, through=True).facts == ()
    resumed = advance(paused.case, until, through=True).case
    run = resumed.latest_clock("decision")
    assert run is not None
    assert (run.state, run.due_at) == (ClockState.RUNNING, until + 90 * MINUTE)
    assert [step.at for step in run.agenda] == [until + 30 * MINUTE, until + 90 * MINUTE]
    assert resumed.version == paused.case.version


@pytest.mark.parametrize("by", ["priya", "helen", "system"])
def test_a_pause_can_be_ended_early(by: str) -> None:
    at = NOON + 30 * MINUTE
    case = _clock("decision", Phase.ASSESSMENT)
    paused = give(case, "pause-clock", "priya", at, **_pause(NOON + 5 * HOUR)).case
    resumed = give(paused, "resume-clock", by, NOON + HOUR, clock="decision")
    assert resumed.types == ("clock-resumed",)
    run = resumed.case.latest_clock("decision")
    assert run is not None
    assert run.due_at == NOON + 2 * HOUR + 30 * MINUTE
    assert resumed.case.version - paused.version == (0 if by == "system" else 1)


def test_a_pause_in_working_time_counts_working_time() -> None:
    case = _clock("recovery-reply", Phase.RECOVERY_OFFER)
    until = NOON + 4 * DAY  # Friday noon
    why = {"clock": "recovery-reply", "why": "council-closure", "reason": WHY}
    paused = give(case, "pause-clock", "priya", NOON, **why, until=until.isoformat()).case
    run = advance(paused, until, through=True).case.latest_clock("recovery-reply")
    assert run is not None
    assert run.due_at == NOON + 11 * DAY


@pytest.mark.parametrize("clock", ["closure", "no-such-clock"])
def test_a_clock_that_does_not_run_cannot_be_paused(clock: str) -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    inputs = {**_pause(NOON + HOUR), "clock": clock}
    assert refused(case, "pause-clock", "priya", **inputs) is Code.CLOCK_NOT_RUNNING


def test_a_paused_clock_does_not_run() -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    paused = give(case, "pause-clock", "priya", **_pause(NOON + HOUR)).case
    code = refused(paused, "pause-clock", "priya", **_pause(NOON + 2 * HOUR))
    assert code is Code.CLOCK_NOT_RUNNING


def test_a_clock_without_a_reason_in_its_row_is_never_pausable() -> None:
    case = _clock("council-confirmation", Phase.ACTIVATION)
    inputs = {**_pause(NOON + HOUR), "clock": "council-confirmation"}
    assert refused(case, "pause-clock", "priya", **inputs) is Code.NEVER_PAUSABLE


@pytest.mark.parametrize("category", [Category.C1, Category.C2])
def test_the_decision_is_never_paused_at_c1_or_c2(category: Category) -> None:
    case = _clock("decision", Phase.ASSESSMENT).but(category=category)
    code = refused(case, "pause-clock", "priya", **_pause(NOON + HOUR))
    assert code is Code.NEVER_PAUSABLE


@pytest.mark.parametrize("risk", ["risk_to_life", "safeguarding_risk"])
def test_the_decision_is_never_paused_with_life_at_risk(risk: str) -> None:
    case = _clock("decision", Phase.ASSESSMENT).but(report=a_report(**{f"impact.{risk}": "yes"}))
    code = refused(case, "pause-clock", "priya", **_pause(NOON + HOUR))
    assert code is Code.NEVER_PAUSABLE


def test_a_reason_of_another_row_is_not_accepted() -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    inputs = _pause(NOON + HOUR, why="police-request")
    assert refused(case, "pause-clock", "priya", **inputs) is Code.REASON_NOT_ACCEPTED


@pytest.mark.parametrize(
    ("clock", "phase", "why", "hours"),
    [
        ("decision", Phase.ASSESSMENT, "awaiting-council-information", 24),
        ("eradication-update", Phase.ERADICATION, "police-request", 24),
        ("closure", Phase.CLOSING, "dispute", 14 * 24),
    ],
)
def test_a_pause_has_a_limit_by_ladder(clock: str, phase: Phase, why: str, hours: int) -> None:
    case = _clock(clock, phase)
    inputs = {"clock": clock, "why": why, "reason": WHY}
    longest = NOON + hours * HOUR
    paused = give(case, "pause-clock", "priya", **inputs, until=longest.isoformat())
    assert paused.types == ("clock-paused",)
    later = (longest + MINUTE).isoformat()
    assert refused(case, "pause-clock", "priya", **inputs, until=later) is Code.PAUSE_TOO_LONG


def test_a_breached_clock_runs_on_and_cannot_be_paused() -> None:
    at = NOON + 2 * HOUR + MINUTE
    code = refused(_breached(), "pause-clock", "priya", at, **_pause(at + HOUR))
    assert code is Code.ALREADY_BREACHED


def test_refusals_of_pause_clock_answer_from_left_to_right() -> None:
    breached, at = _breached(), NOON + 2 * HOUR + MINUTE
    too_long, wrong = at + 3 * DAY, "police-request"
    grave = breached.but(category=Category.C2)
    code = refused(grave, "pause-clock", "priya", at, **_pause(too_long, wrong))
    assert code is Code.NEVER_PAUSABLE
    code = refused(breached, "pause-clock", "priya", at, **_pause(too_long, wrong))
    assert code is Code.REASON_NOT_ACCEPTED
    code = refused(breached, "pause-clock", "priya", at, **_pause(too_long))
    assert code is Code.PAUSE_TOO_LONG


def test_a_pause_that_ends_before_it_begins_is_ill_formed() -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    assert refused(case, "pause-clock", "priya", **_pause(NOON)) is Code.INVALID_INPUT


def test_a_pause_needs_a_manager_and_a_reason() -> None:
    case, inputs = _clock("decision", Phase.ASSESSMENT), _pause(NOON + HOUR)
    assert refused(case, "pause-clock", "kaya", **inputs) is Code.ROLE_NOT_ALLOWED
    code = refused(case, "pause-clock", "priya", **{**inputs, "reason": "short"})
    assert code is Code.REASON_NEEDED


def test_a_clock_that_is_not_paused_cannot_be_resumed() -> None:
    case = _clock("decision", Phase.ASSESSMENT)
    assert refused(case, "resume-clock", "priya", clock="decision") is Code.NOT_PAUSED
    assert refused(_breached(), "resume-clock", "priya", clock="decision") is Code.NOT_PAUSED
