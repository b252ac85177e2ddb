"""What ``cir`` exits with, so that a script can tell one no from another."""

import json

import pytest

from stack.layout import LOOPBACK, free_ports
from tests.e2e.house import QUALIFIES, Answer, House, a_report

pytestmark = pytest.mark.server

NOBODY = "CIR-2026-999999"


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """Return a case that nobody has acknowledged."""
    return house.open()


def told(answer: Answer) -> tuple[int, str, str]:
    """Return exit code, kind and code of a failure; its sentence goes to standard error."""
    error = answer.error
    assert error["message"] in answer.err
    return answer.code, error["kind"], error["code"]


@pytest.mark.parametrize("verb", [("case", "show"), ("case", "history"), ("triage", "acknowledge")])
def test_3_unknown_case(house: House, verb: tuple[str, str]) -> None:
    answer = house.cir(*verb, NOBODY, by="kaya")
    assert told(answer) == (3, "not-found", "unknown-case")


def test_4_a_role_that_may_not(house: House, case: str) -> None:
    answer = house.cir("triage", "acknowledge", case, by="sam")
    assert told(answer) == (4, "not-allowed", "role-not-allowed")


def test_4_nobody_without_a_token(house: House, case: str) -> None:
    answer = house.cir("case", "show", case, by="mallory")
    assert told(answer) == (4, "not-allowed", "unknown-person")


def test_5_refused_by_a_rule_with_a_sentence_to_act_on(house: House, case: str) -> None:
    inputs = ("--channel", "phone", "--result", "no answer")
    answer = house.cir("provider", "contact-attempted", case, *inputs, by="alder")
    assert (answer.code, answer.error["kind"]) == (5, "refused")
    assert case in answer.error["message"]


def test_5_an_input_that_is_missing_is_named(house: House, case: str) -> None:
    answer = house.cir("provider", "contact-attempted", case, by="alder")
    assert told(answer) == (5, "refused", "invalid-input")
    assert [one["field"] for one in answer.error["details"]["fields"]] == ["channel", "result"]


def test_6_a_version_that_is_stale(house: House, case: str) -> None:
    answer = house.cir("triage", "acknowledge", case, "--if-version", "99", by="kaya")
    assert told(answer) == (6, "conflict", "stale-version")


def test_6_a_key_with_other_content(house: House) -> None:
    case = house.open()
    house.ask("triage", "acknowledge", case, "--idempotency-key", "one")
    answer = house.cir("triage", "decide", case, *QUALIFIES, "--idempotency-key", "one", by="kaya")
    assert told(answer) == (6, "conflict", "key-reused")


def test_0_the_same_key_gives_the_same_answer_and_says_so(house: House) -> None:
    case = house.open()
    words = ("handling", "add-note", case, "--text", "Once.", "--idempotency-key", "note-1")
    first = house.ask(*words)
    house.quiet(case)
    again = house.ask(*words)
    assert (first["repeated"], again["repeated"]) == (False, True)
    assert {**again, "repeated": False, "next_deadline": None} == {**first, "next_deadline": None}
    notes = [f for f in house.ask("case", "history", case) if f["type"] == "note-added"]
    assert len(notes) == 1


def test_7_no_desk_at_that_address(house: House, case: str) -> None:
    answer = house.cir("case", "show", case, "--profile", "elsewhere", by="kaya")
    assert told(answer) == (7, "unreachable", "no-profile")


def test_7_a_desk_that_is_down(house: House, case: str) -> None:
    profiles = json.loads((house.home / "profiles.json").read_text())
    (nobody_there,) = free_ports(1)
    profiles["down"] = {**profiles["local"], "desk": f"http://{LOOPBACK}:{nobody_there}"}
    (house.home / "profiles.json").write_text(json.dumps(profiles))

    answer = house.cir("triage", "acknowledge", case, "--profile", "down", by="kaya")

    assert told(answer) == (7, "unreachable", "desk-away")
    assert "cir local up" in answer.err


def test_5_a_broken_report_names_every_problem_and_stores_nothing(house: House) -> None:
    before = len(house.ask("case", "list"))
    report = a_report(schema="cir-report/9")
    report["incident"] = {"summary": "", "discovered_at": "2026-11-23T02:00:00"}
    report["reporter"]["contact_email"] = "not an address"
    answer = house.cir("case", "open", "-", by="kaya", body=report)

    assert told(answer) == (5, "refused", "invalid-report")
    fields = {(one["field"], one["code"]) for one in answer.error["details"]["fields"]}
    assert {field for field, _ in fields} >= {
        "schema",
        "incident.summary",
        "incident.discovered_at",
        "reporter.contact_email",
    }
    assert ("incident.discovered_at", "naive-time") in fields
    assert all(field in answer.err for field, _ in fields), "people are told every one too"
    assert len(house.ask("case", "list")) == before


@pytest.mark.parametrize("words", [("case", "sohw", "X"), ("tirage", "decide", "X")])
def test_2_a_word_that_is_not_known_gets_the_nearest_suggested(
    house: House, words: tuple[str, ...]
) -> None:
    answer = house.cir(*words, by="kaya")
    assert told(answer) == (2, "usage", "usage")
    assert "Did you mean" in answer.err
