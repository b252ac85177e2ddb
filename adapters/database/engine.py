"""One engine a process; SQLite by default, PostgreSQL by URL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from importlib import import_module
from typing import Any

from sqlalchemy import Row, event, func, make_url, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.ext.asyncio import create_async_engine as _create
from sqlmodel import SQLModel

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "secure_delete=ON",
)
"""WAL with synchronous FULL is safe for power loss; a writer waits up to 5 s for another; what is
deleted is overwritten, or a destroyed key could be read from the file."""

CONNECT_WITHIN_S = 5
"""Seconds a PostgreSQL server may take to answer [our default]; SQLite's writers wait as long."""

SESSION = (
    "timezone=UTC",
    "lock_timeout=5s",  # as SQLite's busy_timeout: then the caller hears of it and tries again
    "idle_in_transaction_session_timeout=30s",  # a machine that vanished gives its locks back
)
"""What every PostgreSQL session is told [our defaults]."""

POOL = {"pool_size": 5, "max_overflow": 15, "pool_timeout": 10, "pool_pre_ping": True}
"""Connections of a process; asked first whether they live: a restarted server is no failure."""

SENDERS = 5
"""Names a pager holds at once with ``alone``, each for one connection out of ``POOL``.

A process has two pagers, and whoever holds a name needs another connection to go on.
"""

WRITERS = 0x434952
"""The name of the one writers' lock on PostgreSQL: CIR in ASCII."""


def create_engine(url: str) -> AsyncEngine:
    """Return an engine for ``url``; pragmas belong to each SQLite connection."""
    if make_url(url).get_backend_name() == "postgresql":
        told = {"connect_timeout": CONNECT_WITHIN_S, "options": _session_options()}
        served = _create(url, connect_args=told, **POOL)
        event.listen(served.sync_engine, "before_cursor_execute", _storable, retval=True)
        return served
    engine = _create(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _pragmas)
        event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _session_options() -> str:
    return " ".join(f"-c {one}" for one in SESSION)


def _storable(
    _connection: Any,  # noqa: ANN401  (sqlalchemy's own)
    _cursor: object,
    statement: str,
    parameters: Any,  # noqa: ANN401  (one set of them, or a sequence of sets)
    *_more: object,
) -> tuple[str, Any]:
    """Write U+FFFD for NUL, which PostgreSQL's text cannot hold and SQLite's can.

    A key or a name with one must not keep a case's facts from its record for ever. The bytes of a
    fact are untouched.
    """
    if isinstance(parameters, dict):
        return statement, _without_nul(parameters)
    return statement, [_without_nul(one) for one in parameters]


def _without_nul(values: Any) -> Any:  # noqa: ANN401  (a row's values by name)
    if not isinstance(values, dict):
        return values
    return {
        name: value.replace("\x00", "\ufffd") if isinstance(value, str) else value
        for name, value in values.items()
    }


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


async def forget(engine: AsyncEngine) -> None:
    """Let go of what was overwritten: on SQLite the log of pages, which has the old ones.

    A reader that is in the way keeps it for as long as it reads, and the next write reuses it.
    PostgreSQL's own vacuum does it in its time.
    """
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            if driver is not None:
                await driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection that only reads, waits for no writer, and sees one moment throughout."""
    async with engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            yield await connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        else:
            yield await connection.execution_options(reads_only=True)


@asynccontextmanager
async def alone(engine: AsyncEngine, name: str, within: timedelta) -> AsyncIterator[None]:
    """Hold a name while the block runs: no other worker that holds it runs beside this one.

    On PostgreSQL the server gives the name back when the process or its machine is gone. SQLite
    has no such name and one worker, whose own locks must do.

    Args:
        engine: Where the name is held.
        name: What is done alone.
        within: Longest time the block may take; past it the name is given back under its feet.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    milliseconds = str(int(within.total_seconds() * 1000))
    async with engine.begin() as connection:
        for patience in ("lock_timeout", "idle_in_transaction_session_timeout"):
            await connection.execute(select(func.set_config(patience, milliseconds, True)))  # noqa: FBT003
        number = func.hashtextextended(name, WRITERS)
        await connection.execute(select(func.pg_advisory_xact_lock(number)))
        yield


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
