"""Other numbers for one case: two people, and running deadlines only where asked (guide f)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.case import Case
from domain.clock_run import ClockState
from domain.command import Stamp
from domain.decider import build, decide
from domain.errors import Code, Refused
from domain.phase import Phase
from domain.settling import advance
from tests.domain.decisions.handling_cases import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    ROLES,
    WHY,
    a_case,
    give,
    refused,
    running,
)

LONGER = {"final-report.target_minutes": 7200}
STARTED = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


def _closing() -> Case:
    case = a_case(phase=Phase.CLOSING, entered_at=STARTED)
    clocks = (running(case, "final-report", STARTED), running(case, "closure", STARTED))
    return case.but(clocks=clocks)


def _proposed(case: Case, settings: Mapping[str, float], *, apply: bool = True) -> Case:
    inputs: dict[str, Any] = {"settings": settings, "apply_to_running": apply, "reason": WHY}
    return give(case, "change-policy", "helen", **inputs).case


def _due(case: Case, clock: str) -> datetime:
    run = case.latest_clock(clock)
    assert run is not None
    return run.due_at


def test_a_change_waits_for_its_second_person() -> None:
    case = _closing()
    done = give(case, "change-policy", "helen", settings=LONGER, reason=WHY)
    assert done.types == ("policy-change-proposed",)
    assert done.facts[0].payload["former"] == {"final-report.target_minutes": 4800}
    assert done.case.policy == case.policy
    assert done.case.policy_change is not None
    assert done.case.policy_change.apply_to_running is False


@pytest.mark.parametrize("by", ["martin", "ruth", "amory", "kaya"])
def test_only_the_head_of_service_proposes_a_change(by: str) -> None:
    code = refused(_closing(), "change-policy", by, settings=LONGER, reason=WHY)
    assert code is Code.ROLE_NOT_ALLOWED


def test_one_change_waits_at_a_time() -> None:
    case = _proposed(_closing(), LONGER)
    code = refused(case, "change-policy", "helen", settings={"no.such": 1}, reason=WHY)
    assert code is Code.CHANGE_PENDING


@pytest.mark.parametrize(
    "settings",
    [
        {"no-such-clock.target_minutes": 5},
        {"provider-contact.target_minutes": 60},
        {"ico-report.target_minutes": 9000},
        {"time_scale": 60},
        {"final-report.target_minutes": 4800, "no.such": 1},
    ],
)
def test_a_setting_no_case_may_change_is_unknown(settings: dict[str, float]) -> None:
    code = refused(_closing(), "change-policy", "helen", settings=settings, reason=WHY)
    assert code is Code.UNKNOWN_SETTING


@pytest.mark.parametrize("settings", [{}, {"final-report.target_minutes": 4800}])
def test_the_same_numbers_are_no_change(settings: dict[str, float]) -> None:
    code = refused(_closing(), "change-policy", "helen", settings=settings, reason=WHY)
    assert code is Code.NOTHING_CHANGED


@pytest.mark.parametrize(
    "settings",
    [
        {"final-report.target_minutes": 0},
        {"final-report.target_minutes": 1.5},
        {"spend-alert.first_percent": 90},
    ],
)
def test_an_impossible_number_is_ill_formed(settings: dict[str, float]) -> None:
    code = refused(_closing(), "change-policy", "helen", settings=settings, reason=WHY)
    assert code is Code.INVALID_INPUT


def test_both_are_taken_from_the_desk_only() -> None:
    inputs = {"by": "helen", "settings": LONGER, "reason": WHY}
    for name, payload in (("change-policy", inputs), ("confirm-policy", {**inputs, "by": "ruth"})):
        own = {k: v for k, v in payload.items() if name == "change-policy" or k != "settings"}
        with pytest.raises(Refused) as caught:
            decide(_closing(), build(name, own), NOON)
        assert caught.value.code is Code.DESK_ONLY


def test_confirming_takes_another_person() -> None:
    case = _proposed(_closing(), LONGER)
    assert refused(case, "confirm-policy", "helen", reason=WHY) is Code.SAME_PERSON
    assert refused(case, "confirm-policy", "martin", reason=WHY) is Code.ROLE_NOT_ALLOWED


def test_without_a_proposal_there_is_nothing_to_confirm() -> None:
    assert refused(_closing(), "confirm-policy", "ruth", reason=WHY) is Code.NO_CHANGE_PROPOSED


def test_running_deadlines_stay_unless_asked_for() -> None:
    case = _closing()
    before = _due(case, "final-report")
    done = give(_proposed(case, LONGER, apply=False), "confirm-policy", "ruth", reason=WHY)
    assert done.types == ("policy-changed",)
    assert done.case.policy.setting("final-report.target_minutes") == 7200
    assert done.case.policy_change is None
    assert _due(done.case, "final-report") == before


def test_a_running_deadline_is_counted_from_its_start_with_the_new_number() -> None:
    case = _closing()
    assert _due(case, "final-report") == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    done = give(_proposed(case, LONGER), "confirm-policy", "ruth", reason=WHY)
    assert done.types == ("policy-changed", "clock-moved")
    assert _due(done.case, "final-report") == datetime(2026, 12, 8, 9, 30, tzinfo=UTC)
    assert _due(done.case, "closure") == _due(case, "closure")


def test_a_shorter_deadline_never_goes_into_the_past() -> None:
    shorter = {"final-report.target_minutes": 960, "final-report.warning_minutes": 480}
    done = give(_proposed(_closing(), shorter), "confirm-policy", "ruth", reason=WHY)
    assert _due(done.case, "final-report") == NOON
    run = advance(done.case, NOON, through=True).case.latest_clock("final-report")
    assert run is not None
    assert run.state is ClockState.BREACHED


def test_a_reminder_that_was_sent_is_not_sent_again() -> None:
    at = datetime(2026, 11, 27, 10, tzinfo=UTC)  # after the reminder of 8 working days
    case = advance(_closing(), at, through=True).case
    proposed = give(
        case, "change-policy", "helen", at, settings=LONGER, apply_to_running=True, reason=WHY
    ).case
    done = give(proposed, "confirm-policy", "ruth", at, reason=WHY).case
    run = done.latest_clock("final-report")
    assert run is not None
    assert [step.does for step in run.agenda] == ["breach"]


def test_a_reminder_that_would_be_late_goes_at_once() -> None:
    earlier = {"final-report.warning_minutes": 480}
    done = give(_proposed(_closing(), earlier), "confirm-policy", "ruth", reason=WHY)
    run = done.case.latest_clock("final-report")
    assert run is not None
    assert [(step.does, step.at) for step in run.agenda] == [
        ("remind", NOON),
        ("breach", datetime(2026, 12, 1, 9, 30, tzinfo=UTC)),
    ]


def test_a_breached_clock_is_not_moved() -> None:
    case = a_case(phase=Phase.ASSESSMENT)
    case = case.but(clocks=(running(case, "decision", NOON - 3 * HOUR),))
    case = advance(case, NOON, through=True).case
    proposed = _proposed(case, {"decision.target_minutes": 600})
    done = give(proposed, "confirm-policy", "ruth", reason=WHY)
    assert done.types == ("policy-changed",)


def test_what_a_pause_added_is_kept() -> None:
    case = a_case(phase=Phase.ASSESSMENT)
    case = case.but(clocks=(running(case, "decision", NOON - HOUR),))
    pause: dict[str, Any] = {"clock": "decision", "why": "awaiting-council-information"}
    until = (NOON + 2 * HOUR).isoformat()
    paused = give(case, "pause-clock", "priya", **pause, until=until, reason=WHY).case
    resumed = give(paused, "resume-clock", "priya", NOON + 30 * MINUTE, clock="decision").case
    assert _due(resumed, "decision") == NOON + 90 * MINUTE
    longer: dict[str, Any] = {"settings": {"decision.target_minutes": 180}, "reason": WHY}
    at = NOON + 30 * MINUTE
    change = give(resumed, "change-policy", "helen", at, **longer, apply_to_running=True).case
    done = give(change, "confirm-policy", "ruth", at, reason=WHY).case
    assert _due(done, "decision") == NOON + 150 * MINUTE


def test_a_paused_clock_counts_on_with_what_the_new_number_leaves() -> None:
    case = a_case(phase=Phase.ASSESSMENT)
    case = case.but(clocks=(running(case, "decision", NOON - HOUR),))
    pause: dict[str, Any] = {"clock": "decision", "why": "awaiting-council-information"}
    until = (NOON + 2 * HOUR).isoformat()
    paused = give(case, "pause-clock", "priya", **pause, until=until, reason=WHY).case
    done = give(
        _proposed(paused, {"decision.target_minutes": 180}), "confirm-policy", "ruth", reason=WHY
    ).case
    run = done.latest_clock("decision")
    assert run is not None
    assert run.pause is not None
    assert run.pause.left == 2 * HOUR
    assert _due(advance(done, NOON + 2 * HOUR, through=True).case, "decision") == NOON + 4 * HOUR


@pytest.mark.parametrize(
    ("clock", "phase", "settings", "old", "new"),
    [
        ("containment-update", Phase.CONTAINMENT, "c1_c2_first_minutes", HOUR, 2 * HOUR),
        ("containment-review", Phase.CONTAINMENT, "first_minutes", 3 * DAY, 2 * DAY),
        ("category-chase", Phase.ASSESSMENT, "target_minutes", HOUR, 2 * HOUR),
    ],
)
def test_clocks_of_more_than_one_number_move_too(
    clock: str, phase: Phase, settings: str, old: timedelta, new: timedelta
) -> None:
    case = a_case(phase=phase)
    run = running(case, clock)
    run = run.but(agenda=tuple(step for step in run.agenda if step.at > NOON))
    case = case.but(clocks=(run,))
    assert _due(case, clock) == NOON + old
    proposed = _proposed(case, {f"{clock}.{settings}": new / MINUTE})
    done = give(proposed, "confirm-policy", "ruth", reason=WHY).case
    assert _due(done, clock) == NOON + new
    moved = done.latest_clock(clock)
    assert moved is not None
    assert moved.agenda[-1].at == NOON + new
    assert moved.agenda[-1].does == run.agenda[-1].does


def test_a_change_is_stamped_with_the_people_of_the_register() -> None:
    stamp = Stamp(person="ruth", roles=ROLES["ruth"], at=NOON)
    case = _proposed(_closing(), LONGER)
    events = decide(
        case, build("confirm-policy", {"by": "ruth", "reason": WHY, "stamp": stamp}), NOON
    )
    assert [event.type for event in events] == ["policy-changed", "clock-moved"]
