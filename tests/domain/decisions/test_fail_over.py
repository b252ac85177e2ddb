"""Another provider takes the case over, and what becomes of offers and orders (guide j 8)."""

from typing import Any

import pytest

from domain.case import Case, Offer, PhaseExit
from domain.decisions.fail_over import FailOver
from domain.engagement import Declined, Engagement
from domain.errors import Code
from domain.phase import Phase, RecoveryAnswer
from domain.work import AcceptedRates
from tests.builders import (
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
    ordered,
    stamped,
    types,
)

OUR_ORDER = {
    "said_by": SAID_BY,
    "authority": {"post": "s151", "how": "signed letter"},
    "card": "kestrel-recovery",
}
PLAIN = ("provider-failed-over", "provider-stood-down", "provider-assigned", "provider-called-out")


def fail_over(**more: Any) -> FailOver:
    return stamped(FailOver, by="priya", reason=WHY, **more)


def stands(**changes: Any) -> FailOver:
    return fail_over(order_stands={**OUR_ORDER, **changes})


def after(case: Case, command: FailOver) -> Case:
    return applied(case, command.decide(case, ONE))


@pytest.mark.parametrize(
    "phase", [Phase.ACTIVATION, Phase.CONTAINMENT, Phase.ERADICATION, Phase.RECOVERY_OFFER]
)
def test_the_provider_is_stood_down_and_the_other_one_called_out(phase: Phase) -> None:
    case = a_case(phase)
    command = fail_over(evidence_transfer="images and notes")
    events = command.decide(case, ONE)
    assert types(events) == PLAIN
    engagement = applied(case, events).engagement
    assert (engagement.provider, engagement.last_provider) == ("kestrel", "kestrel")
    assert engagement.failed_over == ("alder",)
    assert engagement.ever_called == ("alder", "kestrel")
    call_out = engagement.open_call_out
    assert call_out is not None
    assert (call_out.provider, call_out.why, call_out.called_at) == ("kestrel", "fail-over", ONE)
    assert applied(case, events).phase is phase


def test_the_facts_say_from_whom_to_whom_and_who_stands_down() -> None:
    events = fail_over(evidence_transfer="nothing held").decide(a_case(Phase.ACTIVATION), ONE)
    failed, stood_down = events[0].model_dump(), events[1].model_dump()
    assert (failed["former"], failed["to"]) == ("alder", "kestrel")
    assert failed["evidence_transfer"] == "nothing held"
    assert (stood_down["provider"], stood_down["turn_given_back"]) == ("alder", True)


def test_in_activation_the_scope_is_agreed_anew() -> None:
    case = a_case(Phase.ACTIVATION, engagement=in_contact())
    engagement = after(case, fail_over()).engagement
    assert engagement.call_out is not None
    assert engagement.call_out.contact_at is None
    assert (engagement.scope_agreed, engagement.contacted_at) == (False, NOON)


def test_a_pending_phase_exit_lapses() -> None:
    case = a_case(Phase.CONTAINMENT, exit=PhaseExit(phase=Phase.CONTAINMENT, by="alder"))
    events = fail_over().decide(case, ONE)
    assert types(events) == (PLAIN[0], "phase-exit-lapsed", *PLAIN[1:])
    assert applied(case, events).exit is None


@pytest.mark.parametrize("phase", [Phase.ERADICATION, Phase.RECOVERY_OFFER])
def test_an_unanswered_offer_of_the_old_provider_is_withdrawn(phase: Phase) -> None:
    offer = Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON)
    case = a_case(phase, offer=offer)
    events = fail_over().decide(case, ONE)
    assert types(events) == (PLAIN[0], "recovery-offer-withdrawn", *PLAIN[1:])
    assert applied(case, events).offer is None


def test_recovery_goes_back_to_the_offer_when_the_order_does_not_stand() -> None:
    case = a_case(Phase.RECOVERY)
    result = after(case, fail_over())
    assert (result.phase, result.recovery_answer) == (Phase.RECOVERY_OFFER, None)
    assert result.money == ordered()  # the order still covers the old provider's work
    assert result.entered_at == ONE


@pytest.mark.parametrize("phase", [Phase.CONTAINMENT, Phase.ERADICATION])
def test_before_recovery_the_way_leads_to_the_offer_again(phase: Phase) -> None:
    case = a_case(phase, money=ordered(), recovery_answer=RecoveryAnswer.ACCEPTED)
    result = after(case, fail_over())
    assert (result.phase, result.recovery_answer) == (phase, None)


@pytest.mark.parametrize("phase", [Phase.CONTAINMENT, Phase.ERADICATION, Phase.RECOVERY])
def test_an_order_that_stands_keeps_the_phase_and_copies_the_new_rates(phase: Phase) -> None:
    case = a_case(phase, money=ordered(), recovery_answer=RecoveryAnswer.ACCEPTED)
    events = stands().decide(case, ONE)
    assert types(events) == PLAIN
    result = applied(case, events)
    assert (result.phase, result.recovery_answer) == (phase, RecoveryAnswer.ACCEPTED)
    new = AcceptedRates(provider="kestrel", card="kestrel-recovery", rates=RATES)
    assert result.money.accepted == (*ordered().accepted, new)
    assert result.money.order == ordered().order


