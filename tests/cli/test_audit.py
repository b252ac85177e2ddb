"""``cir audit`` at a shell: what it asks, and a copy that is checked without any desk."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from domain.chain import Head, head_text, walked
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE, PretendDesk, no
from tests.domain.test_chain import a_chain
from tests.sealing import desk_key


def an_export() -> dict[str, Any]:
    """Return an export as the desk answers it."""
    links = a_chain(b'{"seq":1}', b'{"seq":2}')
    facts = [{**one._asdict(), "body": one.body.decode(), "fact": {}} for one in links]
    head, key = walked(links).head, desk_key()
    end = Head(2, head, key.id, key.sign(head_text(CASE, 2, head)))
    signed = {**end._asdict(), "method": "Ed25519", "public_key": key.public}
    chain = {"facts": 2, "head": head, "method": "sha256", "broken": None, "signed": signed}
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
    assert (said.code, said.data["facts"], said.data["key_id"]) == (0, 2, desk_key().id)
    assert f"public key {desk_key().public}" in said.err
    copy.write_text(copy.read_text().replace('\\"seq\\":2', '\\"seq\\":3'))
    said = bare("audit", "verify", "--export", str(copy))
    assert (said.code, said.error["code"]) == (5, "record-tampered")
    assert "fact 2 was altered" in said.err


def test_an_export_whose_end_was_cut_off_does_not_fit(bare: Shell) -> None:
    cut = an_export()
    cut["facts"].pop()
    said = bare("audit", "verify", "--export", "-", stdin=json.dumps(cut))
    assert (said.code, said.error["code"]) == (5, "record-tampered")


def cut(whole: dict[str, Any]) -> None:
    """Take the last fact out, and have the export say that it never was."""
    whole["facts"].pop()
    whole["chain"] |= {"facts": 1, "head": whole["facts"][0]["hash"]}


def of_another(whole: dict[str, Any]) -> None:
    """Say that it is of another case."""
    whole["case"] = "CIR-2026-000124"


def by_another_key(whole: dict[str, Any]) -> None:
    """Put another public key beside the signature."""
    whole["chain"]["signed"]["public_key"] = desk_key(b"somebody else's".ljust(32)).public


def under_another_name(whole: dict[str, Any]) -> None:
    """Name another key."""
    whole["chain"]["signed"]["key_id"] = "0" * 12


def without_a_key(whole: dict[str, Any]) -> None:
    """Have no public key in it, as of a key that the desk itself does not know."""
    whole["chain"]["signed"]["public_key"] = None


@pytest.mark.parametrize(
    ("alter", "says"),
    [
        (cut, "facts 2 to 2 are missing at its end"),
        (of_another, "not that of the key it names"),
        (by_another_key, "not that of the key it names"),
        (under_another_name, "is not key 000000000000"),
        (without_a_key, "not that of the key it names"),
    ],
)
def test_an_export_whose_signed_end_does_not_fit_is_told(
    bare: Shell, alter: Callable[[dict[str, Any]], None], says: str
) -> None:
    whole = an_export()
    alter(whole)
    said = bare("audit", "verify", "--export", "-", stdin=json.dumps(whole))
    assert (said.code, said.error["code"]) == (5, "record-tampered")
    assert says in said.err


def test_an_export_from_before_ends_were_signed_says_what_it_does_not_show(bare: Shell) -> None:
    whole = an_export()
    del whole["chain"]["signed"]
    said = bare("audit", "verify", "--export", "-", stdin=json.dumps(whole))
    assert (said.code, said.data["key_id"]) == (0, None)
    assert "facts may be missing there" in said.err


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
