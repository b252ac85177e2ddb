"""A migrated database for each test, of the kind that is asked for, and a clock moved by hand."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlalchemy import MetaData, Row, func, inspect, pool, select, text
from sqlalchemy import create_engine as create_plain_engine
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import SQLModel

from adapters.database.engine import create_engine, reading, writing
from adapters.database.migrate import migrate
from adapters.database.schema import plain
from tests.builders import NOON
from tests.postgresql import Cluster, a_cluster


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


class Database(Protocol):
    """A database of one test, and the data directory beside it."""

    @property
    def url(self) -> str:
        """Return its address."""
        ...

    @property
    def folder(self) -> Path:
        """Return the data directory of whoever works with it."""
        ...

    def take_away(self) -> None:
        """Let it be neither read nor written, as when its disk or its server is gone."""
        ...

    def bring_back(self) -> None:
        """Let it be reached again, with everything that was in it."""
        ...

    def remove(self) -> None:
        """Give its room back."""
        ...


class FileDatabase:
    """A SQLite file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "cir.sqlite"
        self.url = url_of(self._file)

    def take_away(self) -> None:
        """Put a folder where the file was; its log goes with it."""
        away = self.folder / "away"
        away.mkdir()
        for path in self.folder.glob("cir.sqlite*"):
            path.rename(away / path.name)
        self._file.mkdir()

    def bring_back(self) -> None:
        """Put the file back."""
        self._file.rmdir()
        for path in (self.folder / "away").iterdir():
            path.rename(self.folder / path.name)

    def remove(self) -> None:
        """Leave it to pytest, which removes the folder."""


class ServedDatabase:
    """A database on a PostgreSQL server."""

    def __init__(self, cluster: Cluster, folder: Path, template: str = "migrated") -> None:
        self.folder = folder
        self._cluster = cluster
        self._name = cluster.make(template)
        self.url = cluster.url_of(self._name)

    def take_away(self) -> None:
        """Let nobody in."""
        self._cluster.shut_out(self._name)

    def bring_back(self) -> None:
        """Let everybody in again."""
        self._cluster.let_in(self._name)

    def remove(self) -> None:
        """Drop it."""
        self._cluster.drop(self._name)


class Databases:
    """Where tests get their databases from; the server starts when the first one wants it."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self._folder = folder
        self._running = running
        self._cluster: Cluster | None = None

    @contextmanager
    def migrated(self, kind: str, folder: Path) -> Iterator[Database]:
        """Give a database of that kind at the newest revision."""
        if kind == "sqlite":
            shutil.copy(self._template(), folder / "cir.sqlite")
            yield FileDatabase(folder)
            return
        made = ServedDatabase(self.cluster, folder)
        yield made
        made.remove()

    @contextmanager
    def empty(self, kind: str, folder: Path) -> Iterator[Database]:
        """Give a database of that kind without a schema."""
        if kind == "sqlite":
            yield FileDatabase(folder)
            return
        made = ServedDatabase(self.cluster, folder, "template1")
        yield made
        made.remove()

    @property
    def cluster(self) -> Cluster:
        """Return the session's PostgreSQL server."""
        if self._cluster is None:
            self._cluster = self._running.enter_context(a_cluster())
        return self._cluster

    def _template(self) -> Path:
        path = self._folder / "cir.sqlite"
        if not path.exists():
            migrate(url_of(path))
        return path


def url_of(path: Path) -> str:
    """Return the URL of a database file."""
    return f"sqlite+aiosqlite:///{path}"


async def count(engine: AsyncEngine, table: type[SQLModel]) -> int:
    """Return how many rows a table has."""
    async with reading(engine) as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def run_sql(engine: AsyncEngine, statement: str) -> None:
    """Run a statement past every adapter, as somebody with the database could."""
    async with writing(engine) as connection:
        await connection.execute(text(statement))


async def taken_away(engine: AsyncEngine, database: Database) -> None:
    """Take a database away from an engine in use; a file that is held open would stay."""
    if engine.dialect.name == "sqlite":
        await engine.dispose()
    database.take_away()


def rows(url: str, statement: str, **values: Any) -> list[Row[Any]]:
    """Run a statement past every adapter and engine of ours, and return its rows."""
    engine = create_plain_engine(plain(url), poolclass=pool.NullPool)
    with engine.begin() as connection:
        done = connection.execute(text(statement), values)
        return list(done) if done.returns_rows else []


def tables(url: str) -> set[str]:
    """Return the names of a database's tables."""
    engine = create_plain_engine(plain(url), poolclass=pool.NullPool)
    return set(inspect(engine).get_table_names())


def everything(url: str) -> str:
    """Return every row of every table as text."""
    engine = create_plain_engine(plain(url), poolclass=pool.NullPool)
    found = MetaData()
    found.reflect(engine)
    with engine.connect() as connection:
        return "\n".join(
            repr(row) for table in found.sorted_tables for row in connection.execute(select(table))
        )


@pytest.fixture
def database(databases: Databases, kind: str, tmp_path: Path) -> Iterator[Database]:
    """Give this test's own database."""
    with databases.migrated(kind, tmp_path) as made:
        yield made


@pytest.fixture
async def engine(database: Database) -> AsyncIterator[AsyncEngine]:
    """Give an engine over this test's own database."""
    made = create_engine(database.url)
    yield made
    await made.dispose()


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at noon."""
    return Clock()
