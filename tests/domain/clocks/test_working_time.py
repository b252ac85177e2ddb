"""Working time: office hours, bank holidays, clock nights, and what always holds."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clocks.working_time import (
    add_working,
    is_working,
    next_working_instant,
    working_between,
)
from domain.working_hours import LONDON, WorkingHours

WORKING_DAY = timedelta(hours=8)
HOURS = WorkingHours(
    bank_holidays=(
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 8, 31),
        date(2026, 12, 25),
        date(2026, 12, 28),
        date(2027, 1, 1),
        date(2027, 12, 27),
        date(2027, 12, 28),
        date(2028, 1, 3),
    )
)
ALL_HOURS = WorkingHours(all_hours=True)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z")


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


@pytest.mark.parametrize(
    ("started", "working_days", "due"),
    [
        # played in the scenarios
        ("2026-08-31T15:30:00", 1, "2026-09-01T16:00:00"),  # August bank holiday
        ("2026-09-01T10:00:00", 5, "2026-09-08T10:00:00"),
        ("2026-09-07T14:00:00", 10, "2026-09-21T14:00:00"),
        ("2026-09-15T17:00:00", 5, "2026-09-22T16:00:00"),  # an evening
        ("2026-10-01T10:00:00", 2, "2026-10-05T10:00:00"),
        ("2026-10-05T13:00:00", 5, "2026-10-12T13:00:00"),
        ("2026-10-14T15:00:00", 10, "2026-10-28T16:00:00"),  # the clock goes back
        ("2026-10-28T14:00:00", 20, "2026-11-25T14:00:00"),
        ("2026-11-17T09:30:00", 10, "2026-12-01T09:30:00"),
        ("2026-11-17T09:30:00", 15, "2026-12-08T09:30:00"),
        ("2026-12-03T15:00:00", 20, "2027-01-05T15:00:00"),  # Christmas
        ("2026-12-04T16:40:00", 20, "2027-01-06T16:40:00"),
        ("2026-12-04T16:40:00", 10, "2026-12-18T16:40:00"),
    ],
)
def test_working_days_end_when_the_guide_says(started: str, working_days: int, due: str) -> None:
    assert add_working(utc(started), working_days * WORKING_DAY, HOURS) == utc(due)


@pytest.mark.parametrize(
    ("started", "length", "due"),
    [
        ("2026-06-01T08:59:59", timedelta(hours=1), "2026-06-01T10:00:00"),
        ("2026-06-01T09:00:00", WORKING_DAY, "2026-06-01T17:00:00"),
        ("2026-06-01T09:00:00", WORKING_DAY + timedelta(seconds=1), "2026-06-02T09:00:01"),
        ("2026-06-01T17:00:00", timedelta(0), "2026-06-01T17:00:00"),
        ("2026-06-01T17:00:00", timedelta(minutes=1), "2026-06-02T09:01:00"),
        ("2026-06-01T17:00:01", timedelta(0), "2026-06-02T09:00:00"),
        ("2026-06-05T16:30:00", timedelta(hours=1), "2026-06-08T09:30:00"),  # a weekend
        ("2026-04-02T16:00:00", timedelta(hours=2), "2026-04-07T10:00:00"),  # Easter
        ("2026-12-24T16:00:00", timedelta(hours=2), "2026-12-29T10:00:00"),  # substitute day
        ("2027-12-24T16:00:00", timedelta(hours=2), "2027-12-29T10:00:00"),  # two of them
        ("2026-12-31T16:00:00", timedelta(hours=2), "2027-01-04T10:00:00"),  # the year ends
        ("2027-12-31T16:00:00", timedelta(hours=2), "2028-01-04T10:00:00"),
        ("2026-03-27T16:00:00", timedelta(hours=2), "2026-03-30T10:00:00"),  # the clock goes on
        ("2026-10-23T16:00:00", timedelta(hours=2), "2026-10-26T10:00:00"),  # and back
    ],
)
def test_hours_are_counted_by_the_clock_of_london(
    started: str, length: timedelta, due: str
) -> None:
    assert add_working(london(started), length, HOURS) == london(due)


def test_a_day_open_over_the_clock_night_has_the_hours_it_really_has() -> None:
    night = WorkingHours(days=(6,), opens=time(0), closes=time(6))
    start = utc("2026-03-29T00:00:00")
    assert add_working(start, timedelta(hours=5), night) == utc("2026-03-29T05:00:00")
    assert working_between(start, utc("2026-03-30T00:00:00"), night) == timedelta(hours=5)


def test_what_is_left_leaves_out_nights_weekends_and_bank_holidays() -> None:
    friday, tuesday = london("2026-08-28T15:00:00"), london("2026-09-01T10:30:00")
    assert working_between(friday, tuesday, HOURS) == timedelta(hours=3, minutes=30)


def test_nothing_is_left_when_the_end_is_not_later() -> None:
    assert working_between(utc("2026-06-02T10:00:00"), utc("2026-06-01T10:00:00"), HOURS) == (
        timedelta(0)
    )


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-06-01T09:00:00", "2026-06-01T09:00:00"),
        ("2026-06-01T17:00:00", "2026-06-01T17:00:00"),
        ("2026-06-01T17:00:00.000001", "2026-06-02T09:00:00"),
        ("2026-06-01T03:00:00", "2026-06-01T09:00:00"),
        ("2026-08-29T12:00:00", "2026-09-01T09:00:00"),
    ],
)
def test_a_page_out_of_hours_waits_for_the_next_opening(at: str, answer: str) -> None:
    assert next_working_instant(london(at), HOURS) == london(answer)
    assert is_working(london(at), HOURS) is (at == answer)


def test_with_all_hours_working_time_is_elapsed_time() -> None:
    start, length = utc("2026-12-24T23:30:00"), timedelta(hours=40, milliseconds=7)
    assert add_working(start, length, ALL_HOURS) == start + length
    assert working_between(start, start + length, ALL_HOURS) == length
    assert next_working_instant(start, ALL_HOURS) == start
    assert is_working(start, ALL_HOURS)


def test_answers_are_utc_whatever_zone_came_in() -> None:
    start = datetime(2026, 6, 1, 9, tzinfo=LONDON)
    assert add_working(start, timedelta(hours=1), HOURS).isoformat() == "2026-06-01T09:00:00+00:00"
    assert next_working_instant(start, ALL_HOURS).tzinfo is UTC


def test_naive_instants_and_negative_lengths_are_refused() -> None:
    naive, aware = datetime(2026, 6, 1, 9), utc("2026-06-01T09:00:00")  # noqa: DTZ001  (the point)
    for hours in (HOURS, ALL_HOURS):
        with pytest.raises(ValueError, match="needs a zone"):
            add_working(naive, WORKING_DAY, hours)
        with pytest.raises(ValueError, match="needs a zone"):
            working_between(naive, aware, hours)
        with pytest.raises(ValueError, match="needs a zone"):
            working_between(aware, naive, hours)
        with pytest.raises(ValueError, match="needs a zone"):
            next_working_instant(naive, hours)
        with pytest.raises(ValueError, match="needs a zone"):
            is_working(naive, hours)
        with pytest.raises(ValueError, match="cannot be negative"):
            add_working(aware, -WORKING_DAY, hours)


@pytest.mark.parametrize(
    "wrong",
    [{"days": ()}, {"days": (7,)}, {"opens": time(17)}, {"closes": time(12, tzinfo=UTC)}],
)
def test_hours_in_which_nobody_could_work_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="1 validation error"):
        WorkingHours.model_validate(wrong)


instants = st.datetimes(
    min_value=datetime(2026, 1, 1),  # noqa: DTZ001  (the zone is given below)
    max_value=datetime(2029, 12, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
lengths = st.timedeltas(min_value=timedelta(0), max_value=20 * WORKING_DAY)
any_hours = st.sampled_from(
    [HOURS, ALL_HOURS, WorkingHours(days=(0, 2, 6), opens=time(0, 30), closes=time(23, 59))]
)


@given(instants, lengths, any_hours)
def test_measuring_gives_back_the_length_that_was_added(
    start: datetime, length: timedelta, hours: WorkingHours
) -> None:
    assert working_between(start, add_working(start, length, hours), hours) == length


@given(instants, lengths, any_hours)
def test_the_end_is_always_inside_working_time(
    start: datetime, length: timedelta, hours: WorkingHours
) -> None:
    assert is_working(add_working(start, length, hours), hours)


@given(instants, lengths, lengths, any_hours)
def test_a_longer_length_and_a_later_start_never_end_earlier(
    start: datetime, one: timedelta, other: timedelta, hours: WorkingHours
) -> None:
    shorter, longer = sorted((one, other))
    assert add_working(start, shorter, hours) <= add_working(start, longer, hours)
    assert add_working(start, one, hours) <= add_working(start + other, one, hours)


@given(instants, lengths, lengths, any_hours)
def test_counting_in_two_parts_ends_where_the_whole_ends(
    start: datetime, one: timedelta, other: timedelta, hours: WorkingHours
) -> None:
    whole = add_working(start, one + other, hours)
    if other:
        assert add_working(add_working(start, one, hours), other, hours) == whole
    else:
        assert add_working(start, one, hours) == whole
