"""Clocks that come again and again, and what starts or stops them besides the plainest way."""

from collections.abc import Callable

import pytest

from domain.errors import Code
from tests.builders import ANSWERS, WHY
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, HOURS, ROWS
from tests.domain.clocks.story import Story, instant

REVIEWED = {"about": "phase", "result": "continue", "notes": "It goes on."}


def updated(story: Story, minute: float) -> Story:
    return story.give(minute, "provider-update", story.provider, summary="Hosts isolated.")


def amended(story: Story, minute: float, **changes: object) -> Story:
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return story.give(minute, "amend-report", "kaya", changes=paths, reason=WHY)


def below(category: str) -> Story:
    """Return a case below the threshold in containment, activated by two people."""
    story = ways.assessed()
    story.give(0, "record-category", "kaya", category=category, given_by="ncsc")
    ways.by_discretion(story, 0)
    story.give(0, "contact-made", story.provider, **ways.TALKED)
    return story.give(0, "agree-scope", story.provider, summary="All.", agreed_by="Jo Hale")


# updates in containment


@pytest.mark.parametrize(
    ("category", "at", "every"),
    [
        ("C1", 24 * HOURS - 1, 1 * HOURS),
        ("C1", 24 * HOURS, 4 * HOURS),
        ("C2", 24 * HOURS - 1, 1 * HOURS),
        ("C2", 24 * HOURS, 4 * HOURS),
        ("C2", 20 * DAYS, 4 * HOURS),
        ("C3", 48 * HOURS - 1, 4 * HOURS),
        ("C3", 48 * HOURS, 24 * HOURS),
    ],
)
def test_the_interval_grows_when_the_first_spell_of_containment_is_over(
    category: str, at: int, every: int
) -> None:
    story = updated(ways.containing(0, category), at)
    assert story.stands("containment-update") == ("running", at + every, None)
    story.until(at + every)
    spoken = [page for page in story.pages("containment-update") if page[0] > at]
    assert spoken == [(at + every * 0.75, 0), (at + every, 1)]


@pytest.mark.parametrize("category", ["C4", "C5", "C6"])
def test_below_the_threshold_an_update_is_due_once_a_day(category: str) -> None:
    assert below(category).stands("containment-update") == ("running", 24 * HOURS, None)


def test_a_return_to_containment_begins_with_the_short_interval_again() -> None:
    story = ways.leave(ways.containing(0), 30 * HOURS)
    ways.return_to_containment(story, 60 * HOURS)
    assert story.stands("containment-update") == ("running", 61 * HOURS, None)


def test_a_proposed_exit_counts_as_an_update() -> None:
    story = ways.propose_exit(ways.containing(), 40)
    assert story.stands("containment-update") == ("running", 100, None)


def test_an_update_that_the_new_interval_would_put_later_stays_where_it_was() -> None:
    story = updated(ways.containing(0, "C3"), 47 * HOURS)  # due at 51 hours
    story.give(50.5 * HOURS, "record-category", "kaya", category="C2", given_by="ncsc")
    assert story.stands("containment-update") == ("running", 51 * HOURS, None)


# reviews


@pytest.mark.parametrize(
    ("begin", "name", "series"),
    [
        (ways.containing, "containment-review", (3, 7, 14, 21)),
        (ways.eradicating, "eradication-review", (14, 21, 28, 35)),
    ],
)
def test_reviews_are_a_series_counted_from_entering_the_phase(
    begin: ways.Begin, name: str, series: tuple[int, ...]
) -> None:
    story = begin()
    for day in series:
        assert story.stands(name) == ("running", day * DAYS, None)
        story.give(day * DAYS - 30, "record-review", "priya", **REVIEWED)
    assert not [breach for breach in story.case.breaches if breach.clock == name]


def test_a_review_after_its_deadline_meets_it_late_and_the_series_goes_on_from_the_phase() -> None:
    story = ways.containing()
    story.give(4 * DAYS, "record-review", "priya", **REVIEWED)
    assert [b.late_by_s for b in story.case.breaches if b.clock == "containment-review"] == [86_400]
    assert story.stands("containment-review") == ("running", 7 * DAYS, None)


