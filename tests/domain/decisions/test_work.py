"""Log-work: whose work, at which rate, payable or held; a repeat, and every refusal in order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.case import Case, Spell
from domain.errors import Code
from domain.phase import Phase
from domain.work import ItemState
from tests.builders import NOON, RATES, a_case, a_provider, applied, called_out, code_of, types
from tests.domain.decisions.money_cases import (
    AFTER,
    AN_HOUR,
    BEFORE,
    CUT_OVER,
    FIRST,
    LATER,
    acknowledged,
    both_called,
    handed_off,
    item,
    logged,
    recovering,
    recovery,
    unconfirmed,
    work,
    working,
)

TOO_EARLY = (FIRST - timedelta(days=1)).isoformat()


def refused(case: Case, by: str = "alder", **inputs: Any) -> Code:
    return code_of(work(by, **inputs), case, LATER)


# who did it, and what it costs


def test_work_is_priced_at_once_and_payable() -> None:
    one = item(logged(working()))
    assert (one.provider, one.ledger, one.amount_pence) == ("alder", "A", AN_HOUR)
    assert (one.state, one.held_why, one.pack) == (ItemState.PAYABLE, None, None)


def test_a_provider_logs_its_own_work_whatever_it_says() -> None:
    case = both_called(working())
    assert item(logged(case, by="alder", provider="kestrel")).provider == "alder"


def test_staff_log_for_the_provider_on_the_case_or_for_the_one_they_name() -> None:
    case = both_called(working())
    assert item(logged(case, by="kaya")).provider == "kestrel"
    assert item(logged(case, by="kaya", provider="alder")).provider == "alder"


def test_staff_log_for_the_last_provider_when_nobody_is_on_the_case() -> None:
    case = a_case(Phase.CLOSING, engagement=called_out(None))
    assert item(logged(case, by="kaya")).provider == "alder"


def test_ledger_a_is_priced_at_the_card_of_the_day_of_the_work() -> None:
    new_rates = {"id": "n", "kind": "response", "from": "2026-11-24", "to": "2028-03-31"}
    old = a_provider().cards[0].model_dump(mode="json", by_alias=True)
    cards = [{**old, "to": "2026-11-23"}, {**new_rates, "rates": {"senior": 240_000}}]
    case = working(providers=(a_provider(cards=cards),))
    assert item(logged(case)).amount_pence == AN_HOUR
    assert item(logged(case, date="2026-11-24")).amount_pence == 30_000


def test_ledger_b_is_priced_at_the_rates_accepted_whatever_the_card_says_later() -> None:
    dearer = [
        {**card.model_dump(mode="json", by_alias=True), "rates": {"senior": 480_000}}
        for card in a_provider().cards
    ]
    case = recovering(providers=(a_provider(cards=dearer),))
    assert item(recovery(case)).amount_pence == AN_HOUR


# dates are of the United Kingdom


def test_today_is_the_day_in_the_united_kingdom() -> None:
    summer_night = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 June
    case = working()
    assert item(logged(case, at=summer_night, date="2027-06-02")).worked_on == date(2027, 6, 2)
    tomorrow = work(date="2027-06-03")
    assert code_of(tomorrow, case, summer_night) is Code.DATE_OUT_OF_RANGE


def test_work_may_be_dated_on_the_day_of_the_first_call_out() -> None:
    assert item(logged(working(), at=NOON)).worked_on == FIRST


# a repeat


def test_the_very_same_item_again_is_accepted_and_changes_nothing() -> None:
    case = logged(working())
    assert work().decide(case, LATER) == ()


def test_the_same_item_logged_by_staff_for_that_provider_is_a_repeat_too() -> None:
    assert work("kaya").decide(logged(working()), LATER) == ()


def test_an_item_that_finance_has_taken_is_still_known() -> None:
    case = acknowledged(handed_off(logged(working())))
    assert work().decide(case, LATER) == ()
    assert refused(case, minutes=61) is Code.ITEM_EXISTS


@pytest.mark.parametrize(
    "other",
    [
        {"minutes": 61},
        {"grade": "lead"},
        {"date": "2026-11-24"},
        {"phase": "eradication"},
        {"description": "Something else."},
        {"worker": "R-1"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_an_item_of_that_id_with_other_content_is_refused(other: dict[str, Any]) -> None:
    assert refused(logged(working()), **other) is Code.ITEM_EXISTS


# held: the first reason that applies


def test_recovery_before_the_cut_over_day_is_held_and_on_the_day_is_not() -> None:
    assert item(recovery(recovering(), on=BEFORE)).held_why == "before-cut-over"
    assert item(recovery(recovering(), on=CUT_OVER.date())).state is ItemState.PAYABLE


def test_response_after_the_cut_over_day_is_held_and_on_the_day_is_not() -> None:
    late = logged(recovering(), date=AFTER.isoformat())
    assert (item(late).state, item(late).held_why) == (ItemState.HELD, "after-cut-over")
    that_day = logged(recovering(), date=CUT_OVER.date().isoformat())
    assert item(that_day).state is ItemState.PAYABLE


@pytest.mark.parametrize(
    ("spell", "held"),
    [
        (Spell(from_on=AFTER), None),
        (Spell(from_on=FIRST, to_on=AFTER), None),
        (Spell(from_on=FIRST, to_on=BEFORE), "after-cut-over"),
        (Spell(from_on=AFTER + timedelta(days=1)), "after-cut-over"),
    ],
    ids=["back in it", "left it that day", "left it before", "came back later"],
)
def test_response_is_payable_on_a_day_the_case_was_back_in_it(
    spell: Spell, held: str | None
) -> None:
    case = recovering(response_spells=(spell,))
    assert item(logged(case, date=AFTER.isoformat())).held_why == held


def test_recovery_from_the_successors_first_day_waits_for_its_order() -> None:
    case = unconfirmed(recovering(), from_on=AFTER)
    assert item(recovery(case)).held_why == "successor-unconfirmed"
    assert item(recovery(case, on=CUT_OVER.date())).state is ItemState.PAYABLE


def test_recovery_by_a_provider_without_accepted_rates_is_held_at_its_card_of_the_day() -> None:
    case = both_called(recovering())
    one = item(recovery(case, by="kestrel"))
    assert (one.held_why, one.amount_pence) == ("order-unconfirmed", AN_HOUR)


def test_recovery_is_priced_at_the_recovery_card_and_response_at_the_response_card() -> None:
    first, second = a_provider("kestrel").cards
    dearer = second.but(rates={"senior": 2 * RATES["senior"]})
    firm = a_provider("kestrel").but(cards=(first, dearer))
    case = both_called(recovering(providers=(a_provider("alder"), firm)))
    assert item(recovery(case, by="kestrel")).amount_pence == 29_975  # 60 of 480 minutes
    assert item(logged(case, by="kestrel")).amount_pence == AN_HOUR


def test_recovery_up_to_the_order_is_payable_and_a_penny_more_is_held() -> None:
    assert item(recovery(recovering(AN_HOUR))).state is ItemState.PAYABLE
    assert item(recovery(recovering(AN_HOUR - 1))).held_why == "over-order-value"


def test_the_first_reason_that_applies_is_the_one_kept() -> None:
    case = both_called(recovering(order=1))
    waiting = unconfirmed(case, from_on=FIRST)
    assert item(recovery(waiting, by="kestrel", on=BEFORE)).held_why == "before-cut-over"
    assert item(recovery(waiting, by="kestrel")).held_why == "successor-unconfirmed"
    assert item(recovery(case, by="kestrel")).held_why == "order-unconfirmed"


# thresholds


def test_the_event_names_the_highest_threshold_crossed_and_no_lower_one() -> None:
    case = working(authority=AN_HOUR)
    (event,) = work().decide(case, LATER)
    assert event.model_dump()["crossed"] == (("A", 100),)
    assert applied(case, (event,)).money.alerted == {"A": 100}


def test_each_threshold_is_crossed_once() -> None:
    case = working(authority=10 * AN_HOUR)
    told = []
    for number in range(12):
        (event,) = work(item=f"I-{number}").decide(case, LATER)
        told.append(event.model_dump()["crossed"])
        case = applied(case, (event,))
    fired = {number + 1: crossed for number, crossed in enumerate(told) if crossed}
    assert fired == {5: (("A", 50),), 8: (("A", 80),), 10: (("A", 100),)}


def test_held_recovery_counts_as_logged_against_the_order() -> None:
    case = recovering(order=2 * AN_HOUR)
    (event,) = work(phase="recovery", date=BEFORE.isoformat()).decide(case, LATER)
    assert types((event,)) == ("work-logged",)
    assert event.model_dump()["crossed"] == (("B", 50),)


def test_without_an_order_there_is_no_threshold_to_cross() -> None:
    case = recovering()
    case = case.but(money=case.money.but(order=None))
    one = recovery(case)
    assert (item(one).held_why, one.money.alerted) == ("over-order-value", {"B": 0})


# refusals, each before its right-hand neighbour


def test_nobody_was_called_out() -> None:
    never = a_case(Phase.ACTIVATION, engagement=called_out().but(provider=None, ever_called=()))
    assert refused(never, by="kaya", grade="wizard") is Code.NO_CALL_OUT
    assert refused(working(), by="kaya", provider="kestrel") is Code.NO_CALL_OUT
    assert refused(working(), by="kaya", provider="nobody") is Code.NO_CALL_OUT


def test_a_grade_that_the_provider_has_no_rate_for() -> None:
    assert refused(working(), grade="wizard", minutes=0) is Code.UNKNOWN_GRADE
    assert refused(working(), grade=None) is Code.UNKNOWN_GRADE
    assert refused(working(), grade=5) is Code.UNKNOWN_GRADE


@pytest.mark.parametrize("minutes", [None, -1, 0, 1441, 10.5, "ten", [60]])
def test_minutes_are_one_to_a_day(minutes: Any) -> None:
    assert refused(working(), minutes=minutes, date=TOO_EARLY) is Code.BAD_MINUTES


@pytest.mark.parametrize("minutes", [1, 1440])
def test_a_minute_and_a_day_are_lawful(minutes: int) -> None:
    assert item(logged(working(), minutes=minutes)).minutes == minutes


def test_a_date_before_the_first_call_out_or_after_today() -> None:
    bare = working(providers=(a_provider(cards=[response_card(to="2026-11-22")]),))
    assert refused(bare, date=TOO_EARLY) is Code.DATE_OUT_OF_RANGE
    tomorrow = (LATER.date() + timedelta(days=1)).isoformat()
    assert refused(working(), date=tomorrow) is Code.DATE_OUT_OF_RANGE


def test_no_rate_on_the_day_of_the_work() -> None:
    bare = working(providers=(a_provider(cards=[response_card(to="2026-11-22")]),))
    assert refused(bare) is Code.NO_RATE
    assert refused(bare, phase="recovery") is Code.NO_RATE


def test_recovery_that_the_council_has_not_accepted() -> None:
    assert refused(working(), phase="recovery") is Code.RECOVERY_NOT_ACCEPTED
    assert refused(logged(working()), phase="recovery") is Code.RECOVERY_NOT_ACCEPTED


def response_card(to: str) -> dict[str, Any]:
    return {
        "id": "alder-response",
        "kind": "response",
        "from": "2026-04-01",
        "to": to,
        "rates": {"senior": 119_900},
    }
