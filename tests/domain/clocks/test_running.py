"""The clocks of the main path, lived through: starts, stops, warnings, breaches, ladders."""

from datetime import timedelta

import pytest

from domain.clocks.ladders import top_of
from domain.clocks.running import raised
from domain.errors import Code, Refused
from domain.fact import Cause
from domain.settling import advance, page_reached, settle
from tests.builders import REFERENCE, WHY
from tests.domain.clocks.story import Story, instant, minute_of, states

TALKED = {"with_whom": "Jo", "channel": "phone"}
TIME = Cause(id="time", by="system", at=instant(0))


# an officer takes the case


def test_a_clock_counts_from_the_report_and_is_met_in_time_without_a_page() -> None:
    story = Story().give(6, "acknowledge", "kaya")
    assert story.stands("triage-acknowledgement") == ("met", 20, None)
    assert story.until(200).pages("triage-acknowledgement") == []


def test_met_at_the_very_instant_it_is_due_is_in_time() -> None:
    story = Story().give(20, "acknowledge", "kaya")
    assert story.stands("triage-acknowledgement") == ("met", 20, None)
    assert story.pages("triage-acknowledgement") == [(10, 0)]


def test_a_breach_is_for_ever_and_says_how_late_it_was_met() -> None:
    story = Story().give(25, "acknowledge", "kaya")
    assert story.stands("triage-acknowledgement") == ("breached", 20, 300)
    assert [(b.clock, b.late_by_s) for b in story.case.breaches] == [
        ("triage-acknowledgement", 300)
    ]
    assert story.until(120).pages("triage-acknowledgement") == [(10, 0), (20, 1)]


def test_ladder_u_climbs_every_20_minutes_and_goes_on_at_the_top() -> None:
    pages = Story().until(101).pages("triage-acknowledgement")
    assert pages == [(10, 0), (20, 1), (40, 2), (60, 3), (80, 3), (100, 3)]


def test_an_acknowledgement_buys_60_minutes_and_paging_goes_on_one_rung_higher() -> None:
    story = Story().give(24, "acknowledge-escalation", "priya", about="triage-acknowledgement")
    assert story.clock("triage-acknowledgement").state == "breached"
    pages = story.until(110).pages("triage-acknowledgement")
    assert pages == [(10, 0), (20, 1), (84, 2), (104, 3)]


def test_a_page_after_the_bought_hour_needs_a_new_acknowledgement() -> None:
    story = Story().give(24, "acknowledge-escalation", "priya", about="triage-acknowledgement")
    with pytest.raises(Refused) as caught:
        story.give(30, "acknowledge-escalation", "helen", about="triage-acknowledgement")
    assert caught.value.code is Code.NOTHING_TO_ACKNOWLEDGE
    story.give(85, "acknowledge-escalation", "helen", about="triage-acknowledgement")
    assert story.clock("triage-acknowledgement").paging.acknowledged_by == "helen"
    assert story.until(150).pages("triage-acknowledgement")[-1] == (145, 3)


def test_after_an_outage_skipped_rungs_are_superseded_and_the_ladder_resumes() -> None:
    story = Story().outage(65)
    assert story.pages("triage-acknowledgement") == [(60, 3)]
    assert story.superseded("triage-acknowledgement") == [(20, 1), (40, 2)]
    breach = next(fact for fact in story.facts if fact.type == "clock-breached")
    assert minute_of(breach.occurred_at) == 20
    assert breach.payload["found_late_s"] == 45 * 60
    assert story.until(80).pages("triage-acknowledgement") == [(60, 3), (80, 3)]


def test_evidence_that_it_had_occurred_in_time_withdraws_a_breach() -> None:
    story = Story().give(
        120,
        "acknowledge",
        "kaya",
        occurred_at=instant(10).isoformat(),
        evidence="The call log shows the officer's call.",
    )
    assert story.stands("triage-acknowledgement") == ("met", 20, None)
    assert story.case.breaches == ()
    assert story.case.breaches_withdrawn == ("triage-acknowledgement#1",)
    fact = next(fact for fact in story.facts if fact.type == "case-acknowledged")
    assert fact.backdated


