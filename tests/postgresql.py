"""A PostgreSQL server of the tests' own, from the machine's binaries, on loopback.

``initdb`` refuses root, so as root it belongs to another account of the machine.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from adapters.database.migrate import migrate
from stack.layout import LOOPBACK, free_ports, started_at

MISSING = (
    "These tests need PostgreSQL's initdb and postgres, and the machine has none on its path or in "
    "/usr/lib/postgresql. Run this, then repeat:\n  make parts"
)
PASSWORD = "open sesame/%40"  # noqa: S105  (of a server that lives for a session; hard to quote)
OWNERS = ("postgres", "nobody")
"""Accounts that a server can belong to when root runs the tests, the first that exists."""

QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")
ELSEWHERE = "timezone=Asia/Kathmandu"
"""The server keeps another time than ours, as one we do not run may."""

TRIES = 600
"""Looks at a server that starts, a twentieth of a second apart."""


class Cluster:
    """A running server, on which every test gets a database of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count(1)
        self._engine = create_engine(self.url_of("postgres"), isolation_level="AUTOCOMMIT")

    def url_of(self, name: str) -> str:
        """Return the address of a database, its password in it."""
        told = f"cir:{quote(PASSWORD, safe='')}@{LOOPBACK}:{self._port}"
        return f"postgresql+psycopg://{told}/{name}"

    def run(self, *statements: str) -> None:
        """Run statements about databases."""
        with self._engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def close(self) -> None:
        """Let go of the server."""
        self._engine.dispose()

    def make_template(self) -> None:
        """Migrate one database, of which the others are copies."""
        self.run("CREATE DATABASE migrated")
        migrate(self.url_of("migrated"))

    def make(self, template: str = "migrated") -> str:
        """Make a database and return its name."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still in it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def shut_out(self, name: str) -> None:
        """Let nobody into a database any more, and end whoever is in it."""
        self.run(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )

    def has_waiting(self) -> bool:
        """Tell whether anybody waits for a lock."""
        with self._engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted")
            return found.first() is not None

    def let_in(self, name: str) -> None:
        """Let people into a database again."""
        self.run(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def a_cluster() -> Iterator[Cluster]:
    """Give a fresh server; stopped by its process number and removed afterwards."""
    binaries = folder_of_binaries()
    owner = _owner()
    home = Path(tempfile.mkdtemp(prefix="cir-postgresql-"))  # pytest's own are closed to others
    if owner:
        shutil.chown(home, owner)
    try:
        _make_files(binaries, home, owner)
        port = free_ports(1)[0]
        with _served(binaries, home, owner, port):
            cluster = Cluster(port)
            try:
                cluster.make_template()
                yield cluster
            finally:
                cluster.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def folder_of_binaries() -> Path:
    """Return where the newest initdb and postgres of the machine are; without any the test fails.

    It is the server that counts: a client alone has neither.
    """
    on_path = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    found = [Path(on_path).parent] if on_path else []
    for folder in (*found, *installed, Path("/usr/local/bin")):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    pytest.fail(MISSING)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _owner() -> str | None:
    """Return whom the server belongs to; nobody else unless root runs the tests."""
    if os.geteuid() != 0:
        return None
    known = {one.pw_name for one in pwd.getpwall()}
    return next(name for name in OWNERS if name in known)


def _as(owner: str | None) -> dict[str, Any]:
    """Return how a process is started as somebody else."""
    if owner is None:
        return {}
    return {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []}


def _make_files(binaries: Path, home: Path, owner: str | None) -> None:
    secret = home / "secret"
    secret.write_text(PASSWORD)
    if owner:
        shutil.chown(secret, owner)
    done = subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", home / "data", "--username", "cir"),
            *("--pwfile", secret, "--auth", "scram-sha-256", "--encoding", "UTF8"),
            *("--locale", "C.UTF-8", "--no-sync"),
        ],
        cwd=home,
        **_as(owner),
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"


@contextmanager
def _served(binaries: Path, home: Path, owner: str | None, port: int) -> Iterator[None]:
    told = [f"port={port}", f"listen_addresses={LOOPBACK}", f"unix_socket_directories={home}"]
    options = [part for one in (*told, *QUICK, ELSEWHERE) for part in ("-c", one)]
    log = home / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*_ending_with_us(), binaries / "postgres", "-D", home / "data", *options],
            cwd=home,
            **_as(owner),
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(server, port, log)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)  # at once: nothing in it is kept
        server.wait(30)
    assert started_at(server.pid) is None


def _ending_with_us() -> list[str]:
    """Return what makes the server end when the tests are killed, where the machine has it."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "QUIT"] if found else []


def _wait_for(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    cluster = Cluster(port)
    for _ in range(TRIES):
        try:
            cluster.run("SELECT 1")
        except OperationalError:
            assert server.poll() is None, f"PostgreSQL did not start:\n{log.read_text()}"
            _pause(server)
        else:
            cluster.close()
            return
    pytest.fail(f"PostgreSQL did not answer:\n{log.read_text()}")


def _pause(server: "subprocess.Popen[bytes]") -> None:
    """Give the server a moment, less when it ends."""
    try:
        server.wait(0.05)
    except subprocess.TimeoutExpired:
        return
