"""Bring a database to the present schema: ``python -m adapters.database.migrate URL``."""

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config

HERE = Path(__file__).resolve().parent


def configuration(url: str) -> Config:
    """Return alembic's configuration for ``url``; the async driver is exchanged for a plain one."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("+aiosqlite", ""))
    return config


def migrate(url: str) -> None:
    """Upgrade the database to the newest revision."""
    command.upgrade(configuration(url), "head")


if __name__ == "__main__":
    migrate(sys.argv[1])
