"""``cir audit`` at a shell: what it asks, and a copy that is checked without any desk."""

import json
from pathlib import Path
from typing import Any

import pytest

from domain.chain import walked
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk, no
from tests.domain.test_chain import a_chain


def an_export() -> dict[str, Any]:
    """Return an export as the desk answers it."""
    links = a_chain(b'{"seq":1}', b'{"seq":2}')
    facts = [{**one._asdict(), "body": one.body.decode(), "fact": {}} for one in links]
    chain = {"facts": 2, "head": walked(links).head, "method": "sha256", "broken": None}
    beside: dict[str, Any] = {
        name: [] for name in ("confirmed", "notices", "pages", "packs", "turns")
    }
    made = {"schema": "cir-export/1", "case": CASE, "at": "2026-11-23T12:00:00Z", "by": "ines"}
    return {**made, "chain": chain, "facts": facts, "attempts": [{"code": "wrong-phase"}], **beside}


@pytest.mark.parametrize(("words", "path"), [((), "/audit"), ((CASE,), f"/audit/{CASE}")])
def test_one_case_or_all_are_checked(
    cir: Shell, desk: PretendDesk, words: tuple[str, ...], path: str
) -> None:
    desk.reads[path] = {"ok": True, "facts": 3}
    assert cir("audit", "verify", *words).data == desk.reads[path]


def test_a_record_that_does_not_fit_is_exit_code_five(cir: Shell, desk: PretendDesk) -> None:
    desk.reads["/audit"] = no("refused", "record-tampered", f"{CASE}: fact 3 was altered.")
    said = cir("audit", "verify")
    assert (said.code, said.error["code"]) == (5, "record-tampered")
    assert "fact 3" in said.err


@pytest.mark.parametrize("shape", ["json", "jsonl", "table"])
def test_an_export_is_checked_where_there_is_no_desk(
    cir: Shell, desk: PretendDesk, bare: Shell, tmp_path: Path, shape: str
) -> None:
    desk.reads[f"/audit/{CASE}/export"] = an_export()
    copy = tmp_path / "copy.json"
    copy.write_text(cir("audit", "export", CASE, "-o", shape).out)
    (bare.home / "profiles.json").unlink()
    said = bare("audit", "verify", "--export", str(copy))
    assert (said.code, said.data["facts"]) == (0, 2)
    copy.write_text(copy.read_text().replace('\\"seq\\":2', '\\"seq\\":3'))
    said = bare("audit", "verify", "--export", str(copy))
    assert (said.code, said.error["code"]) == (5, "record-tampered")
    assert "fact 2 was altered" in said.err


def test_an_export_whose_end_was_cut_off_does_not_fit(bare: Shell) -> None:
    cut = an_export()
    cut["facts"].pop()
    said = bare("audit", "verify", "--export", "-", stdin=json.dumps(cut))
    assert (said.code, said.error["code"]) == (5, "record-tampered")


def test_what_a_check_found_is_drawn_on_a_terminal(cir: Shell, desk: PretendDesk) -> None:
    desk.reads[f"/audit/{CASE}"] = {"ok": True, "case": CASE, "facts": 3, "head": "ab"}
    said = cir("audit", "verify", CASE, "-o", "table")
    assert (said.code, said.err) == (0, "")
    assert "facts: 3" in said.out


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"what": "fact"}', '{"case": 1, "facts": [1]}'])
def test_what_is_no_export_is_said_to_be_none(bare: Shell, text: str) -> None:
    said = bare("audit", "verify", "--export", "-", stdin=text)
    assert (said.code, said.error["code"]) == (2, "not-an-export")


def test_the_read_model_is_made_again_when_asked(cir: Shell, desk: PretendDesk) -> None:
    desk.says["/audit/rebuild"] = {"ok": True, "cases": 1, "rebuilt": []}
    assert cir("audit", "rebuild").data["cases"] == 1
    assert [one.path for one in desk.given] == ["/audit/rebuild"]
