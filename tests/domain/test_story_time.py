"""A played story has its own calendar, and loses nothing by being fast."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clocks.working_time import add_working, is_working, next_working_instant
from domain.policy import PolicyError
from domain.story_time import EVEN, StoryTime, is_even, nearest_even
from tests.builders import a_policy

FRIDAY_NIGHT = datetime(2026, 8, 28, 21, 0, tzinfo=UTC)
BEGAN = datetime(2026, 11, 25, 15, 3, 7, 123456, tzinfo=UTC)
SPEEDS = st.sampled_from([speed for speed in range(1, 7000) if is_even(speed)])
MINUTES = st.integers(min_value=0, max_value=60 * 24 * 60).map(lambda n: timedelta(minutes=n))


def story(speed: int = 600) -> StoryTime:
    return StoryTime(began_at=BEGAN, tells_of=FRIDAY_NIGHT, speed=speed)


@given(SPEEDS, MINUTES)
def test_an_instant_of_the_story_is_played_and_told_again(speed: int, after: timedelta) -> None:
    at = FRIDAY_NIGHT + after
    assert story(speed).told(story(speed).played(at)) == at


@given(SPEEDS, MINUTES, st.integers(min_value=0, max_value=30 * 480))
def test_working_time_of_a_played_story_ends_where_the_story_says(
    speed: int, after: timedelta, minutes: int
) -> None:
    policy, start = a_policy(), FRIDAY_NIGHT + after
    played, fast = story(speed), a_policy().in_story(story(speed))
    length = timedelta(minutes=minutes)
    told = add_working(start, length, policy.working_hours)
    real = add_working(played.played(start), fast.scaled(length), fast.working_hours)
    assert real == played.played(told)


def test_a_bank_holiday_of_the_story_is_one_while_it_is_played() -> None:
    hours = a_policy().in_story(story()).working_hours
    holiday = story().played(datetime(2026, 8, 31, 10, 0, tzinfo=UTC))
    opening = story().played(datetime(2026, 9, 1, 8, 0, tzinfo=UTC))
    assert not is_working(holiday, hours)
    assert next_working_instant(holiday, hours) == opening


def test_the_day_of_a_played_exercise_is_that_of_its_story() -> None:
    policy = a_policy().in_story(story())
    assert policy.day_of(BEGAN) == date(2026, 8, 28)
    assert policy.day_of(BEGAN + timedelta(seconds=20)) == date(2026, 8, 29)  # 200 minutes later
    assert a_policy().day_of(BEGAN) == date(2026, 11, 25)


def test_midnight_of_a_day_of_the_story_comes_while_it_is_played() -> None:
    hours = a_policy().in_story(story()).working_hours
    midnight = datetime(2026, 8, 28, 23, 0, tzinfo=UTC)  # in London it is summer
    assert hours.midnight(date(2026, 8, 29)) == story().played(midnight)


def test_a_window_of_twelve_months_is_twelve_months_of_the_story() -> None:
    policy, closed = a_policy().in_story(story()), BEGAN + timedelta(hours=1)
    ends = policy.window_end("reopen", closed)
    assert story().told(ends) == a_policy().window_end("reopen", story().told(closed))


def test_a_speed_at_which_minutes_are_rounded_is_refused_with_the_nearest() -> None:
    with pytest.raises(PolicyError) as refused:
        a_policy().in_story(story(700))
    assert "take 750" in str(refused.value)


def test_a_played_policy_is_an_exercise_and_no_other_is_played() -> None:
    assert a_policy().in_story(story()).kind == "exercise"
    assert a_policy().in_story(story()).is_played
    assert not a_policy().is_played


def test_every_even_speed_divides_a_minute_into_whole_milliseconds() -> None:
    assert [speed for speed in (1, 7, 60, 600, 601, EVEN) if is_even(speed)] == [1, 60, 600, EVEN]
    assert (nearest_even(599), nearest_even(10**9)) == (600, EVEN)
