"""The key a report arrives under, and what changed in it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.council import CouncilRegister
from domain.report import Report
from domain.report_content import (
    changed_fields,
    content_hash,
    intake_key,
    report_content,
    with_changes,
)
from domain.report_problems import InvalidReportError
from domain.report_reading import check_report

NOW = datetime(2026, 10, 1, 1, 40, tzinfo=UTC)
THIN: dict[str, Any] = {
    "schema": "cir-report/1",
    "source": {"channel": "ncsc-referral", "reference": "NCSC-EX-1"},
    "council": {"code": "XSB", "name": "Saltbeck District Council"},
    "reporter": {"name": "Marian Tolley", "phone": "01632 960211"},
    "incident": {"summary": "Nobody can sign in.", "affected_systems": ["mail"]},
}


def report(changes: dict[str, object] | None = None) -> Report:
    data = with_changes(THIN, changes or {})
    return check_report(data, now=NOW, councils=CouncilRegister()).report


def test_one_referral_has_a_key_for_each_council() -> None:
    assert intake_key(report()) == '["real", "ncsc-referral", "NCSC-EX-1", "XSB"]'
    assert intake_key(report({"council.code": "XCW"})) != intake_key(report())


def test_without_a_code_case_and_spaces_in_the_name_do_not_matter() -> None:
    one = report({"council.code": None, "council.name": "Saltbeck  District council"})
    other = report({"council.code": None, "council.name": " SALTBECK District Council"})
    assert intake_key(one) == intake_key(other)
    assert intake_key(one) != intake_key(report())


@pytest.mark.parametrize("reference", [None, "", "  "])
def test_no_reference_no_key(reference: str | None) -> None:
    assert intake_key(report({"source.reference": reference})) is None


def test_an_exercise_never_shares_a_key_with_a_real_case() -> None:
    assert intake_key(report({"exercise": True})) != intake_key(report())


def test_when_it_came_and_who_typed_it_is_not_content() -> None:
    later = report({"source.received_at": "2026-10-01T01:00:00Z", "source.entered_by": "kaya"})
    assert later != report()
    assert (changed_fields(report(), later), content_hash(later)) == ((), content_hash(report()))


def test_absent_null_and_unknown_are_the_same_content() -> None:
    spelt_out = report({"impact.risk_to_life": "unknown", "data.aware_at": None, "told": []})
    assert report_content(spelt_out) == report_content(report())


def test_changed_fields_are_sorted_and_a_list_is_one_field() -> None:
    new = report(
        {
            "incident.affected_systems": ["mail", "housing"],
            "impact.people_affected": 101_000,
            "impact.services": [{"service": "housing"}],
            "source.received_at": "2026-10-01T01:39:00Z",
        }
    )
    assert changed_fields(report(), new) == (
        "impact.people_affected",
        "impact.services",
        "incident.affected_systems",
    )


def test_changes_leave_the_first_report_alone() -> None:
    before = report_content(report())
    changed = with_changes(
        THIN, {"data.personal_data": "yes", "incident.affected_systems": ["web"]}
    )
    assert (changed["data"], changed["incident"]["affected_systems"]) == (
        {"personal_data": "yes"},
        ["web"],
    )
    assert "data" not in THIN
    assert report_content(report()) == before


@pytest.mark.parametrize("path", ["", "impact", "contacts.0.email", "incident.colour", "a.b.c"])
def test_a_change_to_a_field_no_report_has_is_refused(path: str) -> None:
    with pytest.raises(InvalidReportError) as caught:
        with_changes(THIN, {path: "x", "incident.summary": "y"})
    assert [(problem.field, problem.code) for problem in caught.value.problems] == [
        (path, "unknown-field")
    ]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "impact.risk_to_life": st.sampled_from(["yes", "no", "unknown", None]),
        "impact.people_affected": st.none() | st.integers(0, 3),
        "incident.affected_systems": st.lists(st.sampled_from(["mail", "web"]), max_size=2),
        "source.entered_by": st.none() | st.just("kaya"),
        "ncsc.category": st.sampled_from(["C1", "uncategorised", None]),
    },
)


@given(CHANGES, CHANGES)
def test_nothing_changed_exactly_when_the_content_is_equal(
    one: dict[str, object], two: dict[str, object]
) -> None:
    old, new = report(one), report(two)
    is_same = report_content(old) == report_content(new)
    assert (changed_fields(old, new) == ()) is is_same
    assert (content_hash(old) == content_hash(new)) is is_same
