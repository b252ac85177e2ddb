"""The cut-over day and the council's order, for every day and every sequence of work."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.case import Case
from domain.money.holding import cut_over_on, held_why
from domain.work import ItemState
from tests.domain.decisions.money_cases import CUT_OVER, recovering, recovery

DAYS = st.integers(-400, 400)


def held(case: Case, phase: str, days_after: int) -> str | None:
    day = CUT_OVER.date() + timedelta(days=days_after)
    return held_why(case, provider="alder", phase=phase, worked_on=day, amount=1)


@given(DAYS)
def test_recovery_is_the_councils_from_the_cut_over_day_on(days: int) -> None:
    assert held(recovering(), "recovery", days) == ("before-cut-over" if days < 0 else None)


@given(DAYS, st.sampled_from(["containment", "eradication"]))
def test_response_is_mhclgs_up_to_the_cut_over_day(days: int, phase: str) -> None:
    assert held(recovering(), phase, days) == ("after-cut-over" if days > 0 else None)


def test_the_cut_over_day_is_the_one_in_the_united_kingdom() -> None:
    case = recovering()
    summer_night = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)  # half past midnight on 2 June
    case = case.but(money=case.money.but(cut_over_at=summer_night))
    assert cut_over_on(case) == summer_night.date() + timedelta(days=1)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 1440), min_size=2, max_size=8), st.integers(0, 1_200_000))
def test_recovery_is_payable_up_to_the_order_and_held_beyond(
    minutes: list[int], order: int
) -> None:
    case = recovering(order)
    for number, spent in enumerate(minutes):
        before = case.money.payable_pence("B")
        case = recovery(case, f"R-{number}", minutes=spent)
        new = case.money.items[-1]
        fits = before + new.amount_pence <= order
        assert new.state is (ItemState.PAYABLE if fits else ItemState.HELD)
        assert new.held_why == (None if fits else "over-order-value")
