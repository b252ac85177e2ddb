"""Alarms about what happened before we were told of it, and about a second cause."""

from tests.builders import WHY
from tests.domain.clocks import ways
from tests.domain.clocks.story import instant


def test_spread_told_of_late_wakes_from_when_it_was_told() -> None:
    story = ways.containing()
    spreading = {"summary": "It spreads.", "spread": "yes"}
    told = {"evidence": "The call log shows it.", "occurred_at": instant(10).isoformat()}
    story.give(40, "provider-update", story.provider, **spreading, **told).until(70)
    assert story.pages("alarm:spread-reported") == [(40, 1), (60, 2)]


def test_a_second_risk_wakes_people_although_the_first_one_is_taken() -> None:
    story = ways.assessed()
    amend = {"changes": {"impact.risk_to_life": "yes"}, "reason": WHY}
    story.give(5, "amend-report", "kaya", **amend)
    story.give(6, "acknowledge-escalation", "helen", about="alarm:life-risk")
    amend["changes"] = {"impact.safeguarding_risk": "yes"}
    story.give(9, "amend-report", "kaya", **amend)
    assert story.pages("alarm:life-risk") == [(5, 2), (9, 2)]
