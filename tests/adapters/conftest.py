"""Every test of an adapter has a database of its own: one of each kind, one after the other."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.seed import fill
from tests.adapters.office import WORLD, Office
from tests.conftest import KINDS
from tests.databases import Clock, clock, database, engine
from tests.paging import pager, registers, sender

__all__ = ["clock", "database", "engine", "pager", "registers", "sender"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database once on each kind, unless one is named."""
    if "kind" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--database")
        metafunc.parametrize("kind", [asked] if asked else KINDS, scope="session")


@pytest.fixture
async def office(engine: AsyncEngine, clock: Clock) -> Office:
    made = Office(engine, clock)
    await fill(made.registers, WORLD)
    return made
