"""What entering closing and closed, a reversal and coming back do to each clock (guide f 12).

A clock that no lawful story can bring to the move is named with what keeps it away, and a test
proves that the lists are complete.
"""

from collections.abc import Callable

import pytest

from domain.clock_run import ClockState
from tests.builders import SAID_BY, WHY
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, ROWS
from tests.domain.clocks.moves import CANCELLED, RUNS, began, stands, walk
from tests.domain.clocks.story import Story, minute_of

# entering closing

ENDS: dict[str, Callable[[Story, float], Story]] = {
    "recovery-offer": ways.end_offers,
    "assessment": ways.withdraw,
}


def into_closing(story: Story, minute: float) -> Story:
    """End the response from wherever it stands."""
    if story.case.phase == "recovery":
        return story.give(minute, "stop-recovery", "priya", said_by=SAID_BY, reason=WHY)
    return ENDS.get(story.case.phase, ways.decline)(story, minute)


ON_CLOSING: dict[str, tuple[ways.Begin, str]] = {
    "decision": (ways.reversed_with_contact, CANCELLED),
    "category-chase": (ways.reversed_with_contact, CANCELLED),
    "information-reply": (ways.asked_again, CANCELLED),
    "council-confirmation": (ways.unconfirmed, CANCELLED),
    "provider-assignment": (ways.also(ways.containing, ways.nobody_left), CANCELLED),
    "provider-acknowledgement": (ways.also(ways.containing, ways.other_provider), CANCELLED),
    "provider-contact": (ways.also(ways.containing, ways.other_provider), CANCELLED),
    "scope-agreement": (ways.contacted, CANCELLED),
    "containment-update": (ways.containing, CANCELLED),
    "containment-review": (ways.containing, CANCELLED),
    "eradication-update": (ways.eradicating, CANCELLED),
    "eradication-review": (ways.eradicating, CANCELLED),
    "phase-exit-answer": (ways.also(ways.containing, ways.exit_proposed), CANCELLED),
    "recovery-offer-issue": (ways.offering, CANCELLED),
    "recovery-update": (ways.recovering, CANCELLED),
    "recovery-stall": (ways.recovering, CANCELLED),
    "support-review": (ways.also(lambda: ways.containing(0, "C3"), ways.fall_below), CANCELLED),
    "spend-authority": (ways.also(ways.containing, ways.spend), RUNS),
    "billing-hand-off": (ways.also(ways.offering, ways.bill_rejected), RUNS),
    "billing-acknowledgement": (ways.also(ways.offering, ways.bill), RUNS),
    "hand-over": (ways.also(ways.containing, ways.hand_over), RUNS),
    "phone-task": (ways.also(ways.containing, ways.ring), RUNS),
    "ico-report": (ways.containing, RUNS),
}
NOT_BEFORE_CLOSING = {
    "triage-acknowledgement": "nothing is billable yet: the case is closed at once",
    "recovery-reply": "an open offer is answered or lapses first: see below",
    "final-report": "starts here",
    "closure": "starts here",
}


@walk(ON_CLOSING, "on-closing-is")
def test_entering_closing_ends_all_but_what_closing_waits_for(
    name: str, begin: ways.Begin, then: str
) -> None:
    story = begin()
    assert stands(story, name) == RUNS
    into_closing(story, 1)
    assert story.case.phase == "closing"
    assert stands(story, name) == then


def test_every_clock_was_looked_at_on_entering_closing() -> None:
    assert {*ON_CLOSING, *NOT_BEFORE_CLOSING} == set(ROWS)


def test_a_lapse_ends_the_reply_unmet_and_its_breach_stays() -> None:
    story = ROWS["recovery-reply"].begin()
    story.give(15 * DAYS, "lapse-recovery", "priya", reason=WHY)
    run = story.clock("recovery-reply")
    assert (run.state, run.ended, run.met_at) == (ClockState.BREACHED, True, None)
    pages = story.pages("recovery-reply")
    assert story.until(20 * DAYS).pages("recovery-reply") == pages


# entering closed

ON_CLOSED: dict[str, ways.Begin] = {
    "triage-acknowledgement": Story,
    "decision": ways.assessed,
    "category-chase": ways.assessed,
    "information-reply": began("information-reply"),
    "council-confirmation": ways.activated,
    "provider-assignment": began("provider-assignment"),
    "provider-acknowledgement": ways.activated,
    "provider-contact": ways.activated,
    "support-review": ways.also(lambda: ways.activated(0, "C3"), ways.fall_below),
    "hand-over": began("hand-over"),
    "phone-task": began("phone-task"),
    "ico-report": Story,
}
"""Closed by withdrawal before anybody reached the council: nothing is billable."""

