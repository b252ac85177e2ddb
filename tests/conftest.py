"""Fixtures for every test that needs a server: one Temporal and one PostgreSQL server a session.

Tests are apart by names on the one, and by databases on the other.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from temporalio.client import Client

from adapters.temporal.bootstrap import bootstrap
from adapters.temporal.connect import connect_when_up
from stack.layout import LOOPBACK, Ports
from stack.local import temporal_server
from tests.sealing import converter

if TYPE_CHECKING:
    from tests.databases import Databases

NAMESPACE = "cir-tests"
KINDS = ("sqlite", "postgresql")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the person say on which database every test runs."""
    words = "Run every test on this database; else adapters on both and the rest on SQLite."
    parser.addoption("--database", choices=KINDS, default=None, help=words)


settings.register_profile(
    "campaign",
    max_examples=1_000_000,
    stateful_step_count=60,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""For random stories by hand, as long as ``--timeout`` lets them: --hypothesis-profile=campaign."""


def say(words: str) -> None:
    """Tell what takes long, past pytest's capture."""
    sys.__stderr__.write(f"{words}\n")  # type: ignore[union-attr]


@pytest.fixture(scope="session")
def temporal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ports]:
    """Run one plain Temporal server for the session."""
    data: Path = tmp_path_factory.mktemp("temporal") / "data"
    with temporal_server(data, say) as ports:
        yield ports


@pytest.fixture(scope="session")
async def client(temporal: Ports) -> Client:
    """Return a connection with the production converter, to a namespace that is set up."""
    address = f"{LOOPBACK}:{temporal.temporal}"
    client = await connect_when_up(address, NAMESPACE, converter())
    await bootstrap(client, NAMESPACE)
    return client


@pytest.fixture(scope="session")
def kind(request: pytest.FixtureRequest) -> str:
    """Return the kind of database that tests run on."""
    return request.config.getoption("--database") or KINDS[0]


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Databases"]:
    """Give what makes databases; a PostgreSQL server only runs once somebody wants it."""
    from tests.databases import Databases  # noqa: PLC0415  (tests of the rules do without)

    with ExitStack() as running:
        yield Databases(tmp_path_factory.mktemp("databases"), running)


@pytest.fixture(scope="module")
def stack_database(databases: "Databases", kind: str) -> Iterator[str | None]:
    """Give the address the stack of a module is told of: none means a file it makes itself."""
    with an_address(databases, kind) as url:
        yield url


@pytest.fixture
def own_stack_database(databases: "Databases", kind: str) -> Iterator[str | None]:
    """Give one to the stack of one test: two stacks over one database would start each's cases."""
    with an_address(databases, kind) as url:
        yield url


@contextmanager
def an_address(databases: "Databases", kind: str) -> Iterator[str | None]:
    """Give the address of an empty database on a server, or none."""
    if kind == "sqlite":
        yield None
        return
    with databases.empty(kind, Path()) as made:
        yield made.url
