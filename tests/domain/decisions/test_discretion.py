"""Support below the threshold takes two people."""

from typing import Any

import pytest

from domain.case import Case, Decision, Proposal
from domain.category import Category
from domain.decisions.discretion import (
    ApproveDiscretionary,
    ProposeDiscretionary,
    RejectDiscretionary,
    WithdrawProposal,
)
from domain.errors import Code
from domain.people import A, Role, T
from domain.phase import Phase
from tests.builders import (
    ANSWERS,
    ONE,
    WHY,
    a_case,
    a_council,
    applied,
    code_of,
    stamped,
    types,
)

C4 = a_case(Phase.ASSESSMENT, category=Category.C4)
WAITING = C4.but(proposal=Proposal(by="kaya"))
PROPOSE = stamped(ProposeDiscretionary, tests=ANSWERS, reason=WHY)
APPROVE = stamped(ApproveDiscretionary, by="ruth", reason=WHY)
REJECT = stamped(RejectDiscretionary, by="ruth", reason=WHY)
WITHDRAW = stamped(WithdrawProposal, reason=WHY)


def after(case: Case, command: Any) -> Case:
    return applied(case, command.decide(case, ONE))


def test_a_proposal_waits_with_its_tests_and_reason_on_the_record() -> None:
    events = PROPOSE.decide(C4, ONE)
    assert types(events) == ("discretionary-proposed",)
    assert events[0].model_dump(exclude={"at"}) == {
        "proposed_by": "kaya",
        "category": "C4",
        "tests": ANSWERS,
        "reason": WHY,
    }
    case = applied(C4, events)
    assert (case.phase, case.proposal) == (Phase.ASSESSMENT, Proposal(by="kaya"))


@pytest.mark.parametrize("category", ["C1", "C2", "C3"])
def test_what_qualifies_by_itself_needs_no_proposal(category: str) -> None:
    case = C4.but(category=Category(category))
    assert code_of(PROPOSE, case) is Code.CATEGORY_QUALIFIES


def test_a_council_that_cannot_qualify_has_the_discretionary_route_at_any_category() -> None:
    case = C4.but(category=Category.C2, council=a_council(eligible=False))
    assert after(case, PROPOSE).proposal is not None


def test_one_proposal_waits_at_a_time() -> None:
    assert code_of(PROPOSE, WAITING) is Code.APPROVAL_PENDING


def test_that_it_qualifies_is_named_before_a_pending_proposal() -> None:
    case = WAITING.but(category=Category.C3)
    assert code_of(PROPOSE, case) is Code.CATEGORY_QUALIFIES


def test_approval_activates_and_is_discretionary_for_ever() -> None:
    events = APPROVE.decide(WAITING, ONE)
    assert types(events) == ("discretionary-approved", "decision-recorded")
    case = applied(WAITING, events)
    assert (case.phase, case.proposal) == (Phase.ACTIVATION, None)
    assert case.decision == Decision(
        result="qualifies", people=("kaya", "ruth"), discretionary=True
    )
    assert case.money.authority_pence == case.policy.initial_authority_pence


def test_a_refusal_leaves_the_case_to_be_decided() -> None:
    events = REJECT.decide(WAITING, ONE)
    assert types(events) == ("discretionary-rejected",)
    case = applied(WAITING, events)
    assert (case.phase, case.proposal, case.decision) == (Phase.ASSESSMENT, None, None)


def test_the_proposer_takes_the_proposal_back() -> None:
    events = WITHDRAW.decide(WAITING, ONE)
    assert types(events) == ("discretionary-withdrawn",)
    assert applied(WAITING, events) == C4


@pytest.mark.parametrize("command", [APPROVE, REJECT, WITHDRAW])
def test_without_a_proposal_there_is_nothing_to_answer(command: Any) -> None:
    assert code_of(command, C4) is Code.NO_PROPOSAL


def test_nobody_else_takes_a_proposal_back() -> None:
    command = stamped(WithdrawProposal, by="martin", reason=WHY)
    assert code_of(command, WAITING) is Code.NOT_YOURS


def test_no_proposal_is_named_before_whose_it_was() -> None:
    command = stamped(WithdrawProposal, by="martin", reason=WHY)
    assert code_of(command, C4) is Code.NO_PROPOSAL


@pytest.mark.parametrize("command", [APPROVE, REJECT])
def test_the_proposer_may_not_answer(command: Any) -> None:
    assert command.other_person(WAITING) == ("kaya",)
    assert command.other_person(C4) == ()


@pytest.mark.parametrize(
    ("command", "least"),
    [
        (ProposeDiscretionary, T),
        (ApproveDiscretionary, A),
        (RejectDiscretionary, A),
        (WithdrawProposal, T),
    ],
)
def test_each_is_taken_at_the_desk_with_a_reason(command: Any, least: Role) -> None:
    assert command.who == {least}
    assert (command.desk_only, command.reasoned) == (True, True)
    assert command.phases == {Phase.ASSESSMENT}
