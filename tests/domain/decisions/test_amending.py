"""Fields of the report and the council of a case, put right."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.case import Case, Event
from domain.decisions.amending import AmendReport, CorrectCouncil, ReportAmended
from domain.errors import Code
from domain.phase import Phase
from tests.builders import (
    MINUTE,
    NOON,
    ONE,
    WHY,
    a_case,
    a_council,
    a_report,
    applied,
    code_of,
    refusal,
    registers,
    stamped,
    types,
)

AWARE = datetime(2026, 11, 23, 11, 45, tzinfo=UTC)
HARROWDALE = a_council(code="XHD", name="Harrowdale Council")


def amend(changes: dict[str, Any]) -> AmendReport:
    return stamped(AmendReport, changes=changes)


def amended(case: Case, changes: dict[str, Any]) -> Case:
    return applied(case, amend(changes).decide(case, ONE))


def test_an_amendment_keeps_old_and_new_values() -> None:
    changes = {"impact.safeguarding_risk": "yes", "incident.affected_systems": ["mail"]}
    command = stamped(AmendReport, changes=changes, reason=WHY)
    events: tuple[Event, ...] = command.decide(a_case(), ONE)
    assert events == (
        ReportAmended(
            at=ONE,
            old={"impact.safeguarding_risk": "unknown", "incident.affected_systems": []},
            new={"impact.safeguarding_risk": "yes", "incident.affected_systems": ["mail"]},
            reason=WHY,
        ),
    )
    report = applied(a_case(), events).report
    assert report.life_risk
    assert report.incident.affected_systems == ("mail",)


def test_a_whole_part_of_entries_is_one_field() -> None:
    services = [{"service": "housing", "state": "down", "workaround": "no"}]
    case = amended(a_case(), {"impact.services": services})
    assert [one.service for one in case.report.impact.services] == ["housing"]


def test_null_makes_a_field_unknown() -> None:
    case = a_case(report=a_report(impact__people_affected=7))
    assert amended(case, {"impact.people_affected": None}).report.impact.people_affected is None


@pytest.mark.parametrize(
    "field",
    [
        "council.code",
        "council.name",
        "council.shared_host",
        "contacts",
        "reporter.contact_email",
        "reporter.phone",
        "reporter.out_of_hours_phone",
        "ncsc.category",
        "exercise",
    ],
)
def test_what_has_a_command_of_its_own_is_not_amended(field: str) -> None:
    refused = refusal(amend({field: "x", "impact.media_interest": "yes"}), a_case())
    assert refused.code is Code.USE_OTHER_COMMAND
    (told,) = refused.details["fields"]
    assert (told["field"], told["code"]) == (field, "use-other-command")
    assert told["message"].startswith("use cir ")
    assert "cir " in refused.message


def test_every_problem_of_an_amended_report_is_told_at_once() -> None:
    changes = {"impact.risk_to_life": True, "incident.summary": None, "data.aware_at": "soon"}
    refused = refusal(amend(changes), a_case())
    assert refused.code is Code.INVALID_REPORT
    assert [one["field"] for one in refused.details["fields"]] == [
        "incident.summary",
        "impact.risk_to_life",
        "data.aware_at",
    ]


def test_a_field_that_no_report_has_is_a_problem() -> None:
    refused = refusal(amend({"impact.mood": "low"}), a_case())
    assert refused.code is Code.INVALID_REPORT
    assert refused.details["fields"][0]["code"] == "unknown-field"


def test_the_same_values_again_change_nothing() -> None:
    same = {"incident.summary": "Servers are locked.", "impact.media_interest": "unknown"}
    assert code_of(amend(same), a_case()) is Code.NOTHING_CHANGED


def test_another_command_is_named_before_problems_are() -> None:
    assert code_of(amend({"contacts": "x", "impact.mood": "low"}), a_case()) is (
        Code.USE_OTHER_COMMAND
    )


def test_problems_come_before_nothing_changed() -> None:
    same = {"incident.summary": "Servers are locked.", "impact.mood": "low"}
    assert code_of(amend(same), a_case()) is Code.INVALID_REPORT


def test_a_new_moment_of_awareness_moves_the_case() -> None:
    assert amended(a_case(), {"data.aware_at": "2026-11-23T11:45:00Z"}).aware_at == AWARE


def test_a_new_moment_of_discovery_does_not_move_a_tracker_that_runs() -> None:
    case = a_case()
    assert amended(case, {"incident.discovered_at": "2026-11-23T10:00:00Z"}).aware_at == (
        case.aware_at
    )


def test_discovery_counts_while_no_personal_data_was_touched() -> None:
    case = a_case(report=a_report(data__personal_data="no"))
    changes = {"incident.discovered_at": "2026-11-23T10:00:00Z", "data.personal_data": "yes"}
    assert amended(case, changes).aware_at == NOON.replace(hour=10)


def test_an_amendment_told_late_is_judged_as_of_when_it_was_told() -> None:
    case = amended(a_case(), {"data.aware_at": "2026-11-23T11:59:00Z"})
    command = amend({"impact.media_interest": "yes"})
    events = command.decide(case, NOON - 10 * MINUTE)
    assert types(events) == ("report-amended",)


def correct(code: str, **changes: Any) -> CorrectCouncil:
    rows = registers().but(councils=(a_council(), HARROWDALE))
    return stamped(CorrectCouncil, by="priya", rows=rows, code=code, reason=WHY, **changes)


def test_a_case_is_put_under_another_council() -> None:
    events = correct("XHD").decide(a_case(), ONE)
    assert types(events) == ("council-corrected",)
    case = applied(a_case(), events)
    assert case.council == HARROWDALE
    assert case.report == a_report()  # what we were first told stays as it was


def test_a_council_must_be_on_the_register() -> None:
    assert code_of(correct("XYZ"), a_case()) is Code.UNKNOWN_COUNCIL


def test_the_same_council_is_no_correction() -> None:
    assert code_of(correct("XEA"), a_case()) is Code.NOTHING_CHANGED


def test_an_unknown_council_is_unknown_even_if_the_case_stands_under_it() -> None:
    case = a_case(council=a_council(code="XYZ", name="Nowhere", eligible=False))
    assert code_of(correct("XYZ"), case) is Code.UNKNOWN_COUNCIL


def test_the_council_is_corrected_before_the_decision_only() -> None:
    assert CorrectCouncil.phases == {Phase.REPORTED, Phase.ASSESSMENT}
