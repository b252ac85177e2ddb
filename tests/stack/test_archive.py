"""A stack in one file: whole, nobody else's to read, and put back only where nothing is lost."""

import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from stack.archive import ArchiveError, backup, restore
from stack.layout import place

AT = "2026-11-23T12:00:00Z"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give the home of a stack that is down."""
    data = tmp_path / "home" / "data"
    (data / "outbox").mkdir(parents=True)
    for name in ("temporal.sqlite", "cir.sqlite"):
        with closing(sqlite3.connect(data / name)) as store:
            store.execute("PRAGMA journal_mode=WAL")
            store.execute("CREATE TABLE kept (name TEXT)")
            store.execute("INSERT INTO kept VALUES (?)", (name,))
            store.commit()
    (data / "payload.keys").write_text("keys")
    (data / "payload.keys").chmod(0o600)
    (data / "outbox" / "one.eml").write_text("mail")
    (data / "desk.log").write_text("log")
    (data / "worker.ready").write_text("ready")
    (data.parent / "credentials.json").write_text('{"kaya": "token"}')
    (data.parent / "credentials.json").chmod(0o600)
    return data.parent


def kept(store: Path) -> list[str]:
    with closing(sqlite3.connect(store)) as there:
        return [row[0] for row in there.execute("SELECT name FROM kept")]


def test_what_was_saved_is_put_back(home: Path, tmp_path: Path) -> None:
    saved = backup(home, tmp_path / "one.tar.gz", AT)
    assert (saved.running, saved.file.stat().st_mode & 0o777) == (False, 0o600)
    other = tmp_path / "other"
    assert restore(saved.file, other, sure=False) is None
    found = {str(p.relative_to(other)) for p in other.rglob("*") if p.is_file()}
    assert found == {
        "credentials.json",
        "data/cir.sqlite",
        "data/temporal.sqlite",
        "data/outbox/one.eml",
        "data/payload.keys",
    }
    assert [kept(other / "data" / n) for n in ("cir.sqlite", "temporal.sqlite")] == [
        ["cir.sqlite"], ["temporal.sqlite"]]  # fmt: skip
    for name in ("credentials.json", "data/payload.keys"):
        assert (other / name).stat().st_mode & 0o777 == 0o600


def test_nothing_is_written_to_the_record_while_it_is_saved(home: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(home / "data" / "cir.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO kept VALUES ('late')")
        with pytest.raises(ArchiveError, match="busy"):
            backup(home, tmp_path / "one.tar.gz", AT, wait_s=0.1)
        writer.execute("ROLLBACK")
    restore(backup(home, tmp_path / "one.tar.gz", AT).file, tmp_path / "other", sure=False)
    assert kept(tmp_path / "other" / "data" / "cir.sqlite") == ["cir.sqlite"]


def test_data_that_is_there_is_only_ever_set_aside(home: Path, tmp_path: Path) -> None:
    saved = backup(home, tmp_path / "one.tar.gz", AT)
    (home / "data" / "later").write_text("made later")
    with pytest.raises(ArchiveError, match="not empty"):
        restore(saved.file, home, sure=False)
    assert (home / "data" / "later").exists()
    aside = restore(saved.file, home, sure=True)
    assert aside is not None
    assert (aside / "later").read_text() == "made later"
    assert not (home / "data" / "later").exists()


def test_an_archive_that_was_damaged_changes_nothing(home: Path, tmp_path: Path) -> None:
    saved = backup(home, tmp_path / "one.tar.gz", AT)
    with tarfile.open(saved.file) as tar:
        tar.extractall(tmp_path / "open", filter="data")
    (tmp_path / "open" / "data" / "payload.keys").write_text("other keys")
    with tarfile.open(tmp_path / "two.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "open", ".")
    (tmp_path / "cut.tar.gz").write_bytes(saved.file.read_bytes()[:-200])
    (tmp_path / "text").write_text("no archive")
    for name, says in (
        ("two.tar.gz", "payload.keys"), ("cut.tar.gz", "no backup"), ("text", "no backup"),
    ):  # fmt: skip
        with pytest.raises(ArchiveError, match=says):
            restore(tmp_path / name, home, sure=True)
    assert (home / "data" / "payload.keys").read_text() == "keys"


def test_a_backup_overwrites_nothing_and_saves_no_empty_folder(home: Path, tmp_path: Path) -> None:
    saved = backup(home, tmp_path / "one.tar.gz", AT)
    with pytest.raises(ArchiveError, match="there already"):
        backup(home, saved.file, AT)
    with pytest.raises(ArchiveError, match="no stack"):
        backup(tmp_path / "nothing", tmp_path / "two.tar.gz", AT)


def test_a_record_on_a_server_is_not_saved_here(home: Path, tmp_path: Path) -> None:
    (home / "data" / "cir.sqlite").unlink()
    place(home / "data" / "layout.json", json.dumps({"database": "postgresql://host/cir"}))
    with pytest.raises(ArchiveError, match="pg_dump"):
        backup(home, tmp_path / "one.tar.gz", AT)
