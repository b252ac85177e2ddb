"""What a script sees: the exit code of every kind of answer, and the failure's body."""

import json
import socket

import pytest

from cli.exit_codes import BY_KIND
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, HANG_UP, PretendDesk, no

CODES = {
    "failed": 1,
    "usage": 2,
    "not-found": 3,
    "not-allowed": 4,
    "refused": 5,
    "conflict": 6,
    "unreachable": 7,
    "timeout": 8,
    "unknown-outcome": 9,
    "queued": 9,
}
ACKNOWLEDGE = ("triage", "acknowledge", CASE)


def test_every_kind_has_the_code_of_the_contract() -> None:
    assert BY_KIND == CODES


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_a_failure_ends_with_the_code_of_its_kind(
    cir: Shell, desk: PretendDesk, kind: str, code: int
) -> None:
    desk.says[CASE] = no(kind, "some-code", "Do this instead.", phase="closed")
    said = cir(*ACKNOWLEDGE)
    assert said.code == code
    assert said.data == desk.says[CASE]
    assert said.err.startswith("Do this instead.")


def test_an_accepted_instruction_ends_with_0(cir: Shell) -> None:
    said = cir(*ACKNOWLEDGE)
    assert said.code == 0
    assert (said.data["ok"], said.data["case"], said.data["command"]) == (True, CASE, "acknowledge")


def test_a_table_is_asked_for_and_the_failure_is_told_in_words_only(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.says[CASE] = no("refused", "wrong-phase", "It is in containment.")
    said = cir(*ACKNOWLEDGE, "-o", "table")
    assert (said.code, said.out) == (5, "")
    assert said.err == "It is in containment.\n"


def test_what_is_missing_is_listed_beneath_the_sentence(cir: Shell, desk: PretendDesk) -> None:
    desk.says[CASE] = no("refused", "checklist-incomplete", "Not yet.", missing=["billing"])
    assert cir(*ACKNOWLEDGE).err == "Not yet.\n  missing: billing\n"


def test_no_profile_ends_with_7_and_says_how_to_start(bare: Shell) -> None:
    said = bare(*ACKNOWLEDGE)
    assert (said.code, said.error["kind"]) == (7, "unreachable")
    assert "cir local up" in said.err


def test_a_desk_that_does_not_run_ends_with_7(bare: Shell) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    (bare.home / "profiles.json").write_text(json.dumps({"local": {"desk": address}}))
    bare.holds({"kaya": "token-of-kaya"})
    said = bare(*ACKNOWLEDGE, "--idempotency-key", "k1")
    assert (said.code, said.error["code"]) == (7, "desk-away")
    assert said.error["idempotency_key"] == "k1"
    assert "Start it with: cir local up" in said.err


def test_an_instruction_without_an_answer_ends_with_9_and_its_key(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.says[CASE] = HANG_UP
    said = cir(*ACKNOWLEDGE)
    assert (said.code, said.error["kind"]) == (9, "unknown-outcome")
    key = desk.given[0].body["idempotency_key"]
    assert said.error["idempotency_key"] == key
    assert f"--idempotency-key {key}" in said.err


def test_a_read_without_an_answer_ends_with_7(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}"] = HANG_UP
    assert cir("case", "show", CASE).code == 7


def test_a_desk_that_speaks_no_json_ends_with_1(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}"] = b"<html>"
    said = cir("case", "show", CASE)
    assert (said.code, said.error["code"]) == (1, "internal-error")


def test_no_token_for_the_person_ends_with_4(cir: Shell, desk: PretendDesk) -> None:
    said = cir(*ACKNOWLEDGE, "--as", "ruth")
    assert (said.code, said.error["code"]) == (4, "unknown-person")
    assert not desk.asked


def test_a_revoked_token_ends_with_4(cir: Shell, desk: PretendDesk) -> None:
    cir.holds({"kaya": "an-old-token"})
    said = cir(*ACKNOWLEDGE)
    assert (said.code, said.error["code"]) == (4, "unknown-person")
    assert len(desk.asked) == 1


def test_tokens_that_others_can_read_are_not_used(cir: Shell, desk: PretendDesk) -> None:
    cir.holds({"kaya": "token-of-kaya"}).chmod(0o644)
    said = cir(*ACKNOWLEDGE)
    assert said.code == 4
    assert "chmod 600" in said.err
    assert not desk.asked


def test_an_unknown_case_ends_with_3(cir: Shell) -> None:
    said = cir("case", "show", "CIR-2026-999999")
    assert (said.code, said.error["code"]) == (3, "unknown-case")


@pytest.mark.parametrize("word", ["", "../people", "a b", "CASE?x=1", "\x1b[31m", "ü"])
def test_what_cannot_be_a_reference_is_an_unknown_case_and_not_sent(
    cir: Shell, desk: PretendDesk, word: str
) -> None:
    said = cir("triage", "acknowledge", word)
    assert (said.code, said.error["code"]) == (3, "unknown-case")
    assert not desk.asked
    assert "\x1b" not in said.out + said.err


def test_a_wait_that_ends_without_it_ends_with_8(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}/wait"] = no("timeout", "timeout", "It was not there.")
    said = cir("case", "wait", CASE, "--for", "phase=containment", "--timeout", "2s")
    assert said.code == 8
    assert [one.query for one in desk.asked] == [{"for": "phase=containment", "timeout_s": "2.0"}]


def test_a_long_wait_asks_again_until_its_time_is_over(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/cases/{CASE}/wait"] = no("timeout", "timeout")
    assert cir("case", "wait", CASE, "--for", "key=K", "--timeout", "25s").code == 8
    assert [one.query["timeout_s"] for one in desk.asked] == ["10.0", "10.0", "5.0"]


def test_the_codes_can_be_read(bare: Shell) -> None:
    said = bare("help", "exit-codes")
    assert said.code == 0
    assert [int(line.split()[0]) for line in said.out.splitlines()] == [*range(10), 130]
