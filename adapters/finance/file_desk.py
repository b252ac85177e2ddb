"""A billing pack as files: JSON, CSV and a manifest of SHA-256, placed whole by one rename."""

import asyncio
import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from activities.billing import PackHandOff

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet would take for the start of a formula, wide forms included."""

PACK = "pack.json"


class PackChangedError(OSError):
    """A pack of that key was placed with other content: never taken for done."""


class FileFinanceDesk:
    """Finance as a folder."""

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox
        self._one_at_a_time = asyncio.Lock()

    async def take(self, pack: PackHandOff) -> str:
        """Place the pack; a repeat of its key finds it placed and changes nothing.

        Returns:
            Where it is, relative to its folder.

        Raises:
            PackChangedError: A pack of that key holds something else.
            FileNotFoundError: It is asked for again and was never placed.
        """
        case, _, number = pack.key.partition("/billing/")
        place = self._outbox / "finance" / case / f"pack-{number}"
        async with self._one_at_a_time:
            await asyncio.to_thread(_place, pack, place)
        return str(place.relative_to(self._outbox))


def _place(pack: PackHandOff, place: Path) -> None:
    if pack.document is None:
        if not place.exists():
            raise FileNotFoundError(f"{pack.key} is asked for again and was never placed.")
        return
    files = _files(pack.document)
    if not place.exists():
        _write(place, files)
    if (place / PACK).read_bytes() != files[PACK]:
        raise PackChangedError(f"{pack.key} was placed with other content; finance has the first.")


def _files(document: dict[str, Any]) -> dict[str, bytes]:
    """Return every file of a pack by name; the same document always makes the same bytes."""
    text = json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
    files = {PACK: text.encode(), "items.csv": _items(document).encode()}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    return {**files, "SHA256SUMS": sums.encode()}


def _write(place: Path, files: dict[str, bytes]) -> None:
    """Write the pack beside its place, then move it there whole; all of it on disk.

    What a crash left half written of this pack is removed first.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    for stray in place.parent.glob(f".{place.name}.*"):
        shutil.rmtree(stray, ignore_errors=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        for name, data in files.items():
            _synced(scratch / name, data)
        _sync_folder(scratch)
        scratch.chmod(0o755)
        scratch.replace(place)
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        if not place.exists():  # else somebody was first
            raise
    _sync_folder(place.parent)


def _synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Put the folder's own entries on disk: a name that is lost is a pack that is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _items(document: dict[str, Any]) -> str:
    """Return the items of both ledgers as CSV (RFC 4180); no text in it starts a formula.

    Rows end in CR LF, because only then does the library quote a bare CR, which would start a row.
    """
    rows = _found_items(document)
    columns = list(dict.fromkeys(key for row in rows for key in row)) or ["ledger", "item"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({key: _harmless(value) for key, value in row.items()} for row in rows)
    return out.getvalue()


def _found_items(document: dict[str, Any]) -> list[dict[str, Any]]:
    inner = document.get("document", document)
    found: list[dict[str, Any]] = []
    for ledger in ("A", "B"):
        part = inner.get(ledger) or {}
        items = part.get("items", ()) if isinstance(part, dict) else ()
        found.extend({"ledger": ledger, **item} for item in items)
    return found


def _harmless(value: Any) -> Any:  # noqa: ANN401  (whatever the item holds)
    """Return a cell; text that would start a formula gets an apostrophe, a number stays one."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(FORMULA):
        return f"'{value}"
    return value
