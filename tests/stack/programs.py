"""Small programs a keeper can keep in place of ours, and a bounded wait."""

import json
import sys
import time  # noqa: TID251  (processes live in real time)
from collections.abc import Callable
from pathlib import Path

from stack.layout import Child, Layout, Ports, free_ports, started_at

LIMIT = 20.0
"""Seconds a condition is waited for."""

BUSY = """
import pathlib, signal, sys, threading
name, notes, ready = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
gone = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: gone.set())
if ready: pathlib.Path(ready).touch()
gone.wait()
with notes.open("a") as out: out.write(name + "\\n")
"""
"""Runs until it is told to stop, then notes that it was."""

ANSWERING = """
import http.server, sys
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Door).serve_forever()
"""
"""Answers 200 on ``/ready`` and nothing else."""


def say(words: str) -> None:
    """Tell nobody."""
    del words


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for ``condition``, a bounded time."""
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end, f"Waited {LIMIT:.0f} s for {what}."
        time.sleep(0.02)


def busy(name: str, data: Path) -> Child:
    """Return a child that is ready when its file is there."""
    ready = str(data / f"{name}.ready")
    command = (sys.executable, "-c", BUSY, name, str(data / "stopped"), ready)
    return Child(name, command, {}, ready_file=ready)


def running(code: str, name: str = "server", *, ready_file: str | None = None) -> Child:
    """Return a child that runs ``code``."""
    return Child(name, (sys.executable, "-c", code), {}, ready_file=ready_file)


def layout(data: Path, *children: Child, first: tuple[tuple[str, ...], ...] = ()) -> Layout:
    """Return a layout of small programs; three busy ones when none are given."""
    three = tuple(busy(name, data) for name in ("server", "worker", "desk"))
    return Layout(str(data), Ports(*free_ports(4)), first, {}, children or three)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that ended and was not buried yet does not."""
    return started_at(pid) is not None


def restarts(data: Path) -> dict[str, int]:
    """Return how often each process was restarted, by the keeper's own account."""
    state = json.loads((data / "state.json").read_text())
    return {row["name"]: row["restarts"] for row in state["rows"]}
