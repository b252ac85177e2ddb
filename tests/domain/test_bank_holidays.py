"""The bank holidays of the shipped policy against a library that computes them."""

from datetime import date
from pathlib import Path

import holidays

from domain.policy_file import read

DEFAULT = Path(__file__).parents[2] / "policy" / "default.toml"
YEARS = range(2026, 2030)


def test_the_shipped_bank_holidays_are_those_of_england() -> None:
    england = holidays.country_holidays("GB", subdiv="ENG", years=YEARS)
    listed = {one.on for one in read(DEFAULT.read_text()).bank_holidays.dates}
    assert listed == {day for day in england if day.weekday() <= 4}


def test_each_of_four_years_has_its_eight_or_the_substitutes() -> None:
    listed = [one.on for one in read(DEFAULT.read_text()).bank_holidays.dates]
    counted = {year: sum(day.year == year for day in listed) for year in YEARS}
    assert counted == {2026: 8, 2027: 8, 2028: 8, 2029: 8}


def test_substitute_days_carry_the_name_of_the_day_they_stand_for() -> None:
    names = {one.on: one.name for one in read(DEFAULT.read_text()).bank_holidays.dates}
    assert names[date(2026, 12, 28)] == "Boxing Day (substitute day)"
    assert names[date(2027, 12, 27)] == "Christmas Day (substitute day)"
    assert names[date(2028, 1, 3)] == "New Year's Day (substitute day)"
