"""The council's yes to recovery: who may give it, its order, the cut-over, and a top-up."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case import Case, Offer
from domain.command import Command
from domain.decisions.acceptance import AcceptRecovery, TopUpRecovery, cut_over_of_round
from domain.errors import Code
from domain.phase import Phase, RecoveryAnswer
from domain.work import AcceptedRates, ItemState, Money, Order, WorkItem
from tests.builders import (
    DAY,
    HOUR,
    NOON,
    ONE,
    RATES,
    SAID_BY,
    a_case,
    applied,
    at_work,
    code_of,
    ordered,
    refusal,
    stamped,
    types,
)

OFFER = Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON)
YES: dict[str, Any] = {
    "said_by": SAID_BY,
    "authority": {"post": "s151", "how": "signed letter"},
    "po_number": "EM-2",
    "po_value_pence": 4_000_000,
    "scope": "all",
}


def accept(**changes: Any) -> AcceptRecovery:
    return stamped(AcceptRecovery, by="kaya", **{**YES, **changes})


def offered(phase: Phase = Phase.RECOVERY_OFFER, **changes: Any) -> Case:
    return a_case(phase, **{"offer": OFFER, **changes})


def top_up(value: int = 20_000_000, **changes: Any) -> TopUpRecovery:
    inputs = {"po_number": "EM-1/2", "authority": YES["authority"], **changes}
    return stamped(TopUpRecovery, by="kaya", po_value_pence=value, **inputs)


def after(case: Case, command: Command) -> Case:
    return applied(case, command.decide(case, ONE))


def logged(pence: int) -> WorkItem:
    return WorkItem(
        item="AF-1",
        provider="alder",
        content="1",
        worked_on=NOON.date(),
        grade="senior",
        minutes=60,
        phase="recovery",
        description="Restore",
        ledger="B",
        amount_pence=pence,
        state=ItemState.PAYABLE,
    )


def test_an_acceptance_begins_recovery_and_cuts_funding_over() -> None:
    events = accept().decide(offered(), ONE)
    assert types(events) == ("recovery-accepted", "funding-cut-over")
    case = applied(offered(), events)
    assert (case.phase, case.offer) == (Phase.RECOVERY, None)
    assert case.recovery_answer is RecoveryAnswer.ACCEPTED
    assert case.money.order == Order(po_number="EM-2", value_pence=4_000_000)
    assert case.money.accepted == (
        AcceptedRates(provider="alder", card="alder-recovery", rates=RATES),
    )
    assert case.money.cut_over_at == ONE


def test_an_early_acceptance_leaves_eradication_going() -> None:
    case = after(offered(Phase.ERADICATION), accept())
    assert (case.phase, case.recovery_answer) == (Phase.ERADICATION, RecoveryAnswer.ACCEPTED)
    assert case.money.cut_over_at == ONE


def test_the_cut_over_may_be_any_instant_from_the_offer_on() -> None:
    at = NOON + timedelta(minutes=30)
    assert after(offered(), accept(cut_over_at=at)).money.cut_over_at == at
    assert after(offered(), accept(cut_over_at=NOON)).money.cut_over_at == NOON
    refused = refusal(accept(cut_over_at=NOON - timedelta(seconds=1)), offered())
    assert refused.code is Code.INVALID_INPUT
    assert [field["field"] for field in refused.details["fields"]] == ["cut_over_at"]


def test_a_later_acceptance_of_the_round_keeps_the_cut_over_and_renews_the_order() -> None:
    case = offered(money=ordered())
    events = accept(cut_over_at=NOON + DAY).decide(case, ONE)
    assert types(events) == ("recovery-accepted",)
    assert events[0].model_dump()["cut_over_at"] == NOON
    money = applied(case, events).money
    assert money.cut_over_at == NOON
    assert money.order == Order(po_number="EM-2", value_pence=4_000_000)
    assert len(money.accepted) == 1


def test_rates_accepted_with_an_earlier_provider_are_kept_beside_the_new_ones() -> None:
    theirs = OFFER.but(provider="kestrel", card="kestrel-recovery")
    case = offered(offer=theirs, money=ordered(), engagement=at_work("kestrel"))
    accepted = after(case, accept()).money.accepted
    assert [one.provider for one in accepted] == ["alder", "kestrel"]


def test_a_cut_over_before_the_activation_belongs_to_an_earlier_round() -> None:
    later = NOON + HOUR
    case = offered(money=ordered(), engagement=at_work(first_called_at=later))
    assert cut_over_of_round(case) is None
    events = accept().decide(case, later + HOUR)
    assert types(events) == ("recovery-accepted", "funding-cut-over")
    assert applied(case, events).money.cut_over_at == later + HOUR


def test_without_an_offer_there_is_nothing_to_accept() -> None:
    assert code_of(accept(), offered(offer=None)) is Code.NO_OFFER


def test_a_missing_offer_answers_before_authority() -> None:
    assert code_of(accept(authority=None), offered(offer=None)) is Code.NO_OFFER


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": None},
        {"authority": {"post": "cio", "how": "phone"}},
        {"authority": {"post": "s151"}},
        {"said_by": None},
        {"said_by": {"name": "Peter Lund", "post": "s151"}},
        {"said_by": {"name": "Peter Lund", "post": "s151", "verified": {"by": "kaya"}}},
    ],
)
def test_only_somebody_verified_with_authority_binds_the_council(changes: dict[str, Any]) -> None:
    assert code_of(accept(**changes), offered()) is Code.AUTHORITY_NEEDED


@pytest.mark.parametrize("post", ["s151", "chief-executive", "authorised-officer"])
def test_the_posts_that_may_accept_are_the_policys(post: str) -> None:
    command = accept(authority={"post": post, "how": "signed letter"})
    assert after(offered(), command).phase is Phase.RECOVERY


def test_authority_answers_before_the_order() -> None:
    assert code_of(accept(authority=None, po_number=None), offered()) is Code.AUTHORITY_NEEDED


@pytest.mark.parametrize(
    "changes",
    [
        {"po_number": None},
        {"po_number": ""},
        {"po_value_pence": None},
        {"po_value_pence": 0},
    ],
)
def test_an_acceptance_needs_an_order(changes: dict[str, Any]) -> None:
    assert code_of(accept(**changes), offered()) is Code.PO_NEEDED


@pytest.mark.parametrize("phase", [Phase.RECOVERY, Phase.CLOSING])
def test_a_top_up_raises_the_order(phase: Phase) -> None:
    case = a_case(phase, money=ordered())
    events = top_up().decide(case, ONE)
    assert types(events) == ("recovery-topped-up",)
    assert applied(case, events).money.order == Order(po_number="EM-1/2", value_pence=20_000_000)


def test_a_top_up_arms_the_thresholds_above_the_new_ratio_again() -> None:
    money = ordered().but(items=(logged(10_000_000),), alerted={"A": 50, "B": 100})
    raised = after(a_case(Phase.RECOVERY, money=money), top_up(20_000_000)).money
    assert raised.alerted == {"A": 50, "B": 50}
    barely = after(a_case(Phase.RECOVERY, money=money), top_up(10_000_001)).money
    assert barely.alerted == {"A": 50, "B": 80}


def test_a_raise_alone_never_counts_as_an_alert() -> None:
    money = ordered().but(items=(logged(10_000_000),))
    raised = after(a_case(Phase.RECOVERY, money=money), top_up(20_000_000)).money
    assert raised.alerted.get("B", 0) == 0


@pytest.mark.parametrize(
    "authority", [None, {"post": "cio", "how": "letter"}, {"post": "s151"}, {"how": "letter"}]
)
def test_a_top_up_needs_authority(authority: dict[str, str] | None) -> None:
    command = top_up(authority=authority)
    assert code_of(command, a_case(Phase.RECOVERY)) is Code.AUTHORITY_NEEDED


def test_authority_answers_before_the_amount() -> None:
    command = top_up(1, authority=None)
    assert code_of(command, a_case(Phase.RECOVERY)) is Code.AUTHORITY_NEEDED


@pytest.mark.parametrize("money", [ordered(), Money()])
def test_a_top_up_gives_a_higher_total_than_the_order(money: Money) -> None:
    case = a_case(Phase.RECOVERY, money=money)
    assert code_of(top_up(10_000_000), case) is Code.AMOUNT_NOT_HIGHER
