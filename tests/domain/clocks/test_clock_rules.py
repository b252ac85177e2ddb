"""The fifteen rules under the guide's table of clocks (section f), each by its number.

What a rule says of each clock is walked in the files beside this one; here is what it says once.
"""

from typing import Any

import pytest

from domain.clocks.alarms import ALARMS
from domain.clocks.due import next_due
from domain.clocks.running import raised
from domain.errors import Code, Refused
from domain.fact import Cause
from domain.settling import advance, page_reached, settle
from tests.builders import WHY, a_policy
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, HOURS
from tests.domain.clocks.story import Story, instant, minute_of

PROOF: dict[str, Any] = {"evidence": "The call log shows it."}
SECOND = 1 / 60


def told_of(minute: float) -> dict[str, Any]:
    return {**PROOF, "occurred_at": instant(minute).isoformat()}


def alarmed(story: Story, alarm: str, minute: float) -> None:
    cause = Cause(id="watch", by="system", at=instant(minute))
    settled = settle(story.case, raised(story.case, alarm, instant(minute)), cause)
    story.case = settled.case
    story.facts.extend(settled.facts)


# 1


def test_rule_01_a_deadline_counts_from_when_the_fact_occurred_not_from_when_it_was_told() -> None:
    story = Story().give(15, "acknowledge", "kaya", **told_of(3))
    assert story.stands("decision") == ("running", 123, None)


def test_rule_01_a_thing_that_runs_twice_has_instances_from_1() -> None:
    story = ways.containing()
    for minute in (10, 20, 30):
        story.give(minute, "provider-update", story.provider, summary="Hosts isolated.")
    started = story.facts_of("clock-started", "containment-update")
    assert [fact.payload["run"]["instance"] for fact in started] == [1, 2, 3, 4]


def test_rule_01_a_less_severe_category_and_an_amended_report_move_no_deadline() -> None:
    story = ways.assessed()
    story.give(5, "record-category", "kaya", category="C4", given_by="ncsc")
    changes = {"incident.summary": "It is worse."}
    story.give(6, "amend-report", "kaya", changes=changes, reason=WHY)
    assert story.stands("decision") == ("running", 120, None)


# 2


def test_rule_02_a_warning_that_is_not_before_its_deadline_is_not_sent() -> None:
    for target in (60, 50):  # the warning stays at 60 minutes
        policy = a_policy(**{"decision.target_minutes": target})
        story = Story(policy=policy).give(0, "acknowledge", "kaya").until(65)
        assert story.pages("decision") == [(target, 1)]
        assert story.facts_of("clock-warned", "decision") == []


def test_rule_02_an_update_clock_that_warns_at_its_whole_interval_does_not_warn() -> None:
    quick = a_policy(**{"containment-update.warning_percent": 100})
    story = Story(policy=quick).contained(0).until(60)
    assert story.pages("containment-update") == [(60, 1)]


def test_rule_02_a_warning_needs_no_acknowledgement() -> None:
    story = ways.assessed().until(60)
    assert story.pages("decision") == [(60, 0)]
    with pytest.raises(Refused) as caught:
        story.give(61, "acknowledge-escalation", "priya", about="decision")
    assert caught.value.code is Code.NOTHING_TO_ACKNOWLEDGE


# 3


@pytest.mark.parametrize(
    ("entered", "pages"),
    [
        # entered on Monday at 16:00, 17:00 and 17:01; 72 hours later is Thursday at that hour
        (4 * HOURS, [(76 * HOURS, 1), (96 * HOURS, 2), (100 * HOURS, 2)]),
        (5 * HOURS, [(77 * HOURS, 1), (97 * HOURS, 2), (101 * HOURS, 2)]),
        (5 * HOURS + 1, [(93 * HOURS, 1), (97 * HOURS, 2), (101 * HOURS, 2)]),
    ],
    ids=["in-hours", "at-closing", "after-closing"],
)
def test_rule_03_ladder_o_pages_only_in_working_time_and_closing_is_working_time(
    entered: int, pages: list[tuple[float, int]]
) -> None:
    story = ways.containing(entered).until(entered + 72 * HOURS)
    assert minute_of(story.clock("containment-review").due_at) == entered + 72 * HOURS
    assert story.until(101 * HOURS).pages("containment-review") == pages


