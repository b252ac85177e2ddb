"""The schema's revisions, as alembic is told of them."""

from pathlib import Path

from alembic.config import Config

HERE = Path(__file__).resolve().parent


def configuration(url: str) -> Config:
    """Return alembic's configuration for ``url``; the async driver is exchanged for a plain one."""
    config = Config()
    config.set_main_option("script_location", str(HERE / "migrations"))
    config.attributes["url"] = plain(url)
    return config


def plain(url: str) -> str:
    """Return a database's address for a driver that waits; psycopg does both."""
    return url.replace("+aiosqlite", "", 1)
