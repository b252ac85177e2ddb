"""Opening a closed case again, for new harm or for paperwork."""

from typing import Any

import pytest

from domain.case import Case
from domain.clock_run import Window
from domain.command import Command
from domain.decider import carry_out, decide
from domain.decisions.reopening import Reopen
from domain.errors import Code, Refused
from domain.phase import Outcome, Phase, RecoveryAnswer
from tests.builders import (
    DAY,
    HOUR,
    NOON,
    ONE,
    WHY,
    a_case,
    applied,
    code_of,
    ordered,
    stamped,
    types,
)

OPEN = (Window(window="reopen", opened_at=NOON, ends_at=NOON + 365 * DAY),)


def closed(**changes: Any) -> Case:
    known = {"windows": OPEN, "ico_result": "reported", "money": ordered(), "waived": ("x",)}
    return a_case(Phase.CLOSED, **{**known, **changes})


def reopen(to: str = "assessment", trigger: str = "new-activity", **more: Any) -> Reopen:
    return stamped(Reopen, by="priya", to=to, trigger=trigger, reason=WHY, **more)


def after(case: Case, command: Command) -> Case:
    return applied(case, command.decide(case, ONE))


def test_new_harm_begins_a_round_with_a_new_decision() -> None:
    events = reopen().decide(closed(), ONE)
    assert types(events) == ("case-reopened",)
    case = applied(closed(), events)
    assert (case.phase, case.round, case.owner) == (Phase.ASSESSMENT, 2, "priya")
    assert (case.outcome, case.closed_at, case.waived) == (None, None, ())
    assert (case.final_report, case.data_return, case.recovery_answer) == (None, None, None)
    assert case.money == closed().money


def test_paperwork_keeps_how_the_round_ended() -> None:
    case = after(closed(), reopen("closing", "late-bill"))
    assert (case.phase, case.round, case.owner) == (Phase.CLOSING, 2, "priya")
    assert (case.outcome, case.closed_at, case.waived) == (Outcome.SUPPORTED, None, ())
    assert (case.final_report, case.recovery_answer) == ("FR-1", RecoveryAnswer.REJECTED)


@pytest.mark.parametrize("aware_at", [None, NOON])
def test_published_data_starts_the_councils_72_hours_afresh(aware_at: object) -> None:
    case = after(closed(), reopen("closing", "data-published", aware_at=aware_at))
    assert (case.aware_at, case.ico_result) == (aware_at or ONE, None)


def test_another_trigger_leaves_the_ico_as_it_was() -> None:
    case = after(closed(), reopen("closing", "audit", aware_at=NOON))
    assert (case.aware_at, case.ico_result) == (closed().aware_at, "reported")


def test_a_new_tracker_runs_from_the_new_awareness() -> None:
    case = carry_out(closed(), reopen("closing", "data-published"), ONE, "i-1").settled.case
    (run,) = case.live_clocks("ico-report")
    assert (run.started_at, run.due_at) == (ONE, ONE + 72 * HOUR)
    assert len(case.live_clocks("closure")) == 1


def test_after_a_year_a_case_is_not_opened_again() -> None:
    assert code_of(reopen(), closed(windows=())) is Code.REOPEN_WINDOW_CLOSED


def test_awareness_cannot_lie_ahead_and_that_answers_first() -> None:
    command = reopen(trigger="data-published", aware_at=ONE + DAY)
    assert code_of(command, closed()) is Code.IN_THE_FUTURE
    assert code_of(command, closed(windows=())) is Code.IN_THE_FUTURE


@pytest.mark.parametrize("phase", [Phase.CLOSING, Phase.RECOVERY])
def test_only_a_closed_case_is_opened_again(phase: Phase) -> None:
    with pytest.raises(Refused) as caught:
        decide(a_case(phase), reopen(), ONE)
    assert caught.value.code is Code.WRONG_PHASE