def test_rule_03_ladder_s_climbs_every_two_hours_to_l2_and_stays_there() -> None:
    story = ways.propose_exit(ways.containing(), 0).until(12 * HOURS)
    rungs = [(4, 1), (6, 2), (8, 2), (10, 2), (12, 2)]
    pages = [page for page in story.pages("phase-exit-answer") if page[1]]
    assert pages == [(hours * HOURS, rung) for hours, rung in rungs]


# 4


def test_rule_04_with_everyone_silent_paging_goes_on_at_the_top_rung() -> None:
    pages = Story().until(25 * HOURS).pages("triage-acknowledgement")
    assert pages[4:] == [(minute, 3) for minute in range(80, 25 * HOURS + 1, 20)]


def test_rule_04_a_receipt_of_delivery_ends_no_paging() -> None:
    story = ways.ring_failed(ways.assessed(), 0).until(31)
    told = {"notice": "report-receipt", "channel": "email", "state": "delivered"}
    story.give(32, "record-delivery", "system", **told).until(60)
    assert story.pages("phone-task") == [(30, 1), (50, 2)]


def test_rule_04_paging_ends_when_its_clock_is_cancelled() -> None:
    story = ways.withdraw(Story().until(30), 31).until(10 * HOURS)
    assert story.pages("triage-acknowledgement") == [(10, 0), (20, 1)]


# 5


def test_rule_05_each_acknowledgement_buys_again_and_the_rung_goes_up_to_the_top() -> None:
    story = Story()
    for minute in (25, 90, 155, 220):
        story.give(minute, "acknowledge-escalation", "helen", about="triage-acknowledgement")
    pages = [page for page in story.until(285).pages("triage-acknowledgement") if page[1]]
    assert pages == [(20, 1), (85, 2), (150, 3), (215, 3), (280, 3)]


def test_rule_05_on_ladder_o_one_working_day_is_bought_over_a_weekend() -> None:
    story = ways.containing(24 * HOURS).until(96 * HOURS)  # due on Friday at noon
    story.give(97 * HOURS, "acknowledge-escalation", "priya", about="containment-review")
    pages = story.until(10 * DAYS).pages("containment-review")
    assert pages[:2] == [(96 * HOURS, 1), (7 * DAYS + 60, 2)]  # Monday at 13:00


# 6


def test_rule_06_an_empty_rung_is_skipped_at_once_and_raises_a_rota_gap() -> None:
    story = Story().until(19)
    breached = advance(story.case, instant(20), through=True)
    page = next(effect for effect in breached.effects if effect.kind == "page")
    reached = page_reached(breached.case, page, 3, ("amory",), instant(20))
    run = reached.case.latest_clock("triage-acknowledgement")
    assert run is not None
    assert (run.paging.rung, run.paging.next_rung) == (3, 3)
    assert [f.payload["rung"] for f in reached.facts if f.type == "page-due"] == [2]
    assert [a.alarm for a in reached.case.alarms] == ["rota-gap"]


# 7


def test_rule_07_the_marks_are_at_30_45_and_60_minutes_and_then_every_20() -> None:
    story = ways.activated().until(141)
    assert story.pages("provider-contact") == [
        (20, 0), (30, 1), (45, 2), (60, 3), (80, 3), (100, 3), (120, 3), (140, 3)
    ]  # fmt: skip
    assert story.told("failover-advised") == [45]


def test_rule_07_contact_between_two_marks_ends_them() -> None:
    story = ways.activated()
    story.give(45, "contact-made", story.provider, **ways.TALKED).until(5 * HOURS)
    assert story.pages("provider-contact") == [(20, 0), (30, 1)]
    assert story.told("failover-advised") == []


# 8


def test_rule_08_evidence_for_the_very_deadline_withdraws_a_breach() -> None:
    story = Story().give(60, "acknowledge", "kaya", **told_of(20))
    assert story.stands("triage-acknowledgement") == ("met", 20, None)
    assert story.case.breaches_withdrawn == ("triage-acknowledgement#1",)
    assert [f.type for f in story.facts if f.type == "clock-breached"] == ["clock-breached"]


def test_rule_08_evidence_for_a_later_instant_only_says_how_late_it_really_was() -> None:
    story = Story().give(60, "acknowledge", "kaya", **told_of(21))
    assert story.stands("triage-acknowledgement") == ("breached", 20, 60)
    assert story.case.breaches_withdrawn == ()


# 9


def backdated(minutes: float, **more: Any) -> Story:
    return Story().give(
        30, "acknowledge", "kaya", occurred_at=instant(30 - minutes).isoformat(), **more
    )


