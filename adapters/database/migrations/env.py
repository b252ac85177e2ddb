"""What alembic runs for every command."""

from alembic import context
from sqlalchemy import engine_from_config, pool
from sqlmodel import SQLModel

import adapters.database.tables  # noqa: F401  (fills the metadata)


def run() -> None:
    """Run the revisions over one connection; batch mode because SQLite cannot alter tables."""
    section = context.config.get_section(context.config.config_ini_section, {})
    engine = engine_from_config(section, prefix="sqlalchemy.", poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True
        )
        with context.begin_transaction():
            context.run_migrations()


run()
