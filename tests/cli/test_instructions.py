"""What is sent to the desk for an instruction: inputs, keys, and one list of many cases."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, HANG_UP, PretendDesk, no

OTHER = "CIR-2026-000124"
THIRD = "CIR-2026-000125"


def sent(desk: PretendDesk) -> dict[str, Any]:
    """Return the body of the last instruction, without its key."""
    return {k: v for k, v in desk.given[-1].body.items() if k != "idempotency_key"}


def test_a_verb_posts_its_command_with_inputs_and_envelope(cir: Shell, desk: PretendDesk) -> None:
    said = cir(
        *("triage", "record-category", CASE, "--category", "C2", "--given-by", "ncsc"),
        *("--reason", "As told.", "--if-version", "3", "--evidence", "Call log.", "-q"),
        *("--occurred-at", "2026-11-23T02:10:00+01:00", "--idempotency-key", "k1"),
    )
    assert (said.code, said.err) == (0, "")
    assert desk.given[0].path == f"/cases/{CASE}/record-category"
    assert desk.given[0].body == {
        "category": "C2",
        "given_by": "ncsc",
        "reason": "As told.",
        "if_version": 3,
        "evidence": "Call log.",
        "occurred_at": "2026-11-23T01:10:00Z",
        "idempotency_key": "k1",
    }


def test_a_verb_of_another_name_posts_its_command(cir: Shell, desk: PretendDesk) -> None:
    cir("clock", "pause", CASE, "--clock", "recovery-reply", "--until", "2026-12-01T09:00:00Z")
    assert desk.given[0].path == f"/cases/{CASE}/pause-clock"


def test_nested_values_lists_pairs_numbers_and_truths_are_options(
    cir: Shell, desk: PretendDesk
) -> None:
    cir(
        *("recovery", "accept-recovery", CASE, "--said-by-name", "Owen", "--said-by-verified-how"),
        *("call-back", "--authority-post", "s151", "--po-value-pence", "120000"),
    )
    assert sent(desk) == {
        "said_by": {"name": "Owen", "verified": {"how": "call-back"}},
        "authority": {"post": "s151"},
        "po_value_pence": 120000,
    }
    cir("triage", "request-info", CASE, "--questions", "Which?", "--questions", "Since when?")
    assert sent(desk) == {"questions": ["Which?", "Since when?"]}
    criteria = ("--criteria", "spread-stopped=met", "--criteria", "evidence-preserved=not-met")
    cir("response", "propose-phase-exit", CASE, *criteria)
    assert sent(desk) == {"criteria": {"spread-stopped": "met", "evidence-preserved": "not-met"}}
    cir("handling", "change-policy", CASE, "--settings", "x.target_minutes=45")
    assert sent(desk) == {"settings": {"x.target_minutes": 45}}
    cir("handling", "legal-hold", CASE, "--on", "yes")
    assert sent(desk) == {"on": True}
    cir("triage", "amend-report", CASE, "--changes", '{"impact.risk_to_life": "yes"}')
    assert sent(desk) == {"changes": {"impact.risk_to_life": "yes"}}


def test_input_is_json_and_what_is_typed_counts_over_it(cir: Shell, desk: PretendDesk) -> None:
    given = {"category": "C3", "given_by": "ncsc", "said_by": "nobody", "reason": "From a file."}
    words = ("triage", "record-category", CASE, "--input", "-", "--category", "C2")
    assert cir(*words, stdin=json.dumps(given)).code == 0
    assert sent(desk) == {**given, "category": "C2"}


def test_a_nested_option_takes_the_place_of_a_word_in_the_input(
    cir: Shell, desk: PretendDesk
) -> None:
    words = ("activation", "withdraw", CASE, "--input", "-", "--said-by-name", "Owen")
    cir(*words, stdin='{"said_by": "nobody"}')
    assert sent(desk) == {"said_by": {"name": "Owen"}}


def test_any_command_goes_as_json(cir: Shell, desk: PretendDesk) -> None:
    words = ("case", "instruct", CASE, "record-category", "--input", "-", "--if-version", "4")
    assert cir(*words, stdin='{"category": "C2", "idempotency_key": "k9"}').code == 0
    assert desk.given[0].path == f"/cases/{CASE}/record-category"
    assert desk.given[0].body == {"category": "C2", "if_version": 4, "idempotency_key": "k9"}


def test_a_reason_may_stand_in_a_file(cir: Shell, desk: PretendDesk) -> None:
    reason = cir.home / "reason.txt"
    reason.write_text("Housing is down.\n")
    cir("triage", "reassess", CASE, "--reason-file", str(reason))
    assert sent(desk) == {"reason": "Housing is down."}


def test_twenty_minutes_ago_is_an_instant(cir: Shell, desk: PretendDesk) -> None:
    cir("provider", "contact-made", CASE, "--occurred-at", "-20m")
    ago = datetime.now(UTC) - datetime.fromisoformat(sent(desk)["occurred_at"])  # noqa: TID251
    assert timedelta(minutes=20) <= ago < timedelta(minutes=21)


def test_the_same_key_gives_the_same_answer_and_says_so(cir: Shell) -> None:
    first = cir("triage", "acknowledge", CASE, "--idempotency-key", "k1")
    second = cir("triage", "acknowledge", CASE, "--idempotency-key", "k1")
    assert second.data == {**first.data, "repeated": True}
    assert "the same answer again" in second.err
    other = cir("triage", "acknowledge", CASE, "--idempotency-key", "k1", "--if-version", "1")
    assert (other.code, other.error["code"]) == (6, "key-reused")


def test_without_a_key_each_instruction_has_one_of_its_own(cir: Shell, desk: PretendDesk) -> None:
    cir("triage", "acknowledge", CASE)
    cir("triage", "acknowledge", CASE)
    first, second = (one.body["idempotency_key"] for one in desk.given)
    assert first != second
    assert min(len(first), len(second)) >= 20


def test_an_accepted_decision_tells_what_comes_next(cir: Shell) -> None:
    said = cir("triage", "acknowledge", CASE)
    assert said.err.splitlines() == [
        f"{CASE}: acknowledge taken; now assessment, version 1.",
        "  next: decision warning at 23 Jul 2026 04:00:00 BST",
        f"  what to do now: cir case show {CASE}",
    ]
    assert "23 Jul 2026 03:00:00 UTC" in cir("triage", "acknowledge", CASE, "--utc").err


def test_a_list_on_standard_input_gives_each_case_a_key_of_its_own(
    cir: Shell, desk: PretendDesk
) -> None:
    words = ("handling", "assign-owner", "-", "--owner", "kaya", "--idempotency-key", "k1")
    said = cir(*words, stdin=f"{CASE}\n\n {OTHER} \n{CASE}\n")
    assert said.code == 0
    assert [one["case"] for one in said.data] == [CASE, OTHER]
    assert [one.body["idempotency_key"] for one in desk.given] == [f"k1:{CASE}", f"k1:{OTHER}"]
    again = cir(*words, stdin=OTHER)
    assert [one["repeated"] for one in again.data] == [True]


def test_one_command_takes_the_pages_of_forty_cases(cir: Shell, desk: PretendDesk) -> None:
    cases = [f"CIR-2026-{number:06d}" for number in range(1, 41)]
    words = ("escalation", "acknowledge", "-", "--about", "provider-contact", "--as", "priya")
    said = cir(*words, stdin="\n".join(cases))
    assert said.code == 0
    assert [one["case"] for one in said.data] == cases
    assert [one.path for one in desk.given] == [
        f"/cases/{case}/acknowledge-escalation" for case in cases
    ]
    assert {one.body["about"] for one in desk.given} == {"provider-contact"}
    assert len({one.body["idempotency_key"] for one in desk.given}) == 40
    assert {one.by for one in desk.given} == {"priya"}


def test_one_command_and_one_reason_link_forty_cases(cir: Shell, desk: PretendDesk) -> None:
    cases = [f"CIR-2026-{number:06d}" for number in range(1, 41)]
    why = "They share a supplier that is down."
    words = ("handling", "link-case", "-", "--case", CASE, "--kind", "supplier", "--reason", why)
    said = cir(*words, stdin="\n".join(cases))
    assert said.code == 0
    assert {(one.body["kind"], one.body["reason"]) for one in desk.given} == {("supplier", why)}
    assert len({one.body["idempotency_key"] for one in desk.given}) == 40


def test_one_that_is_refused_stops_no_other_and_decides_the_code(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.says[OTHER] = no("refused", "not-staff", f"{OTHER}: zed is not on the register.")
    words = ("handling", "assign-owner", "-", "--owner", "zed", "--idempotency-key", "k1")
    said = cir(*words, stdin=f"{CASE}\n{OTHER}\n{THIRD}\n")
    assert said.code == 5
    assert [one["ok"] for one in said.data] == [True, False, True]
    assert said.data[1] == {"ok": False, "case": OTHER, "error": desk.says[OTHER]["error"]}
    assert "zed is not on the register" in said.err
    assert "--idempotency-key" not in said.err
    ids = cir(*words, "-o", "id", stdin=f"{CASE}\n{OTHER}\n{THIRD}\n")
    assert (ids.code, ids.out) == (5, f"{CASE}\n{THIRD}\n")


def test_an_unknown_outcome_in_a_list_tells_the_one_key_to_repeat_with(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.says[OTHER] = HANG_UP
    words = ("triage", "acknowledge", "-", "--idempotency-key", "k1")
    said = cir(*words, stdin=f"{OTHER}\n{CASE}\n")
    assert said.code == 9
    assert [one["ok"] for one in said.data] == [False, True]
    assert said.err.endswith("--idempotency-key k1\n")


def test_a_desk_that_is_away_is_not_asked_for_the_rest(bare: Shell) -> None:
    said = bare("triage", "acknowledge", "-", stdin=f"{CASE}\n{OTHER}\n{THIRD}\n")
    assert said.code == 7
    assert len(said.data) == 1
    assert f"Not sent: {OTHER}, {THIRD}." in said.err


def test_an_empty_list_is_a_mistake(cir: Shell) -> None:
    assert cir("triage", "acknowledge", "-", stdin="\n").error["code"] == "no-references"


@pytest.mark.parametrize("text", ["Žofie, 🚒", "مرحبا", "=cmd|' /C calc'!A0"])
def test_words_of_every_script_arrive_as_they_were_typed(
    cir: Shell, desk: PretendDesk, text: str
) -> None:
    cir("handling", "add-note", CASE, "--text", text)
    assert sent(desk) == {"text": text}
