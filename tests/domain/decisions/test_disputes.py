"""Dispute-work and resolve-work: who keeps work out of billing, and who lets it back in."""

from typing import Any

import pytest
from pydantic import ValidationError

from domain.case import Case
from domain.decider import build
from domain.errors import Code, Refused
from domain.work import ItemState
from tests.builders import a_provider, code_of, refusal
from tests.domain.decisions.money_cases import (
    AFTER,
    AN_HOUR,
    BEFORE,
    FIRST,
    LATER,
    acknowledged,
    both_called,
    dispute,
    disputed,
    handed_off,
    item,
    logged,
    recovering,
    recovery,
    resolve,
    resolved,
    unconfirmed,
    working,
)

IN_WRITING = {"post": "s151", "how": "signed letter"}
NOT_ENOUGH: list[dict[str, str] | None] = [
    None,
    {"post": "s151"},
    {"post": "s151", "how": " "},
    {"how": "signed letter"},
    {"post": "cio", "how": "signed letter"},
]


def refused(case: Case, result: str = "accept", **inputs: Any) -> Code:
    return code_of(resolve(result, **inputs), case, LATER)


# dispute-work


def test_a_disputed_item_is_held_and_out_of_billing() -> None:
    case = disputed(logged(working()))
    assert (item(case).state, item(case).disputed_by) == (ItemState.DISPUTED, "sam")
    assert (case.money.held_pence("A"), case.money.payable_pence("A")) == (AN_HOUR, 0)
    assert (case.money.logged_pence("A"), case.money.unpacked) == (AN_HOUR, ())


def test_a_held_item_can_be_disputed_too() -> None:
    case = disputed(recovery(recovering(), on=BEFORE))
    assert (item(case).state, item(case).held_why) == (ItemState.DISPUTED, "before-cut-over")


def test_nobody_can_dispute_an_item_that_is_not_there() -> None:
    assert code_of(dispute(), working(), LATER) is Code.UNKNOWN_ITEM


def test_a_void_item_stays_void() -> None:
    void = resolved(disputed(logged(working())), "void")
    assert code_of(dispute(), void, LATER) is Code.UNKNOWN_ITEM


def test_an_item_in_a_pack_is_billed_already_waiting_or_taken() -> None:
    waiting = handed_off(logged(working()))
    assert code_of(dispute(), waiting, LATER) is Code.ITEM_BILLED
    assert code_of(dispute(), acknowledged(waiting), LATER) is Code.ITEM_BILLED


def test_an_item_is_disputed_once() -> None:
    assert code_of(dispute(), disputed(logged(working())), LATER) is Code.ALREADY_DISPUTED


# resolve-work: what becomes of it


def test_accepted_work_is_payable_at_its_price() -> None:
    case = resolved(disputed(logged(working())), "accept")
    one = item(case)
    assert (one.state, one.amount_pence) == (ItemState.PAYABLE, AN_HOUR)
    assert (one.held_why, one.disputed_by, one.disputed_for) == (None, None, None)


def test_void_work_counts_nowhere() -> None:
    case = resolved(disputed(logged(working())), "void")
    assert item(case).state is ItemState.VOID
    assert (case.money.logged_pence("A"), case.money.held_pence("A")) == (0, 0)
    assert (case.money.unpacked, case.money.has_work) == ((), False)


def test_reduced_work_is_priced_again() -> None:
    case = resolved(disputed(logged(working())), "reduce", minutes=25)
    assert (item(case).minutes, item(case).amount_pence) == (25, 6245)


def test_a_reduced_item_sent_again_is_still_a_repeat() -> None:
    case = resolved(disputed(logged(working())), "reduce", minutes=25)
    assert logged(case) == case


def test_recovery_recoded_to_eradication_moves_to_ledger_a_at_its_card() -> None:
    case = recovery(recovering(), on=BEFORE)
    case = resolved(case, "recode", phase="eradication")
    assert (item(case).ledger, item(case).state) == ("A", ItemState.PAYABLE)
    assert (case.money.logged_pence("A"), case.money.logged_pence("B")) == (AN_HOUR, 0)


def test_a_person_may_accept_eradication_after_the_cut_over() -> None:
    case = logged(recovering(), date=AFTER.isoformat())
    assert item(resolved(case, "accept")).state is ItemState.PAYABLE


def test_recovery_before_the_cut_over_is_payable_on_the_councils_authority() -> None:
    case = recovery(recovering(), on=BEFORE)
    assert item(resolved(case, "accept", authority=IN_WRITING)).state is ItemState.PAYABLE


def test_held_recovery_is_priced_again_at_the_rates_accepted_meanwhile() -> None:
    held = recovery(both_called(recovering()), by="kestrel")
    mine = held.money.accepted[0].but(provider="kestrel", rates={"senior": 240_000})
    accepted = held.but(money=held.money.but(accepted=(*held.money.accepted, mine)))
    assert item(resolved(accepted, "accept")).amount_pence == 30_000


