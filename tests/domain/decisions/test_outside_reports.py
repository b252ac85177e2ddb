"""What the council told the ICO and others; the ICO's 72 hours are judged by the council's act."""

from datetime import timedelta
from typing import Any

import pytest

from domain.clock_run import ClockState
from domain.decider import carry_out, decide
from domain.decisions.outside_reports import RecordIco, RecordOtherReport, ico_due_at
from domain.errors import Code
from domain.phase import Phase
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    ONE,
    WHY,
    a_case,
    applied,
    code_of,
    stamped,
    types,
)
from tests.domain.decisions.handling_cases import running

SECOND = timedelta(seconds=1)
AWARE = NOON - 30 * MINUTE
DUE = AWARE + 72 * HOUR
LATER = DUE + DAY


def ico(**changes: Any) -> RecordIco:
    return stamped(RecordIco, by="kaya", **{"result": "reported", "at": NOON, **changes})


def test_the_result_is_kept_with_its_own_instant() -> None:
    case = a_case(Phase.ERADICATION)
    events = ico(reference="IC-EX-5501").decide(case, ONE)
    assert types(events) == ("ico-recorded",)
    said = events[0].model_dump()
    assert (said["at"], said["result_at"], said["reference"]) == (ONE, NOON, "IC-EX-5501")
    assert applied(case, events).ico_result == "reported"


def test_the_council_has_72_hours_from_awareness() -> None:
    assert ico_due_at(a_case()) == DUE


def test_a_report_at_the_deadline_itself_is_in_time() -> None:
    assert types(ico(at=DUE).decide(a_case(), LATER)) == ("ico-recorded",)


@pytest.mark.parametrize("reason", [None, "Too short"])
def test_a_late_report_needs_its_reason(reason: str | None) -> None:
    command = ico(at=DUE + SECOND, reason=reason)
    assert code_of(command, a_case(), LATER) is Code.REASON_NEEDED


def test_a_late_report_with_its_reason_is_kept() -> None:
    (event,) = ico(at=DUE + SECOND, reason=WHY).decide(a_case(), LATER)
    assert event.model_dump()["reason"] == WHY


@pytest.mark.parametrize("given", [{}, {"reason": WHY}, {"decided_by": "Data protection officer"}])
def test_not_reportable_needs_a_reason_and_who_decided(given: dict[str, str]) -> None:
    assert code_of(ico(result="not-reportable", **given), a_case()) is Code.REASON_NEEDED


def test_not_reportable_with_both_is_kept() -> None:
    command = ico(result="not-reportable", reason=WHY, decided_by="Data protection officer")
    assert applied(a_case(), command.decide(a_case(), ONE)).ico_result == "not-reportable"


def test_not_disclosed_needs_a_reason_and_counts_as_a_result() -> None:
    assert code_of(ico(result="not-disclosed"), a_case()) is Code.REASON_NEEDED
    command = ico(result="not-disclosed", reason=WHY)
    assert applied(a_case(), command.decide(a_case(), ONE)).ico_result == "not-disclosed"


def test_a_result_cannot_lie_ahead() -> None:
    assert types(ico(at=ONE + 2 * MINUTE).decide(a_case(), ONE)) == ("ico-recorded",)
    assert code_of(ico(at=ONE + 2 * MINUTE + SECOND), a_case()) is Code.IN_THE_FUTURE


def test_the_future_answers_before_a_missing_reason() -> None:
    assert code_of(ico(result="not-disclosed", at=LATER), a_case()) is Code.IN_THE_FUTURE


def test_what_the_council_did_may_precede_the_case() -> None:
    command = ico(at=NOON - HOUR, occurred_at=NOON - HOUR, evidence="The ICO's own receipt.")
    assert types(decide(a_case(), command, ONE)) == ("ico-recorded",)


def test_the_tracker_is_judged_by_when_the_council_reported() -> None:
    case = a_case(Phase.ERADICATION)
    case = case.but(clocks=(running(case, "ico-report"),))
    done = carry_out(case, ico(at=DUE - HOUR), LATER, "i-1").settled.case
    run = done.latest_clock("ico-report")
    assert run is not None
    assert (run.state, run.met_at, run.late_by_s) == (ClockState.MET, DUE - HOUR, None)


def test_another_body_that_was_told_is_kept() -> None:
    case = a_case(Phase.CLOSED)
    command = stamped(RecordOtherReport, by="kaya", body="police", at=NOON, reference="P-1")
    (event,) = decide(case, command, ONE)
    assert event.model_dump(exclude={"at"}) == {
        "body": "police",
        "told_at": NOON,
        "reference": "P-1",
    }
    assert event.apply(case) == case


def test_another_body_cannot_be_told_ahead() -> None:
    command = stamped(RecordOtherReport, by="kaya", body="police", at=LATER)
    assert code_of(command, a_case()) is Code.IN_THE_FUTURE
