"""One plain Temporal server through the stack, as the other tests use it."""

import http.client
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from stack.layout import LOOPBACK, are_free
from stack.local import temporal_server
from tests.stack.programs import say


@pytest.mark.server
def test_it_serves_on_loopback_keeps_its_store_safe_and_goes_away(tmp_path: Path) -> None:
    with temporal_server(tmp_path / "data", say) as ports:
        connection = http.client.HTTPConnection(LOOPBACK, ports.http, timeout=10)
        connection.request("GET", "/api/v1/namespaces/default")
        assert connection.getresponse().status == http.client.OK
        connection.close()
        with closing(sqlite3.connect(tmp_path / "data" / "temporal.sqlite")) as store:
            assert store.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert are_free(ports)
