"""Offices with their worker: one for the cases of a module, or one of a test's own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests import live


@pytest.fixture(scope="module")
async def office(
    client: Client, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[live.Office]:
    """Give an office that the tests of a module share; each opens a case of its own."""
    async with live.at_work(client, tmp_path_factory.mktemp("office")) as there:
        yield there


@pytest.fixture
async def own_office(client: Client, tmp_path: Path) -> AsyncIterator[live.Office]:
    """Give an office for one test, where turns and messages can be counted."""
    async with live.at_work(client, tmp_path) as there:
        yield there