def test_rule_09_up_to_ten_minutes_ago_needs_no_evidence_and_is_no_backdating() -> None:
    fact = next(f for f in backdated(10).facts if f.type == "case-acknowledged")
    assert (minute_of(fact.occurred_at), minute_of(fact.recorded_at)) == (20, 30)
    assert fact.backdated is False


def test_rule_09_more_than_ten_minutes_ago_needs_evidence_and_is_flagged() -> None:
    with pytest.raises(Refused) as caught:
        backdated(10 + SECOND)
    assert caught.value.code is Code.EVIDENCE_NEEDED
    fact = next(f for f in backdated(11, **PROOF).facts if f.type == "case-acknowledged")
    assert (fact.backdated, fact.evidence) == (True, PROOF["evidence"])


def test_rule_09_two_minutes_ahead_are_a_slow_watch_and_more_is_the_future() -> None:
    assert backdated(-2).case.phase == "assessment"
    with pytest.raises(Refused) as caught:
        backdated(-2 - SECOND)
    assert caught.value.code is Code.IN_THE_FUTURE


def test_rule_09_nothing_precedes_the_report_but_outside_reports_and_categories() -> None:
    with pytest.raises(Refused) as caught:
        backdated(31, **PROOF)
    assert caught.value.code is Code.BEFORE_CASE
    story = Story()
    given = {"category": "C3", "given_by": "ncsc", **told_of(-60)}
    story.give(30, "record-category", "kaya", **given)
    story.give(31, "record-ico", "kaya", result="reported", at=instant(-5).isoformat())
    story.give(32, "record-other-report", "kaya", body="ncsc", at=instant(-30).isoformat())
    assert story.stands("ico-report")[0] == "met"


# 10


def test_rule_10_after_an_outage_each_person_is_owed_one_row_a_clock() -> None:
    story = ways.activated().outage(3 * HOURS)
    for name in ("provider-acknowledgement", "council-confirmation"):
        assert len(story.pages(name)) == 1
        assert len(story.superseded(name)) > 1
    breach = story.facts_of("clock-breached", "provider-acknowledgement")[0]
    assert (minute_of(breach.occurred_at), minute_of(breach.recorded_at)) == (10, 3 * HOURS)
    assert breach.payload["found_late_s"] == 170 * 60


def test_rule_10_a_warning_that_time_went_past_is_logged_and_wakes_nobody() -> None:
    story = ways.assessed().outage(3 * HOURS)
    assert len(story.facts_of("clock-step-superseded", "decision")) == 1
    assert story.facts_of("clock-warned", "decision") == []


def test_rule_10_ladder_o_resumes_at_the_rung_that_working_time_says() -> None:
    story = ways.containing().outage(9 * DAYS)  # due on Thursday at noon; now Wednesday at noon
    assert story.pages("containment-review") == [(9 * DAYS, 2)]
    assert story.superseded("containment-review")[:3] == [
        (72 * HOURS, 1), (76 * HOURS, 2), (96 * HOURS, 2)
    ]  # fmt: skip


# 11


def test_rule_11_a_pause_over_the_weekend_costs_working_time_nothing() -> None:
    story = ways.offering(0)
    ways.pause(story, 60, "recovery-offer-issue", "council-request", until=120)
    assert story.until(121).stands("recovery-offer-issue") == ("running", DAYS + 60, None)
    late = ways.offering(4 * DAYS)  # a Friday at noon, due on Monday at noon
    ways.pause(late, 4 * DAYS + 5 * HOURS, "recovery-offer-issue", "council-request", 6 * DAYS)
    assert late.until(6 * DAYS + 1).stands("recovery-offer-issue") == ("running", 7 * DAYS, None)


def test_rule_11_a_warning_sent_before_a_pause_is_not_sent_again() -> None:
    story = ways.contacted().until(150)
    ways.pause(story, 150, "scope-agreement", "council-request", until=200)
    assert story.until(290).pages("scope-agreement") == [(120, 0), (290, 1)]


# 12 and 13 are walked clock by clock


def test_rule_12_a_closed_case_has_nothing_to_come_but_windows() -> None:
    story = ways.decline(ways.activated(), 1)
    kinds = []
    while (due := next_due(story.case)) is not None:
        kinds.append((due.kind, due.name))
        story.until(minute_of(due.at))
    assert kinds == [("window", "offer-open"), ("window", "reopen")]
    assert story.case.archived