# alarms and empty rungs


def test_life_at_risk_pages_the_head_at_once_and_climbs() -> None:
    story = Story(impact__risk_to_life="yes").until(45)
    assert story.pages("alarm:life-risk") == [(0, 2), (20, 3), (40, 3)]


def test_an_acknowledged_alarm_is_over_and_the_same_cause_raises_a_new_one() -> None:
    story = Story(impact__risk_to_life="yes")
    story.give(5, "acknowledge-escalation", "helen", about="alarm:life-risk").until(60)
    assert story.pages("alarm:life-risk") == [(0, 2)]
    again = settle(story.case, raised(story.case, "life-risk", instant(60)), TIME)
    assert [(a.instance, a.over) for a in again.case.alarms if a.alarm == "life-risk"] == [
        (2, False)
    ]
    assert raised(again.case, "life-risk", instant(61)) == ()


def test_a_page_to_an_empty_rung_carries_on_from_the_rung_really_paged() -> None:
    story = Story()
    breached = advance(story.until(19).case, instant(20), through=True)
    page = next(effect for effect in breached.effects if effect.kind == "page")
    reached = page_reached(breached.case, page, 2, ("helen",), instant(20))
    assert [f.type for f in reached.facts] == ["paged", "alarm-raised", "page-due"]
    assert [a.about for a in reached.case.alarms] == ["alarm:rota-gap"]
    run = reached.case.latest_clock("triage-acknowledgement")
    assert run is not None
    assert (run.paging.rung, run.paging.next_rung) == (2, 3)


def test_ladders_s_and_o_never_climb_past_l2() -> None:
    case = Story().case
    tops = {about: top_of(case, about) for about in ("closure#1", "information-reply#2")}
    assert tops == {"closure#1": 2, "information-reply#2": 2}
    assert top_of(case, "alarm:rota-gap#1") == 3


# the decision


def test_the_decision_counts_from_the_assessment() -> None:
    story = Story().give(5, "acknowledge", "kaya")
    assert story.stands("decision") == ("running", 125, None)
    assert story.until(130).pages("decision") == [(65, 0), (125, 1)]
    assert story.stands("decision") == ("breached", 125, None)


def test_leaving_the_assessment_cancels_its_clocks() -> None:
    story = Story().give(5, "acknowledge", "kaya")
    assert story.clock("category-chase").state == "running"
    said = {"name": "Jo", "post": "cio", "verified": {"how": "rang back", "by": "kaya"}}
    story.give(30, "withdraw", "kaya", said_by=said, reason="The council withdraws its report.")
    assert not story.case.live_clocks()
    assert states(story.case)["decision"] == "cancelled"
    assert story.until(600).pages("decision") == []


def test_the_ncsc_is_asked_at_once_and_every_hour_until_it_answers() -> None:
    story = Story().give(5, "acknowledge", "kaya").until(100)
    story.give(130, "record-category", "kaya", category="C4", given_by="ncsc").until(300)
    assert story.told("category-request") == [5, 65, 125]
    assert story.clock("category-chase").state == "met"


def test_an_outage_swallows_nudges_and_one_is_made_up() -> None:
    story = Story().give(5, "acknowledge", "kaya").outage(200)
    assert story.told("category-request") == [5, 65]
    assert story.until(246).told("category-request") == [5, 65, 245]


# the council is told


def test_the_confirmation_is_met_by_a_delivery() -> None:
    story = Story().activated(10)
    assert story.stands("council-confirmation") == ("running", 25, None)
    confirmed = {"notice": "activation-confirmed", "channel": "sms"}
    story.give(12, "record-delivery", "system", **confirmed, state="accepted")
    assert story.clock("council-confirmation").state == "running"
    story.give(14, "record-delivery", "system", **confirmed, state="delivered")
    assert story.stands("council-confirmation") == ("met", 25, None)


