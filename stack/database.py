"""The application database of a stack: its own file, or the one that was configured."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from settings import ROOT, SettingsError, load

VARIABLE = "CIR_DATABASE_URL"
OWN = "its own SQLite file"


class DatabaseError(RuntimeError):
    """The application database does not do; says why and what to do, and no password."""


def configured() -> str | None:
    """Return the address of the database that was configured; ``None`` means the stack's own file.

    Raises:
        DatabaseError: The settings cannot be read.
    """
    try:
        return load().database_url
    except SettingsError as error:
        raise DatabaseError(str(error)) from None


def address_of(data: Path) -> str:
    """Return the address of the database of the stack over ``data``."""
    return configured() or own_file(data)


def own_file(data: Path) -> str:
    """Return the address of the file a stack makes for itself."""
    return f"sqlite+aiosqlite:///{data.resolve() / 'cir.sqlite'}"


def place_of(url: str | None) -> str:
    """Return where a database is, for people and layouts: without user, password and options."""
    if url is None:
        return OWN
    address = urlsplit(url)
    kind, _, _ = address.scheme.partition("+")
    port = f":{address.port}" if address.port else ""
    return f"{kind}://{address.hostname or ''}{port}{address.path}"


def place_in(data: Path) -> str:
    """Return where the cases over ``data`` are on record, by the layout that last ran there."""
    layout = data / "layout.json"
    told = json.loads(layout.read_text()) if layout.exists() else {}
    return str(told.get("database", OWN))


def must_be_the_same(data: Path, url: str | None) -> None:
    """Make sure that the cases over ``data`` meet the record they have.

    Raises:
        DatabaseError: Their record is in another database.
    """
    layout = data / "layout.json"
    if not layout.exists() or not (data / "temporal.sqlite").exists():
        return
    before, now = place_in(data), place_of(url)
    if before != now:
        raise DatabaseError(
            f"The cases in {data} are on record in {before}, and {VARIABLE} now says {now}. "
            f"Set it back, or use another CIR_HOME. Where the database itself moved, run "
            f"cir local down and remove {layout}."
        )


def migrate(url: str) -> None:
    """Bring a configured database up.

    Raises:
        DatabaseError: It was not reached, or not brought up.
    """
    _run(url, "adapters.database.migrate")


def fill(url: str, world: Path, credentials: Path) -> str:
    """Fill the empty registers from a folder and issue tokens; return what was filled.

    Raises:
        DatabaseError: It could not be done.
    """
    return _run(url, "adapters.database.seed", str(world), str(credentials))


def policy_told(url: str, file: Path) -> str:
    """Return how a file differs from the policy in force, for people; empty where it does not.

    Raises:
        DatabaseError: It could not be asked.
    """
    return _run(url, "adapters.database.policy_start", str(file))


def standing(url: str) -> str:
    """Return how a database stands.

    Raises:
        DatabaseError: It cannot be worked with.
    """
    return _run(url, "adapters.database.readiness")


def _run(url: str, program: str, *words: str) -> str:
    """Run a program over the database; its address goes where other people cannot see it."""
    done = subprocess.run(
        [sys.executable, "-m", program, *words],
        cwd=ROOT,
        env={**os.environ, VARIABLE: url},  # noqa: TID251  (handed on)
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise DatabaseError((done.stderr.strip().splitlines() or ["no reason given"])[-1])
    return done.stdout.strip()
