"""Fixtures for every test that needs a Temporal server: one server a session, apart by names."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from temporalio.client import Client

from adapters.temporal.bootstrap import bootstrap
from adapters.temporal.connect import connect_when_up
from stack.layout import LOOPBACK, Ports
from stack.local import temporal_server
from tests.sealing import converter

NAMESPACE = "cir-tests"

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
