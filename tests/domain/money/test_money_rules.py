"""Money: rounding, the cut-over, what is held, thresholds, packs: by example and property."""

import datetime as dt
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case, Event, Spell
from domain.decisions.billing import BillingAcknowledged, BillingRejected, HandOffBilling
from domain.decisions.spending import AuthoriseSpend, RequestSpend
from domain.decisions.work import DisputeWork, LogWork, ResolveWork, WorkLogged
from domain.errors import Refused
from domain.money.pence import half_up, price, vat
from domain.money.thresholds import reached
from domain.people import Role
from domain.phase import Phase
from domain.work import AcceptedRates, ItemState, Order
from tests.builders import NOON, a_case, applied, stamped

TODAY = NOON.date()


def code_of(call: Callable[[], object]) -> str:
    """Return the code with which ``call`` is refused."""
    with pytest.raises(Refused) as refused:
        call()
    return refused.value.code.value


def working(**money: Any) -> Case:
    """Return a case in eradication with a provider at work and money to spend."""
    case = a_case(Phase.ERADICATION)
    return case.but(money=case.money.but(**{"authority_pence": 6_000_000, **money}))


def recovering(order: int = 1_000_000) -> Case:
    """Return a case in recovery, accepted today."""
    case = a_case(Phase.RECOVERY)
    provider = case.engagement.provider or ""
    rates = AcceptedRates(provider=provider, card="r", rates={"senior": 120_000, "lead": 150_000})
    money = case.money.but(
        authority_pence=6_000_000,
        accepted=(rates,),
        cut_over_at=NOON - timedelta(days=1),
        order=Order(po_number="PO-1", value_pence=order),
    )
    return case.but(money=money)


def log(case: Case, item: str = "I-1", at: datetime = NOON, **inputs: Any) -> tuple[Event, ...]:
    said = {
        "item": item,
        "date": TODAY.isoformat(),
        "grade": "senior",
        "minutes": 60,
        "phase": "eradication",
        "description": "Clean-up",
    }
    provider = case.engagement.provider or ""
    command = stamped(LogWork, provider, (Role.PROVIDER,), **{**said, **inputs})
    return command.decide(case, at)


def logged(case: Case, item: str = "I-1", **inputs: Any) -> Case:
    return applied(case, log(case, item, **inputs))


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_half_up_is_the_nearest_and_the_higher_of_two(amount: int, by: int) -> None:
    rounded = half_up(amount, by)
    assert abs(rounded * by - amount) * 2 <= by
    assert rounded * by * 2 >= amount * 2 - by + (1 if by % 2 else 0)


def test_half_a_penny_rounds_up() -> None:
    assert price(444, 113_300, 480) == 104_803
    assert vat(699_955, 2000) == 139_991


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1440), min_size=1, max_size=8))
def test_both_ledgers_add_up_to_every_item_that_is_not_void(minutes: list[int]) -> None:
    case = working()
    for number, spent in enumerate(minutes):
        case = logged(case, f"I-{number}", minutes=spent)
    kept = [i for i in case.money.items if i.state is not ItemState.VOID]
    both = case.money.logged_pence("A") + case.money.logged_pence("B")
    assert both == sum(item.amount_pence for item in kept)
    assert case.money.payable_pence("A") + case.money.held_pence("A") == case.money.logged_pence(
        "A"
    )


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1440), min_size=1, max_size=10), st.integers(1, 2_000_000))
def test_recovery_is_never_payable_past_the_order(minutes: list[int], order: int) -> None:
    case = recovering(order)
    for number, spent in enumerate(minutes):
        case = logged(case, f"R-{number}", phase="recovery", minutes=spent)
    assert case.money.payable_pence("B") <= order


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1440), min_size=1, max_size=12), st.integers(50_000, 900_000))
def test_a_threshold_is_told_once(minutes: list[int], authority: int) -> None:
    case = working(authority_pence=authority)
    told = [0]
    for number, spent in enumerate(minutes):
        case = logged(case, f"I-{number}", minutes=spent)
        told.append(case.money.alerted.get("A", 0))
    assert told == sorted(told)
    assert told[-1] == reached(case, case.money, "A")


def test_the_same_item_again_is_a_repeat_and_another_of_its_id_is_refused() -> None:
    case = logged(working())
    assert log(case) == ()
    assert code_of(lambda: log(case, minutes=61)) == "item-exists"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"grade": "wizard", "minutes": 0}, "unknown-grade"),
        ({"minutes": 0, "date": "2020-01-01"}, "bad-minutes"),
        ({"minutes": 1441}, "bad-minutes"),
        ({"date": "2020-01-01", "phase": "recovery"}, "date-out-of-range"),
        ({"date": (TODAY + timedelta(days=1)).isoformat()}, "date-out-of-range"),
        ({"phase": "recovery"}, "recovery-not-accepted"),
    ],
)
def test_log_work_refuses_in_the_guides_order(inputs: dict[str, Any], code: str) -> None:
    assert code_of(lambda: log(working(), **inputs)) == code


def test_recovery_dated_before_the_cut_over_day_is_held() -> None:
    case = recovering()
    early = case.money.cut_over_at
    assert early is not None
    cut = case.but(money=case.money.but(cut_over_at=NOON))
    first = cut.engagement.first_call_out_on
    assert first is not None
    if first >= TODAY:
        cut = cut.but(engagement=cut.engagement.but(first_call_out_on=TODAY - timedelta(days=2)))
    day = (TODAY - timedelta(days=1)).isoformat()
    held = logged(cut, phase="recovery", date=day).money.items[0]
    assert (held.state, held.held_why) == (ItemState.HELD, "before-cut-over")


