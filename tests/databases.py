"""A migrated database file for each test, and a clock that moves only by hand."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

from adapters.database.engine import create_engine, reading, writing
from adapters.database.migrate import migrate
from tests.builders import NOON


class Clock:
    """Stands at noon until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        """Return the instant."""
        return self.at

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


def url_of(path: Path) -> str:
    """Return the URL of a database file."""
    return f"sqlite+aiosqlite:///{path}"


async def count(engine: AsyncEngine, table: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    async with reading(engine) as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def run_sql(engine: AsyncEngine, statement: str) -> None:
    """Run a statement past every adapter, as somebody with the file could."""
    async with writing(engine) as connection:
        await connection.execute(text(statement))


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database file at the newest revision; tests work on copies."""
    path = tmp_path_factory.mktemp("migrated") / "cir.sqlite"
    migrate(url_of(path))
    return path


@pytest.fixture
def database(migrated: Path, tmp_path: Path) -> Path:
    """Return the file of this test's own database."""
    return Path(shutil.copy(migrated, tmp_path / "cir.sqlite"))


@pytest.fixture
async def engine(database: Path) -> AsyncIterator[AsyncEngine]:
    """Give an engine over this test's own database."""
    made = create_engine(url_of(database))
    yield made
    await made.dispose()


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon."""
    return Clock()
