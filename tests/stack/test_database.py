"""Which database a stack works over, and that nobody reads its password anywhere."""

import json
from pathlib import Path

import pytest

from settings import ROOT
from stack.database import OWN, DatabaseError, must_be_the_same, own_file, place_of
from stack.layout import Ports, whole_stack

SECRET = "swordfish"  # noqa: S105  (of nobody)
SERVED = f"postgresql+psycopg://cir:{SECRET}@db.example.org:5433/cir?sslmode=require"
PLACE = "postgresql://db.example.org:5433/cir"


def laid_out(data: Path, database: str | None) -> str:
    """Write the layout of a stack, as one that ran there did, and return the file's text."""
    ports, policy = Ports(1, 2, 3, 4), ROOT / "policy" / "default.toml"
    whole_stack(data, Path("temporal"), ports, policy, database).write()
    (data / "temporal.sqlite").touch()
    return (data / "layout.json").read_text()


def test_a_place_is_told_without_user_password_and_options() -> None:
    assert place_of(SERVED) == PLACE
    assert place_of("postgresql://db.example.org/cir") == "postgresql://db.example.org/cir"
    assert place_of(None) == OWN


def test_the_layout_never_holds_the_password(tmp_path: Path) -> None:
    text = laid_out(tmp_path, SERVED)
    assert SECRET not in text
    assert json.loads(text)["database"] == PLACE


def test_its_own_file_is_named_to_every_part(tmp_path: Path) -> None:
    written = json.loads(laid_out(tmp_path, None))
    assert written["environment"]["CIR_DATABASE_URL"] == own_file(tmp_path)


@pytest.mark.parametrize(("before", "now"), [(None, SERVED), (SERVED, None)])
def test_cases_do_not_meet_another_database_than_their_own(
    tmp_path: Path, before: str | None, now: str | None
) -> None:
    laid_out(tmp_path, before)
    with pytest.raises(DatabaseError, match="are on record in") as said:
        must_be_the_same(tmp_path, now)
    assert PLACE in str(said.value)
    assert SECRET not in str(said.value)


@pytest.mark.parametrize("url", [None, SERVED])
def test_the_same_database_and_an_empty_folder_are_no_matter(
    tmp_path: Path, url: str | None
) -> None:
    must_be_the_same(tmp_path, url)
    laid_out(tmp_path, url)
    must_be_the_same(tmp_path, url)


def test_a_layout_from_before_it_was_written_down_means_its_own_file(tmp_path: Path) -> None:
    written = json.loads(laid_out(tmp_path, None))
    del written["database"]
    (tmp_path / "layout.json").write_text(json.dumps(written))
    must_be_the_same(tmp_path, None)
    with pytest.raises(DatabaseError):
        must_be_the_same(tmp_path, SERVED)