def test_response_after_the_cut_over_is_held_unless_the_case_was_back_in_it() -> None:
    away = recovering().but(response_spells=())
    held = logged(away).money.items[0]
    assert (held.state, held.held_why) == (ItemState.HELD, "after-cut-over")
    back = away.but(response_spells=(Spell(from_on=TODAY),))
    assert logged(back).money.items[0].state is ItemState.PAYABLE


def resolve(case: Case, by: str = "priya", **inputs: Any) -> tuple[Event, ...]:
    said = {"item": "I-1", "reason": "Looked at the provider's own log."}
    command = stamped(ResolveWork, by, (Role.INCIDENT_MANAGER,), **{**said, **inputs})
    return command.decide(case, NOON)


def disputed(case: Case) -> Case:
    command = stamped(
        DisputeWork, "sam", (Role.FINANCE,), item="I-1", raised_by="mhclg", reason="Not on the log."
    )
    return applied(case, command.decide(case, NOON))


def test_a_disputed_item_is_out_of_billing_until_it_is_resolved() -> None:
    case = disputed(logged(working()))
    assert case.money.unpacked == ()
    assert case.money.held_pence("A") == case.money.logged_pence("A")
    reduced = applied(case, resolve(case, result="reduce", minutes=30))
    assert reduced.money.payable_pence("A") == price(30, 119_900, 480)


def test_a_void_item_counts_nowhere() -> None:
    case = disputed(logged(working()))
    gone = applied(case, resolve(case, result="void"))
    assert (gone.money.logged_pence("A"), gone.money.unpacked) == (0, ())


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"item": "I-9", "result": "accept"}, "unknown-item"),
        ({"result": "reduce", "minutes": 600}, "not-held"),
    ],
)
def test_resolve_work_refuses(inputs: dict[str, Any], code: str) -> None:
    assert code_of(lambda: resolve(logged(working()), **inputs)) == code


def test_whoever_disputed_it_is_named_as_the_one_who_may_not_resolve_it() -> None:
    case = disputed(logged(working()))
    command = stamped(
        ResolveWork, "sam", (Role.FINANCE,), item="I-1", result="void", reason="I raised it."
    )
    assert command.other_person(case) == ("sam",)


def test_money_is_asked_for_once_and_higher_and_given_by_another() -> None:
    case = working()
    ask = stamped(
        RequestSpend, "helen", (Role.HEAD_OF_SERVICE,), amount_pence=7_000_000,
        reason="Three more days.",
    )  # fmt: skip
    waiting = applied(case, ask.decide(case, NOON))
    assert code_of(lambda: ask.decide(waiting, NOON)) == "request-pending"
    give = stamped(AuthoriseSpend, "ruth", (Role.SENIOR_APPROVER,), reason="Agreed as asked.")
    assert give.other_person(waiting) == ("helen",)
    assert applied(waiting, give.decide(waiting, NOON)).money.authority_pence == 7_000_000
    assert code_of(lambda: give.decide(case, NOON)) == "no-request"


def hand_off(case: Case) -> tuple[Event, ...]:
    return stamped(HandOffBilling, "priya", (Role.INCIDENT_MANAGER,)).decide(case, NOON)


def test_a_pack_holds_every_payable_item_and_its_number_goes_up() -> None:
    case = logged(logged(recovering()), "R-1", phase="recovery", minutes=480)
    case = case.but(response_spells=(Spell(from_on=TODAY),))
    case = case.but(money=case.money.but(items=tuple(
        i.but(state=ItemState.PAYABLE, held_why=None) for i in case.money.items
    )))  # fmt: skip
    first = applied(case, hand_off(case))
    pack = first.money.packs[0]
    assert pack.A is not None
    assert pack.B is not None
    assert (pack.pack, pack.B.net_pence, pack.B.vat_pence) == (1, 120_000, 24_000)
    assert code_of(lambda: hand_off(first)) == "billing-in-flight"
    back = stamped(BillingRejected, "sam", (Role.FINANCE,), pack=1, reason="No reference.")
    rejected = applied(first, back.decide(first, NOON))
    second = applied(rejected, hand_off(rejected))
    assert [p.pack for p in second.money.packs] == [1, 2]
    take = stamped(BillingAcknowledged, "sam", (Role.FINANCE,), pack=2, finance_ref="FIN-2")
    billed = applied(second, take.decide(second, NOON))
    assert all(item.billed and not item.description for item in billed.money.items)
    assert code_of(lambda: hand_off(billed)) == "nothing-to-bill"


def test_a_pack_is_refused_over_the_authority() -> None:
    case = logged(working(authority_pence=1))
    assert code_of(lambda: hand_off(case)) == "over-authority"


def test_a_late_answer_about_a_rejected_pack_is_refused() -> None:
    first = applied(logged(working()), hand_off(logged(working())))
    back = stamped(BillingRejected, "sam", (Role.FINANCE,), pack=1, reason="No reference.")
    rejected = applied(first, back.decide(first, NOON))
    late = stamped(BillingAcknowledged, "sam", (Role.FINANCE,), pack=1, finance_ref="F")
    assert code_of(lambda: late.decide(rejected, NOON)) == "already-acknowledged"
    unknown = stamped(BillingAcknowledged, "sam", (Role.FINANCE,), pack=9, finance_ref="F")
    assert code_of(lambda: unknown.decide(rejected, NOON)) == "unknown-pack"


def test_work_is_dated_in_the_united_kingdom() -> None:
    late_evening_utc = dt.datetime.combine(TODAY, dt.time(23, 30), dt.UTC)
    event = log(working(), at=late_evening_utc)[0]
    assert isinstance(event, WorkLogged)
    assert event.item.worked_on == TODAY
