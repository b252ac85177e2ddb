"""What alembic runs for every command."""

from alembic import context
from sqlalchemy import Connection, create_engine, func, pool, select
from sqlmodel import SQLModel

import adapters.database.policy_table
import adapters.database.tables  # noqa: F401  (both fill the metadata)

MIGRATORS = 0x434953
"""The name of the migrators' lock on PostgreSQL; the one after the writers'."""


def run() -> None:
    """Run the revisions over one connection; batch mode because SQLite cannot alter tables."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True
        )
        with context.begin_transaction():
            _wait_for_others(connection)
            context.run_migrations()


def _wait_for_others(connection: Connection) -> None:
    """Let one migrate at a time; SQLite's file has a lock beside it."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(MIGRATORS)))


run()
