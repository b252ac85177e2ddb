"""Offering recovery, and every answer that is not yes (guide d, g and j 8)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import Case, CloseProposal, Offer, PhaseExit
from domain.command import Command
from domain.decisions.recovery import LapseRecovery, OfferRecovery, RejectRecovery
from domain.decisions.recovery_end import CloseWithoutRecovery, StopRecovery
from domain.engagement import Engagement
from domain.errors import Code
from domain.phase import Outcome, Phase, RecoveryAnswer
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
    code_of,
    stamped,
    types,
)

OFFER = Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON)
LAPSES_AT = datetime(2026, 12, 7, 12, tzinfo=UTC)
"""Ten working days after noon on Monday, 23 November 2026."""


def offer(card: str = "alder-recovery", **more: Any) -> OfferRecovery:
    return stamped(OfferRecovery, by="priya", card=card, estimate_pence=3_600_000, **more)


def reject() -> RejectRecovery:
    return stamped(RejectRecovery, by="kaya", said_by=SAID_BY, reason=WHY)


def lapse() -> LapseRecovery:
    return stamped(LapseRecovery, by="priya", reason=WHY)


def close_without(why: str = "other", **more: Any) -> CloseWithoutRecovery:
    return stamped(CloseWithoutRecovery, by="priya", why=why, reason=WHY, **more)


def stop() -> StopRecovery:
    return stamped(StopRecovery, by="priya", said_by=SAID_BY, reason=WHY)


def after(case: Case, command: Command, at: datetime = ONE) -> Case:
    return applied(case, command.decide(case, at))


@pytest.mark.parametrize("phase", [Phase.ERADICATION, Phase.RECOVERY_OFFER])
def test_an_offer_copies_the_rates_in_and_leaves_the_phase(phase: Phase) -> None:
    case = a_case(phase, recovery_answer=RecoveryAnswer.REJECTED)
    events = offer(terms="CIR-RECOVERY-TERMS-1").decide(case, ONE)
    assert types(events) == ("recovery-offered",)
    said = events[0].model_dump()
    assert (said["rates"], said["estimate_pence"]) == (RATES, 3_600_000)
    offered = applied(case, events)
    assert offered.offer == OFFER.but(offered_at=ONE)
    assert (offered.phase, offered.recovery_answer) == (phase, None)


def test_an_offer_from_closing_leads_back_to_where_an_answer_is_due() -> None:
    case = a_case(
        Phase.CLOSING,
        close_proposal=CloseProposal(by="kaya", data_return="confirmed"),
        engagement=at_work().but(provider=None),
    )
    offered = after(case, offer())
    assert (offered.phase, offered.outcome) == (Phase.RECOVERY_OFFER, None)
    assert (offered.recovery_answer, offered.close_proposal) == (None, None)


def test_recovery_that_was_accepted_is_not_offered_again() -> None:
    case = a_case(Phase.ERADICATION, recovery_answer=RecoveryAnswer.ACCEPTED)
    assert code_of(offer(), case) is Code.ALREADY_ACCEPTED


def test_an_acceptance_answers_before_a_pending_offer() -> None:
    case = a_case(Phase.ERADICATION, recovery_answer=RecoveryAnswer.ACCEPTED, offer=OFFER)
    assert code_of(offer(), case) is Code.ALREADY_ACCEPTED


def test_only_one_offer_waits_at_a_time() -> None:
    assert code_of(offer(), a_case(Phase.RECOVERY_OFFER, offer=OFFER)) is Code.OFFER_PENDING


def test_a_pending_offer_answers_before_the_card() -> None:
    case = a_case(Phase.RECOVERY_OFFER, offer=OFFER)
    assert code_of(offer("none-such"), case) is Code.OFFER_PENDING


@pytest.mark.parametrize("card", ["none-such", "alder-response", "kestrel-recovery"])
def test_the_card_is_a_recovery_card_of_the_provider_on_the_case(card: str) -> None:
    assert code_of(offer(card), a_case(Phase.RECOVERY_OFFER)) is Code.NO_RATE_CARD


def test_the_card_has_to_be_in_force() -> None:
    old = a_provider(cards=[{**_recovery_card(), "to": "2026-11-22"}])
    last_day = a_provider(cards=[{**_recovery_card(), "to": "2026-11-23"}])
    assert code_of(offer(), a_case(Phase.RECOVERY_OFFER, providers=(old,))) is Code.NO_RATE_CARD
    offered = after(a_case(Phase.RECOVERY_OFFER, providers=(last_day,)), offer())
    assert offered.offer is not None


def _recovery_card() -> dict[str, Any]:
    return {"id": "alder-recovery", "kind": "recovery", "from": "2026-04-01", "rates": RATES}


def test_nobody_on_the_case_has_no_card() -> None:
    case = a_case(Phase.RECOVERY_OFFER, engagement=at_work().but(provider=None))
    assert code_of(offer(), case) is Code.NO_RATE_CARD


def test_a_case_that_no_provider_ever_came_to_has_no_card() -> None:
    case = a_case(
        Phase.CLOSING,
        engagement=Engagement(),
        recovery_answer=None,
        outcome=Outcome.NOT_QUALIFIED,
    )
    assert code_of(offer(), case) is Code.NO_RATE_CARD


def test_a_round_that_ended_before_recovery_was_due_gets_no_offer() -> None:
    case = a_case(Phase.CLOSING, recovery_answer=None, outcome=Outcome.WITHDRAWN)
    assert code_of(offer(), case) is Code.WRONG_PHASE


def test_a_rejected_offer_leads_to_closing_as_supported() -> None:
    case = a_case(Phase.RECOVERY_OFFER, offer=OFFER)
    events = reject().decide(case, ONE)
    assert types(events) == ("recovery-rejected",)
    rejected = applied(case, events)
    assert (rejected.phase, rejected.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert (rejected.offer, rejected.recovery_answer) == (None, RecoveryAnswer.REJECTED)


def test_an_early_no_leaves_eradication_going() -> None:
    rejected = after(a_case(Phase.ERADICATION, offer=OFFER), reject())
    assert (rejected.phase, rejected.outcome) == (Phase.ERADICATION, None)
    assert (rejected.offer, rejected.recovery_answer) == (None, RecoveryAnswer.REJECTED)


def test_only_an_offer_can_be_rejected_or_lapse() -> None:
    case = a_case(Phase.RECOVERY_OFFER)
    assert code_of(reject(), case) is Code.NO_OFFER
    assert code_of(lapse(), case) is Code.NO_OFFER


def test_an_offer_lapses_after_ten_working_days_and_not_before() -> None:
    case = a_case(Phase.RECOVERY_OFFER, offer=OFFER)
    early = LAPSES_AT - timedelta(seconds=1)
    assert code_of(lapse(), case, early) is Code.TOO_EARLY_TO_LAPSE
    lapsed = after(case, lapse(), LAPSES_AT)
    assert (lapsed.phase, lapsed.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert (lapsed.offer, lapsed.recovery_answer) == (None, RecoveryAnswer.LAPSED)


def test_a_case_closes_without_an_offer() -> None:
    case = a_case(Phase.RECOVERY_OFFER)
    events = close_without("contract-ended").decide(case, ONE)
    assert types(events) == ("recovery-not-offered",)
    closing = applied(case, events)
    assert (closing.phase, closing.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert closing.recovery_answer is RecoveryAnswer.NOT_OFFERED


def test_a_pending_offer_is_answered_and_not_closed_over() -> None:
    assert code_of(close_without(), a_case(Phase.RECOVERY_OFFER, offer=OFFER)) is Code.OFFER_PENDING


def test_a_refusal_in_advance_needs_the_one_whose_word_it_is() -> None:
    with pytest.raises(ValidationError, match="whose word is it"):
        close_without("council-refused-in-advance")
    command = close_without("council-refused-in-advance", said_by=SAID_BY)
    assert after(a_case(Phase.RECOVERY_OFFER), command).phase is Phase.CLOSING


def test_a_stopped_recovery_leads_to_closing_and_keeps_its_order() -> None:
    case = a_case(Phase.RECOVERY)
    events = stop().decide(case, ONE)
    assert types(events) == ("recovery-stopped",)
    stopped = applied(case, events)
    assert (stopped.phase, stopped.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert (stopped.recovery_answer, stopped.money) == (RecoveryAnswer.STOPPED, case.money)


def test_a_proposed_exit_is_void_when_recovery_is_stopped() -> None:
    case = a_case(Phase.RECOVERY, exit=PhaseExit(phase=Phase.RECOVERY, by="alder"))
    events = stop().decide(case, ONE)
    assert types(events) == ("recovery-stopped", "phase-exit-lapsed")
    assert applied(case, events).exit is None
