"""Offices with their worker: one for the cases of a module, or one of a test's own."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from tests import live
from tests.databases import Database, Databases, database

__all__ = ["database"]


@pytest.fixture(scope="module")
async def office(
    client: Client, databases: Databases, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[live.Office]:
    """Give an office that the tests of a module share; each opens a case of its own."""
    folder = tmp_path_factory.mktemp("office")
    with databases.migrated(kind, folder) as database:
        async with live.at_work(client, database) as there:
            yield there


@pytest.fixture
async def own_office(client: Client, database: Database) -> AsyncIterator[live.Office]:
    """Give an office for one test, where turns and messages can be counted."""
    async with live.at_work(client, database) as there:
        yield there
