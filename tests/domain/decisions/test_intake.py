"""A report becomes a case; the same report again stays the same case."""

from typing import Any

import pytest

from domain.category import Category
from domain.council import UNKNOWN_CODE, Council, CouncilRegister
from domain.decisions.amending import AmendReport
from domain.decisions.categories import CategoryRecorded
from domain.decisions.intake import (
    CaseOpened,
    OpenCase,
    Opening,
    ReportRepeated,
    open_case,
)
from domain.errors import Code
from domain.phase import Phase
from tests.builders import (
    NOON,
    ONE,
    OTHER,
    REFERENCE,
    a_case,
    a_council,
    a_policy,
    a_raw_report,
    a_report,
    applied,
    providers,
    refusal,
    stamped,
    types,
)


def an_opening(*councils: Council, **report: Any) -> Opening:
    return Opening.of(
        reference=REFERENCE,
        report=a_report(**report),
        register=CouncilRegister(councils=councils or (a_council(),)),
        providers=providers(),
        policy=a_policy(),
        desk_keys={"k1": "AAAA"},
    )


def again(case: Any, **changes: Any) -> tuple[Any, ...]:
    command = stamped(OpenCase, by="system", report=a_raw_report(**changes))
    return command.decide(case, ONE)


def test_a_newborn_case_carries_all_that_it_needs() -> None:
    case, events = open_case(an_opening(), ONE)
    assert (case.version, case.seq, case.phase) == (0, 0, Phase.REPORTED)
    assert (case.reference, case.council, case.desk_keys) == (
        REFERENCE,
        a_council(),
        {"k1": "AAAA"},
    )
    assert (case.opened_at, case.entered_at, case.received_at) == (ONE, ONE, NOON)
    assert case.aware_at == NOON.replace(hour=11, minute=30)
    assert case.category is Category.UNCATEGORISED
    opened = CaseOpened(
        at=ONE,
        report=a_report(),
        council=a_council(),
        received_at=NOON,
        begun=an_opening().begun,
    )
    assert events == (opened,)
    assert applied(case, events) == case


def test_the_category_of_an_ncsc_referral_counts() -> None:
    case, events = open_case(an_opening(ncsc__category="C2"), ONE)
    assert types(events) == ("case-opened", "category-recorded")
    given = events[1]
    assert isinstance(given, CategoryRecorded)
    assert (given.given_by, given.reference) == ("ncsc", "NCSC-EX-004821")
    assert applied(case, events).category is Category.C2


def test_a_category_in_any_other_report_is_only_a_note() -> None:
    opening = an_opening(ncsc__category="C2", source__channel="council-phone")
    case, events = open_case(opening, ONE)
    assert types(events) == ("case-opened",)
    assert applied(case, events).category is Category.UNCATEGORISED


def test_contacts_come_from_the_report_without_compromised_addresses() -> None:
    deputy = {"post": "deputy", "name": "Jim Poe", "email": "jim@eastmere.example.gov.uk"}
    s151 = {"post": "s151", "name": "Peter Lund", "email": "p.lund@personal.example.org"}
    case, _ = open_case(an_opening(contacts=[deputy, s151]), ONE)
    assert [(c.post, c.email, c.phone) for c in case.contacts] == [
        ("Head of ICT", "jo.hale@personal.example.org", "01632 960101"),
        ("deputy", None, None),
        ("s151", "p.lund@personal.example.org", None),
    ]


def test_a_compromised_contact_email_is_never_a_safe_contact() -> None:
    opening = an_opening(reporter__contact_email="jo@mail.eastmere.example.gov.uk")
    case, _ = open_case(opening, ONE)
    assert case.contacts[0].email is None
    assert case.contacts[0].phone == "01632 960101"


def test_a_council_that_is_not_on_the_register_is_still_a_call_for_help() -> None:
    opening = an_opening(a_council(code="XHD", name="Harrowdale Council"))
    assert (opening.council.code, opening.council.eligible) == ("XEA", False)
    nameless = an_opening(a_council(code="XHD", name="Harrowdale"), council__code=None)
    assert nameless.council.code == UNKNOWN_CODE
    assert nameless.council.name == "Eastmere District Council"


def test_an_exercise_is_one_from_its_report() -> None:
    opening = an_opening(exercise=True)
    assert opening.exercise
    assert open_case(opening, ONE)[0].exercise


def test_a_case_that_follows_an_archived_one_is_linked_follow_on() -> None:
    case, events = open_case(an_opening().but(follows=OTHER), ONE)
    after = applied(case, events)
    assert [(link.case, link.kind) for link in after.links] == [(OTHER, "follow-on")]


def test_edge_1_the_same_report_again_is_nothing_new() -> None:
    assert again(a_case()) == ()
    later = {"source__received_at": "2026-11-23T12:30:00Z", "source__entered_by": "kaya"}
    assert again(a_case(), **later) == ()


@pytest.mark.parametrize("phase", [Phase.REPORTED, Phase.RECOVERY, Phase.CLOSED])
def test_edge_1_other_content_is_kept_beside_and_merged_never(phase: Phase) -> None:
    case = a_case(phase)
    events = again(case, impact__people_affected=7, ncsc__category="C1")
    assert types(events) == ("report-repeated",)
    repeated = events[0]
    assert isinstance(repeated, ReportRepeated)
    assert repeated.changed == ("impact.people_affected", "ncsc.category")
    assert not repeated.new_life_risk
    after = applied(case, events)
    assert (after.report, after.category) == (case.report, case.category)
    assert after.received == repeated.report


def test_a_report_is_compared_with_the_last_that_arrived() -> None:
    case = applied(a_case(), again(a_case(), impact__people_affected=7))
    assert again(case, impact__people_affected=7) == ()
    assert again(case)[0].changed == ("impact.people_affected",)


def test_an_amendment_does_not_change_what_had_arrived() -> None:
    amend = stamped(AmendReport, changes={"impact.people_affected": 7})
    case = applied(a_case(), amend.decide(a_case(), ONE))
    assert again(case) == ()


@pytest.mark.parametrize("risk", ["risk_to_life", "safeguarding_risk"])
def test_only_a_new_yes_to_a_risk_brings_life_risk(risk: str) -> None:
    yes = {f"impact.{risk}": "yes"}
    assert again(a_case(), **yes)[0].new_life_risk
    case = applied(a_case(), again(a_case(), **yes))
    assert not again(case, **yes, impact__people_affected=7)[0].new_life_risk


def test_a_yes_to_the_other_risk_is_new_too() -> None:
    case = a_case(report=a_report(impact__risk_to_life="yes"))
    repeated = again(case, impact__risk_to_life="yes", impact__safeguarding_risk="yes")[0]
    assert repeated.new_life_risk


def test_a_report_with_problems_is_refused_with_all_of_them() -> None:
    raw = {"schema": "cir-report/1", "council": {}, "reporter": {"name": "Jo"}}
    refused = refusal(stamped(OpenCase, by="system", report=raw), a_case())
    assert refused.code is Code.INVALID_REPORT
    assert [one["field"] for one in refused.details["fields"]] == [
        "council.name",
        "reporter.contact_email",
        "incident.summary",
    ]