def test_recoding_can_cross_a_threshold_of_the_other_ledger() -> None:
    case = disputed(logged(recovering(order=AN_HOUR), date=AFTER.isoformat()))
    (event,) = resolve("recode", phase="recovery").decide(case, LATER)
    assert event.model_dump()["crossed"] == (("B", 100),)


def test_the_event_keeps_old_and_new() -> None:
    (event,) = resolve("void").decide(disputed(logged(working())), LATER)
    said = event.model_dump()
    assert (said["old"]["state"], said["new"]["state"]) == ("disputed", "void")


# resolve-work: refusals, each before its right-hand neighbour


def test_whoever_disputed_it_is_not_the_one_to_resolve_it() -> None:
    assert resolve("void", "sam").other_person(disputed(logged(working()))) == ("sam",)
    assert resolve("void", "sam").other_person(logged(working())) == ()
    assert resolve("void", "sam").other_person(working()) == ()


def test_recoding_without_a_phase_cannot_be_read() -> None:
    with pytest.raises(ValidationError, match="name the phase it goes to"):
        resolve("recode")
    with pytest.raises(Refused) as unread:
        build("resolve-work", {"by": "priya", "item": "I-1", "result": "recode"})
    assert unread.value.code is Code.INVALID_INPUT


def test_nobody_can_resolve_an_item_that_is_not_there() -> None:
    assert refused(working(), "reduce", minutes=0) is Code.UNKNOWN_ITEM


def test_only_what_is_held_or_disputed_is_resolved() -> None:
    payable = logged(working())
    assert refused(payable, "reduce", minutes=0) is Code.NOT_HELD
    assert refused(handed_off(payable)) is Code.NOT_HELD
    assert refused(acknowledged(handed_off(payable))) is Code.NOT_HELD
    assert refused(resolved(disputed(payable), "void")) is Code.NOT_HELD


@pytest.mark.parametrize("minutes", [None, 0, 61])
def test_reducing_takes_minutes_within_those_logged(minutes: int | None) -> None:
    case = unconfirmed(recovery(recovering()))
    assert refused(disputed(case), "reduce", minutes=minutes) is Code.BAD_MINUTES


def test_recovery_waits_for_the_successor_whatever_a_person_says() -> None:
    case = recovery(unconfirmed(recovering(), from_on=AFTER))
    assert refused(case, authority=IN_WRITING) is Code.SUCCESSOR_UNCONFIRMED
    early = unconfirmed(recovery(recovering(), on=BEFORE), from_on=FIRST)
    assert refused(early) is Code.SUCCESSOR_UNCONFIRMED


@pytest.mark.parametrize("authority", NOT_ENOUGH)
def test_recovery_before_the_cut_over_needs_the_councils_authority(
    authority: dict[str, str] | None,
) -> None:
    case = recovery(both_called(recovering()), by="kestrel", on=BEFORE)
    assert refused(case, authority=authority) is Code.AUTHORITY_NEEDED


def test_authority_is_needed_to_recode_to_recovery_before_the_cut_over_as_well() -> None:
    case = disputed(logged(recovering()))
    assert refused(case, "recode", phase="recovery") is Code.AUTHORITY_NEEDED


def test_recovery_of_a_provider_without_accepted_rates_is_not_the_councils() -> None:
    case = recovery(both_called(recovering(order=1)), by="kestrel")
    assert refused(case) is Code.RECOVERY_NOT_ACCEPTED
    response = disputed(logged(working()))
    assert refused(response, "recode", phase="recovery") is Code.RECOVERY_NOT_ACCEPTED


def test_no_word_takes_ledger_b_past_the_order() -> None:
    case = recovery(recovering(order=AN_HOUR - 1))
    assert refused(case) is Code.OVER_ORDER_VALUE
    assert item(resolved(case, "reduce", minutes=59)).state is ItemState.PAYABLE


def test_a_void_item_needs_nobody_but_the_one_who_says_so() -> None:
    case = recovery(unconfirmed(recovering(order=1), from_on=AFTER))
    assert item(resolved(case, "void")).state is ItemState.VOID


def test_work_that_has_no_rate_in_the_other_phase_says_so() -> None:
    response = a_provider().cards[0].model_dump(mode="json", by_alias=True)
    case = recovery(recovering(providers=(a_provider(cards=[response]),)), on=BEFORE)
    case = case.but(providers=(a_provider(cards=[{**response, "kind": "recovery"}]),))
    answer = refusal(resolve("recode", phase="eradication"), case, LATER)
    assert answer.code is Code.INVALID_INPUT
    assert "no rate for senior in eradication" in answer.message
