"""An office with its worker, fresh for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests import live


@pytest.fixture
async def office(client: Client, tmp_path: Path) -> AsyncIterator[live.Office]:
    async with live.at_work(client, tmp_path) as there:
        yield there
