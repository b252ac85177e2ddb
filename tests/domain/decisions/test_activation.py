"""A provider is put on the case; the council declines, comes back, withdraws, agrees scope."""

from typing import Any

import pytest

from domain.case import Case, Decision, Offer, PhaseExit, Proposal
from domain.clock_run import Window
from domain.decider import build, carry_out, decide
from domain.decisions.activation import (
    AgreeScope,
    AssignProvider,
    DeclineService,
    ReOfferService,
    Withdraw,
)
from domain.engagement import Declined, Engagement
from domain.errors import Code, Refused
from domain.people import M, S
from domain.phase import Outcome, Phase
from domain.rotation import candidates
from domain.work import ItemState, Money, WorkItem
from tests.builders import (
    DAY,
    NOON,
    ONE,
    RATES,
    SAID_BY,
    WHY,
    a_case,
    a_provider,
    applied,
    at_work,
    called_out,
    code_of,
    in_contact,
    refusal,
    stamped,
    types,
)

WAITING = a_case(Phase.ACTIVATION, engagement=Engagement())
OFFER_OPEN = Window(window="offer-open", opened_at=NOON, ends_at=NOON + 14 * DAY)
DECLINE = stamped(DeclineService, said_by=SAID_BY, why="insurer-panel", reason=WHY)
RE_OFFER = stamped(ReOfferService, said_by=SAID_BY, reason=WHY)
WITHDRAW = stamped(Withdraw, said_by=SAID_BY, reason=WHY)


def assign(provider: str = "alder", why: str = "rotation", **more: Any) -> AssignProvider:
    by = "priya" if why == "override" else "system"
    return stamped(AssignProvider, **{"by": by, "provider": provider, "why": why, **more})


def without_capacity(*, failed_over: tuple[str, ...] = ()) -> Case:
    declined = (Declined(provider="kestrel", why="no-capacity"),)
    return WAITING.but(engagement=Engagement(declined=declined, failed_over=failed_over))


def test_a_provider_is_put_on_the_case_and_called_out() -> None:
    events = assign().decide(WAITING, ONE)
    assert types(events) == ("provider-assigned", "provider-called-out")
    engagement = applied(WAITING, events).engagement
    assert engagement == called_out(
        call_out=engagement.call_out, first_called_at=ONE, chosen=None, assigned=True
    )
    call_out = engagement.open_call_out
    assert call_out is not None
    assert (call_out.provider, call_out.why, call_out.called_at) == ("alder", "rotation", ONE)


def test_a_provider_asked_for_by_name_is_asked_for_once() -> None:
    asked = WAITING.but(engagement=Engagement(chosen="kestrel"))
    after = applied(asked, assign("kestrel", "by-choice").decide(asked, ONE))
    assert (after.engagement.provider, after.engagement.chosen) == ("kestrel", None)


def test_the_first_call_out_of_the_activation_and_of_the_case_are_kept() -> None:
    before = Engagement(first_called_at=NOON, first_call_out_on=NOON.date(), ever_called=("alder",))
    events = assign("kestrel").decide(WAITING.but(engagement=before), ONE + DAY)
    after = applied(WAITING.but(engagement=before), events).engagement
    assert (after.first_called_at, after.first_call_out_on) == (NOON, NOON.date())
    assert after.ever_called == ("alder", "kestrel")


def test_a_provider_called_out_again_is_remembered_once() -> None:
    before = WAITING.but(engagement=Engagement(ever_called=("alder",)))
    assert applied(before, assign().decide(before, ONE)).engagement.ever_called == ("alder",)


def test_the_day_of_the_first_call_out_is_the_day_in_the_united_kingdom() -> None:
    late = NOON.replace(month=6, hour=23, minute=30)
    after = applied(WAITING, assign().decide(WAITING, late)).engagement
    assert after.first_call_out_on == late.date().replace(day=24)


def test_an_override_is_a_managers_alone() -> None:
    assert AssignProvider.least_roles({"why": "override"}) == {M}
    assert AssignProvider.least_roles({"why": "rotation"}) == {S, M}


def test_an_override_recalls_one_that_had_no_capacity() -> None:
    case = without_capacity()
    events = assign("kestrel", "override", reason=WHY).decide(case, ONE)
    assert applied(case, events).engagement.provider == "kestrel"


