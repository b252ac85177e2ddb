"""One engine a process; SQLite by default, PostgreSQL by URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from sqlalchemy import Row, event, func, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.ext.asyncio import create_async_engine as _create
from sqlmodel import SQLModel

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000")
"""WAL with synchronous FULL is safe for power loss; a writer waits up to 5 s for another."""

WRITERS = 0x434952
"""The name of the one writers' lock on PostgreSQL: CIR in ASCII."""


def create_engine(url: str) -> AsyncEngine:
    """Return an engine for ``url``; pragmas belong to each SQLite connection."""
    engine = _create(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _pragmas(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:  # noqa: ANN401  (sqlalchemy's own connection)
    """Take the write lock at once, so that a reader never has to give way half-way."""
    wanted = connection.get_execution_options().get("reads_only")
    connection.exec_driver_sql("BEGIN" if wanted else "BEGIN IMMEDIATE")


@asynccontextmanager
async def writing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection in one transaction that holds the write lock.

    SQLite has one lock for all writers; PostgreSQL is asked for one, so that what is read here
    (the last number, whose turn it is) still holds when it is written.
    """
    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(select(func.pg_advisory_xact_lock(WRITERS)))
        yield connection


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection that only reads and waits for no writer."""
    async with engine.connect() as connection:
        ready = await connection.execution_options(reads_only=True)
        yield ready


def row_dict(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Return a row by column name."""
    return dict(row._mapping)  # noqa: SLF001  (its public name has the underscore)


async def insert_once(connection: AsyncConnection, table: type[SQLModel], **values: Any) -> bool:  # noqa: ANN401
    """Insert a row unless one with its key is there; tell whether it was inserted."""
    insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    keys = list(table.__table__.primary_key)  # type: ignore[attr-defined]
    statement = insert(table).values(**values).on_conflict_do_nothing().returning(*keys)
    return (await connection.execute(statement)).first() is not None


async def upsert(connection: AsyncConnection, table: type[SQLModel], **values: Any) -> None:  # noqa: ANN401
    """Insert a row, or replace the one with its primary key."""
    insert = import_module(f"sqlalchemy.dialects.{connection.dialect.name}").insert
    keys = [column.name for column in table.__table__.primary_key]  # type: ignore[attr-defined]
    statement = insert(table).values(**values)
    changed = {name: value for name, value in values.items() if name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed))
