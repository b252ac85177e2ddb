"""Nights the clock is changed and days nobody works, each in a story with real commands (edge 27).

In 2027 the clock goes forward on Sunday 28 March at 01:00 UTC and back on Sunday 31 October at
01:00 UTC; Easter is 28 March; Christmas Day and Boxing Day fall on a weekend and have substitutes.
Dates are from the policy's bank holidays, which a test of their own compares with the statute.
"""

from datetime import datetime

import pytest

from domain.working_hours import LONDON
from tests.domain.clocks import ways
from tests.domain.clocks.story import Story, instant, minute_of


def london(text: str) -> float:
    """Return the minute of the stories at which London's clock shows ``text``, the first time."""
    return minute_of(datetime.fromisoformat(text).replace(tzinfo=LONDON))


def utc(text: str) -> float:
    return minute_of(datetime.fromisoformat(f"{text}+00:00"))


def reported(minute: float) -> Story:
    """Return a story whose report came then."""
    return Story(begins=instant(minute))


NIGHTS = {
    "forward": ("2027-03-28T00:50", "2027-03-28T01:10"),
    "back": ("2027-10-31T00:50", "2027-10-31T01:10"),
}


@pytest.mark.parametrize(("report", "due"), NIGHTS.values(), ids=NIGHTS)
def test_twenty_minutes_are_twenty_minutes_across_the_change(report: str, due: str) -> None:
    story = reported(utc(report))
    assert story.stands("triage-acknowledgement") == ("running", utc(due), None)
    pages = story.until(utc(due) + 41).pages("triage-acknowledgement")
    assert pages == [
        (utc(report) + 10, 0),
        (utc(due), 1),
        (utc(due) + 20, 2),
        (utc(due) + 40, 3),
    ]


@pytest.mark.parametrize(("report", "_due"), NIGHTS.values(), ids=NIGHTS)
def test_seventy_two_hours_for_the_ico_are_elapsed_hours(report: str, _due: str) -> None:
    story = reported(utc(report))
    assert story.stands("ico-report") == ("running", utc(report) + 72 * 60, None)
    assert story.until(utc(report) + 80 * 60).told("ico-reminder") == [
        utc(report) + hours * 60 for hours in (24, 48, 66)
    ]


def test_half_past_one_comes_twice_and_fires_once_each() -> None:
    story = reported(utc("2027-10-30T22:30")).give(utc("2027-10-30T22:30"), "acknowledge", "kaya")
    assert london("2027-10-31T01:30") == utc("2027-10-31T00:30")
    assert story.stands("decision") == ("running", utc("2027-10-31T00:30"), None)
    story.until(utc("2027-10-31T01:31"))  # half past one by London's clock, the second time
    assert story.pages("decision") == [
        (utc("2027-10-30T23:30"), 0),
        (utc("2027-10-31T00:30"), 1),
        (utc("2027-10-31T00:50"), 2),
        (utc("2027-10-31T01:10"), 3),
        (utc("2027-10-31T01:30"), 3),
    ]


def test_a_decision_due_in_the_hour_that_is_left_out_still_breaches() -> None:
    started = utc("2027-03-27T23:30")  # 01:30 by the clock never comes that night
    story = reported(started).give(started, "acknowledge", "kaya").until(utc("2027-03-28T01:30"))
    assert story.stands("decision") == ("breached", utc("2027-03-28T01:30"), None)
    assert [page for page in story.pages("decision") if page[1]] == [(started + 120, 1)]


@pytest.mark.parametrize(
    ("offered", "due", "reminded"),
    [
        # over Easter and into summer time: Good Friday 26 and Easter Monday 29 March do not count
        (
            "2027-03-24T14:00",
            "2027-04-02T14:00",
            ["2027-03-30T14:00", "2027-04-01T14:00"],
        ),
        # the clock goes back on the Sunday between: working hours follow London
        (
            "2027-10-28T14:00",
            "2027-11-04T14:00",
            ["2027-11-01T14:00", "2027-11-03T14:00"],
        ),
        # Christmas Day is a Saturday and Boxing Day a Sunday: Monday and Tuesday are off instead,
        # and so is Monday 3 January for New Year's Day
        (
            "2027-12-23T14:00",
            "2028-01-04T14:00",
            ["2027-12-29T14:00", "2027-12-31T14:00"],
        ),
        # the August bank holiday
        (
            "2027-08-26T09:00",
            "2027-09-02T17:00",
            ["2027-08-27T17:00", "2027-09-01T17:00"],
        ),
    ],
    ids=["easter", "clock-goes-back", "christmas-substitutes", "august"],
)
def test_the_councils_five_working_days_skip_every_day_nobody_works(
    offered: str, due: str, reminded: list[str]
) -> None:
    at = london(offered)
    story = ways.offer(ways.offering(at), at)
    assert story.stands("recovery-reply") == ("running", london(due), None)
    assert story.until(london(due)).told("recovery-reminder") == [london(one) for one in reminded]
    assert story.pages("recovery-reply") == [(london(due), 1)]


def test_a_working_day_that_starts_out_of_hours_starts_at_the_next_opening() -> None:
    eve = london("2027-03-25T18:00")  # the evening before Good Friday
    story = ways.offering(eve)
    assert story.stands("recovery-offer-issue") == ("running", london("2027-03-30T17:00"), None)


def test_the_office_ladder_waits_for_the_opening_after_the_holidays() -> None:
    entered = london("2027-12-22T19:00")  # 72 hours later is Christmas evening
    story = ways.containing(entered).until(london("2027-12-29T13:01"))
    assert story.stands("containment-review") == ("breached", london("2027-12-25T19:00"), None)
    assert story.pages("containment-review") == [
        (london("2027-12-29T09:00"), 1),
        (london("2027-12-29T13:00"), 2),
    ]


def test_a_pause_across_the_change_gives_back_the_same_working_time() -> None:
    at = london("2027-10-29T12:00")
    story = ways.offering(at)
    noon_after = london("2027-11-01T12:00")
    ways.pause(story, at, "recovery-offer-issue", "council-request", until=noon_after)
    due = story.until(noon_after + 1).stands("recovery-offer-issue")[1]
    assert due == london("2027-11-02T12:00")
