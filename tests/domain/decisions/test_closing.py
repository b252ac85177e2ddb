"""The final report, the two people it takes to close a case, and feedback."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import Case, CloseProposal, HandOver, PolicyChange
from domain.command import Command
from domain.decider import build, decide
from domain.decisions.closing import (
    ConfirmClose,
    ProposeClose,
    RecordFeedback,
    RecordFinalReport,
)
from domain.engagement import KNOWS_DECLINERS, Declined, Engagement
from domain.errors import Code, Refused
from domain.phase import Outcome, Phase
from domain.work import Money, SpendRequest
from tests.builders import (
    ONE,
    SAID_BY,
    WHY,
    a_case,
    applied,
    at_work,
    code_of,
    refusal,
    stamped,
    types,
)

DATA = ("data-return",)


def closing(**changes: Any) -> Case:
    """Return a case in closing to which nothing is missing."""
    done = {"final_report": "FR-1", "data_return": "confirmed"}
    return a_case(Phase.CLOSING, **{**done, **changes})


def proposed(by: str = "kaya", data_return: str = "confirmed", **changes: Any) -> Case:
    waive = changes.pop("waive", ())
    proposal = CloseProposal(by=by, data_return=data_return, waive=waive)
    return closing(close_proposal=proposal, **changes)


def propose(**changes: Any) -> ProposeClose:
    inputs = {"lessons": "Ask about old accounts.", "data_return": "confirmed", **changes}
    return stamped(ProposeClose, by="kaya", **inputs)


def confirm(by: str = "martin", **more: Any) -> ConfirmClose:
    return stamped(ConfirmClose, by=by, reason=WHY, **more)


def report(by: str = "alder", **changes: Any) -> RecordFinalReport:
    inputs = {"reference": "AF-REPORT-101", "data_return": "pending", **changes}
    return stamped(RecordFinalReport, by=by, **inputs)


def after(case: Case, command: Command) -> Case:
    return applied(case, command.decide(case, ONE))


def shared_code(case: Case, command: Command) -> Code:
    with pytest.raises(Refused) as caught:
        decide(case, command, ONE)
    return caught.value.code


def test_the_final_report_is_kept_and_a_later_one_takes_its_place() -> None:
    case = a_case(Phase.CLOSING)
    events = report().decide(case, ONE)
    assert types(events) == ("final-report-recorded",)
    assert events[0].model_dump()["by_staff"] is False
    case = applied(case, events)
    assert (case.final_report, case.data_return) == ("AF-REPORT-101", "pending")
    case = after(case, report(by="kaya", reference="AF-REPORT-102", data_return="confirmed"))
    assert (case.final_report, case.data_return) == ("AF-REPORT-102", "confirmed")


def test_a_provider_that_was_stood_down_may_still_report() -> None:
    case = a_case(
        Phase.ERADICATION, engagement=at_work("kestrel", ever_called=("alder", "kestrel"))
    )
    assert types(decide(case, report("alder"), ONE)) == ("final-report-recorded",)


def test_a_provider_that_only_declined_has_nothing_to_report() -> None:
    declined = (Declined(provider="kestrel", why="no-capacity"),)
    engagement = at_work(ever_called=("kestrel", "alder"), declined=declined)
    case = a_case(Phase.ERADICATION, engagement=engagement, rules=KNOWS_DECLINERS)
    assert shared_code(case, report("kestrel")) is Code.NOT_THE_PROVIDER
    came = case.but(engagement=engagement.but(stood_down=("kestrel",)))
    assert types(decide(came, report("kestrel"), ONE)) == ("final-report-recorded",)
    older = case.but(rules=KNOWS_DECLINERS - 1)
    assert types(decide(older, report("kestrel"), ONE)) == ("final-report-recorded",)


def test_a_provider_that_was_never_called_out_has_nothing_to_report() -> None:
    assert shared_code(a_case(Phase.CLOSING), report("kestrel")) is Code.NOT_THE_PROVIDER


def test_a_proposal_waits_for_another_person() -> None:
    events = propose().decide(closing(), ONE)
    assert types(events) == ("close-proposed",)
    case = applied(closing(), events)
    assert case.close_proposal == CloseProposal(by="kaya", data_return="confirmed")
    assert case.phase is Phase.CLOSING


def test_a_proposal_says_what_the_checklist_lacks() -> None:
    refused = refusal(propose(data_return="not-applicable"), a_case(Phase.CLOSING))
    assert refused.code is Code.CHECKLIST_INCOMPLETE
    assert refused.details == {"missing": ("final-report", "data-return")}


def test_a_waiver_is_asked_for_in_the_proposal() -> None:
    case = closing(data_return="pending")
    command = propose(data_return="not-applicable", waive=DATA)
    assert after(case, command).close_proposal == CloseProposal(
        by="kaya", data_return="not-applicable", waive=DATA
    )


@pytest.mark.parametrize("item", ["billing", "held-work", "open-escalations", "none-such"])
def test_nothing_but_three_items_can_be_waived(item: str) -> None:
    with pytest.raises(ValidationError):
        propose(waive=(item,))
    with pytest.raises(ValidationError):
        confirm(by="ruth", waive=(item,))


def test_a_case_is_closed_by_a_second_person() -> None:
    case = proposed()
    events = confirm().decide(case, ONE)
    assert types(events) == ("case-closed",)
    assert events[0].model_dump()["outcome"] == Outcome.SUPPORTED
    closed = applied(case, events)
    assert (closed.phase, closed.outcome, closed.closed_at) == (
        Phase.CLOSED,
        Outcome.SUPPORTED,
        ONE,
    )
    assert (closed.close_proposal, closed.waived) == (None, ())


def test_closing_makes_void_what_waited() -> None:
    case = proposed(
        money=Money(request=SpendRequest(by="kaya", amount_pence=7_000_000)),
        policy_change=PolicyChange(by="helen", settings={}, apply_to_running=False),
        hand_over=HandOver(giver="kaya", to="tomas"),
    )
    closed = after(case, confirm())
    assert (closed.money.request, closed.policy_change, closed.hand_over) == (None, None, None)


def test_without_a_proposal_there_is_nothing_to_confirm() -> None:
    assert code_of(confirm(), closing()) is Code.NO_CLOSE_PROPOSED


def test_a_missing_proposal_answers_before_the_checklist() -> None:
    assert code_of(confirm(), a_case(Phase.CLOSING)) is Code.NO_CLOSE_PROPOSED


def test_what_is_asked_for_is_not_yet_waived() -> None:
    case = proposed(data_return="not-applicable", waive=DATA).but(data_return="pending")
    refused = refusal(confirm(), case)
    assert refused.code is Code.CHECKLIST_INCOMPLETE
    assert refused.details == {"missing": DATA}


def test_a_waiver_is_given_by_name_and_kept() -> None:
    case = proposed(data_return="not-applicable", waive=DATA).but(data_return="pending")
    (event,) = confirm(by="helen", waive=DATA).decide(case, ONE)
    said = event.model_dump()
    assert (said["waived"], said["closed_by"], said["reason"]) == (DATA, "helen", WHY)
    closed = event.apply(case)
    assert (closed.waived, closed.data_return) == (DATA, "pending")


def test_a_waiver_nobody_asked_for_does_not_count() -> None:
    case = proposed().but(final_report=None)
    refused = refusal(confirm(by="helen", waive=("final-report",)), case)
    assert refused.details == {"missing": ("final-report",)}


def test_a_case_without_work_keeps_what_the_proposal_says_of_data() -> None:
    case = proposed(data_return="not-applicable", engagement=Engagement(), final_report=None).but(
        data_return=None
    )
    assert after(case, confirm()).data_return == "not-applicable"


@pytest.mark.parametrize(
    ("by", "waive", "allowed"),
    [
        ("martin", (), True),
        ("ruth", (), True),
        ("tomas", (), False),
        ("martin", DATA, False),
        ("ruth", DATA, True),
        ("helen", DATA, True),
        ("amory", DATA, True),
    ],
)
def test_a_waiver_takes_a_senior_approver_or_above(
    by: str, waive: tuple[str, ...], *, allowed: bool
) -> None:
    case = proposed(waive=waive)
    command = confirm(by, waive=waive)
    if allowed:
        assert types(decide(case, command, ONE)) == ("case-closed",)
    else:
        assert shared_code(case, command) is Code.ROLE_NOT_ALLOWED


def test_whoever_proposed_does_not_confirm() -> None:
    assert shared_code(proposed(by="martin"), confirm("martin")) is Code.SAME_PERSON


@pytest.mark.parametrize("phase", [Phase.CLOSING, Phase.CLOSED])
def test_feedback_is_kept(phase: Phase) -> None:
    command = stamped(RecordFeedback, by="kaya", score=4, text="Fast and kind.", said_by=SAID_BY)
    (event,) = decide(a_case(phase), command, ONE)
    assert (event.type, event.model_dump()["score"]) == ("feedback-recorded", 4)


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_is_one_to_five(score: int) -> None:
    with pytest.raises(ValidationError):
        stamped(RecordFeedback, by="kaya", score=score, text="Fine.", said_by=SAID_BY)


@pytest.mark.parametrize(
    ("name", "by", "inputs"),
    [
        ("record-final-report", "alder", {"reference": "FR-1", "data_return": "confirmed"}),
        ("propose-close", "kaya", {"lessons": "None.", "data_return": "confirmed"}),
        ("confirm-close", "ruth", {"reason": WHY}),
        ("record-ico", "kaya", {"result": "reported", "at": ONE}),
        ("record-other-report", "kaya", {"body": "police", "at": ONE}),
        ("record-feedback", "kaya", {"text": "Fine.", "said_by": SAID_BY}),
        ("reopen", "priya", {"to": "closing", "trigger": "audit", "reason": WHY}),
    ],
)
def test_the_group_is_taken_from_the_desk_only(name: str, by: str, inputs: dict[str, Any]) -> None:
    assert shared_code(closing(), build(name, {"by": by, **inputs})) is Code.DESK_ONLY
