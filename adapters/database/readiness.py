"""Whether the application database is reached and at our revision: said to a person.

``python -m adapters.database.readiness [URL]``; without one, what ``CIR_DATABASE_URL`` says.
"""

import os
import sys
from pathlib import Path

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import create_engine, make_url, pool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adapters.database.engine import CONNECT_WITHIN_S
from adapters.database.engine import create_engine as async_engine
from adapters.database.schema import configuration, plain

MIGRATE = "python -m adapters.database.migrate"
KNOWN = "sqlite+aiosqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME"


class DatabaseNotReadyError(RuntimeError):
    """The database cannot be worked with; says why and what to do, and no password."""


def shown(url: str) -> str:
    """Return a database's address without its password.

    Raises:
        DatabaseNotReadyError: It is no address of a database.
    """
    try:
        async_engine(url)  # one that has no driver for us is found here
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (SQLAlchemyError, ImportError):
        words = f"CIR_DATABASE_URL is not the address of a database. Write {KNOWN}."
        raise DatabaseNotReadyError(words) from None


def revision_of(url: str) -> str | None:
    """Return the revision a database is at; ``None`` when it is empty.

    Raises:
        DatabaseNotReadyError: It is not reached.
    """
    shown(url)
    if _is_missing_file(url):
        return None
    engine = create_engine(plain(url), poolclass=pool.NullPool, connect_args=_patience(url))
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise DatabaseNotReadyError(away(url, error)) from None
    finally:
        engine.dispose()


def check_ready(url: str) -> str:
    """Return how the database stands when it can be worked with.

    One that is *ahead* of this program is taken: it is brought up before the programs are.

    Raises:
        DatabaseNotReadyError: It is not reached, or its schema is older than this program.
    """
    found = revision_of(url)
    script = ScriptDirectory.from_config(configuration(url))
    newest = script.get_current_head()
    if found is None or (found != newest and _is_ours(script, found)):
        at = "has no schema yet" if found is None else f"is at schema {found}"
        words = f"The application database {shown(url)} {at}; this needs {newest}. Run: {MIGRATE}"
        raise DatabaseNotReadyError(words)
    return f"{shown(url)}: reached, schema {found}"


def away(url: str, error: SQLAlchemyError, what: str = "was not reached") -> str:
    """Return what to tell a person when a database does not do: why, and what to mend."""
    cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    reason = (cause.strip().splitlines() or ["no reason given"])[0]
    secret = make_url(url).password
    if secret:
        reason = reason.replace(str(secret), "***")
    return (
        f"The application database {shown(url)} {what}: {reason}. "
        "Mend that, or CIR_DATABASE_URL, then do the same again; nothing was changed."
    )


def _is_ours(script: ScriptDirectory, revision: str) -> bool:
    try:
        return script.get_revision(revision) is not None
    except CommandError:
        return False


def _is_missing_file(url: str) -> bool:
    """Tell whether it is a SQLite file that is not there; to look would make it."""
    address = make_url(url)
    is_file = address.get_backend_name() == "sqlite" and address.database is not None
    return is_file and not Path(str(address.database)).exists()


def _patience(url: str) -> dict[str, int]:
    is_served = make_url(url).get_backend_name() == "postgresql"
    return {"connect_timeout": CONNECT_WITHIN_S} if is_served else {}


def url_told(arguments: list[str]) -> str:
    """Return the database a program is told of: an argument, or the environment.

    An address may hold a password, and arguments are seen by everybody on the machine.

    Raises:
        DatabaseNotReadyError: Neither names one.
    """
    url = arguments[0] if arguments else os.environ.get("CIR_DATABASE_URL")  # noqa: TID251
    if not url:
        raise DatabaseNotReadyError(f"Set CIR_DATABASE_URL to {KNOWN}.")
    return url


def main() -> None:
    """Say how the database stands; exit 1 when it cannot be worked with."""
    try:
        print(check_ready(url_told(sys.argv[1:])))
    except DatabaseNotReadyError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
