"""Policy: what the shipped files say, what is refused, and how lengths are divided."""

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy import Policy, PolicyError, Setting, described
from domain.policy_settings import FIXED, RULES

FOLDER = Path(__file__).parents[2] / "policy"
DEFAULT = (FOLDER / "default.toml").read_text()
DEMO = (FOLDER / "demo.toml").read_text()
POLICY = Policy.from_toml(DEFAULT)

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WD = 8 * HOUR
SMALL = """
schema = "cir-policy/1"
title = "Small"
kind = "test"
based_on = "default"
time_scale = 60
"""


def problems_of(text: str, default: str = DEFAULT) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        Policy.from_toml(text, default=default)
    return dict(caught.value.problems)


@pytest.mark.parametrize(
    ("clock", "target", "on_the_way"),
    [
        ("triage-acknowledgement", 20 * MINUTE, (10 * MINUTE,)),
        ("decision", 2 * HOUR, (HOUR,)),
        ("category-chase", HOUR, ()),
        ("information-reply", 4 * HOUR, (HOUR,)),
        ("council-confirmation", 15 * MINUTE, (10 * MINUTE,)),
        ("provider-assignment", 15 * MINUTE, ()),
        ("provider-acknowledgement", 10 * MINUTE, ()),
        ("provider-contact", 30 * MINUTE, (20 * MINUTE,)),
        ("scope-agreement", 4 * HOUR, (2 * HOUR,)),
        ("eradication-update", DAY, (18 * HOUR,)),
        ("phase-exit-answer", 4 * HOUR, (2 * HOUR,)),
        ("recovery-offer-issue", WD, ()),
        ("recovery-reply", 5 * WD, (2 * WD, 4 * WD)),
        ("recovery-update", 5 * WD, (4 * WD,)),
        ("recovery-stall", 10 * WD, ()),
        ("support-review", WD, ()),
        ("spend-authority", 4 * HOUR, (2 * HOUR,)),
        ("final-report", 10 * WD, (8 * WD,)),
        ("billing-hand-off", 10 * WD, ()),
        ("billing-acknowledgement", 2 * WD, (WD,)),
        ("closure", 20 * WD, (15 * WD,)),
        ("hand-over", 15 * MINUTE, (10 * MINUTE,)),
        ("phone-task", 30 * MINUTE, ()),
        ("ico-report", 72 * HOUR, (24 * HOUR, 48 * HOUR, 66 * HOUR)),
    ],
)
def test_the_shipped_targets_are_those_of_the_guide(
    clock: str, target: timedelta, on_the_way: tuple[timedelta, ...]
) -> None:
    assert (POLICY.target(clock), POLICY.on_the_way(clock)) == (target, on_the_way)


def test_a_clock_that_never_warns_has_no_warning() -> None:
    assert POLICY.warning("phone-task") is None
    assert POLICY.warning("decision") == HOUR


@pytest.mark.parametrize(
    ("category", "since_entry", "interval"),
    [
        ("C1", timedelta(0), HOUR),
        ("C2", DAY - timedelta(microseconds=1), HOUR),
        ("C2", DAY, 4 * HOUR),
        ("C3", 2 * DAY - timedelta(microseconds=1), 4 * HOUR),
        ("C3", 2 * DAY, DAY),
        ("C4", timedelta(0), DAY),
        ("uncategorised", timedelta(0), DAY),
        (None, timedelta(0), DAY),
    ],
)
def test_containment_updates_follow_category_and_time_in_containment(
    category: str | None, since_entry: timedelta, interval: timedelta
) -> None:
    assert POLICY.update_interval(category, since_entry) == interval


def test_an_update_clock_warns_at_three_quarters() -> None:
    assert POLICY.update_warning(HOUR) == 45 * MINUTE
    assert POLICY.update_warning(timedelta(milliseconds=2)) == timedelta(milliseconds=2)


def test_reviews_are_counted_from_entering_the_phase() -> None:
    containment = [POLICY.review("containment-review", number) for number in range(4)]
    eradication = [POLICY.review("eradication-review", number) for number in range(4)]
    assert containment == [3 * DAY, 7 * DAY, 14 * DAY, 21 * DAY]
    assert eradication == [14 * DAY, 21 * DAY, 28 * DAY, 35 * DAY]