def test_a_review_so_late_that_the_next_is_past_too_goes_on_with_the_one_to_come() -> None:
    story = ways.containing()
    story.give(8 * DAYS, "record-review", "priya", **REVIEWED)
    assert story.stands("containment-review") == ("running", 14 * DAYS, None)


def test_a_review_of_the_category_is_none_of_the_phase() -> None:
    story = ROWS["support-review"].begin()
    story.give(60, "record-review", "priya", **{**REVIEWED, "about": "category"})
    assert story.stands("support-review")[0] == "met"
    assert story.clock("containment-review").instance == 1
    again = story.refused(61, "record-review", "priya", **{**REVIEWED, "about": "category"})
    assert again.code is Code.NO_REVIEW_RUNNING


def test_falling_further_below_the_threshold_starts_no_second_review() -> None:
    story = ROWS["support-review"].begin()
    story.give(60, "record-category", "kaya", category="C6", given_by="ncsc")
    assert story.stands("support-review") == ("running", DAYS, None)
    assert story.clock("support-review").instance == 1


@pytest.mark.parametrize(
    ("name", "again"),
    [
        (
            "support-review",
            lambda story: ways.fall_below(
                story.give(0, "record-category", "kaya", category="C3", given_by="ncsc")
            ),
        ),
        ("recovery-offer-issue", lambda story: ways.fail_over(story, 0)),
        ("billing-hand-off", lambda story: ways.log(story, 0, 1)),
    ],
    ids=["support-review", "recovery-offer-issue", "billing-hand-off"],
)
def test_the_same_cause_again_starts_no_second_clock_while_one_runs(
    name: str, again: Callable[[Story], Story]
) -> None:
    story = again(ROWS[name].begin())
    assert [run.instance for run in story.case.live_clocks(name)] == [1]


# the council is told


def test_a_confirmation_that_is_late_is_added_to_the_phone_task_that_is_open() -> None:
    story = ways.ring_failed(ways.activated(), 1)
    task = story.case.phone_task
    story.until(15)
    assert story.case.phone_task[: len(task)] == task
    assert len(story.case.phone_task) == len(task) + 1
    assert story.told("phone-task") == [1]
    assert story.stands("phone-task") == ("running", 31, None)


def test_a_phone_task_is_met_only_by_the_last_notice_on_it() -> None:
    story = ways.ring_failed(ways.activated(), 1).until(16)
    spoken = {"channel": "phone", "state": "spoken"}
    story.give(20, "record-delivery", "kaya", notice="activation-confirmed", **spoken)
    assert story.stands("council-confirmation") == ("breached", 15, 300)
    assert story.stands("phone-task")[0] == "running"
    story.give(25, "record-delivery", "kaya", notice="report-receipt", **spoken)
    assert story.stands("phone-task") == ("met", 31, None)


@pytest.mark.parametrize("state", ["accepted", "failed"])
def test_neither_accepted_nor_failed_is_told(state: str) -> None:
    story = ways.activated()
    told = {"notice": "activation-confirmed", "channel": "email", "state": state}
    story.give(5, "record-delivery", "system", **told)
    assert story.stands("council-confirmation")[0] == "running"


# the ICO


def test_a_later_awareness_starts_the_tracker_afresh_from_it() -> None:
    story = amended(Story().until(30), 60, data__aware_at=instant(-10 * HOURS).isoformat())
    assert story.stands("ico-report") == ("running", 62 * HOURS, None)
    assert story.clock("ico-report").instance == 2


def test_no_personal_data_after_all_ends_the_tracker_and_yes_starts_it() -> None:
    story = amended(Story(), 60, data__personal_data="no")
    assert not story.case.live_clocks("ico-report")
    assert story.until(80 * HOURS).told("ico-reminder") == []
    amended(story, 81 * HOURS, data__personal_data="yes")
    assert story.stands("ico-report")[1] == 72 * HOURS  # the true deadline, though it has passed


def test_the_discovery_is_the_awareness_when_nothing_else_is_known() -> None:
    story = Story(incident__discovered_at=instant(-90).isoformat())
    assert story.stands("ico-report") == ("running", 72 * HOURS - 90, None)


# money