def test_rule_13_a_failed_over_case_is_reported_with_the_councils_whole_wait() -> None:
    story = ways.provider_declines(ways.activated(5), 12)
    story.give(40, "contact-made", story.provider, **ways.TALKED)
    engagement = story.case.engagement
    assert (engagement.first_called_at, engagement.contacted_at) == (instant(5), instant(40))


# 14


def test_rule_14_the_ico_tracker_never_climbs_and_is_never_our_breach() -> None:
    story = Story().until(10 * DAYS)
    assert story.pages("ico-report") == [(72 * HOURS, 1)]
    assert [f.payload["counts"] for f in story.facts_of("clock-breached", "ico-report")] == [False]
    assert "ico-report" not in [breach.clock for breach in story.case.breaches]


@pytest.mark.parametrize("missing", ["reason", "decided_by"])
def test_rule_14_not_reportable_needs_the_councils_reason_and_who_decided(missing: str) -> None:
    said = {"result": "not-reportable", "at": instant(5).isoformat()}
    said |= {"decided_by": "The DPO", "reason": WHY}
    del said[missing]
    with pytest.raises(Refused) as caught:
        Story().give(5, "record-ico", "kaya", **said)
    assert caught.value.code is Code.REASON_NEEDED


# 15

RUNGS = {
    "life-risk": 2,
    "no-provider": 2,
    "rota-gap": 2,
    "record-tampered": 2,
    "no-safe-contact": 1,
    "spread-reported": 1,
    "contract-ending": 1,
    "council-ending": 1,
}
"""As the guide lists them."""


@pytest.mark.parametrize("alarm", RUNGS)
def test_rule_15_an_alarm_pages_from_its_rung_like_ladder_u_until_it_is_taken(alarm: str) -> None:
    story = Story()
    alarmed(story, alarm, 0)
    first = RUNGS[alarm]
    expected = [(20 * step, min(first + step, 3)) for step in range(4)]
    assert story.until(60).pages(f"alarm:{alarm}") == expected
    story.give(61, "acknowledge-escalation", "helen", about=f"alarm:{alarm}").until(5 * HOURS)
    assert story.pages(f"alarm:{alarm}") == expected


@pytest.mark.parametrize("alarm", RUNGS)
def test_rule_15_the_same_cause_raises_a_new_alarm_once_the_old_one_is_over(alarm: str) -> None:
    story = Story()
    alarmed(story, alarm, 0)
    alarmed(story, alarm, 1)
    story.give(5, "acknowledge-escalation", "helen", about=f"alarm:{alarm}")
    alarmed(story, alarm, 30)
    raisings = [f.payload["instance"] for f in story.facts if f.type == "alarm-raised"]
    assert raisings == [1, 2]


def test_rule_15_only_a_tampered_record_still_pages_when_the_case_is_closed() -> None:
    story = Story()
    for alarm in RUNGS:
        alarmed(story, alarm, 0)
    ways.withdraw(story, 1)
    assert [a.alarm for a in story.case.alarms if not a.over] == ["record-tampered"]
    assert story.until(41).pages("alarm:record-tampered") == [(0, 2), (20, 3), (40, 3)]


def test_rule_15_spread_is_an_alarm_each_time_it_is_reported_and_taken() -> None:
    story = ways.containing()
    spreading = {"summary": "It spreads.", "spread": "yes"}
    story.give(5, "provider-update", story.provider, **spreading)
    story.give(6, "acknowledge-escalation", "priya", about="alarm:spread-reported")
    story.give(9, "provider-update", story.provider, **spreading)
    assert story.pages("alarm:spread-reported") == [(5, 1), (9, 1)]


def test_rule_15_every_alarm_of_a_case_is_in_the_list() -> None:
    assert set(ALARMS) == {*RUNGS, "report-repeated"}
    assert all(ALARMS[name].rung == rung for name, rung in RUNGS.items())


def test_rule_15_a_changed_report_is_one_page_at_l0_that_nobody_has_to_take() -> None:
    story = ways.assessed()
    alarmed(story, "report-repeated", 5)
    assert story.until(5 * HOURS).pages("alarm:report-repeated") == [(5, 0)]
    page = next(f for f in story.facts if f.payload.get("about") == "alarm:report-repeated#1")
    assert page.payload["needs_acknowledgement"] is False
    with pytest.raises(Refused) as caught:
        story.give(5 * HOURS, "acknowledge-escalation", "priya", about="alarm:report-repeated")
    assert caught.value.code is Code.NOTHING_TO_ACKNOWLEDGE
