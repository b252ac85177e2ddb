"""What a return to containment and a change of provider do to each clock (guide f 12, f 13).

A clock that no lawful story can bring to the move is named with what keeps it away, and a test
proves that the lists are complete.
"""

from collections.abc import Callable

import pytest

from tests.builders import SAID_BY
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, ROWS
from tests.domain.clocks.moves import CANCELLED, RUNS, began, stands, walk
from tests.domain.clocks.story import Story, minute_of

# back to containment

ON_RETURN: dict[str, tuple[ways.Begin, str]] = {
    "council-confirmation": (ways.unconfirmed, RUNS),
    "provider-assignment": (ways.also(ways.eradicating, ways.nobody_left), RUNS),
    "provider-acknowledgement": (ways.also(ways.eradicating, ways.other_provider), RUNS),
    "provider-contact": (ways.also(ways.eradicating, ways.other_provider), RUNS),
    "eradication-update": (began("eradication-update"), CANCELLED),
    "eradication-review": (began("eradication-review"), CANCELLED),
    "phase-exit-answer": (ways.also(ways.eradicating, ways.exit_proposed), CANCELLED),
    "recovery-offer-issue": (began("recovery-offer-issue"), CANCELLED),
    "recovery-reply": (began("recovery-reply"), CANCELLED),
    "recovery-update": (began("recovery-update"), CANCELLED),
    "recovery-stall": (began("recovery-stall"), CANCELLED),
    "support-review": (ways.also(ways.eradicating, ways.fall_below), RUNS),
    "spend-authority": (ways.also(ways.eradicating, ways.spend), RUNS),
    "billing-hand-off": (ways.also(ways.offering, ways.bill_rejected), CANCELLED),
    "billing-acknowledgement": (ways.also(ways.offering, ways.bill), RUNS),
    "hand-over": (ways.also(ways.eradicating, ways.hand_over), RUNS),
    "phone-task": (ways.also(ways.eradicating, ways.ring), RUNS),
    "ico-report": (ways.eradicating, RUNS),
}
NOT_BEFORE_A_RETURN = {
    "triage-acknowledgement": "met by the first acknowledgement",
    "decision": "ends with the assessment",
    "category-chase": "ends with the assessment",
    "information-reply": "ends with the assessment",
    "scope-agreement": "ends with activation",
    "containment-update": "ends with containment, and starts on the return",
    "containment-review": "ends with containment, and starts on the return",
    "final-report": "starts in closing",
    "closure": "starts in closing",
}


@walk(ON_RETURN, "on-return-is")
def test_a_return_to_containment_ends_what_belongs_to_the_phase_it_leaves(
    name: str, begin: ways.Begin, then: str
) -> None:
    story = begin()
    assert stands(story, name) == RUNS
    due = story.clock(name).due_at
    ways.return_to_containment(story, 1)
    assert stands(story, name) == then
    assert story.clock(name).due_at == due


def test_every_clock_was_looked_at_on_a_return() -> None:
    assert {*ON_RETURN, *NOT_BEFORE_A_RETURN} == set(ROWS)


@pytest.mark.parametrize(("name", "due"), [("containment-update", 60), ("containment-review", 72)])
def test_a_return_starts_the_clocks_of_containment_afresh(name: str, due: int) -> None:
    story = ways.return_to_containment(ways.eradicating(), 100)
    run = story.clock(name)
    length = due if name == "containment-update" else due * 60
    assert (run.ended, minute_of(run.due_at)) == (False, 100 + length)
    assert run.instance == (3 if name == "containment-update" else 2)  # an exit is an update too


def test_an_accepted_offer_stands_and_recovery_starts_its_clocks_again() -> None:
    story = ways.return_to_containment(ways.recovering(), 0)
    ways.leave(ways.leave(story, 0), 0)
    assert story.case.phase == "recovery"
    assert [story.stands(name) for name in ("recovery-update", "recovery-stall")] == [
        ("running", 7 * DAYS, None),
        ("running", 14 * DAYS, None),
    ]
    assert story.clock("recovery-update").instance == 2


# decline and fail-over (rule 13)

