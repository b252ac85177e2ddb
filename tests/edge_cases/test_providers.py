"""Edge cases of call-outs and providers: 10, 15, 16, 17, 18."""

from datetime import UTC, date, datetime
from pathlib import Path

from domain.errors import Code
from domain.rehearsal.play import rehearse
from domain.rehearsal.scenario import read_scenario
from domain.rotation import eligible
from tests.builders import SAID_BY, WHY, a_policy
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS
from tests.domain.clocks.story import minute_of

SCENARIOS = Path(__file__).parents[1] / "scenarios"
BACK = {"said_by": SAID_BY, "reason": WHY}


def test_edge_10_a_council_that_declined_and_returns_on_day_3_is_the_same_case() -> None:
    """Re-offered: same case, same provider; the offer window is used and clocks start anew."""
    story = ways.decline(ways.activated(), 5)
    assert story.case.outcome == "declined"
    story.give(3 * DAYS, "re-offer-service", "kaya", **BACK)
    assert (story.case.phase, story.provider, story.case.round) == ("activation", "alder", 1)
    assert story.case.window("offer-open") is None
    assert story.stands("provider-contact") == ("running", 3 * DAYS + 30, None)
    assert story.stands("council-confirmation") == ("running", 3 * DAYS + 15, None)


def test_edge_10_no_turn_is_lost_by_a_decline_and_a_return() -> None:
    """Rehearsed with the rotation: alder had 5 turns, declined by the council, and ends with 6."""
    text = (SCENARIOS / "declined-then-accepted.json").read_text()
    scenario = read_scenario(text)
    final = rehearse(scenario, a_policy())["final"]
    assert scenario.world.rotation.turns == {"alder": 5, "kestrel": 6}
    assert final["turns"] == {"alder": 6, "kestrel": 6}


def test_edge_10_on_day_15_the_offer_has_ended_and_the_case_is_reopened_instead() -> None:
    """After 14 days: offer-ended; a manager reopens."""
    story = ways.decline(ways.activated(), 5)
    late = story.refused(15 * DAYS, "re-offer-service", "kaya", **BACK)
    assert late.code is Code.OFFER_ENDED
    again = {"to": "assessment", "trigger": "new-activity", "reason": WHY}
    story.give(15 * DAYS, "reopen", "priya", **again)
    assert (story.case.phase, story.case.round) == ("assessment", 2)


def test_edge_15_a_provider_that_acknowledges_and_is_silent_meets_only_its_own_clock() -> None:
    """provider-acknowledgement is met; provider-contact breaches and climbs."""
    story = ways.activated()
    story.give(3, "provider-acknowledged", story.provider)
    story.until(60)
    assert story.stands("provider-acknowledgement") == ("met", 10, None)
    assert story.stands("provider-contact") == ("breached", 30, None)
    assert story.told("failover-advised") == [45]


def test_edge_16_ten_attempts_are_ten_facts_and_the_council_is_rung_another_way() -> None:
    """Phones dead: ten facts, the clock runs on, and a phone task goes another way."""
    story = ways.activated()
    for minute in range(1, 11):
        tried = {"channel": "phone", "result": "no answer"}
        story.give(minute, "contact-attempted", story.provider, **tried)
    assert [f.type for f in story.facts].count("contact-attempted") == 10
    assert story.stands("provider-contact") == ("running", 30, None)
    for channel in ("email", "sms"):
        failed = {"notice": "activation-confirmed", "channel": channel, "state": "failed"}
        story.give(11, "record-delivery", "system", **failed)
    assert story.stands("phone-task") == ("running", 41, None)
    assert story.told("phone-task") == [11]
    spoken = {"notice": "activation-confirmed", "channel": "phone", "state": "spoken"}
    story.give(20, "record-delivery", "kaya", **spoken)
    assert story.stands("phone-task")[0] == "met"
    assert story.stands("provider-contact")[0] == "running"


def test_edge_17_a_provider_with_a_conflict_is_replaced_by_the_other_at_once() -> None:
    """The other provider at the same instant, with a call-out and word to the council."""
    story = ways.activated()
    told = len(story.notices)
    ways.provider_declines(story, 5, why="conflict-of-interest")
    assert story.provider == "kestrel"
    assert story.said_since(told) == ["call-out>provider", "provider-changed>council"]


def test_edge_17_with_both_unavailable_an_alarm_wakes_l2_until_somebody_is_called_out() -> None:
    """Alarm no-provider at L2; provider-assignment runs until an override, if need be."""
    story = ways.provider_declines(ways.activated(), 5, why="conflict-of-interest")
    ways.provider_declines(story, 8, why="no-capacity")
    assert story.pages("alarm:no-provider") == [(8, 2)]
    assert story.stands("provider-assignment") == ("running", 23, None)
    assert story.until(63).pages("provider-assignment") == [(23, 2), (43, 3), (63, 3)]
    override = {"why": "override", "reason": WHY}
    conflict = story.refused(70, "assign-provider", "priya", provider="alder", **override)
    assert conflict.code is Code.PROVIDER_NOT_ELIGIBLE
    story.give(71, "assign-provider", "priya", provider="kestrel", **override)
    assert story.stands("provider-assignment") == ("breached", 23, 48 * 60)
    assert story.provider == "kestrel"


def test_edge_18_a_contract_that_ends_is_told_30_days_before_and_does_not_end_the_case() -> None:
    """L1 is woken 30 days before; the provider stays on the case until a person fails over."""
    begins = minute_of(datetime(2028, 2, 25, 12, tzinfo=UTC))  # alder's contract: 31 March 2028
    near = minute_of(datetime(2028, 3, 1, tzinfo=UTC))
    story = ways.eradicating(begins).until(near)
    assert story.pages("alarm:contract-ending") == [(near, 1)]
    story.give(near + 5, "acknowledge-escalation", "priya", about="alarm:contract-ending")

    over = minute_of(datetime(2028, 4, 1, 12, tzinfo=UTC))
    story.until(over)
    assert (story.provider, story.case.phase) == ("alder", "eradication")
    assert story.pages("alarm:contract-ending") == [(near, 1)]
    nobody = story.refused(over, "fail-over", "priya", reason=WHY)
    assert nobody.code is Code.NO_OTHER_PROVIDER  # kestrel's contract has ended too


def test_edge_18_a_contract_that_a_person_extended_is_eligible_again() -> None:
    """The register is changed by people, on the record; eligibility is asked on the day."""
    story = ways.containing()
    alder = story.case.provider("alder")
    assert alder is not None
    last, after = date(2028, 3, 31), date(2028, 4, 1)
    assert eligible(story.case, alder, last) is None
    assert "no contract" in (eligible(story.case, alder, after) or "")
    extended = alder.but(contract_to=date(2029, 3, 31))
    assert eligible(story.case, extended, after) is None
    ways.fail_over(story, 60)
    assert (story.provider, story.case.phase) == ("kestrel", "containment")
