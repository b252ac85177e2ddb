"""`contract-ending` and `council-ending`: raised by time, once for each cause (guide f 15, j 4, l).

A contract's last day is a day of London's calendar; the alarm is raised as the day begins that is
30 days before it.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from domain.case import Case, Event
from domain.clocks.due import next_deadline, next_due
from domain.clocks.endings import endings
from domain.errors import Code, Refused
from domain.fact import Cause, Fact
from domain.phase import OPEN, Phase
from domain.policy import Policy
from domain.provider import Provider
from domain.reference import Reference, refreshed
from domain.settling import advance, settle
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    a_case,
    a_council,
    a_policy,
    a_provider,
    called_out,
)
from tests.domain.clocks.story import Story
from tests.domain.decisions.handling_cases import give

LAST = date(2027, 4, 30)
NEAR = datetime(2027, 3, 30, 23, tzinfo=UTC)
"""Midnight in London, in summer time, 30 days before the last day."""


def ends_on(last: date, provider: str = "alder") -> tuple[Provider, ...]:
    both = (a_provider("alder"), a_provider("kestrel"))
    return tuple(one.but(contract_to=last) if one.id == provider else one for one in both)


def a_quiet_case(phase: Phase = Phase.CONTAINMENT, **changes: object) -> Case:
    """Return a case without clocks: nothing but the calendar can come."""
    return a_case(phase, **changes)


def live(case: Case, until: datetime) -> tuple[Case, tuple[Fact, ...]]:
    """Let time pass from one instant to the next, as the kept timer does."""
    facts: list[Fact] = []
    while (due := next_due(case)) is not None and due.at <= until:
        passed = advance(case, due.at, through=True)
        case = passed.case
        facts.extend(passed.facts)
    return case, tuple(facts)


def raised(facts: tuple[Fact, ...]) -> list[tuple[str, datetime]]:
    return [(f.payload["alarm"], f.occurred_at) for f in facts if f.type == "alarm-raised"]


def learned(case: Case, reference: Reference, at: datetime) -> tuple[Case, tuple[Fact, ...]]:
    """Let the case learn what the registers say now."""
    events: tuple[Event, ...] = refreshed(case, reference, at)
    settled = settle(case, events, Cause(id="reference", by="system", at=at))
    return settled.case, settled.facts


def test_the_next_thing_due_is_the_day_30_days_before_the_contract_ends() -> None:
    case = a_quiet_case(providers=ends_on(LAST))
    due = next_deadline(case)
    assert due is not None
    assert (due.at, due.kind, due.name) == (NEAR, "alarm", "alarm:contract-ending")


def test_a_contract_about_to_end_pages_l1_and_climbs_until_somebody_has_it() -> None:
    case, facts = live(a_quiet_case(providers=ends_on(LAST)), NEAR + 45 * MINUTE)
    assert raised(facts) == [("contract-ending", NEAR)]
    pages = [(f.occurred_at - NEAR, f.payload["rung"]) for f in facts if f.type == "page-due"]
    assert pages == [(timedelta(0), 1), (20 * MINUTE, 2), (40 * MINUTE, 3)]
    about = "alarm:contract-ending"
    case = give(case, "acknowledge-escalation", "priya", NEAR + 46 * MINUTE, about=about).case
    assert live(case, NEAR + 400 * DAY)[1] == ()


def test_a_council_about_to_end_pages_l1() -> None:
    council = a_council(ends_on="2027-03-31", replaced_by="XHD")
    _, facts = live(a_quiet_case(council=council), datetime(2027, 3, 1, tzinfo=UTC))
    assert raised(facts) == [("council-ending", datetime(2027, 3, 1, tzinfo=UTC))]
    (near,) = (f for f in facts if f.type == "end-came-near")
    assert near.payload["about"] == "XEA"
    assert near.payload["ends_on"] == "2027-03-31"


def test_only_the_provider_now_on_the_case_matters() -> None:
    other = a_quiet_case(providers=ends_on(LAST, "kestrel"))
    assert [one.about for one in endings(other)] == ["alder"]
    nobody = a_quiet_case(Phase.ACTIVATION, engagement=called_out(None))
    assert endings(nobody) == ()


@pytest.mark.parametrize("phase", sorted(OPEN))
def test_every_open_case_looks_out_for_its_council(phase: Phase) -> None:
    case = a_quiet_case(phase, council=a_council(ends_on=LAST.isoformat()))
    assert "council-ending" in [one.alarm for one in endings(case)]


def test_a_closed_case_raises_neither() -> None:
    case = a_case(
        Phase.CLOSED, providers=ends_on(LAST), council=a_council(ends_on=LAST.isoformat())
    )
    assert next_due(case) is None


def test_closing_ends_the_alarm() -> None:
    case, _ = live(a_case(Phase.ASSESSMENT, council=a_council(ends_on=LAST.isoformat())), NEAR)
    assert [run.over for run in case.alarms] == [False]
    said_by = {"name": "Jo", "post": "CIO", "verified": {"how": "rang back", "by": "kaya"}}
    done = give(case, "withdraw", "kaya", NEAR + HOUR, said_by=said_by, reason="All is well here.")
    assert done.case.phase is Phase.CLOSED
    assert [run.over for run in done.case.alarms] == [True]
    assert next_deadline(done.case) is None


def test_a_case_that_opens_inside_the_days_raises_it_as_it_opens() -> None:
    story = Story(council=a_council(ends_on="2026-12-01"))
    assert story.pages("alarm:council-ending") == [(0, 1)]


def test_a_provider_that_comes_inside_the_days_raises_it_as_it_comes() -> None:
    story = Story(firms=ends_on(date(2026, 12, 1))).activated(30)
    assert story.provider == "alder"
    assert story.pages("alarm:contract-ending") == [(30, 1)]


def test_a_fail_over_to_a_provider_about_to_end_is_a_new_cause() -> None:
    case, _ = live(
        a_quiet_case(providers=tuple(p.but(contract_to=LAST) for p in ends_on(LAST))), NEAR
    )
    at = NEAR + HOUR
    case = give(case, "acknowledge-escalation", "priya", at, about="alarm:contract-ending").case
    done = give(case, "fail-over", "priya", at, reason="The contract of the firm runs out.")
    assert [(f.payload["about"], f.occurred_at) for f in done.facts if "came-near" in f.type] == [
        ("kestrel", at)
    ]
    assert done.types.count("alarm-raised") == 1


def test_the_same_cause_is_told_once() -> None:
    case, _ = live(a_quiet_case(providers=ends_on(LAST)), NEAR)
    at = NEAR + HOUR
    case = give(case, "acknowledge-escalation", "priya", at, about="alarm:contract-ending").case
    case, facts = learned(case, Reference(providers=case.providers), at)
    assert facts == ()
    assert live(case, NEAR + 60 * DAY)[1] == ()


def test_an_extended_contract_is_told_30_days_before_its_new_end() -> None:
    case, _ = live(a_quiet_case(providers=ends_on(LAST)), NEAR)
    at = NEAR + HOUR
    case = give(case, "acknowledge-escalation", "priya", at, about="alarm:contract-ending").case
    later = date(2028, 4, 29)
    case, facts = learned(case, Reference(providers=ends_on(later)), at)
    assert raised(facts) == []
    due = next_due(case)
    assert due is not None
    assert due.at == datetime(2028, 3, 29, 23, tzinfo=UTC)
    assert raised(live(case, due.at)[1]) == [("contract-ending", due.at)]


def test_a_contract_cut_short_is_told_when_the_case_learns_of_it() -> None:
    case, facts = learned(a_quiet_case(), Reference(providers=ends_on(date(2026, 12, 1))), NOON)
    assert raised(facts) == [("contract-ending", NOON)]
    assert [run.instance for run in case.alarms] == [1]


def test_while_one_alarm_still_pages_another_cause_adds_no_second() -> None:
    case, _ = live(a_quiet_case(providers=ends_on(LAST)), NEAR)
    case, facts = learned(case, Reference(providers=ends_on(LAST - 5 * DAY)), NEAR)
    assert [f.type for f in facts] == ["reference-refreshed", "end-came-near"]
    assert [run.instance for run in case.alarms] == [1]
    assert endings(case) == ()


def test_after_an_outage_its_ladder_begins_when_it_is_found() -> None:
    found = NEAR + 3 * DAY
    passed = advance(a_quiet_case(providers=ends_on(LAST)), found, through=True)
    assert raised(passed.facts) == [("contract-ending", found)]
    assert [f.payload["rung"] for f in passed.facts if f.type.startswith("page-")] == [1]
    (near,) = (f for f in passed.facts if f.type == "end-came-near")
    assert near.payload["notice_at"] == "2027-03-30T23:00:00Z"


def test_the_days_are_the_cases_own_setting_and_never_scaled() -> None:
    case = a_quiet_case(
        providers=ends_on(LAST), policy=a_policy(**{"contract-ending.notice_days": 10})
    )
    assert [one.notice_at for one in endings(case)] == [NEAR + 20 * DAY]
    fast: Policy = a_policy().at_speed(240, "demo")
    assert [one.notice_at for one in endings(case.but(policy=fast))] == [NEAR]


def test_a_change_of_the_days_may_bring_the_end_near_at_once() -> None:
    last = (NOON + 40 * DAY).date()
    case = a_quiet_case(providers=ends_on(last))
    at = NOON + HOUR
    case = give(
        case,
        "change-policy",
        "helen",
        at,
        settings={"contract-ending.notice_days": 60},
        reason="Extending takes two months.",
    ).case
    done = give(case, "confirm-policy", "ruth", at, reason="It takes that long.")
    assert "alarm-raised" in done.types


def test_only_a_manager_or_above_may_take_it() -> None:
    case, _ = live(a_quiet_case(providers=ends_on(LAST)), NEAR)
    with pytest.raises(Refused) as refused:
        give(case, "acknowledge-escalation", "kaya", NEAR, about="alarm:contract-ending")
    assert refused.value.code is Code.RUNG_NOT_YOURS


def test_a_case_under_the_first_rules_does_not_look_out() -> None:
    case = a_quiet_case(providers=ends_on(LAST), rules=1)
    assert next_due(case) is None