@pytest.mark.parametrize("reason", [None, "too short", " " * 12, "x" * 2001])
def test_an_override_needs_a_reason(reason: str | None) -> None:
    command = assign("kestrel", "override", reason=reason, if_version=1)
    with pytest.raises(Refused) as caught:  # before the version and the phase are looked at
        decide(without_capacity().but(phase=Phase.CLOSED), command, ONE)
    assert caught.value.code is Code.REASON_NEEDED


def test_only_a_provider_the_case_knows_is_called_out() -> None:
    assert code_of(assign("rowan"), WAITING) is Code.UNKNOWN_PROVIDER


@pytest.mark.parametrize("engagement", [called_out(), in_contact(), at_work()])
def test_one_provider_is_on_a_case_at_a_time(engagement: Engagement) -> None:
    case = WAITING.but(engagement=engagement)
    assert code_of(assign("kestrel"), case) is Code.ALREADY_CALLED_OUT


def test_one_that_is_not_eligible_is_not_called_out() -> None:
    refused = refusal(assign("kestrel", "by-choice"), without_capacity())
    assert refused.code is Code.PROVIDER_NOT_ELIGIBLE
    assert "override" in refused.message


def test_the_system_does_not_recall_one_that_was_failed_over_from_but_a_person_does() -> None:
    case = without_capacity(failed_over=("alder",))
    assert code_of(assign("alder"), case) is Code.PROVIDER_NOT_ELIGIBLE
    by_hand = assign("alder", "by-choice", by="priya").decide(case, ONE)
    assert applied(case, by_hand).engagement.provider == "alder"


def test_an_unknown_provider_is_named_before_who_is_on_the_case() -> None:
    assert code_of(assign("rowan"), a_case(Phase.ACTIVATION)) is Code.UNKNOWN_PROVIDER


def test_who_is_on_the_case_is_named_before_eligibility() -> None:
    case = a_case(
        Phase.ACTIVATION, providers=(a_provider(), a_provider("kestrel", conflicts=("XEA",)))
    )
    assert code_of(assign("kestrel"), case) is Code.ALREADY_CALLED_OUT


def test_an_override_never_recalls_one_with_a_conflict() -> None:
    case = WAITING.but(engagement=Engagement(conflicted=("kestrel",)))
    command = assign("kestrel", "override", reason=WHY)
    assert code_of(command, case) is Code.PROVIDER_NOT_ELIGIBLE


def test_a_decline_before_contact_closes_the_case_and_stands_the_provider_down() -> None:
    case = a_case(Phase.ACTIVATION)
    events = DECLINE.decide(case, ONE)
    assert types(events) == ("service-declined", "provider-stood-down")
    assert events[1].model_dump()["turn_given_back"]
    after = applied(case, events)
    assert (after.phase, after.outcome, after.closed_at) == (Phase.CLOSED, Outcome.DECLINED, ONE)
    assert (after.engagement.provider, after.engagement.last_provider) == (None, "alder")


@pytest.mark.parametrize("command", [DECLINE, WITHDRAW])
@pytest.mark.parametrize("phase", [Phase.CONTAINMENT, Phase.ERADICATION])
def test_what_there_is_to_bill_ends_in_closing(command: Any, phase: Phase) -> None:
    case = a_case(phase)
    after = applied(case, command.decide(case, ONE))
    assert (after.phase, after.closed_at) == (Phase.CLOSING, None)


def test_a_work_item_without_any_contact_is_billable_too() -> None:
    item = WorkItem(
        item="i1",
        provider="alder",
        content="x",
        worked_on=NOON.date(),
        grade="lead",
        minutes=60,
        phase="containment",
        description="Preparation.",
        ledger="A",
        amount_pence=100,
        state=ItemState.HELD,
    )
    case = a_case(Phase.ACTIVATION, money=Money(items=(item,)))
    assert applied(case, WITHDRAW.decide(case, ONE)).phase is Phase.CLOSING
    void = case.but(money=Money(items=(item.but(state=ItemState.VOID),)))
    assert applied(void, WITHDRAW.decide(void, ONE)).phase is Phase.CLOSED


@pytest.mark.parametrize(
    ("command", "first"), [(DECLINE, "service-declined"), (WITHDRAW, "case-withdrawn")]
)
def test_the_end_makes_pending_things_void_on_the_record(command: Any, first: str) -> None:
    case = a_case(
        Phase.ERADICATION,
        exit=PhaseExit(phase=Phase.ERADICATION, by="alder"),
        offer=Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON),
    )
    events = command.decide(case, ONE)
    assert types(events) == (
        first,
        "phase-exit-lapsed",
        "recovery-offer-withdrawn",
        "provider-stood-down",
    )
    after = applied(case, events)
    assert (after.exit, after.offer, after.engagement.provider) == (None, None, None)


