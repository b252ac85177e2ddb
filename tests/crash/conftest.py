"""One stack a module, whose processes the tests kill."""

from collections.abc import Iterator

import pytest

from stack.local import wait_until_ready
from tests.e2e.house import House, a_house, say


@pytest.fixture(scope="module")
def stack_of_module(
    tmp_path_factory: pytest.TempPathFactory, stack_database: str | None
) -> Iterator[House]:
    """Run a stack whose first clock is due after seconds."""
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml", stack_database) as running:
        yield running


@pytest.fixture
def house(stack_of_module: House) -> House:
    """Give the stack with everything ready, whatever the test before it killed."""
    wait_until_ready(stack_of_module.data, say)
    return stack_of_module
