"""Reading a report: every problem at once, every warning, and nothing that makes it fail."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.council import Council, CouncilRegister
from domain.report import Report
from domain.report_content import REPORT_FIELDS, with_changes
from domain.report_problems import InvalidReportError, ProblemCode, WarningCode
from domain.report_reading import ReadReport, check_report, read_report

NOW = datetime(2026, 10, 1, 1, 40, tzinfo=UTC)
SALTBECK = Council(code="XSB", name="Saltbeck District Council", type="non-metropolitan-district")
CWM = Council(code="XCW", gss="W06999001", name="Cwm Afal Council", type="unitary")
REGISTER = CouncilRegister(councils=(SALTBECK, CWM))
EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "report.json"
THIN: dict[str, Any] = {
    "schema": "cir-report/1",
    "council": {"code": "XSB"},
    "reporter": {"name": "Marian Tolley", "phone": "01632 960211"},
    "incident": {"summary": "Nobody can sign in."},
}
FULL: dict[str, Any] = with_changes(
    json.loads(EXAMPLE.read_text(encoding="utf-8")),
    {
        "source.received_at": "2026-10-01T02:40:00+01:00",
        "source.entered_by": "kaya",
        "incident.discovered_at": "2026-10-01T00:55:00Z",
        "incident.believed_start_at": None,
        "data.categories": ["housing waiting list"],
        "data.people_estimate": 1200,
        "data.aware_at": "2026-10-01T01:00:00.250Z",
        "told": [{"body": "ico", "at": "2026-10-01T01:15:00Z", "reference": "IC-EX-1"}],
        "ncsc.categorised_at": "2026-10-01T01:35:00Z",
        "attachments": [{"ref": "photo-1", "held_by": "ncsc", "sha256": "0aF1" * 16}],
    },
)


def read(**changes: object) -> ReadReport:
    """Read the thin report with these fields changed (`__` for the dot)."""
    paths = {path.replace("__", "."): value for path, value in changes.items()}
    return check_report(with_changes(THIN, paths), now=NOW, councils=REGISTER)


def problems(data: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidReportError) as caught:
        check_report(data, now=NOW, councils=REGISTER)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def raw_problems(raw: bytes | str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidReportError) as caught:
        read_report(raw, now=NOW, councils=REGISTER)
    return [(problem.field, problem.code) for problem in caught.value.problems]


def test_the_example_is_accepted_without_a_warning() -> None:
    answer = read_report(
        EXAMPLE.read_bytes(), now=NOW, councils={council.code: council for council in (SALTBECK,)}
    )
    assert answer.warnings == ()
    assert answer.report.source.received_at == NOW
    assert answer.report.incident.summary.count("\n") == 1


def test_a_full_report_is_accepted_and_keeps_what_was_said() -> None:
    answer = check_report(FULL, now=NOW, councils=REGISTER)
    assert answer.warnings == ()
    said = answer.report.model_dump(mode="json", exclude_unset=True)
    expected = with_changes(FULL, {"source.received_at": "2026-10-01T01:40:00Z"})
    expected["data"]["aware_at"] = "2026-10-01T01:00:00.250000Z"
    del expected["incident"]["believed_start_at"]
    assert said == expected


def test_a_report_survives_json() -> None:
    report = check_report(FULL, now=NOW, councils=REGISTER).report
    assert Report.model_validate(json.loads(json.dumps(report.model_dump(mode="json")))) == report
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert check_report(report.model_dump(mode="json"), now=NOW, councils=REGISTER).report == report


def test_what_is_not_said_is_unknown() -> None:
    report = read(
        exercise=None, impact__risk_to_life=None, contacts=None, source__channel=None
    ).report
    assert report.source.channel == "staff"
    assert report.source.received_at == NOW
    assert report.exercise is False
    assert (report.impact.risk_to_life, report.data.backups) == ("unknown", "unknown")
    assert (report.incident.discovered_at, report.impact.people_affected) == (None, None)
    assert (report.contacts, report.handling.tlp) == ((), "TLP:AMBER+STRICT")


CASES: list[tuple[str, object, ProblemCode]] = [
    ("schema", None, ProblemCode.MISSING),
    ("reporter.name", "  ", ProblemCode.MISSING),
    ("incident.summary", None, ProblemCode.MISSING),
    ("impact.risk_to_life", True, ProblemCode.WRONG_TYPE),
    ("exercise", "true", ProblemCode.WRONG_TYPE),
    ("incident.summary", ["Help"], ProblemCode.WRONG_TYPE),
    ("incident.discovered_at", 1790816100, ProblemCode.WRONG_TYPE),
    ("reporter.phone", 1632960211, ProblemCode.WRONG_TYPE),
    ("contacts", {"post": "dpo"}, ProblemCode.WRONG_TYPE),
    ("impact.people_affected", True, ProblemCode.WRONG_TYPE),
    ("impact.people_affected", 12.0, ProblemCode.WRONG_TYPE),
    ("schema", "cir-report/2", ProblemCode.UNKNOWN_VALUE),
    ("impact.risk_to_life", "maybe", ProblemCode.UNKNOWN_VALUE),
    ("ncsc.category", "C7", ProblemCode.UNKNOWN_VALUE),
    ("ncsc.given_by", "council", ProblemCode.UNKNOWN_VALUE),
    ("reporter.name", "n" * 201, ProblemCode.TOO_LONG),
    ("incident.summary", "s" * 10_001, ProblemCode.TOO_LONG),
    ("reporter.contact_email", f"{'a' * 250}@b.example", ProblemCode.TOO_LONG),
    ("reporter.phone", "0" * 51, ProblemCode.TOO_LONG),
    ("contacts", [{}] * 21, ProblemCode.TOO_MANY),
    ("incident.affected_systems", ["mail"] * 51, ProblemCode.TOO_MANY),
    ("impact.people_affected", -1, ProblemCode.OUT_OF_RANGE),
    ("impact.people_affected", 100_000_001, ProblemCode.OUT_OF_RANGE),
    ("data.people_estimate", 10**40, ProblemCode.OUT_OF_RANGE),
    ("incident.discovered_at", "2026-10-01T00:55:00", ProblemCode.NAIVE_TIME),
    ("incident.discovered_at", "2026-10-01", ProblemCode.BAD_TIME),
    ("incident.discovered_at", "2026-02-30T00:55:00Z", ProblemCode.BAD_TIME),
    ("incident.discovered_at", "0001-01-01T00:00:00+14:00", ProblemCode.BAD_TIME),
    ("incident.discovered_at", "", ProblemCode.BAD_TIME),
    ("data.aware_at", "2026-10-01T01:42:01Z", ProblemCode.IN_THE_FUTURE),
    ("source.received_at", "2027-10-01T01:40:00Z", ProblemCode.IN_THE_FUTURE),
    ("reporter.contact_email", "jo hale@example.org", ProblemCode.INVALID_FORMAT),
    ("reporter.contact_email", "jo@example.org\n", ProblemCode.INVALID_FORMAT),
    ("reporter.contact_email", "jo@localhost", ProblemCode.INVALID_FORMAT),
    ("reporter.contact_email", "a@example.org,b@example.org", ProblemCode.INVALID_FORMAT),
    ("reporter.phone", "01632\x00960211", ProblemCode.INVALID_FORMAT),
    ("reporter.phone", "ring me", ProblemCode.INVALID_FORMAT),
    ("council.code", "XSBX", ProblemCode.INVALID_FORMAT),
    ("council.code", "X1B", ProblemCode.INVALID_FORMAT),
]


@pytest.mark.parametrize(("path", "value", "code"), CASES)
def test_each_problem_has_its_field_and_code(path: str, value: object, code: ProblemCode) -> None:
    assert problems(with_changes(THIN, {path: value})) == [(path, code)]


@pytest.mark.parametrize("ref", ["../secret", "a/b", "..", "photo 1", "photo\x07"])
def test_an_attachment_reference_is_not_a_path(ref: str) -> None:
    data = with_changes(THIN, {"attachments": [{"ref": "ok.txt"}, {"ref": ref}]})
    assert problems(data) == [("attachments[1].ref", "invalid-format")]


def test_times_that_cannot_follow_each_other_are_named() -> None:
    data = with_changes(
        THIN,
        {
            "source.received_at": "2026-10-01T00:00:00Z",
            "incident.discovered_at": "2026-10-01T00:00:01Z",
            "incident.believed_start_at": "2026-10-01T00:00:02Z",
        },
    )
    assert problems(data) == [
        ("incident.discovered_at", "time-order"),
        ("incident.believed_start_at", "time-order"),
    ]


def test_a_clock_two_minutes_ahead_is_no_problem() -> None:
    ahead = (NOW + timedelta(minutes=2)).isoformat()
    report = read(incident__discovered_at=ahead).report
    assert report.incident.discovered_at == NOW + timedelta(minutes=2)


def test_an_empty_report_names_all_that_is_missing() -> None:
    assert problems({}) == [
        ("schema", "missing"),
        ("council.name", "missing"),
        ("reporter.name", "missing"),
        ("reporter.contact_email", "missing"),
        ("incident.summary", "missing"),
    ]


def test_ten_problems_are_told_at_once_in_the_order_of_the_report() -> None:
    data = {
        "incident": {"summary": "", "still_active": True, "discovered_at": "2026-10-01T00:55"},
        "schema": "cir-report/1",
        "source": {"channel": "fax"},
        "council": {},
        "reporter": {"name": "n" * 300, "contact_email": "nowhere"},
        "contacts": [{"name": "Owen"}, {"post": "mayor", "phone": "x"}],
        "impact": {"people_affected": -5},
        "told": [{}] * 21,
        "data": "none",
    }
    assert problems(data) == [
        ("source.channel", "unknown-value"),
        ("council.name", "missing"),
        ("reporter.name", "too-long"),
        ("reporter.contact_email", "invalid-format"),
        ("contacts[1].post", "unknown-value"),
        ("contacts[1].phone", "invalid-format"),
        ("incident.summary", "missing"),
        ("incident.discovered_at", "naive-time"),
        ("incident.still_active", "wrong-type"),
        ("impact.people_affected", "out-of-range"),
        ("data", "wrong-type"),
        ("told", "too-many"),
    ]


def test_no_message_repeats_what_was_sent() -> None:
    with pytest.raises(InvalidReportError) as caught:
        read(reporter__contact_email="jo.secret", ncsc__category="Csecret", incident__type="secret")
    assert len(caught.value.problems) == 3
    assert not [problem for problem in caught.value.problems if "secret" in problem.message]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", [("", "not-json")]),
        (b"help", [("", "not-json")]),
        (b"\xff\xfe{\x00}\x00", [("", "not-json")]),
        (b'{"impact": {"people_affected": NaN}}', [("", "not-json")]),
        (b'{"schema": ', [("", "not-json")]),
        (b" " * (256 * 1024 + 1), [("", "too-large")]),
        ("[" * 100_000, [("", "too-deep")]),
        (b"[]", [("", "wrong-type")]),
        (b"null", [("", "wrong-type")]),
    ],
)
def test_what_is_no_report_at_all_has_an_empty_field(
    raw: bytes | str, expected: list[tuple[str, str]]
) -> None:
    assert raw_problems(raw) == expected


def test_nine_levels_are_too_deep_and_eight_are_not() -> None:
    def nested(levels: int) -> dict[str, object]:
        data: dict[str, object] = {}
        for _ in range(levels - 1):
            data = {"x": data}
        return THIN | data

    assert check_report(nested(8), now=NOW, councils=REGISTER).report.schema_name == "cir-report/1"
    assert problems(nested(9)) == [("", "too-deep")]


def test_a_key_given_twice_is_named_beside_the_other_problems() -> None:
    raw = '{"schema": "cir-report/1", "council": {"code": "XSB", "code": "XCW"}, "reporter": {}}'
    assert raw_problems(raw) == [
        ("code", "duplicate-key"),
        ("reporter.name", "missing"),
        ("reporter.contact_email", "missing"),
        ("incident.summary", "missing"),
    ]


def test_a_byte_order_mark_is_passed_over() -> None:
    raw = b"\xef\xbb\xbf" + json.dumps(THIN).encode()
    assert read_report(raw, now=NOW, councils=REGISTER) == read()


def test_a_number_of_five_thousand_digits_is_out_of_range() -> None:
    raw = json.dumps(with_changes(THIN, {"impact.people_affected": 7})).replace(
        "7}", "7" * 5000 + "}"
    )
    assert raw_problems(raw) == [("impact.people_affected", "out-of-range")]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"incident.summary": "Help\x1b[31m us\u202e"}, "incident.summary", "text-cleaned"),
        ({"council.code": "XQQ"}, "council.code", "unknown-council"),
        ({"council.code": None, "council.name": "Nowhere"}, "council.name", "unknown-council"),
        ({"council.name": "Saltbeck County Council"}, "council.name", "name-code-mismatch"),
        ({"council.code": "xcw"}, "council.code", "council-not-eligible"),
        (
            {
                "reporter.contact_email": "A@SALTBECK.example",
                "reporter.company_email": "b@saltbeck.example",
            },
            "reporter.contact_email",
            "compromised-contact",
        ),
        (
            {"ncsc.category": "C1", "ncsc.given_by": "ncsc"},
            "ncsc.category",
            "category-not-from-ncsc",
        ),
    ],
)
def test_each_warning_has_its_field_and_code(
    changes: dict[str, object], field: str, code: str
) -> None:
    answer = check_report(with_changes(THIN, changes), now=NOW, councils=REGISTER)
    assert [(warning.field, warning.code) for warning in answer.warnings] == [(field, code)]


def test_an_unknown_field_is_ignored_with_a_warning() -> None:
    data = copy.deepcopy(THIN) | {"colour": "red"}
    data["incident"]["colo\x1b[31mur"] = {"a": 1}
    answer = check_report(data, now=NOW, councils=REGISTER)
    assert [(warning.field, warning.code) for warning in answer.warnings] == [
        ("incident.colour", WarningCode.UNKNOWN_FIELD),
        ("colour", WarningCode.UNKNOWN_FIELD),
    ]
    assert answer.report == read().report


def test_ordinary_text_stays_as_given() -> None:
    text = "=SUM(A1)\t\u05e9\u05dc 🔥 @home\nsecond line"
    answer = read(incident__summary=text)
    assert (answer.report.incident.summary, answer.warnings) == (text, ())


def test_half_a_surrogate_pair_is_replaced() -> None:
    raw = json.dumps(with_changes(THIN, {"incident.summary": "Help \ud83d us"}))
    answer = read_report(raw, now=NOW, councils=REGISTER)
    assert answer.report.incident.summary == "Help \ufffd us"
    assert [warning.code for warning in answer.warnings] == ["text-cleaned"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)
SEEN = st.sampled_from(
    ["yes", "2026-10-01T00:55:00Z", "2026-10-01T00:55:00", "a@b.example", "\x00", 5]
)


def _answered(answer: object) -> bool:
    """Say whether a reading ended as it may: a report that survives JSON, or problems."""
    if isinstance(answer, InvalidReportError):
        return bool(answer.problems) and json.dumps([p.model_dump() for p in answer.problems]) != ""
    assert isinstance(answer, ReadReport)
    return ReadReport.model_validate_json(answer.model_dump_json()) == answer


def _outcome(read_it: Any) -> object:
    try:
        return read_it()
    except InvalidReportError as error:
        return error


@given(JSON)
def test_any_json_is_a_report_or_has_a_problem(value: object) -> None:
    assert _answered(_outcome(lambda: check_report(value, now=NOW, councils=REGISTER)))


@given(st.dictionaries(st.sampled_from(REPORT_FIELDS), JSON | SEEN, max_size=6))
def test_any_value_in_any_field_is_taken_or_has_a_problem(changes: dict[str, object]) -> None:
    data = with_changes(FULL, changes)
    assert _answered(_outcome(lambda: check_report(data, now=NOW, councils=REGISTER)))


@given(st.binary(max_size=40) | st.text(max_size=40))
def test_any_bytes_are_answered(raw: bytes | str) -> None:
    assert _answered(_outcome(lambda: read_report(raw, now=NOW, councils=REGISTER)))
