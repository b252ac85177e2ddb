"""The decision, and what follows from each of its five answers."""

from typing import Any

import pytest

from domain.case import Case, Decision, Link, PolicyChange, Proposal
from domain.category import Category
from domain.council import UNKNOWN_CODE
from domain.decider import build
from domain.decisions.decision import Decide
from domain.engagement import Declined, Engagement
from domain.errors import Code, Refused
from domain.phase import Outcome, Phase
from domain.work import Money, SpendRequest
from tests.builders import (
    ANSWERS,
    ONE,
    OTHER,
    REFERENCE,
    WHY,
    a_case,
    a_council,
    a_provider,
    applied,
    at_work,
    code_of,
    registers,
    stamped,
    types,
)

C2 = a_case(Phase.ASSESSMENT, category=Category.C2)
C4 = a_case(Phase.ASSESSMENT, category=Category.C4)
INELIGIBLE = a_council(eligible=False)


def decide(result: str, **more: Any) -> Decide:
    return stamped(Decide, result=result, tests=ANSWERS, reason=WHY, **more)


def decided(case: Case, result: str, **more: Any) -> Case:
    return applied(case, decide(result, **more).decide(case, ONE))


def test_what_qualifies_is_activated() -> None:
    events = decide("qualifies").decide(C2, ONE)
    assert types(events) == ("decision-recorded",)
    case = applied(C2, events)
    assert (case.phase, case.entered_at, case.outcome) == (Phase.ACTIVATION, ONE, None)
    assert case.decision == Decision(result="qualifies", people=("kaya",))
    assert case.money.authority_pence == case.policy.initial_authority_pence == 6_000_000


def test_the_event_keeps_what_was_decided_on() -> None:
    recorded = decide("qualifies").decide(C2, ONE)[0].model_dump()
    assert recorded["tests"] == ANSWERS
    assert (recorded["reason"], recorded["category"]) == (WHY, "C2")


def test_a_second_activation_does_not_raise_the_authority() -> None:
    again = C2.but(money=Money(authority_pence=4_200_000))
    assert decided(again, "qualifies").money.authority_pence == 4_200_000


def test_an_activation_starts_the_engagement_afresh_and_remembers_the_last_provider() -> None:
    before = at_work(
        "kestrel",
        declined=(Declined(provider="alder", why="conflict-of-interest"),),
        conflicted=("alder",),
        failed_over=("alder",),
    )
    engagement = decided(C2.but(engagement=before), "qualifies").engagement
    assert engagement == Engagement(
        last_provider="kestrel",
        conflicted=("alder",),
        ever_called=("kestrel",),
        first_call_out_on=before.first_call_out_on,
        contact_ever=True,
        scope_ever=True,
    )


def test_the_provider_asked_for_is_left_for_the_system_to_call_out() -> None:
    case = decided(C2, "qualifies", provider="kestrel")
    assert (case.engagement.chosen, case.engagement.provider) == ("kestrel", None)


@pytest.mark.parametrize("result", ["out-of-scope", "false-positive", "not-qualified"])
def test_any_other_result_closes_a_case_with_nothing_to_bill(result: str) -> None:
    before = C4.but(
        money=Money(request=SpendRequest(by="kaya", amount_pence=1)),
        policy_change=PolicyChange(by="helen", settings={}, apply_to_running=False),
        phone_task=("k1",),
    )
    case = decided(before, result)
    assert (case.phase, case.outcome, case.closed_at) == (Phase.CLOSED, Outcome(result), ONE)
    assert (case.money.request, case.policy_change, case.phone_task) == (None, None, ())


def test_a_case_in_which_contact_was_ever_made_ends_in_closing() -> None:
    case = decided(C4.but(engagement=Engagement(contact_ever=True)), "false-positive")
    assert (case.phase, case.outcome) == (Phase.CLOSING, Outcome.FALSE_POSITIVE)
    assert case.closed_at is None


def test_a_duplicate_is_linked_to_the_case_that_goes_on() -> None:
    events = decide("duplicate", of=OTHER).decide(C2, ONE)
    assert types(events) == ("decision-recorded", "case-linked")
    case = applied(C2, events)
    assert (case.phase, case.outcome) == (Phase.CLOSED, Outcome.DUPLICATE)
    assert case.links == (Link(case=OTHER, kind="duplicate"),)


def own_of(case: Case, **codes: str) -> Any:
    """Return whether the other case counts as the council's own, given the codes of cases."""
    named = {OTHER if name == "other" else REFERENCE: code for name, code in codes.items()}
    rows = registers().but(case_councils=named)
    return decide("duplicate", of=OTHER, rows=rows).decide(case, ONE)[0].model_dump()["own"]


