"""One plain Temporal server through the stack, as the other tests use it."""

import http.client
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from stack.layout import LOOPBACK, Ports, are_free
from stack.local import temporal_server
from tests.e2e.house import until
from tests.stack.programs import say


def namespace_of(ports: Ports) -> int:
    """Return how the server answers about its own namespace; it makes it after it listens."""
    with closing(http.client.HTTPConnection(LOOPBACK, ports.http, timeout=10)) as connection:
        connection.request("GET", "/api/v1/namespaces/default")
        return connection.getresponse().status


@pytest.mark.server
def test_it_serves_on_loopback_keeps_its_store_safe_and_goes_away(tmp_path: Path) -> None:
    with temporal_server(tmp_path / "data", say) as ports:
        until(lambda: namespace_of(ports) == http.client.OK, "the namespace to be served")
        with closing(sqlite3.connect(tmp_path / "data" / "temporal.sqlite")) as store:
            assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert are_free(ports)
