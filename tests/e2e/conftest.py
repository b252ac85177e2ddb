"""One stack a module, at the speed of the demonstration."""

from collections.abc import Iterator

import pytest

from tests.e2e.house import House, a_house


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, stack_database: str | None) -> Iterator[House]:
    """Run a stack at the shipped speed: nothing is due while a test looks."""
    with a_house(tmp_path_factory.mktemp("home"), "default.toml", stack_database) as running:
        yield running