CONFIRMED: dict[str, ways.Begin] = {
    "final-report": ways.closing,
    "closure": ways.closing,
    "hand-over": ways.also(ways.closing, ways.hand_over),
    "ico-report": ways.closing,
}
"""Closed by two people, with what is missing waived."""

NOT_WHEN_CLOSED = {
    "scope-agreement": "contact was made: the way leads over closing",
    "containment-update": "ended by entering closing",
    "containment-review": "ended by entering closing",
    "eradication-update": "ended by entering closing",
    "eradication-review": "ended by entering closing",
    "phase-exit-answer": "ended by entering closing",
    "recovery-offer-issue": "ended by entering closing",
    "recovery-reply": "ended by entering closing",
    "recovery-update": "ended by entering closing",
    "recovery-stall": "ended by entering closing",
    "billing-acknowledgement": "every pack is acknowledged before closure",
    "spend-authority": "see below: what passed the authority has to be void",
    "billing-hand-off": "see below: what was to bill has to be void",
}


def quiet(story: Story, name: str) -> None:
    """Assert that nothing of the clock is left, now or ever."""
    assert story.case.phase == "closed"
    assert not story.case.live_clocks()
    pages, told = story.pages(name), len(story.facts)
    story.until(400 * DAYS)
    assert story.pages(name) == pages
    later = {fact.type for fact in story.facts[told:]}
    assert later <= {"window-ended", "case-archived"}


@pytest.mark.parametrize(
    ("name", "begin"), [pytest.param(n, b, id=f"{n}-on-closed") for n, b in ON_CLOSED.items()]
)
def test_a_case_that_is_withdrawn_runs_no_clock(name: str, begin: ways.Begin) -> None:
    story = begin()
    assert stands(story, name) == RUNS
    ways.withdraw(story, 1)
    assert stands(story, name) == CANCELLED
    quiet(story, name)


@pytest.mark.parametrize(
    ("name", "begin"), [pytest.param(n, b, id=f"{n}-on-confirmed") for n, b in CONFIRMED.items()]
)
def test_a_case_that_two_people_close_runs_no_clock(name: str, begin: ways.Begin) -> None:
    story = begin()
    assert stands(story, name) == RUNS
    ways.close(story, 1, waive=("final-report", "ico-outcome"))
    assert story.clock(name).ended
    assert stands(story, name) == ("met" if name == "closure" else CANCELLED)
    quiet(story, name)


@pytest.mark.parametrize("name", ["spend-authority", "billing-hand-off"])
def test_what_only_void_work_had_started_ends_when_the_case_is_closed(name: str) -> None:
    items = 14 if name == "spend-authority" else 1
    story = ways.end_offers(ways.log(ways.offering(), 0, items), 0)
    for item in story.case.money.items:
        given = {"item": item.item, "reason": WHY}
        story.give(0, "dispute-work", "kaya", raised_by="mhclg", **given)
        story.give(0, "resolve-work", "martin", result="void", **given)
    assert stands(story, name) == RUNS
    ways.close(story, 1)
    assert stands(story, name) == CANCELLED
    quiet(story, name)


def test_every_clock_was_looked_at_on_entering_closed() -> None:
    assert {*ON_CLOSED, *CONFIRMED, *NOT_WHEN_CLOSED} == set(ROWS)


def test_a_breached_clock_stays_breached_when_the_case_is_closed() -> None:
    story = ways.withdraw(Story().until(25), 26)
    run = story.clock("triage-acknowledgement")
    assert (run.state, run.ended) == (ClockState.BREACHED, True)
    assert [b.clock for b in story.case.breaches] == ["triage-acknowledgement"]
    quiet(story, "triage-acknowledgement")


# a reversed decision, and coming back


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("council-confirmation", ways.activated),
        ("support-review", ways.also(lambda: ways.activated(0, "C3"), ways.fall_below)),
    ],
)
def test_a_reversed_decision_ends_what_it_had_started(name: str, begin: ways.Begin) -> None:
    story = ways.reverse(begin(), 1)
    assert stands(story, name) == CANCELLED
    assert story.stands("decision") == ("running", 121, None)


def test_coming_back_starts_the_ico_tracker_again_from_the_same_awareness() -> None:
    story = ways.decline(ways.activated(), 1)
    assert (story.case.phase, stands(story, "ico-report")) == ("closed", CANCELLED)
    story.give(600, "re-offer-service", "kaya", said_by=SAID_BY, reason=WHY)
    run = story.clock("ico-report")
    assert (run.instance, minute_of(run.started_at), minute_of(run.due_at)) == (2, 0, 72 * 60)


def test_an_ico_outcome_that_is_known_is_not_asked_for_again() -> None:
    story = ROWS["ico-report"].meet(ways.activated(), 1)
    ways.decline(story, 2).give(600, "re-offer-service", "kaya", said_by=SAID_BY, reason=WHY)
    assert not story.case.live_clocks("ico-report")