def test_a_confirmation_that_does_not_arrive_opens_a_phone_task() -> None:
    story = Story().activated(10).until(26)
    assert story.pages("council-confirmation") == [(20, 0), (25, 1)]
    assert len(story.case.phone_task) == 1
    assert story.stands("phone-task") == ("running", 55, None)
    assert story.told("phone-task") == [25]


@pytest.mark.parametrize("clock", ["council-confirmation", "provider-contact"])
def test_these_are_never_paused(clock: str) -> None:
    story = Story().activated(10)
    with pytest.raises(Refused) as caught:
        story.give(
            12,
            "pause-clock",
            "priya",
            clock=clock,
            why="council-request",
            until=instant(60).isoformat(),
            reason=WHY,
        )
    assert caught.value.code is Code.NEVER_PAUSABLE


# a provider is called out


def test_a_provider_that_is_called_out_at_once_meets_the_assignment() -> None:
    story = Story().activated(10)
    assert story.stands("provider-assignment") == ("met", 25, None)
    assert story.stands("provider-acknowledgement") == ("running", 20, None)
    assert story.stands("provider-contact") == ("running", 40, None)


def test_with_nobody_called_out_the_head_is_paged_first() -> None:
    story = Story(assigns=False).activated(10).until(66)
    assert story.pages("provider-assignment") == [(25, 2), (45, 3), (65, 3)]


def test_an_acknowledgement_of_the_provider_is_no_contact() -> None:
    story = Story().activated(10)
    story.give(15, "provider-acknowledged", story.provider)
    assert story.stands("provider-acknowledgement") == ("met", 20, None)
    assert story.clock("provider-contact").state == "running"
    story.give(38, "contact-attempted", story.provider, channel="phone", result="no answer")
    assert story.until(41).clock("provider-contact").state == "breached"


def test_contact_meets_both_clocks_and_starts_the_scope() -> None:
    story = Story().activated(10)
    story.give(18, "contact-made", story.provider, **TALKED)
    assert story.stands("provider-acknowledgement") == ("met", 20, None)
    assert story.stands("provider-contact") == ("met", 40, None)
    assert story.stands("scope-agreement") == ("running", 258, None)


def test_the_marks_of_provider_contact_take_the_place_of_the_ladder() -> None:
    story = Story().activated(0).until(101)
    assert story.pages("provider-contact") == [
        (20, 0),
        (30, 1),
        (45, 2),
        (60, 3),
        (80, 3),
        (100, 3),
    ]
    assert story.told("failover-advised") == [45]


def test_marks_happen_whatever_was_acknowledged_and_only_the_repeats_wait() -> None:
    story = Story().activated(0)
    story.give(32, "acknowledge-escalation", "priya", about="provider-contact").until(113)
    assert story.pages("provider-contact") == [
        (20, 0),
        (30, 1),
        (45, 2),
        (60, 3),
        (92, 3),
        (112, 3),
    ]


def test_an_acknowledgement_after_the_last_mark_silences_the_repeats() -> None:
    story = Story().activated(0)
    story.give(65, "acknowledge-escalation", "priya", about="provider-contact").until(146)
    assert story.pages("provider-contact")[-2:] == [(125, 3), (145, 3)]


def test_marks_that_an_outage_went_past_are_superseded() -> None:
    story = Story().activated(0).outage(85)
    assert story.superseded("provider-contact") == [(30, 1), (45, 2), (60, 3)]
    assert story.pages("provider-contact") == [(80, 3)]


def test_contact_that_was_late_stays_late() -> None:
    story = Story().activated(0)
    story.give(50, "contact-made", story.provider, **TALKED).until(200)
    assert story.stands("provider-contact") == ("breached", 30, 20 * 60)
    assert story.pages("provider-contact") == [(20, 0), (30, 1), (45, 2)]


# containment


