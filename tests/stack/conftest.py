"""A data directory whose stack is stopped when the test ends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.local import down


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """Return an empty data directory; whatever runs over it is stopped afterwards."""
    folder = tmp_path / "data"
    folder.mkdir()
    yield folder
    down(folder)