def test_ladders_climb_as_the_guide_says() -> None:
    assert POLICY.ladder("U") == (20 * MINUTE, 3, HOUR, DAY)
    assert POLICY.ladder("S") == (2 * HOUR, 2, 4 * HOUR, DAY)
    assert POLICY.ladder("O") == (4 * HOUR, 2, WD, 14 * DAY)
    assert POLICY.acknowledgement("S") == 4 * HOUR
    assert POLICY.ladder_interval("O") == 4 * HOUR


def test_what_stands_beside_the_clocks() -> None:
    assert POLICY.contact_marks() == (45 * MINUTE, HOUR)
    assert POLICY.target_after_rejection() == 2 * WD
    assert POLICY.lapse_from() == 10 * WD
    assert POLICY.initial_authority_pence == 6_000_000
    assert POLICY.spend_thresholds == (50, 80, 100)
    assert POLICY.length("pager.batching_seconds") == MINUTE
    assert POLICY.authority_posts == ("s151", "chief-executive", "authorised-officer")


@pytest.mark.parametrize(
    ("window", "start", "end"),
    [
        ("reassess-watch", "2026-11-14T11:05:00Z", "2026-11-28T11:05:00Z"),
        ("offer-open", "2026-10-20T09:00:00Z", "2026-11-03T09:00:00Z"),
        ("reopen", "2026-11-11T10:30:00Z", "2027-11-11T10:30:00Z"),
        ("reopen", "2028-02-29T12:00:00Z", "2029-02-28T12:00:00Z"),
        ("reopen", "2026-03-28T12:00:00Z", "2027-03-28T11:00:00Z"),  # noon in London, both times
    ],
)
def test_windows_end_by_days_or_by_the_calendar(window: str, start: str, end: str) -> None:
    ends = POLICY.window_end(window, datetime.fromisoformat(start))
    assert ends == datetime.fromisoformat(end)
    assert ends.tzinfo is UTC


def test_a_window_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        POLICY.window_end("reopen", datetime(2026, 1, 1))  # noqa: DTZ001  (the point)


def test_a_snapshot_is_small_and_comes_back_the_same() -> None:
    text = POLICY.model_dump_json()
    assert Policy.model_validate_json(text) == POLICY
    assert len(text) < 5_000
    assert "our default" not in text


def test_the_demo_differs_from_the_defaults_only_where_it_says_so() -> None:
    demo = Policy.from_toml(DEMO, default=DEFAULT)
    said = set(tomllib.loads(DEMO)["settings"])
    assert {name for name in RULES if demo.setting(name) != POLICY.setting(name)} == said
    assert demo.working_hours.all_hours
    assert demo.target("provider-contact") == timedelta(seconds=7.5)
    assert demo.length("future.tolerance_minutes") == 5 * MINUTE
    opened = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert demo.window_end("reopen", opened) == opened + timedelta(seconds=25)


def test_every_length_is_divided_to_the_millisecond() -> None:
    fast = POLICY.at_speed(7, "test")
    assert fast.target("provider-contact") == timedelta(milliseconds=257_143)
    assert fast.ladder("U").every == timedelta(milliseconds=171_429)
    assert fast.window_end("offer-open", datetime(2026, 5, 1, tzinfo=UTC)) == datetime(
        2026, 5, 3, tzinfo=UTC
    )
    assert fast.update_interval("C2", DAY / 7) == timedelta(milliseconds=2_057_143)
    assert POLICY.at_speed(2.5, "exercise").target("decision") == 48 * MINUTE


@given(st.timedeltas(timedelta(0), timedelta(days=400)), st.integers(2, 100_000))
def test_dividing_is_off_by_half_a_millisecond_at_most(length: timedelta, scale: int) -> None:
    scaled = POLICY.at_speed(scale, "test").scaled(length)
    assert scaled % timedelta(milliseconds=1) == timedelta(0)
    assert abs(scaled * scale - length) <= scale * timedelta(milliseconds=1) / 2


def test_a_live_policy_never_runs_faster_than_life() -> None:
    assert set(problems_of(DEFAULT.replace("time_scale = 1 ", "time_scale = 60 "))) == {
        "time_scale"
    }
    with pytest.raises(PolicyError):
        POLICY.at_speed(60, "live")
    with pytest.raises(PolicyError):
        POLICY.at_speed(0, "test")


def test_settings_change_by_name() -> None:
    changed = POLICY.with_settings({"final-report.target_minutes": 7200.0})
    assert changed.target("final-report") == 15 * WD
    assert changed.with_settings({"final-report.target_minutes": 4800}) == POLICY
    assert POLICY.with_settings({"initial_authority_pence": 500000}).initial_authority_pence == (
        500_000
    )


