"""Whole pence, rounded half up, once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money.pence import half_up, price, vat

AMOUNTS = st.integers(0, 10**12)
HALF = Fraction(1, 2)


@given(AMOUNTS, st.integers(1, 10**6))
def test_half_up_is_the_nearest_whole_number_and_the_higher_of_two(amount: int, by: int) -> None:
    off = Fraction(half_up(amount, by)) - Fraction(amount, by)
    assert -HALF < off <= HALF


@given(st.integers(1, 1440), st.integers(0, 10**6))
def test_a_price_is_what_the_minutes_cost_to_the_nearest_penny(minutes: int, rate: int) -> None:
    assert abs(price(minutes, rate, 480) - Fraction(minutes * rate, 480)) <= HALF


@given(st.integers(0, 10**6))
def test_a_whole_day_costs_the_day_rate(rate: int) -> None:
    assert price(480, rate, 480) == rate


@pytest.mark.parametrize(
    ("minutes", "rate", "pence"),
    [(60, 119_900, 14_988), (444, 113_300, 104_803), (1, 240, 1), (1, 239, 0), (2, 120, 1)],
)
def test_half_a_penny_goes_up(minutes: int, rate: int, pence: int) -> None:
    assert price(minutes, rate, 480) == pence


@pytest.mark.parametrize(
    ("net", "points", "tax"),
    [(699_955, 2000, 139_991), (1, 5000, 1), (1, 4999, 0), (100, 0, 0), (0, 2000, 0)],
)
def test_vat_is_rounded_half_up_too(net: int, points: int, tax: int) -> None:
    assert vat(net, points) == tax


@given(st.lists(st.integers(1, 1440), min_size=1, max_size=20))
def test_rounding_each_item_differs_from_the_whole_by_half_a_penny_an_item(
    minutes: list[int],
) -> None:
    rounded = sum(price(one, 119_900, 480) for one in minutes)
    assert abs(rounded - Fraction(sum(minutes) * 119_900, 480)) <= HALF * len(minutes)