def test_a_rejected_recovery_stays_rejected() -> None:
    case = a_case(Phase.ERADICATION, recovery_answer=RecoveryAnswer.REJECTED)
    assert after(case, fail_over()).recovery_answer is RecoveryAnswer.REJECTED


def test_without_a_provider_there_is_nobody_to_fail_over_from() -> None:
    case = a_case(Phase.ACTIVATION, engagement=Engagement())
    assert code_of(fail_over(), case) is Code.NO_PROVIDER


@pytest.mark.parametrize(
    "other",
    [
        a_provider("kestrel", conflicts=("XEA",)),
        a_provider("kestrel", contract_to="2026-11-22"),
    ],
)
def test_an_other_provider_that_may_not_come_is_none(other: Any) -> None:
    case = a_case(Phase.CONTAINMENT, providers=(a_provider(), other))
    assert code_of(fail_over(), case) is Code.NO_OTHER_PROVIDER


def test_one_that_declined_for_a_conflict_is_not_recalled() -> None:
    declined = (Declined(provider="kestrel", why="conflict-of-interest"),)
    engagement = at_work(declined=declined, conflicted=("kestrel",))
    case = a_case(Phase.CONTAINMENT, engagement=engagement)
    assert code_of(fail_over(), case) is Code.NO_OTHER_PROVIDER


def test_a_fail_over_recalls_one_that_had_no_capacity_or_was_failed_over_from() -> None:
    declined = (Declined(provider="kestrel", why="no-capacity"),)
    engagement = called_out(declined=declined, failed_over=("kestrel",))
    case = a_case(Phase.ACTIVATION, engagement=engagement)
    result = after(case, fail_over()).engagement
    assert (result.provider, result.failed_over) == ("kestrel", ("kestrel", "alder"))


def test_among_several_one_that_is_plainly_eligible_comes_first() -> None:
    declined = (Declined(provider="kestrel", why="no-capacity"),)
    case = a_case(
        Phase.ACTIVATION,
        providers=(a_provider(), a_provider("kestrel"), a_provider("rowan")),
        engagement=called_out(declined=declined),
    )
    assert after(case, fail_over()).engagement.provider == "rowan"


@pytest.mark.parametrize(
    "lacking",
    [
        {"authority": None},
        {"authority": {"post": "s151"}},
        {"authority": {"post": "s151", "how": " "}},
        {"authority": {"post": "Head of ICT", "how": "signed letter"}},
        {"said_by": None},
        {"said_by": {"name": "Joanna Hale", "post": "s151"}},
        {"said_by": {**SAID_BY, "verified": {"by": "kaya"}}},
        {"said_by": {**SAID_BY, "verified": {"how": "", "by": "kaya"}}},
    ],
)
def test_that_an_order_stands_needs_authority_in_writing(lacking: dict[str, Any]) -> None:
    assert code_of(stands(**lacking), a_case(Phase.RECOVERY)) is Code.AUTHORITY_NEEDED


@pytest.mark.parametrize("card", [None, "alder-recovery", "kestrel-response", "no-such-card"])
def test_that_an_order_stands_needs_a_recovery_card_of_the_new_provider(card: str | None) -> None:
    assert code_of(stands(card=card), a_case(Phase.RECOVERY)) is Code.NO_RATE_CARD


def test_a_card_that_is_not_in_force_is_no_card() -> None:
    old = {
        "id": "kestrel-recovery",
        "kind": "recovery",
        "from": "2025-04-01",
        "to": "2026-11-22",
        "rates": RATES,
    }
    case = a_case(Phase.RECOVERY, providers=(a_provider(), a_provider("kestrel", cards=[old])))
    assert code_of(stands(), case) is Code.NO_RATE_CARD


def test_that_nobody_is_on_the_case_is_named_before_that_nobody_else_is() -> None:
    case = a_case(Phase.ACTIVATION, engagement=Engagement(), providers=(a_provider(),))
    assert code_of(fail_over(), case) is Code.NO_PROVIDER


def test_that_nobody_else_may_come_is_named_before_authority() -> None:
    case = a_case(Phase.RECOVERY, providers=(a_provider(),))
    assert code_of(stands(authority=None), case) is Code.NO_OTHER_PROVIDER


def test_authority_is_named_before_the_card() -> None:
    assert code_of(stands(authority=None, card=None), a_case(Phase.RECOVERY)) is (
        Code.AUTHORITY_NEEDED
    )


def test_edge_18_a_case_whose_provider_is_out_of_contract_is_failed_over_by_a_person() -> None:
    ended = a_provider(contract_to="2026-11-22")
    case = a_case(Phase.CONTAINMENT, providers=(ended, a_provider("kestrel")))
    assert case.engagement.provider == "alder"  # the case goes on until somebody acts
    assert after(case, fail_over()).engagement.provider == "kestrel"
