"""One stack a module, whose processes the tests kill."""

from collections.abc import Iterator

import pytest

from tests.e2e.house import House, a_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Run a stack whose first clock is due after seconds."""
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml") as running:
        yield running