def test_authority_that_does_not_cover_what_is_logged_leaves_the_clock_running() -> None:
    story = ROWS["spend-authority"].begin()
    ways.log(story, 1, 2)  # 16 days of a lead: £72,960
    story.give(2, "request-spend", "kaya", amount_pence=7_000_000, reason=WHY)
    story.give(3, "authorise-spend", "ruth", reason=WHY)
    assert story.stands("spend-authority") == ("running", 4 * HOURS, None)
    story.give(4, "request-spend", "kaya", amount_pence=7_300_000, reason=WHY)
    story.give(5, "reject-spend", "ruth", reason=WHY)
    assert story.stands("spend-authority")[0] == "running"
    story.give(7, "request-spend", "kaya", amount_pence=7_296_000, reason=WHY)
    story.give(8, "authorise-spend", "ruth", reason=WHY)
    assert story.stands("spend-authority") == ("met", 4 * HOURS, None)


def test_more_work_over_an_authority_that_is_passed_already_starts_no_second_clock() -> None:
    story = ROWS["spend-authority"].begin()
    ways.log(story, 60, 1)
    assert story.stands("spend-authority") == ("running", 4 * HOURS, None)
    assert [run.instance for run in story.case.clocks if run.clock == "spend-authority"] == [1]


def test_work_exactly_at_the_authority_starts_nothing() -> None:
    story = ways.log(ways.containing(), 0, 13)  # £59,280
    assert story.case.latest_clock("spend-authority") is None


def test_a_late_item_in_closing_starts_the_hand_off_once_the_pack_in_flight_is_taken() -> None:
    story = ROWS["billing-acknowledgement"].begin()
    ways.log(story, 60, 1)
    assert not story.case.live_clocks("billing-hand-off")
    story.give(120, "billing-acknowledged", "sam", pack=1, finance_ref="FIN-1")
    assert story.stands("billing-hand-off") == ("running", 14 * DAYS + 120, None)
    story.give(180, "hand-off-billing", "priya")
    assert story.case.money.packs[-1].pack == 2


def test_a_chased_pack_is_the_same_pack_under_the_same_key() -> None:
    story = ROWS["billing-acknowledgement"].begin().until(2 * DAYS)
    assert [f.payload["step"]["notice"] for f in story.facts_of(
        "clock-reminded", "billing-acknowledgement"
    )] == ["pack-again"]  # fmt: skip
    assert [f.payload["pack"] for f in story.facts if f.type == "billing-handed-off"] == [1]


# the assessment comes again


def test_a_reversed_decision_starts_a_new_decision_clock_and_asks_for_the_category_again() -> None:
    story = ways.reverse(ways.by_discretion(ways.assessed(), 10), 30)
    assert story.stands("decision") == ("running", 150, None)
    assert story.clock("decision").instance == 2
    assert story.until(91).told("category-request") == [0, 30, 90]


def test_new_facts_start_a_new_decision_clock_too() -> None:
    story = ways.assessed()
    story.give(5, "record-category", "kaya", category="C5", given_by="ncsc")
    no = {"result": "not-qualified", "tests": dict.fromkeys(ANSWERS, "no"), "reason": WHY}
    story.give(10, "decide", "kaya", **no)
    story.give(3 * DAYS, "reassess", "kaya", reason=WHY)
    assert story.stands("decision") == ("running", 3 * DAYS + 120, None)
    assert story.case.window("reassess-watch") is None


def test_a_category_inside_the_watch_opens_the_assessment_by_itself() -> None:
    story = ways.assessed()
    story.give(5, "record-category", "kaya", category="C5", given_by="ncsc")
    no = {"result": "not-qualified", "tests": dict.fromkeys(ANSWERS, "no"), "reason": WHY}
    story.give(10, "decide", "kaya", **no)
    story.give(14 * DAYS, "record-category", "kaya", category="C2", given_by="ncsc")
    assert (story.case.phase, story.stands("decision")[1]) == ("assessment", 14 * DAYS + 120)


def test_the_watch_over_a_refused_case_ends_after_fourteen_days() -> None:
    story = ways.assessed()
    story.give(5, "record-category", "kaya", category="C5", given_by="ncsc")
    no = {"result": "not-qualified", "tests": dict.fromkeys(ANSWERS, "no"), "reason": WHY}
    story.give(10, "decide", "kaya", **no)
    late = story.refused(14 * DAYS + 11, "reassess", "kaya", reason=WHY)
    assert late.code is Code.WATCH_ENDED
