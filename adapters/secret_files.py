"""Files that hold a secret: made once, whole, and readable by their owner only."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path

OWNER_ONLY = 0o600
"""The mode of a file with a secret."""


def make_once(path: Path, content: bytes) -> None:
    """Make a file, mode 600, in one step: of two who make one at once the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _fresh(path, content) as fresh, suppress(FileExistsError):
        path.hardlink_to(fresh.name)


def put(path: Path, content: bytes) -> None:
    """Replace a file, mode 600, in one step: nobody reads half of it."""
    with _fresh(path, content) as fresh:
        beside = path.with_name(f"{Path(fresh.name).name}.new")
        beside.hardlink_to(fresh.name)
        beside.replace(path)


def _fresh(path: Path, content: bytes) -> "tempfile._TemporaryFileWrapper[bytes]":
    """Return a file beside ``path`` that is on disk and goes away by itself."""
    fresh = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.")  # noqa: SIM115
    fresh.write(content)  # mode 600 from its making
    fresh.flush()
    os.fsync(fresh.fileno())
    return fresh