@pytest.mark.parametrize(
    "name",
    [*FIXED, "time_scale", "no-such.target_minutes", "containment-update.target_minutes",
     "pager.batching_seconds"],
)  # fmt: skip
def test_what_is_law_published_or_unknown_is_no_setting(name: str) -> None:
    with pytest.raises(PolicyError) as caught:
        POLICY.with_settings({name: 60, "decision.target_minutes": 90})
    assert caught.value.problems == ((name, "there is no such setting to change"),)
    assert POLICY.unknown_settings({name: 60, "decision.target_minutes": 90}) == (name,)


@pytest.mark.parametrize("number", [0, -1, 7.5, True, float("nan"), float("inf"), 10**9])
def test_an_impossible_number_is_refused(number: float) -> None:
    with pytest.raises(PolicyError, match=r"^decision\.target_minutes: "):
        POLICY.with_settings({"decision.target_minutes": number})


def test_numbers_that_stand_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(PolicyError, match="is not below spend-alert"):
        POLICY.with_settings({"spend-alert.first_percent": 80})


def test_an_unknown_setting_is_an_error_to_read() -> None:
    with pytest.raises(PolicyError, match="no-such"):
        POLICY.setting("no-such.target_minutes")
    with pytest.raises(PolicyError, match="not a length"):
        POLICY.length("initial_authority_pence")


def test_every_problem_of_a_file_is_told_at_once() -> None:
    text = (
        SMALL.replace('"test"', '"practice"')
        + """
colour = "blue"
[authority]
posts = []
source = "somebody said so"
[working_time]
days = ["monday", "someday"]
opens = "09:00"
source = "our default"
[bank_holidays]
source = "published: a list"
dates = [{ on = 2026-12-25, name = "Christmas Day" }, { on = 2026-12-25, name = "Again" }]
[settings]
"decision.target_minutes" = { value = 0, source = "our default" }
"decision.warning_minutes" = 60
"decision.colour" = { value = 1, source = "our default" }
"provider-contact.target_minutes" = { value = 60, source = "our default" }
"hand-over.target_minutes" = { value = 15 }
"""
    )
    assert set(problems_of(text)) == {
        "kind",
        "colour",
        "authority.posts",
        "authority.source",
        "working_time.days",
        "working_time.opens",
        "working_time.closes",
        "bank_holidays.dates",
        "decision.target_minutes",
        "decision.warning_minutes",
        "decision.colour",
        "provider-contact.target_minutes",
        "hand-over.target_minutes.source",
    }


def test_a_file_not_based_on_the_defaults_is_complete() -> None:
    lines = DEFAULT.splitlines()
    without = "\n".join(line for line in lines if not line.startswith('"decision.target_minutes"'))
    assert problems_of(without, default="") == {"decision.target_minutes": "is missing"}


def test_a_file_based_on_the_defaults_needs_them_beside_it() -> None:
    assert set(problems_of(SMALL, default="")) == {"based_on"}
    assert Policy.from_toml(SMALL, default=DEFAULT).target("decision") == 2 * MINUTE


def test_text_that_is_not_toml_is_one_problem() -> None:
    assert set(problems_of("decision = = 2")) == {""}
    assert problems_of("")["schema"] == "is missing"


def test_everything_shown_has_a_source() -> None:
    lines = {line.name: line for line in described(DEFAULT)}
    assert set(RULES) < set(lines)
    shown = Setting("decision.target_minutes", 120, "minutes", "our default")
    assert lines["decision.target_minutes"] == shown
    assert lines["provider-contact.target_minutes"].source.startswith("published: ")
    assert lines["bank_holiday.2026-08-31"].value == "Summer bank holiday"
    assert lines["working_time.opens"].value == "09:00"
    assert all(line.source for line in lines.values())


def test_the_demo_shows_the_numbers_it_took_from_the_defaults() -> None:
    lines = {line.name: line for line in described(DEMO, default=DEFAULT)}
    assert lines["decision.target_minutes"].value == 120
    assert lines["working_time.all_hours"].value == "yes"


def test_bank_holidays_have_to_reach_eighteen_months_ahead() -> None:
    assert POLICY.bank_holidays_problem(date(2028, 6, 30)) is None
    assert "2030-01-01" in (POLICY.bank_holidays_problem(date(2028, 7, 1)) or "")
    assert POLICY.at_speed(60, "test").bank_holidays_problem(date(2099, 1, 1)) is None
