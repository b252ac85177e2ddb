"""What is a mistake in typing, what goes to the desk, and where an option may stand."""

import os
import re
import tomllib

import pytest

from cli.context import COMMON
from cli.verbs import GIVING, declared
from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("trage", "acknowledge", CASE), "Did you mean triage?"),
        (("triage", "aknowledge", CASE), "Did you mean acknowledge?"),
        (("case", "shwo", CASE), "Did you mean show?"),
        (("case", "instruct", CASE, "acknowlege"), "Did you mean acknowledge?"),
        (("triage", "record-category", CASE, "--categroy", "C2"), "--category"),
    ],
)
def test_an_unknown_word_gets_the_nearest_suggested_and_nothing_is_sent(
    cir: Shell, desk: PretendDesk, words: tuple[str, ...], hint: str
) -> None:
    said = cir(*words)
    assert (said.code, said.error["kind"]) == (2, "usage")
    assert hint in said.err
    assert not desk.asked


@pytest.mark.parametrize(
    "words",
    [
        ("triage", "acknowledge", CASE, "--if-version", "seven"),
        ("triage", "acknowledge", CASE, "--occurred-at", "yesterday"),
        ("triage", "acknowledge", CASE, "--occurred-at", "2026-11-23T02:10:00"),
        ("triage", "acknowledge", CASE, "--occurred-at", "-999999d"),
        ("triage", "acknowledge", CASE, "--occurred-at", "0001-01-01T00:00:00+14:00"),
        ("case", "list", "--opened-since", "9999-12-31T23:59:59-14:00"),
        ("case", "list", "--breaching", "soon"),
        ("case", "list", "--breaching", "10"),
        ("triage", "acknowledge", CASE, "--timeout", "soon"),
        ("triage", "acknowledge", CASE, "--timeout", "0s"),
        ("triage", "acknowledge", CASE, "--input", "nofile.json"),
        ("triage", "acknowledge", CASE, "--reason-file", "nofile.txt"),
        ("triage", "amend-report", CASE, "--changes", "{"),
        ("response", "propose-phase-exit", CASE, "--criteria", "spread-stopped"),
        ("case", "wait", CASE, "--for", "luck"),
        ("case", "open", "nofile.json"),
        ("people", "import", "nofile.json"),
    ],
)
def test_text_that_is_no_number_time_json_or_file_ends_with_2(
    cir: Shell, desk: PretendDesk, words: tuple[str, ...]
) -> None:
    said = cir(*words)
    assert (said.code, said.error["kind"]) == (2, "usage")
    assert not desk.asked


@pytest.mark.parametrize("text", ["{", "[]", "7", "[" * 100_000, '{"a": 1, "a": 2}', '{"a": NaN}'])
def test_input_that_is_no_json_object_ends_with_2(cir: Shell, desk: PretendDesk, text: str) -> None:
    said = cir("triage", "acknowledge", CASE, "--input", "-", stdin=text)
    assert (said.code, said.error["code"]) == (2, "not-json")
    assert not desk.asked


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("triage", "record-category", CASE), {}),
        (("triage", "record-category", CASE, "--category", "C9"), {"category": "C9"}),
        (("handling", "legal-hold", CASE, "--on", "perhaps"), {"on": "perhaps"}),
        (("money", "log-work", CASE, "--date", "someday"), {"date": "someday"}),
    ],
)
def test_what_is_missing_or_outside_a_list_is_for_the_desk_to_answer(
    cir: Shell, desk: PretendDesk, words: tuple[str, ...], sent: dict[str, str]
) -> None:
    assert cir(*words).code == 0
    body = {k: v for k, v in desk.given[0].body.items() if k != "idempotency_key"}
    assert body == sent


@pytest.mark.parametrize(
    "words",
    [
        ("--as", "priya", "triage", "acknowledge", CASE),
        ("triage", "--as", "priya", "acknowledge", CASE),
        ("triage", "acknowledge", "--as", "priya", CASE),
        ("triage", "acknowledge", CASE, "--as", "priya"),
        ("--as", "kaya", "triage", "acknowledge", CASE, "--as", "priya"),
    ],
)
def test_an_option_of_every_command_may_stand_anywhere_and_the_last_counts(
    cir: Shell, desk: PretendDesk, words: tuple[str, ...]
) -> None:
    assert cir(*words).code == 0
    assert desk.asked[0].by == "priya"


def test_without_a_person_the_first_of_the_file_asks(cir: Shell, desk: PretendDesk) -> None:
    cir("triage", "acknowledge", CASE)
    assert desk.asked[0].by == "kaya"


def test_no_input_of_a_command_has_the_name_of_a_common_option() -> None:
    common = {name for one in (*COMMON, *GIVING) for name in one.opts}
    flags = {
        (row["command"], f"--{one['flag']}")
        for rows in declared().values()
        for row in rows.values()
        for one in row["options"]
    }
    assert not [pair for pair in flags if pair[1] in common]


def test_nothing_is_removed_without_a_yes(bare: Shell) -> None:
    data = bare.home / "data"
    data.mkdir()
    said = bare("local", "reset")
    assert (said.code, said.error["code"]) == (2, "not-confirmed")
    assert data.exists()
    assert bare("local", "reset", "--yes").code == 0
    assert not data.exists()


def test_the_version_is_that_of_the_project(bare: Shell) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert bare("--version").out == f"cir, version {project['version']}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_are_given_completion(bare: Shell, shell: str) -> None:
    said = bare(_CIR_COMPLETE=f"{shell}_source")
    assert said.code == 0
    assert "_CIR_COMPLETE" in said.out


def test_completion_offers_the_verbs_of_a_noun(bare: Shell) -> None:
    asked = {"_CIR_COMPLETE": "bash_complete", "COMP_WORDS": "cir triage rec", "COMP_CWORD": "2"}
    said = bare(**asked)
    assert re.findall(r"[a-z-]+$", said.out, re.MULTILINE) == ["record-category", "record-info"]


def test_a_fault_of_its_own_is_told_in_a_sentence(bare: Shell) -> None:
    (bare.home / "profiles.json").write_text('{"local": {}}')
    bare.holds({"kaya": "token-of-kaya"})
    said = bare("inbox")
    assert (said.code, said.error["code"]) == (1, "internal-error")
    assert "Traceback" not in said.err
    assert "Traceback" in bare("inbox", "-v").err


def test_a_reader_that_has_seen_enough_is_no_failure(bare: Shell) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        assert bare.into(write, "policy", "show", "--json") == (0, "")
    finally:
        os.close(write)
