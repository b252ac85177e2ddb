"""Bring a database to the present schema: ``python -m adapters.database.migrate URL``."""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
    """Upgrade the database to the newest revision; two who do it at once wait for each other."""
    with _alone(url):
        command.upgrade(configuration(url), "head")


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold a lock beside a SQLite file; a server locks its own tables."""
    kind, _, path = url.partition(":///")
    if not kind.startswith("sqlite") or not path:
        yield
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    migrate(sys.argv[1])
