"""A billing pack as files: JSON, CSV and a manifest of SHA-256, placed whole by one rename."""

import csv
import hashlib
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

from activities.billing import PackHandOff

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for the start of a formula."""


class FileFinanceDesk:
    """Finance as a folder; an exercise's packs go to a sink."""

    def __init__(self, outbox: Path, sink: Path) -> None:
        self._outbox = outbox
        self._sink = sink

    async def take(self, pack: PackHandOff) -> str:
        """Place the pack; a repeat of its key finds it placed and changes nothing.

        Returns:
            Where it is, relative to its folder.
        """
        root = self._sink if pack.exercise else self._outbox
        case, _, number = pack.key.partition("/billing/")
        place = root / "finance" / case / f"pack-{number}"
        if not place.exists():
            if pack.document is None:
                raise FileNotFoundError(f"{pack.key} was never placed")
            _write(place, pack.document)
        return str(place.relative_to(root))


def _write(place: Path, document: dict[str, Any]) -> None:
    """Write the pack beside its place, then move it there whole."""
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = place.with_name(f".{place.name}.{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    files = {
        "pack.json": json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n",
        "items.csv": _items(document),
    }
    manifest = []
    for name, text in files.items():
        data = text.encode()
        _synced(scratch / name, data)
        manifest.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
    _synced(scratch / "SHA256SUMS", "".join(manifest).encode())
    scratch.replace(place)


def _synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _items(document: dict[str, Any]) -> str:
    """Return the items of both ledgers as CSV; nothing in it starts a formula."""
    rows = _found_items(document)
    columns = sorted({key for row in rows for key in row}) or ["item"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
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


def _harmless(value: Any) -> str:  # noqa: ANN401  (whatever the item holds)
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
