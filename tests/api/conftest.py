"""Every test of the desk has a desk and a database of its own."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.databases import Database, clock, database, engine
from tests.desk import DeskHouse, desk_house
from tests.outside import chosen_doors

__all__ = ["clock", "database", "desk", "engine"]


@pytest.fixture
async def doors(engine: AsyncEngine, database: Database) -> AsyncIterator[DeskHouse]:
    """Give a desk that lets those outside in."""
    async with desk_house(engine, database, **chosen_doors(database.folder)) as house:
        yield house


@pytest.fixture
async def desk(engine: AsyncEngine, database: Database) -> AsyncIterator[DeskHouse]:
    """Give the desk."""
    async with desk_house(engine, database) as house:
        yield house
