"""How long what is known of a case is kept, counted from closure (guide m 2)."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import Code, Refused
from domain.phase import Outcome
from domain.retention import Closed, due, may_dispose
from tests.builders import REFERENCE, a_policy

CLOSED = datetime(2027, 3, 1, 12, tzinfo=UTC)
NEGATIVE = [outcome for outcome in Outcome if outcome is not Outcome.SUPPORTED]


def a_closed(**changes: object) -> Closed:
    fields = {"closed_at": CLOSED, "outcome": Outcome.SUPPORTED, **changes}
    return Closed.model_validate(fields)


def gone(case: Closed, now: datetime) -> list[str]:
    return [one.what for one in due(case, a_policy(), now)]


def code_of(case: Closed | None, now: datetime) -> Code:
    with pytest.raises(Refused) as refused:
        may_dispose(REFERENCE, case, a_policy(), now)
    assert REFERENCE in refused.value.message
    return refused.value.code


def test_contacts_go_after_12_months_and_money_after_7_years() -> None:
    case = a_closed()
    a_year = datetime(2028, 3, 1, 12, tzinfo=UTC)
    assert gone(case, a_year - timedelta(seconds=1)) == []
    assert gone(case, a_year) == ["contacts"]
    seven = datetime(2034, 3, 1, 12, tzinfo=UTC)
    assert gone(case, seven - timedelta(seconds=1)) == ["contacts"]
    assert gone(case, seven) == ["contacts", "everything"]


@pytest.mark.parametrize("outcome", NEGATIVE)
def test_a_negative_outcome_goes_after_2_years(outcome: Outcome) -> None:
    case, two = a_closed(outcome=outcome), datetime(2029, 3, 1, 12, tzinfo=UTC)
    assert gone(case, two - timedelta(seconds=1)) == ["contacts"]
    assert gone(case, two) == ["contacts", "everything"]


def test_an_exercise_goes_after_90_days_by_londons_clock() -> None:
    case, later = a_closed(exercise=True), datetime(2027, 5, 30, 11, tzinfo=UTC)
    assert gone(case, later - timedelta(seconds=1)) == []
    assert gone(case, later) == ["contacts", "everything"]


def test_a_legal_hold_stops_all_of_it() -> None:
    case = a_closed(legal_hold=True)
    assert gone(case, CLOSED + timedelta(days=9999)) == []
    assert code_of(case, CLOSED + timedelta(days=9999)) is Code.UNDER_LEGAL_HOLD


def test_nothing_is_disposed_of_before_its_time_or_while_it_may_be_reopened() -> None:
    assert code_of(None, CLOSED) is Code.NOT_ARCHIVED
    assert code_of(a_closed(), CLOSED + timedelta(days=300)) is Code.KEPT_STILL
    may_dispose(REFERENCE, a_closed(), a_policy(), CLOSED + timedelta(days=366))
