"""The category: who gives it, and what a new one moves."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import Case, Decision, Proposal
from domain.category import Category
from domain.clock_run import Window
from domain.decisions.categories import CategoryRecorded, RecordCategory
from domain.errors import Code
from domain.phase import Outcome, Phase
from tests.builders import (
    DAY,
    NOON,
    ONE,
    a_case,
    a_council,
    applied,
    code_of,
    stamped,
    types,
)

WATCH = Window(window="reassess-watch", opened_at=NOON, ends_at=NOON + 14 * DAY)


def record(category: str, given_by: str = "ncsc", **more: Any) -> RecordCategory:
    return stamped(RecordCategory, category=category, given_by=given_by, **more)


def unqualified(phase: Phase = Phase.CLOSED, *, watched: bool = True) -> Case:
    decision = Decision(result="not-qualified", people=("kaya",))
    windows = (WATCH,) if watched else ()
    return a_case(
        phase,
        category=Category.C5,
        decision=decision,
        outcome=Outcome.NOT_QUALIFIED,
        windows=windows,
    )


@pytest.mark.parametrize("giver", ["ncsc", "law-enforcement"])
def test_a_category_is_recorded_with_its_giver(giver: str) -> None:
    case = a_case(Phase.ASSESSMENT, category=Category.C5)
    events = record("C4", giver, reference="NCSC-EX-1", given_at=NOON).decide(case, ONE)
    assert events == (
        CategoryRecorded(
            at=ONE,
            category=Category.C4,
            former=Category.C5,
            given_by=giver,
            reference="NCSC-EX-1",
            given_at=NOON,
        ),
    )
    assert applied(case, events).category is Category.C4


@pytest.mark.parametrize("giver", ["council", "provider", "kaya", "NCSC"])
def test_nobody_else_gives_a_category(giver: str) -> None:
    assert code_of(record("C1", giver), a_case()) is Code.CATEGORY_SOURCE_NOT_ALLOWED


def test_uncategorised_is_not_a_category_to_give() -> None:
    with pytest.raises(ValidationError):
        record("uncategorised")


def test_the_same_category_again_is_refused() -> None:
    assert code_of(record("C2"), a_case(Phase.ACTIVATION)) is Code.NOTHING_CHANGED


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.NOT_QUALIFIED])
def test_a_case_closed_otherwise_keeps_its_category(outcome: Outcome) -> None:
    case = a_case(Phase.CLOSED, outcome=outcome)
    assert code_of(record("C1"), case) is Code.CASE_CLOSED


def test_the_giver_is_asked_before_the_change() -> None:
    assert code_of(record("C2", "council"), a_case(Phase.ACTIVATION)) is (
        Code.CATEGORY_SOURCE_NOT_ALLOWED
    )


def test_nothing_changed_comes_before_closed() -> None:
    assert code_of(record("C2"), a_case(Phase.CLOSED)) is Code.NOTHING_CHANGED


def test_a_category_may_be_older_than_the_report() -> None:
    assert RecordCategory.may_precede_case


def test_edge_4_a_category_that_qualifies_ends_a_pending_proposal() -> None:
    case = a_case(Phase.ASSESSMENT, category=Category.C4, proposal=Proposal(by="kaya"))
    events = record("C2").decide(case, ONE)
    assert types(events) == ("category-recorded", "discretionary-lapsed")
    assert applied(case, events).proposal is None


def test_a_proposal_stays_when_the_category_is_still_below() -> None:
    case = a_case(Phase.ASSESSMENT, category=Category.C5, proposal=Proposal(by="kaya"))
    assert types(record("C4").decide(case, ONE)) == ("category-recorded",)


def test_a_proposal_stays_for_a_council_that_could_not_qualify_anyway() -> None:
    case = a_case(Phase.ASSESSMENT, proposal=Proposal(by="kaya"), council=a_council(eligible=False))
    assert types(record("C2").decide(case, ONE)) == ("category-recorded",)


@pytest.mark.parametrize("phase", [Phase.CLOSED, Phase.CLOSING])
def test_a_case_inside_its_watch_goes_back_to_assessment(phase: Phase) -> None:
    case = unqualified(phase)
    events = record("C3").decide(case, ONE)
    assert types(events) == ("category-recorded", "reassessment-opened")
    after = applied(case, events)
    assert (after.phase, after.outcome, after.closed_at) == (Phase.ASSESSMENT, None, None)
    assert after.entered_at == ONE


@pytest.mark.parametrize(("category", "watched"), [("C4", True), ("C2", False)])
def test_a_case_stays_closed_below_the_threshold_or_after_its_watch(
    category: str,
    watched: bool,  # noqa: FBT001
) -> None:
    case = unqualified(watched=watched)
    events = record(category).decide(case, ONE)
    assert types(events) == ("category-recorded",)
    assert applied(case, events).phase is Phase.CLOSED


def test_edge_5_a_category_below_the_threshold_never_withdraws_support() -> None:
    case = a_case(Phase.CONTAINMENT)
    events = record("C5").decide(case, ONE)
    assert types(events) == ("category-recorded",)
    after = applied(case, events)
    assert (after.phase, after.engagement) == (Phase.CONTAINMENT, case.engagement)