@pytest.mark.parametrize(("category", "every"), [("C1", 60), ("C2", 60), ("C3", 240)])
def test_updates_are_due_by_category_and_each_restarts_the_clock(category: str, every: int) -> None:
    story = Story().contained(0, category)
    assert story.stands("containment-update") == ("running", every, None)
    story.give(30, "provider-update", story.provider, summary="Hosts isolated.")
    assert story.stands("containment-update") == ("running", 30 + every, None)
    assert story.clock("containment-update").instance == 2
    story.until(30 + every)
    assert story.pages("containment-update") == [(30 + every * 0.75, 0), (30 + every, 1)]


def test_a_late_update_keeps_the_breach_and_starts_a_new_run() -> None:
    story = Story().contained(0)
    story.give(70, "provider-update", story.provider, summary="Hosts isolated.")
    assert [(b.instance, b.late_by_s) for b in story.case.breaches if "update" in b.clock] == [
        (1, 600)
    ]
    assert story.stands("containment-update") == ("running", 130, None)


def test_a_more_severe_category_shortens_what_runs_and_restarts_nothing() -> None:
    story = Story().contained(0, "C3")
    story.give(60, "record-category", "kaya", category="C2", given_by="ncsc")
    assert story.stands("containment-update") == ("running", 120, None)
    assert story.clock("containment-update").instance == 1
    assert story.until(120).pages("containment-update") == [(105, 0), (120, 1)]


def test_the_earlier_of_both_deadlines_counts() -> None:
    story = Story().contained(0, "C3")
    story.give(200, "record-category", "kaya", category="C2", given_by="ncsc")
    assert story.stands("containment-update") == ("running", 240, None)


def test_a_less_severe_category_leaves_what_runs_untouched() -> None:
    story = Story().contained(0, "C2")
    story.give(30, "record-category", "kaya", category="C3", given_by="ncsc")
    assert story.stands("containment-update") == ("running", 60, None)
    story.give(50, "provider-update", story.provider, summary="Hosts isolated.")
    assert story.stands("containment-update") == ("running", 290, None)


# the council's own report to the ICO


def test_the_ico_tracker_reminds_and_never_counts_as_ours() -> None:
    story = Story().until(73 * 60)
    assert story.told("ico-reminder") == [24 * 60, 48 * 60, 66 * 60]
    assert story.told("ico-overdue") == [72 * 60]
    assert story.pages("ico-report") == [(72 * 60, 1)]
    assert "ico-report" not in [breach.clock for breach in story.case.breaches]


def test_a_deadline_that_tells_the_council_and_pages_does_both() -> None:
    story = Story().until(72 * 60)
    at = instant(72 * 60)
    (told,) = (e for e in story.effects if e.notice and e.notice.notice == "ico-overdue")
    (page,) = (e for e in story.effects if e.page and e.page.about == "ico-report#1")
    assert told.key != page.key
    assert len({effect.key for effect in story.effects}) == len(story.effects)
    assert page.key == f"{REFERENCE}/ico-report#1/{at.isoformat()}/L1"


def test_a_case_of_older_rules_keeps_the_key_that_its_page_had() -> None:
    story = Story().until(71 * 60)
    story.case = story.case.but(rules=1)
    story.until(72 * 60)
    (page,) = (e for e in story.effects if e.page and e.page.about == "ico-report#1")
    assert page.key == f"{REFERENCE}/ico-report#1/{instant(72 * 60).isoformat()}/1"


def test_awareness_found_late_gives_its_true_deadline_and_one_page() -> None:
    aware = instant(-80 * 60)
    story = Story(data__aware_at=aware.isoformat()).outage(1)
    assert story.clock("ico-report").due_at == aware + timedelta(hours=72)
    assert story.told("ico-reminder") == []
    assert story.pages("ico-report") == [(-8 * 60, 1)]


def test_no_personal_data_no_tracker() -> None:
    assert Story(data__personal_data="no").case.latest_clock("ico-report") is None


def test_the_ico_tracker_is_judged_by_when_the_council_reported() -> None:
    story = Story().give(
        74 * 60, "record-ico", "kaya", result="reported", at=instant(70 * 60).isoformat()
    )
    run = story.clock("ico-report")
    assert (run.state, run.met_at) == ("met", instant(70 * 60))