def test_a_duplicate_knows_whether_the_case_that_goes_on_is_the_councils_own() -> None:
    assert C2.council.code == "XEA"
    assert own_of(C2, other="XEA") is True
    assert own_of(C2, other="XNF") is None
    assert own_of(C2, this="XEA") is None
    assert own_of(C2) is None


def test_two_councils_that_nobody_could_name_are_not_one() -> None:
    unnamed = C2.but(council=a_council(code=UNKNOWN_CODE))
    assert own_of(unnamed, other=UNKNOWN_CODE) is None


@pytest.mark.parametrize("result", ["qualifies", "out-of-scope"])
def test_nothing_is_decided_while_a_proposal_waits(result: str) -> None:
    waiting = C4.but(proposal=Proposal(by="tomas"))
    assert code_of(decide(result), waiting) is Code.APPROVAL_PENDING


@pytest.mark.parametrize("category", ["C4", "C5", "C6", "uncategorised"])
def test_below_the_threshold_one_person_cannot_activate(category: str) -> None:
    case = C2.but(category=Category(category))
    assert code_of(decide("qualifies"), case) is Code.BELOW_THRESHOLD


def test_a_council_off_the_register_does_not_qualify() -> None:
    case = C2.but(council=INELIGIBLE)
    assert code_of(decide("qualifies"), case) is Code.COUNCIL_NOT_ELIGIBLE
    assert decided(case, "out-of-scope").phase is Phase.CLOSED


@pytest.mark.parametrize("category", ["C1", "C2", "C3"])
def test_what_meets_the_threshold_cannot_be_not_qualified(category: str) -> None:
    case = C2.but(category=Category(category))
    assert code_of(decide("not-qualified"), case) is Code.CATEGORY_QUALIFIES


@pytest.mark.parametrize("of", [None, REFERENCE, "CIR-2026-999999"])
def test_a_duplicate_is_one_of_another_case_that_exists(of: str | None) -> None:
    assert code_of(decide("duplicate", of=of), C2) is Code.UNKNOWN_CASE


def test_a_provider_must_be_one_the_case_knows() -> None:
    assert code_of(decide("qualifies", provider="rowan"), C2) is Code.UNKNOWN_PROVIDER


def test_a_provider_must_be_eligible() -> None:
    case = C2.but(providers=(a_provider(conflicts=("XEA",)), a_provider("kestrel")))
    assert code_of(decide("qualifies", provider="alder"), case) is Code.PROVIDER_NOT_ELIGIBLE


def test_a_decline_for_want_of_capacity_ends_with_its_activation() -> None:
    declined = Engagement(declined=(Declined(provider="alder", why="no-capacity"),))
    case = C2.but(engagement=declined)
    assert decided(case, "qualifies", provider="alder").engagement.chosen == "alder"


def test_a_pending_proposal_is_named_before_the_threshold() -> None:
    waiting = C4.but(proposal=Proposal(by="tomas"), council=INELIGIBLE)
    assert code_of(decide("qualifies"), waiting) is Code.APPROVAL_PENDING


def test_the_threshold_is_named_before_the_council() -> None:
    case = C4.but(council=INELIGIBLE)
    assert code_of(decide("qualifies"), case) is Code.BELOW_THRESHOLD


def test_the_council_is_named_before_the_provider() -> None:
    case = C2.but(council=INELIGIBLE)
    assert code_of(decide("qualifies", provider="rowan"), case) is Code.COUNCIL_NOT_ELIGIBLE


def test_a_pending_proposal_is_named_before_an_unknown_case() -> None:
    waiting = C4.but(proposal=Proposal(by="tomas"))
    assert code_of(decide("duplicate"), waiting) is Code.APPROVAL_PENDING


def test_the_five_tests_are_answered_all_and_no_other_and_every_problem_is_told() -> None:
    tests = {"operations": "perhaps", "may-spread": "yes", "weather": "no"}
    payload = {"by": "kaya", "result": "maybe", "tests": tests}
    with pytest.raises(Refused) as caught:
        build("decide", payload)
    assert caught.value.code is Code.INVALID_INPUT
    assert {one["field"] for one in caught.value.details["fields"]} == {
        "result",
        "tests.operations",
        "tests.critical-services",
        "tests.data-integrity",
        "tests.public-interest",
        "tests.weather",
    }


def test_a_decision_is_taken_at_the_desk_with_a_reason() -> None:
    assert (Decide.desk_only, Decide.reasoned) == (True, True)
