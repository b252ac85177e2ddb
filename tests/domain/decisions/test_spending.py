"""MHCLG's authority to spend: one person asks, another answers, thresholds re-arm."""

import pytest

from domain.case import Case
from domain.errors import Code
from domain.phase import Phase
from tests.builders import a_case, applied, code_of, types
from tests.domain.decisions.money_cases import (
    AN_HOUR,
    LATER,
    authorise,
    logged,
    reject,
    request,
    work,
    working,
)


def asked(case: Case, amount: int = 7_000_000) -> Case:
    return applied(case, request(amount).decide(case, LATER))


def authorised(case: Case, amount: int | None = None) -> Case:
    return applied(case, authorise(amount).decide(case, LATER))


def test_a_request_waits_and_changes_no_authority() -> None:
    case = asked(working())
    assert case.money.request is not None
    assert (case.money.request.by, case.money.request.amount_pence) == ("kaya", 7_000_000)
    assert case.money.authority_pence == 6_000_000


@pytest.mark.parametrize("amount", [-1, 0, 5_999_999, 6_000_000])
def test_a_request_is_for_a_higher_total(amount: int) -> None:
    assert code_of(request(amount), working(), LATER) is Code.AMOUNT_NOT_HIGHER
    assert code_of(request(amount), asked(working()), LATER) is Code.AMOUNT_NOT_HIGHER


def test_one_request_waits_at_a_time() -> None:
    assert code_of(request(8_000_000), asked(working()), LATER) is Code.REQUEST_PENDING


def test_authority_is_raised_to_what_was_asked() -> None:
    case = authorised(asked(working()))
    assert (case.money.authority_pence, case.money.request) == (7_000_000, None)


@pytest.mark.parametrize("amount", [6_500_000, 9_000_000])
def test_authority_is_raised_to_what_the_approver_says_instead(amount: int) -> None:
    assert authorised(asked(working()), amount).money.authority_pence == amount


def test_every_raise_is_kept_with_both_people() -> None:
    case = authorised(asked(authorised(asked(working())), 8_000_000))
    first, second = case.money.authority_changes
    assert (first.former_pence, first.amount_pence) == (6_000_000, 7_000_000)
    assert (second.former_pence, second.amount_pence) == (7_000_000, 8_000_000)
    assert (second.requested_by, second.authorised_by, second.at) == ("kaya", "ruth", LATER)


def test_there_must_be_a_request_to_answer() -> None:
    assert code_of(authorise(1), working(), LATER) is Code.NO_REQUEST
    assert code_of(reject(), working(), LATER) is Code.NO_REQUEST


def test_an_authorised_total_is_higher_than_there_is() -> None:
    assert code_of(authorise(6_000_000), asked(working()), LATER) is Code.AMOUNT_NOT_HIGHER


def test_a_refused_request_leaves_the_authority_and_may_be_made_again() -> None:
    case = asked(working())
    events = reject().decide(case, LATER)
    assert types(events) == ("spend-refused",)
    after = applied(case, events)
    assert (after.money.authority_pence, after.money.request) == (6_000_000, None)
    assert asked(after).money.request is not None


def test_whoever_asked_does_not_answer() -> None:
    case = asked(working())
    assert authorise(by="kaya").other_person(case) == ("kaya",)
    assert reject(by="kaya").other_person(case) == ("kaya",)
    assert authorise().other_person(working()) == ()


def test_a_case_in_activation_may_ask_already() -> None:
    case = a_case(Phase.ACTIVATION)
    assert types(request().decide(case, LATER)) == ("spend-requested",)


def test_a_raise_arms_the_thresholds_above_the_new_ratio_again() -> None:
    full = logged(working(authority=AN_HOUR))
    assert full.money.alerted == {"A": 100}
    raised = authorised(asked(full, 3 * AN_HOUR))
    assert raised.money.alerted == {"A": 0}
    (event,) = work(item="I-2").decide(raised, LATER)
    assert event.model_dump()["crossed"] == (("A", 50),)


def test_a_raise_does_not_arm_a_threshold_that_is_still_reached() -> None:
    full = logged(working(authority=AN_HOUR))
    raised = authorised(asked(full, AN_HOUR + 1))
    assert raised.money.alerted == {"A": 80}
