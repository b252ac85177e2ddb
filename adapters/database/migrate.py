"""Bring a database to the present schema: ``python -m adapters.database.migrate [URL]``.

Without an argument ``CIR_DATABASE_URL`` says which.
"""

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from sqlalchemy.exc import SQLAlchemyError

from adapters.database.readiness import (
    DatabaseNotReadyError,
    away,
    check_ready,
    revision_of,
    url_told,
)
from adapters.database.schema import configuration


def migrate(url: str) -> None:
    """Upgrade the database to the newest revision; two who do it at once wait for each other.

    Raises:
        DatabaseNotReadyError: It was not reached, or refused; nothing was changed.
    """
    revision_of(url)
    with _alone(url):
        try:
            command.upgrade(configuration(url), "head")
        except SQLAlchemyError as error:
            raise DatabaseNotReadyError(away(url, error, "could not be brought up")) from error


def prepare(url: str) -> None:
    """Bring an embedded file up; of a server only make sure that an operator has done so.

    Raises:
        DatabaseNotReadyError: It cannot be worked with; says what to do.
    """
    if url.startswith("sqlite"):
        migrate(url)
    else:
        check_ready(url)


@contextmanager
def _alone(url: str) -> Iterator[None]:
    """Hold a lock beside a SQLite file; a server is asked for one by alembic's environment."""
    kind, _, path = url.partition(":///")
    if not kind.startswith("sqlite") or not path:
        yield
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{path}.migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Bring the database up; say what is in the way in one line."""
    try:
        migrate(url_told(sys.argv[1:]))
    except DatabaseNotReadyError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