ON_FAIL_OVER: dict[str, tuple[ways.Begin, str]] = {
    "council-confirmation": (ways.activated, RUNS),
    "provider-acknowledgement": (ways.activated, CANCELLED),
    "provider-contact": (ways.activated, CANCELLED),
    "scope-agreement": (ways.contacted, CANCELLED),
    "containment-update": (ways.containing, RUNS),
    "containment-review": (ways.containing, RUNS),
    "eradication-update": (ways.eradicating, RUNS),
    "eradication-review": (ways.eradicating, RUNS),
    "phase-exit-answer": (ways.also(ways.containing, ways.exit_proposed), CANCELLED),
    "recovery-offer-issue": (ways.offering, RUNS),
    "recovery-reply": (began("recovery-reply"), CANCELLED),
    "recovery-update": (ways.recovering, CANCELLED),
    "recovery-stall": (ways.recovering, CANCELLED),
    "support-review": (ways.also(lambda: ways.containing(0, "C3"), ways.fall_below), RUNS),
    "spend-authority": (ways.also(ways.containing, ways.spend), RUNS),
    "billing-hand-off": (ways.also(ways.offering, ways.bill_rejected), RUNS),
    "billing-acknowledgement": (ways.also(ways.offering, ways.bill), RUNS),
    "hand-over": (ways.also(ways.containing, ways.hand_over), RUNS),
    "phone-task": (ways.also(ways.containing, ways.ring), RUNS),
    "ico-report": (ways.containing, RUNS),
}
NOT_BEFORE_A_FAIL_OVER = {
    "triage-acknowledgement": "nobody is called out yet",
    "decision": "nobody is called out yet",
    "category-chase": "nobody is called out yet",
    "information-reply": "nobody is called out yet",
    "provider-assignment": "nobody is on the case to fail over from",
    "final-report": "fail-over ends with recovery",
    "closure": "fail-over ends with recovery",
}


@walk(ON_FAIL_OVER, "on-fail-over-is")
def test_a_fail_over_ends_what_belonged_to_the_old_call_out(
    name: str, begin: ways.Begin, then: str
) -> None:
    story = begin()
    old = story.clock(name)
    ways.fail_over(story, 1)
    then_run = [run for run in story.case.clocks if run.id == old.id]
    cancelled = [f.payload["instance"] for f in story.facts_of("clock-cancelled", name)]
    assert (old.instance in cancelled) is (then == CANCELLED)
    if then == RUNS:
        assert [(run.state.value, run.due_at) for run in then_run] == [(RUNS, old.due_at)]


def test_every_clock_was_looked_at_on_a_fail_over() -> None:
    assert {*ON_FAIL_OVER, *NOT_BEFORE_A_FAIL_OVER} == set(ROWS)


@pytest.mark.parametrize("change", [ways.fail_over, ways.provider_declines])
def test_a_new_call_out_has_new_clocks_from_its_own_instant(
    change: Callable[[Story, float], Story],
) -> None:
    story = change(ways.activated(), 6)
    run = story.clock("provider-contact")
    assert (run.instance, minute_of(run.due_at)) == (2, 36)
    assert story.stands("provider-acknowledgement") == ("running", 16, None)


@pytest.mark.parametrize("change", [ways.fail_over, ways.provider_declines])
def test_a_call_out_that_breached_stays_breached(change: Callable[[Story, float], Story]) -> None:
    story = change(ways.activated(), 31)
    assert [
        (b.clock, b.instance) for b in story.case.breaches if b.clock == "provider-contact"
    ] == [("provider-contact", 1)]
    pages = [page for page in story.until(100).pages("provider-contact") if page[0] < 51]
    assert pages == [(20, 0), (30, 1)]


def test_the_councils_wait_is_measured_over_both_call_outs() -> None:
    story = ways.fail_over(ways.activated(), 20)
    story.give(45, "contact-made", story.provider, **ways.TALKED)
    engagement = story.case.engagement
    assert engagement.first_called_at is not None
    assert engagement.contacted_at is not None
    assert minute_of(engagement.first_called_at) == 0
    assert minute_of(engagement.contacted_at) == 45
    assert story.stands("provider-contact") == ("met", 50, None)


def test_a_fail_over_in_activation_agrees_the_scope_anew() -> None:
    story = ways.fail_over(ways.contacted(), 10)
    assert not story.case.live_clocks("scope-agreement")
    story.give(15, "contact-made", story.provider, **ways.TALKED)
    assert story.stands("scope-agreement") == ("running", 15 + 240, None)


def test_a_fail_over_while_an_offer_is_open_asks_for_a_new_one() -> None:
    story = ways.fail_over(ROWS["recovery-reply"].begin(), 0)
    assert story.stands("recovery-offer-issue") == ("running", DAYS, None)


def test_an_order_that_stands_keeps_the_clocks_of_recovery() -> None:
    said = {"said_by": SAID_BY, "authority": ways.AUTHORITY, "card": "kestrel-recovery"}
    story = ways.fail_over(ways.recovering(), 1, order_stands=said)
    assert story.case.phase == "recovery"
    assert story.stands("recovery-update") == ("running", 7 * DAYS, None)
    assert story.clock("recovery-update").instance == 1