def test_a_withdrawal_in_assessment_ends_a_pending_proposal() -> None:
    case = a_case(Phase.ASSESSMENT, proposal=Proposal(by="kaya"))
    events = WITHDRAW.decide(case, ONE)
    assert types(events) == ("case-withdrawn", "discretionary-lapsed")
    after = applied(case, events)
    assert (after.phase, after.outcome) == (Phase.CLOSED, Outcome.WITHDRAWN)
    assert after.proposal is None


@pytest.mark.parametrize("name", ["decline-service", "re-offer-service", "withdraw"])
@pytest.mark.parametrize("said_by", [None, {"name": "Jo", "post": "cio"}])
def test_the_councils_word_counts_only_verified(name: str, said_by: object) -> None:
    payload = {"by": "kaya", "reason": WHY, "said_by": said_by, "why": "other"}
    with pytest.raises(Refused) as caught:
        build(name, payload)
    assert caught.value.code is Code.INVALID_INPUT


def declined(**changes: Any) -> Case:
    known: dict[str, Any] = {
        "outcome": Outcome.DECLINED,
        "recovery_answer": None,
        "engagement": called_out().but(provider=None, call_out=None),
        "windows": (OFFER_OPEN,),
    }
    return a_case(Phase.CLOSED, **{**known, **changes})


def test_edge_10_a_council_that_returns_on_day_3_has_the_same_case_and_provider() -> None:
    case = declined()
    events = RE_OFFER.decide(case, NOON + 3 * DAY)
    assert types(events) == ("service-re-offered",)
    after = applied(case, events)
    assert (after.phase, after.outcome, after.closed_at) == (Phase.ACTIVATION, None, None)
    assert after.decision == Decision(result="qualifies", people=("kaya",))
    assert not after.engagement.assigned
    assert candidates(after, NOON + 3 * DAY) == ("alder",)


def test_edge_10_after_a_fortnight_the_offer_has_ended() -> None:
    case = a_case(Phase.ACTIVATION)
    closed = carry_out(case, DECLINE, ONE, "i1").settled.case
    with pytest.raises(Refused) as caught:
        carry_out(closed, RE_OFFER, ONE + 15 * DAY, "i2")
    assert caught.value.code is Code.OFFER_ENDED


@pytest.mark.parametrize("outcome", [Outcome.SUPPORTED, Outcome.WITHDRAWN, Outcome.NOT_QUALIFIED])
def test_only_what_was_declined_is_offered_again(outcome: Outcome) -> None:
    case = declined(outcome=outcome, windows=())
    assert code_of(RE_OFFER, case) is Code.NOT_DECLINED


def test_a_re_offer_does_not_raise_the_authority() -> None:
    case = declined(money=Money(authority_pence=9_000_000))
    assert applied(case, RE_OFFER.decide(case, ONE)).money.authority_pence == 9_000_000


def agree(by: str = "alder") -> AgreeScope:
    return stamped(AgreeScope, by=by, summary="Servers and identity.", agreed_by="Jo Hale, ICT")


@pytest.mark.parametrize(("by", "by_staff"), [("alder", False), ("kaya", True)])
def test_agreed_scope_begins_containment(by: str, by_staff: bool) -> None:  # noqa: FBT001
    case = a_case(Phase.ACTIVATION, engagement=in_contact())
    events = agree(by).decide(case, ONE)
    assert types(events) == ("scope-agreed",)
    assert events[0].model_dump()["by_staff"] is by_staff
    after = applied(case, events)
    assert (after.phase, after.attempts.containment) == (Phase.CONTAINMENT, 1)
    assert (after.engagement.scope_agreed, after.engagement.scope_ever) == (True, True)


@pytest.mark.parametrize(
    "engagement",
    [Engagement(), called_out(), in_contact().but(provider=None), called_out(contacted_at=NOON)],
)
def test_scope_is_agreed_only_by_a_provider_that_reached_the_council(
    engagement: Engagement,
) -> None:
    case = a_case(Phase.ACTIVATION, engagement=engagement)
    assert code_of(agree("kaya"), case) is Code.CONTACT_NOT_MADE
