"""What an acknowledgement takes and buys, what it never does, and marks that time went past."""

import pytest

from domain.clocks.ladders import waiting_for_a_person
from domain.clocks.running import raised
from domain.errors import Code
from domain.fact import Cause
from domain.settling import settle
from tests.builders import a_policy
from tests.domain.clocks.story import Story, instant

SHORT = {"ladder-u.acknowledgement_minutes": 5}
"""An acknowledgement that buys less than the ladder itself waits."""


def alarmed(*alarms: str) -> Story:
    """Return a story in which each of the alarms was raised at minute 0."""
    story = Story()
    for alarm in alarms:
        cause = Cause(id="watch", by="system", at=instant(0))
        settled = settle(story.case, raised(story.case, alarm, instant(0)), cause)
        story.case = settled.case
        story.facts.extend(settled.facts)
    return story


# alarms


def test_an_acknowledgement_takes_only_the_alarm_it_names() -> None:
    story = alarmed("spread-reported", "no-provider")
    story.give(5, "acknowledge-escalation", "helen", about="alarm:spread-reported").until(20)
    assert story.pages("alarm:spread-reported") == [(0, 1)]
    assert story.pages("alarm:no-provider") == [(0, 2), (20, 3)]


def test_every_clock_and_alarm_with_an_untaken_page_waits_once() -> None:
    story = alarmed("spread-reported", "no-provider")
    assert waiting_for_a_person(story.case) == ("alarm:spread-reported", "alarm:no-provider")
    story.give(5, "acknowledge-escalation", "helen", about="alarm:spread-reported").until(40)
    assert waiting_for_a_person(story.case) == ("triage-acknowledgement", "alarm:no-provider")


def test_a_taken_alarm_waits_for_nobody() -> None:
    story = alarmed("spread-reported")
    story.give(5, "acknowledge-escalation", "helen", about="alarm:spread-reported")
    again = story.refused(6, "acknowledge-escalation", "helen", about="alarm:spread-reported")
    assert again.code is Code.NOTHING_TO_ACKNOWLEDGE


# the marks of provider-contact


@pytest.mark.parametrize("found", [45, 47, 49])
def test_the_page_of_the_breach_is_superseded_from_the_instant_of_the_first_mark(
    found: int,
) -> None:
    story = Story().activated(0).outage(found)
    assert story.superseded("provider-contact") == [(30, 1)]
    assert story.pages("provider-contact") == [(45, 2)]


@pytest.mark.parametrize("found", [60, 62, 64])
def test_a_mark_is_superseded_from_the_instant_of_the_next_one(found: int) -> None:
    story = Story().activated(0).outage(found)
    assert story.superseded("provider-contact") == [(30, 1), (45, 2)]
    assert story.pages("provider-contact") == [(60, 3)]


def test_the_last_mark_is_superseded_from_the_instant_of_its_first_repeat() -> None:
    story = Story().activated(0).outage(80)
    assert story.superseded("provider-contact") == [(30, 1), (45, 2), (60, 3)]
    assert story.pages("provider-contact") == [(80, 3)]


def test_quiet_that_ends_before_the_last_mark_brings_no_page_of_its_own() -> None:
    story = Story(policy=a_policy(**SHORT)).activated(0)
    story.give(46, "acknowledge-escalation", "priya", about="provider-contact").until(60)
    assert story.pages("provider-contact") == [(20, 0), (30, 1), (45, 2), (60, 3)]


def test_an_acknowledgement_never_brings_a_repeat_nearer() -> None:
    story = Story(policy=a_policy(**SHORT)).activated(0)
    story.give(61, "acknowledge-escalation", "priya", about="provider-contact").until(80)
    assert story.pages("provider-contact")[-2:] == [(60, 3), (80, 3)]
