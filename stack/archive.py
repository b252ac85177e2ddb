"""``cir local backup`` and ``restore``: everything of one stack in one file, and back."""

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from stack.database import OWN, place_in
from stack.local import is_held, status

MANIFEST = "manifest.json"
SCHEMA = "cir-backup/1"
STORES = ("temporal.sqlite", "cir.sqlite")
"""The cases and their record, in the order in which they are copied."""

CREDENTIALS = "credentials.json"
LEFT_OUT = ("state.json", "worker.ready", MANIFEST, *STORES)
"""What belongs to a stack that runs, and what is copied in a way of its own."""

LEFT_OUT_ENDS = (".log", ".lock", ".new", "-wal", "-shm", "-journal")
WAIT_S = 30.0
"""Seconds the record's writers are waited for [our default]; one of them takes milliseconds."""


class ArchiveError(RuntimeError):
    """A stack was not saved, or not put back; says what to do."""


class Saved(NamedTuple):
    """What one archive holds.

    Attributes:
        running: Whether the stack ran while it was saved.
    """

    file: Path
    files: int
    size: int
    running: bool


def backup(home: Path, target: Path, at: str, wait_s: float = WAIT_S) -> Saved:
    """Save the stack of ``home`` in one file, mode 600, whether it runs or not.

    While both stores are copied nothing is written to the record, so that neither knows of what
    the other lacks; a writer waits for that moment.

    Args:
        home: Profiles, credentials and data.
        target: The archive; it must not be there yet.
        at: The instant, for the archive's own word.
        wait_s: How long the record's writers are waited for.

    Raises:
        ArchiveError: There is nothing to save, the record is elsewhere, or ``target`` is there.
    """
    data = home / "data"
    _must_be_whole(data)
    if target.exists():
        raise ArchiveError(f"{target} is there already: name another file.")
    running = status(data) is not None
    with TemporaryDirectory(dir=data, prefix="backup-") as folder:
        stores = _copied(data, Path(folder), wait_s)
        parts = {f"data/{path.name}": path for path in stores}
        parts |= {f"data/{path.relative_to(data)}": path for path in _files(data)}
        if (home / CREDENTIALS).exists():
            parts[CREDENTIALS] = home / CREDENTIALS
        told = {"schema": SCHEMA, "at": at, "running": running}
        _write(target, parts, told)
    return Saved(target, len(parts), target.stat().st_size, running)


def restore(archive: Path, home: Path, *, sure: bool) -> Path | None:
    """Put a saved stack in place of the one of ``home``, which must be down.

    Nothing is touched before every file of the archive is there and as it was saved.

    Args:
        archive: What ``backup`` wrote.
        home: Where it goes.
        sure: Whether data that is there may be set aside.

    Returns:
        Where the data that was there lies now; ``None`` when there was none.

    Raises:
        ArchiveError: The stack runs, there is data, or the archive is not whole.
    """
    data = home / "data"
    if is_held(data):
        raise ArchiveError(f"A stack runs over {data}. Stop it first: cir local down")
    there = data.exists() and any(data.iterdir())
    if there and not sure:
        raise ArchiveError(
            f"{data} is not empty. To set what is there aside and go on: cir local restore --yes"
        )
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=home, prefix="restore-") as folder:
        fresh = Path(folder)
        _unpack(archive, fresh)
        aside = _set_aside(data) if there else None
        if data.exists():
            data.rmdir()
        (fresh / "data").rename(data)
        if (fresh / CREDENTIALS).exists():
            (fresh / CREDENTIALS).replace(home / CREDENTIALS)
    return aside


def _must_be_whole(data: Path) -> None:
    if not all((data / name).exists() for name in STORES):
        if place_in(data) != OWN:
            raise ArchiveError(
                f"The record of the cases in {data} is in {place_in(data)}: save it with pg_dump "
                "and the data directory beside it (docs/operations.md)."
            )
        raise ArchiveError(f"There is no stack in {data} to save. Start one with: cir local up")


def _copied(data: Path, folder: Path, wait_s: float) -> list[Path]:
    """Copy both stores as they are at one moment of the record."""
    with _held(data / "cir.sqlite", wait_s):
        for name in STORES:
            with (
                closing(sqlite3.connect(data / name)) as store,
                closing(sqlite3.connect(folder / name)) as copy,
            ):
                store.backup(copy)
    return [folder / name for name in STORES]


@contextmanager
def _held(record: Path, wait_s: float) -> Iterator[None]:
    """Let nobody write to the record meanwhile.

    Raises:
        ArchiveError: Its writers did not let us.
    """
    with closing(sqlite3.connect(record, timeout=wait_s, isolation_level=None)) as writer:
        try:
            writer.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise ArchiveError(f"The record was busy for {wait_s:.0f} s. Try again.") from error
        try:
            yield
        finally:
            writer.execute("ROLLBACK")


def _files(data: Path) -> Iterator[Path]:
    """Give every file that lasts: keys, outbox, layout; no logs, locks and pid files."""
    for path in sorted(data.rglob("*")):
        inner = path.relative_to(data)
        passing = path.name.endswith(LEFT_OUT_ENDS) or inner.parts[0].startswith("backup-")
        if path.is_file() and not path.is_symlink() and str(inner) not in LEFT_OUT and not passing:
            yield path


def _write(target: Path, parts: dict[str, Path], told: dict[str, Any]) -> None:
    """Write the archive whole or not at all; only its owner can ever read it."""
    fresh = target.with_name(f"{target.name}.new")
    fresh.unlink(missing_ok=True)
    hashes: dict[str, str] = {}
    made = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(made, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as tar:
        for name, path in parts.items():
            _add(tar, name, path, hashes)
        with TemporaryDirectory() as folder:
            last = Path(folder) / MANIFEST
            last.write_text(json.dumps({**told, "files": hashes}, indent=1))
            tar.add(last, MANIFEST)
    fresh.replace(target)


def _add(tar: tarfile.TarFile, name: str, path: Path, hashes: dict[str, str]) -> None:
    """Add a file; one that went away meanwhile, as a file of the outbox may, is left out."""
    try:
        body = path.read_bytes()
        entry = tar.gettarinfo(path, name)
    except FileNotFoundError:
        return
    entry.size = len(body)
    tar.addfile(entry, BytesIO(body))
    hashes[name] = hashlib.sha256(body).hexdigest()


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack and compare every file with the archive's own list.

    Raises:
        ArchiveError: It is no archive of ours, or not whole.
    """
    try:
        with tarfile.open(archive) as tar:
            tar.extractall(folder, filter="data")
        told = json.loads((folder / MANIFEST).read_text())
        files: dict[str, str] = told["files"]
        known = told["schema"] == SCHEMA
    except (OSError, tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        words = f"{archive} is no backup that can be read to its end: take another."
        raise ArchiveError(words) from error
    if not known:
        raise ArchiveError(f"{archive} was made by another release ({told['schema']}).")
    for name, wanted in files.items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise ArchiveError(f"{archive} is damaged: {name} is not as it was saved.")


def _set_aside(data: Path) -> Path:
    """Move the data that is there out of the way, and say where."""
    number = 1
    while (aside := data.with_name(f"{data.name}-before-restore-{number}")).exists():
        number += 1
    shutil.move(data, aside)
    return aside
