"""Every number of the guide, written down once more by hand, against the shipped policy."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import get_args

import pytest

from domain.decider import REASON_MAX, REASON_MIN
from domain.policy import BANK_HOLIDAYS_AHEAD_MONTHS, Policy, PolicyError, PolicyKind, described
from domain.policy_settings import RULES
from domain.working_hours import WorkingHours

ROOT = Path(__file__).parents[2]
DEFAULT = (ROOT / "policy" / "default.toml").read_text(encoding="utf-8")
POLICY = Policy.from_toml(DEFAULT)
FILES = sorted([*(ROOT / "policy").glob("*.toml"), *(ROOT / "tests" / "policies").glob("*.toml")])

HOUR, DAY, WD = 60, 24 * 60, 480

CLOCKS = {
    "triage-acknowledgement": {"target_minutes": 20, "warning_minutes": 10},
    "decision": {"target_minutes": 2 * HOUR, "warning_minutes": HOUR},
    "category-chase": {"target_minutes": HOUR},
    "information-reply": {"target_minutes": 4 * HOUR, "warning_minutes": HOUR},
    "council-confirmation": {"target_minutes": 15, "warning_minutes": 10},
    "provider-assignment": {"target_minutes": 15},
    "provider-acknowledgement": {"target_minutes": 10},
    "provider-contact": {
        "target_minutes": 30,
        "warning_minutes": 20,
        "second_mark_minutes": 45,
        "third_mark_minutes": 60,
    },
    "scope-agreement": {"target_minutes": 4 * HOUR, "warning_minutes": 2 * HOUR},
    "containment-update": {
        "c1_c2_first_minutes": HOUR,
        "c1_c2_first_spell_minutes": 24 * HOUR,
        "c1_c2_later_minutes": 4 * HOUR,
        "c3_first_minutes": 4 * HOUR,
        "c3_first_spell_minutes": 48 * HOUR,
        "c3_later_minutes": 24 * HOUR,
        "other_minutes": 24 * HOUR,
        "warning_percent": 75,
    },
    "containment-review": {
        "first_minutes": 72 * HOUR,
        "second_minutes": 7 * DAY,
        "every_minutes": 7 * DAY,
    },
    "eradication-update": {"target_minutes": 24 * HOUR, "warning_minutes": 18 * HOUR},
    "eradication-review": {
        "first_minutes": 14 * DAY,
        "second_minutes": 21 * DAY,
        "every_minutes": 7 * DAY,
    },
    "phase-exit-answer": {"target_minutes": 4 * HOUR, "warning_minutes": 2 * HOUR},
    "recovery-offer-issue": {"target_minutes": WD},
    "recovery-reply": {
        "target_minutes": 5 * WD,
        "first_reminder_minutes": 2 * WD,
        "second_reminder_minutes": 4 * WD,
        "lapse_minutes": 10 * WD,
    },
    "recovery-update": {"target_minutes": 5 * WD, "warning_minutes": 4 * WD},
    "recovery-stall": {"target_minutes": 10 * WD},
    "support-review": {"target_minutes": WD},
    "spend-authority": {"target_minutes": 4 * HOUR, "warning_minutes": 2 * HOUR},
    "final-report": {"target_minutes": 10 * WD, "warning_minutes": 8 * WD},
    "billing-hand-off": {"target_minutes": 10 * WD, "after_rejection_minutes": 2 * WD},
    "billing-acknowledgement": {"target_minutes": 2 * WD, "warning_minutes": WD},
    "closure": {"target_minutes": 20 * WD, "warning_minutes": 15 * WD},
    "hand-over": {"target_minutes": 15, "warning_minutes": 10},
    "phone-task": {"target_minutes": 30},
    "ico-report": {
        "target_minutes": 72 * HOUR,
        "first_reminder_minutes": 24 * HOUR,
        "second_reminder_minutes": 48 * HOUR,
        "third_reminder_minutes": 66 * HOUR,
    },
}
BESIDE = {
    "ladder-u": {
        "every_minutes": 20,
        "top_rung": 3,
        "acknowledgement_minutes": 60,
        "pause_limit_minutes": 24 * HOUR,
    },
    "ladder-s": {
        "every_minutes": 2 * HOUR,
        "top_rung": 2,
        "acknowledgement_minutes": 4 * HOUR,
        "pause_limit_minutes": 24 * HOUR,
    },
    "ladder-o": {
        "every_minutes": 4 * HOUR,
        "top_rung": 2,
        "acknowledgement_minutes": WD,
        "pause_limit_minutes": 14 * DAY,
    },
    "reassess-watch": {"window_minutes": 14 * DAY},
    "offer-open": {"window_minutes": 14 * DAY},
    "reopen": {"window_months": 12, "window_minutes": 0},
    "backdating": {"tolerance_minutes": 10},
    "future": {"tolerance_minutes": 2},
    "contract-ending": {"notice_days": 30},
    "council-ending": {"notice_days": 30},
    "possible-duplicate": {"lookback_days": 7},
    "closing-review": {"earliest_working_days": 5, "latest_working_days": 10},
    "": {"initial_authority_pence": 60_000 * 100},
    "spend-alert": {"first_percent": 50, "second_percent": 80, "third_percent": 100},
    "rate": {"day_minutes": 8 * HOUR},
    "pager": {"batching_seconds": 60, "hourly_equal_texts": 20, "hourly_texts": 100},
    "retention": {
        "decisions_and_money_years": 7,
        "contacts_months": 12,
        "negative_outcomes_years": 2,
        "exercises_days": 90,
    },
}
NUMBERS = {
    f"{subject}.{name}".removeprefix("."): number
    for subject, names in {**CLOCKS, **BESIDE}.items()
    for name, number in names.items()
}
PUBLISHED = {
    "provider-contact.target_minutes",
    "ico-report.target_minutes",
    "closing-review.earliest_working_days",
    "closing-review.latest_working_days",
    "pager.hourly_equal_texts",
    "pager.hourly_texts",
}
"""What a public source says; all other numbers are our defaults."""

LENGTHS = [name for name in NUMBERS if name.endswith(("_minutes", "_seconds"))]
SCALES = [2, 7, 240, 600, 86_400, 2.5]


def test_every_number_of_the_guide_is_in_the_policy_and_no_other() -> None:
    assert {name: POLICY.setting(name) for name in RULES} == NUMBERS


def test_every_number_says_truly_where_it_comes_from() -> None:
    sources = {line.name: line.source for line in described(DEFAULT) if line.name in NUMBERS}
    assert set(sources) == set(NUMBERS)
    assert {n for n, source in sources.items() if source.startswith("published: ")} == PUBLISHED
    others = [source for name, source in sources.items() if name not in PUBLISHED]
    assert all(source.startswith("our default") for source in others)


def test_office_hours_posts_and_the_reach_of_bank_holidays_are_the_guides() -> None:
    shown = {line.name: line.value for line in described(DEFAULT)}
    assert shown["working_time.days"] == "monday, tuesday, wednesday, thursday, friday"
    assert (shown["working_time.opens"], shown["working_time.closes"]) == ("09:00", "17:00")
    assert shown["authority.posts"] == "s151, chief-executive, authorised-officer"
    assert BANK_HOLIDAYS_AHEAD_MONTHS == 18
    assert len(POLICY.working_hours.bank_holidays) == 8 * 4  # eight days in each of four years


def test_a_reason_has_the_length_of_the_guide() -> None:
    """The shape of an instruction, like the limits of a report, is code and no setting."""
    assert (REASON_MIN, REASON_MAX) == (10, 2000)


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("name", LENGTHS)
def test_a_scale_divides_every_length_to_the_millisecond(name: str, scale: float) -> None:
    unit = 60_000 if name.endswith("_minutes") else 1_000
    exact = Fraction(NUMBERS[name] * unit) / Fraction(str(scale))
    expected = timedelta(milliseconds=floor(exact + Fraction(1, 2)))
    assert POLICY.at_speed(scale, "test").length(name) == expected


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_divides_windows_of_months_too(scale: float) -> None:
    opened = datetime(2026, 11, 23, 12, tzinfo=UTC)
    year = timedelta(days=365) / timedelta(milliseconds=1)
    expected = timedelta(milliseconds=floor(Fraction(year) / Fraction(str(scale)) + Fraction(1, 2)))
    assert POLICY.at_speed(scale, "exercise").window_end("reopen", opened) - opened == expected


def test_a_scale_divides_no_count_no_percentage_and_no_money() -> None:
    fast = POLICY.at_speed(1000, "demo")
    assert dict(fast.numbers) == dict(POLICY.numbers)
    assert fast.spend_thresholds == (50, 80, 100)
    assert fast.initial_authority_pence == 6_000_000
    assert [fast.ladder(name).top_rung for name in "USO"] == [3, 2, 2]
    assert fast.working_hours == WorkingHours(all_hours=True)


@pytest.mark.parametrize("kind", get_args(PolicyKind))
def test_only_demo_test_and_exercise_policies_run_faster_than_life(kind: str) -> None:
    text = DEFAULT.replace('kind = "live"', f'kind = "{kind}"').replace(
        "time_scale = 1 ", "time_scale = 60 "
    )
    if kind == "live":
        with pytest.raises(PolicyError) as caught:
            Policy.from_toml(text)
        assert [key for key, _words in caught.value.problems] == ["time_scale"]
        return
    assert Policy.from_toml(text).time_scale == 60


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_policy_we_ship_can_be_read_and_says_what_it_is_for(path: Path) -> None:
    policy = Policy.from_toml(path.read_text(encoding="utf-8"), default=DEFAULT)
    assert (policy.kind == "live") is (policy.time_scale == 1)
    assert (policy.kind == "live") is (path.stem == "default")
    lines = described(path.read_text(encoding="utf-8"), default=DEFAULT)
    assert all(line.source for line in lines)
