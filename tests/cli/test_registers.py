"""Registers at the shell: what is sent, what is said to do next, and what a terminal shows."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tests.cli.pretend_desk import PretendDesk, no
from tests.cli.test_terminal import EVIL, is_harmless

AT = "2026-07-23T02:10:00Z"
UNTIL = "2026-07-30T02:10:00Z"


def a_change(words: str = "Nora Quill", **changes: Any) -> dict[str, Any]:
    """Return a change as the desk answers it."""
    field = {"field": "phone", "before": "07700 900201", "after": words}
    added = {"key": "nora", "title": words, "fields": []}
    changed = {"key": "kaya", "title": words, "fields": [field]}
    return {
        "ok": True,
        "change": 3,
        "subject": "the register of people",
        "about": "people",
        "holder": None,
        "state": "pending",
        "proposed_by": "helen",
        "proposed_at": AT,
        "expires_at": UNTIL,
        "settled_by": None,
        "settled_at": None,
        "version": None,
        "origin": {"file": "people.json", "sha256": "", "source": "", "licence": ""},
        "difference": {"added": [added], "changed": [changed], "ended": []},
        "doubts": [f"Look at {words}."],
        "counts": {"added": 1, "changed": 1, "ended": 0},
        "repeated": False,
        **changes,
    }


def a_file(cir: Shell, name: str = "people.json", content: str = "[]") -> Path:
    path = cir.home / name
    path.write_text(content)
    return path


@pytest.mark.parametrize("noun", ["people", "rota", "providers", "councils", "policy"])
def test_an_import_sends_the_file_and_its_name_without_the_folder(
    cir: Shell, desk: PretendDesk, noun: str
) -> None:
    desk.says[f"/registers/{noun}"] = a_change()
    said = cir(noun, "import", str(a_file(cir, content='[{"id": "nora"}]')))
    assert (said.code, said.data) == (0, a_change())
    (asked,) = desk.given
    assert asked.query == {"file": "people.json"}
    assert asked.body == [{"id": "nora"}]


def test_a_policy_is_proposed_and_read_setting_by_setting(cir: Shell, desk: PretendDesk) -> None:
    value = {"field": "value", "before": "120", "after": "90"}
    source = {"field": "source", "before": "our default", "after": "our default: agreed"}
    line = {
        "key": "decision.target_minutes",
        "title": "90 minutes (our default: agreed)",
        "fields": [value, source],
    }
    difference = {"added": [], "changed": [line], "ended": []}
    desk.reads["/changes/3"] = a_change(about="policy", difference=difference, doubts=[])
    shown = cir("people", "change", "3", "-o", "table").out.splitlines()
    assert shown[-2:] == [
        "  ~ decision.target_minutes: 120 → 90 minutes (our default: agreed)",
        "      source before: our default",
    ]
    done = a_change(about="policy", state="confirmed", settled_at=AT, version=7)
    desk.says["/changes/3/confirm"] = done
    assert "Each open case keeps its own" in cir("people", "confirm", "3").err


def test_the_policy_in_force_is_asked_of_the_desk(cir: Shell, desk: PretendDesk) -> None:
    line = {"name": "decision.target_minutes", "value": 90, "unit": "minutes", "source": "ours"}
    desk.reads["/registers/policy"] = [line]
    assert cir("policy", "show", "--in-force").data == [line]
    cir("policy", "show")
    assert [one.path for one in desk.asked] == ["/registers/policy"]


def test_a_list_of_councils_says_whose_it_is(cir: Shell, desk: PretendDesk) -> None:
    desk.says["/registers/councils"] = a_change()
    words = ("councils", "import", "-", "--source", "Ourselves", "--licence", "OGL-3.0")
    assert cir(*words, stdin="code,name\n").code == 0
    (asked,) = desk.given
    assert asked.query == {"source": "Ourselves", "licence": "OGL-3.0"}
    assert asked.body == b"code,name\n"


def test_a_proposal_says_that_nothing_is_changed_yet_and_who_goes_on(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.says["/registers/people"] = a_change()
    said = cir("people", "import", str(a_file(cir)))
    assert "Change 3, the register of people: 1 added, 1 changed, 0 ended." in said.err
    assert "Nothing is changed yet." in said.err
    assert "cir people confirm 3 --as OTHER" in said.err
    assert "Look at Nora Quill." in said.err
    assert "30 Jul 2026 03:10:00 BST" in said.err


def test_a_refused_file_names_every_line(cir: Shell, desk: PretendDesk) -> None:
    fields = [{"field": "", "message": f"Line {n}: wrong."} for n in (2, 5)]
    answer = no("refused", "invalid-input", "The file of people cannot be taken.", fields=fields)
    desk.says["/registers/people"] = answer
    said = cir("people", "import", str(a_file(cir)))
    assert (said.code, said.error["code"]) == (5, "invalid-input")
    assert said.err.splitlines() == [
        "The file of people cannot be taken.",
        "  Line 2: wrong.",
        "  Line 5: wrong.",
    ]


def test_a_change_is_read_as_a_difference(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/changes/3"] = a_change()
    shown = cir("people", "change", "3", "-o", "table").out.splitlines()
    assert shown == [
        "Change 3, the register of people: 1 added, 1 changed, 0 ended",
        "  by helen; waits for a second person until 30 Jul 03:10 BST",
        "  + nora: Nora Quill",
        "  ~ kaya: Nora Quill",
        "      phone: 07700 900201 -> Nora Quill",
        "  ! Look at Nora Quill.",
    ]


def test_a_long_change_shows_its_first_lines_and_counts_the_rest(
    cir: Shell, desk: PretendDesk
) -> None:
    added = [{"key": f"X{n:02}", "title": "Somewhere", "fields": []} for n in range(50)]
    difference = {"added": added, "changed": [], "ended": []}
    desk.reads["/changes/3"] = a_change(difference=difference, doubts=[])
    shown = cir("people", "change", "3", "-o", "table").out
    assert "X19: Somewhere" in shown
    assert "X20" not in shown
    assert "+ and 30 more: --json has them all" in shown


def test_hostile_words_of_a_register_do_nothing_to_a_terminal(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.reads["/changes/3"] = desk.says["/registers/people"] = a_change(EVIL)
    desk.says["/changes/3/confirm"] = a_change(EVIL, state="confirmed", settled_at=AT)
    for words in (
        ("people", "change", "3", "-o", "table"),
        ("people", "import", str(a_file(cir)), "-o", "table"),
        ("people", "confirm", "3"),
    ):
        said = cir(*words)
        assert said.code == 0
        assert is_harmless(said.err)
        assert is_harmless(said.out)


def test_a_second_person_confirms_with_their_own_token(cir: Shell, desk: PretendDesk) -> None:
    done = a_change(state="confirmed", settled_by="priya", settled_at=AT, version=7)
    desk.says["/changes/3/confirm"] = done
    said = cir("people", "confirm", "3", "--as", "priya")
    assert (said.code, said.data) == (0, done)
    assert [(one.path, one.by) for one in desk.asked] == [("/changes/3/confirm", "priya")]
    assert "in force (1 added, 1 changed, 0 ended), version 7 of the registers." in said.err
    assert "nora has no token yet: cir people token issue nora" in said.err


@pytest.mark.parametrize(
    ("kind", "code", "exits"),
    [
        ("not-allowed", "same-person", 4),
        ("refused", "already-confirmed", 5),
        ("conflict", "stale-version", 6),
        ("not-found", "unknown-change", 3),
    ],
)
def test_a_confirmation_that_is_refused_says_why(
    cir: Shell, desk: PretendDesk, kind: str, code: str, exits: int
) -> None:
    desk.says["/changes/3/confirm"] = no(kind, code)
    said = cir("people", "confirm", "3")
    assert (said.code, said.error["code"]) == (exits, code)


def test_a_number_stays_one_part_of_the_path(cir: Shell, desk: PretendDesk) -> None:
    cir("people", "change", "../cases")
    assert desk.asked[0].path == "/changes/..%2Fcases"


def test_a_change_is_taken_back(cir: Shell, desk: PretendDesk) -> None:
    desk.says["/changes/3/withdraw"] = a_change(state="withdrawn", settled_at=AT)
    said = cir("people", "withdraw", "3")
    assert said.code == 0
    assert "withdrawn. Nothing was changed." in said.err


class TestTokens:
    TOKEN = "a-token-that-is-told-once"  # noqa: S105  (nobody's)

    def test_a_token_is_printed_once_with_what_to_do_with_it(
        self, cir: Shell, desk: PretendDesk
    ) -> None:
        desk.says["/tokens/issue"] = a_change(about="token-issue", token=self.TOKEN)
        held = (cir.home / "credentials.json").read_text()
        said = cir("people", "token", "issue", "nora", "-o", "table")
        assert desk.given[0].body == {"holder": "nora"}
        assert f"token: {self.TOKEN}" in said.out.splitlines()
        assert self.TOKEN not in said.err
        assert "shown this once" in said.err
        assert "credentials.json (mode 600" in said.err
        assert (cir.home / "credentials.json").read_text() == held

    def test_a_script_gets_it_as_json(self, cir: Shell, desk: PretendDesk) -> None:
        desk.says["/tokens/issue"] = a_change(about="token-issue", token=self.TOKEN)
        assert cir("people", "token", "issue", "nora").data["token"] == self.TOKEN

    def test_a_token_is_revoked_by_a_change_as_well(self, cir: Shell, desk: PretendDesk) -> None:
        desk.says["/tokens/revoke"] = a_change(about="token-revoke")
        assert cir("people", "token", "revoke", "nora").code == 0
        assert desk.given[0].body == {"holder": "nora"}

    def test_another_verb_gets_the_nearest_suggested(self, cir: Shell) -> None:
        said = cir("people", "token", "isue", "nora")
        assert said.code == 2
        assert "Did you mean issue?" in said.err


def test_the_staff_register_is_listed(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/registers/people"] = [{"id": "kaya", "roles": ["triage-officer"]}]
    assert cir("people", "list", "-o", "id").out == "kaya\n"


def test_what_waits_is_listed_with_its_numbers(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/changes"] = [a_change(), a_change(change=4)]
    assert cir("people", "list", "--pending", "-o", "id").out == "3\n4\n"
    shown = cir("people", "list", "--pending", "-o", "table").out
    assert "Change 4, the register of people" in shown


def test_what_was_done_is_a_line_each(cir: Shell, desk: PretendDesk) -> None:
    counts = {"added": 1}
    done = {"seq": 1, "at": AT, "by": "ruth", "did": "confirmed", "change": 3, "about": "people"}
    desk.reads["/registers/record"] = [{**done, "holder": None, "counts": counts, "version": 7}]
    shown = cir("people", "list", "--history", "-o", "table", "--utc").out
    assert shown.splitlines() == [
        "23 Jul 2026 02:10:00 UTC  ruth confirmed change 3, people: 1 added, version 7"
    ]


def test_the_rota_says_who_is_on_who_is_next_and_where_nobody_is(
    cir: Shell, desk: PretendDesk
) -> None:
    desk.reads["/registers/rota/watch"] = {
        "at": AT,
        "rungs": [
            {"rung": 0, "now": ["kaya", "tomas"], "until": UNTIL, "next": ["priya"]},
            {"rung": 1, "now": [], "until": None, "next": []},
        ],
        "gaps": [{"rung": 1, "begins": AT, "until": UNTIL}],
        "by_role": False,
        "shifts": [],
    }
    shown = cir("rota", "show", "-o", "table", "--utc").out.splitlines()
    assert shown == [
        "L0  kaya, tomas  until 30 Jul 2026 02:10:00 UTC, then priya",
        "L1  NOBODY",
        "GAP  L1 has nobody from 23 Jul 2026 02:10:00 UTC to 30 Jul 2026 02:10:00 UTC",
    ]


def test_councils_are_found_with_their_type_and_where_the_list_is_from(
    cir: Shell, desk: PretendDesk
) -> None:
    council = {"code": "XWC", "name": "Wexmoor County Council", "type": "county", "gss": None}
    desk.reads["/registers/councils"] = [council]
    desk.reads["/registers/councils/origin"] = {"source": "Ourselves", "licence": "OGL-3.0"}
    said = cir("councils", "find", "wexmoor", "-o", "table")
    assert desk.asked[0].query == {"find": "wexmoor"}
    assert "county" in said.out
    assert said.err == "Source: Ourselves. Licence: OGL-3.0.\n"


def test_a_provider_shows_its_contract_its_lines_and_its_rates(
    cir: Shell, desk: PretendDesk
) -> None:
    world = Path(__file__).resolve().parents[2] / "examples" / "world" / "providers.json"
    firms = json.loads(world.read_text())
    firms[0]["conflicts"] = ["XSB"]
    desk.reads["/registers/providers"] = firms
    shown = cir("providers", "list", "-o", "table").out
    wanted = (
        "CIR-CALL-OFF-A, 2026-04-01 to 2031-03-31",
        "01632 960201",
        "Moira Tennant",
        "conflicts with XSB",
        "response alder-response-example",
        "lead £1,480.00",
    )
    assert [words for words in wanted if words not in shown] == []


def test_an_inbox_has_the_changes_that_wait(cir: Shell, desk: PretendDesk) -> None:
    line = {"case": None, "change": 3, "mine": False, "who": "senior-approver", "what": "waits"}
    desk.reads["/inbox"] = [{**line, "by": UNTIL, "command": "cir people confirm 3"}]
    shown = cir("inbox", "-o", "table").out
    assert "change 3" in shown
    assert "cir people confirm 3" in shown
    assert cir("inbox", "-o", "id").out == "\n"
