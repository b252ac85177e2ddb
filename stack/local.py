"""``cir local``: bring the stack up, take it down, say how it is."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import time  # noqa: TID251  (waiting for processes is real)
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings import ROOT
from stack import database
from stack.layout import (
    LOOPBACK,
    Child,
    Layout,
    Ports,
    are_free,
    free_ports,
    server_command,
    started_at,
    whole_stack,
)
from stack.server import Say, find_server

UP_LIMIT = 240.0
"""Seconds after which even a keeper that says nothing is given up; its own limits are shorter."""


class StackError(RuntimeError):
    """The stack did not do what was asked; says what to look at."""


@dataclass(frozen=True)
class Running:
    """A stack that runs."""

    data: Path
    ports: Ports
    processes: tuple[dict[str, Any], ...]

    @property
    def desk(self) -> str:
        """Return the desk's address."""
        return f"http://{LOOPBACK}:{self.ports.desk}"

    @property
    def ui(self) -> str:
        """Return the Web UI's address."""
        return f"http://{LOOPBACK}:{self.ports.ui}"

    @property
    def metrics(self) -> dict[str, str]:
        """Return where Prometheus reads our numbers and, where it is shown, the worker's."""
        worker = f"http://{LOOPBACK}:{self.ports.metrics}/metrics"
        shown = {"worker": worker} if self.ports.metrics else {}
        return {"desk": f"{self.desk}/metrics", **shown}

    @property
    def is_ready(self) -> bool:
        """Tell whether everything runs and is ready."""
        return bool(self.processes) and all(row["ready"] for row in self.processes)

    def pid(self, name: str) -> int:
        """Return the process number of one part."""
        return int(next(row["pid"] for row in self.processes if row["name"] == name))


def status(data: Path) -> Running | None:
    """Return how the stack over ``data`` is; ``None`` when no keeper runs there."""
    state = _state(data)
    if state is None or not _same(state["keeper"], state["started"]):
        return None
    rows = tuple(
        {**row, "ready": row["ready"] and _same(row["pid"], row["started"])}
        for row in state["rows"]
    )
    return Running(data, Layout.read(data).ports, rows)


def up(data: Path, say: Say, *, policy: Path, ports: Ports | None = None) -> Running:
    """Bring the stack over ``data`` up, or find it up already.

    Args:
        data: The data directory; it is made when missing, and survives ``down``.
        say: Told what takes long.
        policy: The policy new cases begin with.
        ports: Where to listen; free ports otherwise, the same again for the same data.

    Raises:
        StackError: It did not come up; the end of the log that matters is in the message.
        DatabaseError: The database that was configured does not do.
    """
    url = database.configured()
    database.must_be_the_same(data, url)

    def layout(folder: Path) -> Layout:
        """Find a server, bring the database up and lay the whole stack out."""
        binary = find_server(say)
        if url is not None:
            database.migrate(url)
        return whole_stack(folder, binary, ports or _ports_of(folder), policy.resolve(), url)

    return bring_up(data, say, layout)


def bring_up(data: Path, say: Say, layout: Callable[[Path], Layout]) -> Running:
    """Bring what ``layout`` says up over ``data``, or find what runs there; wait until ready.

    What a killed keeper left behind is ended first, by number *and* start.

    Raises:
        StackError: As ``up``.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = data.resolve()
    with _one_at_a_time(data):
        if status(data) is None:
            end_strays(data)
            start(layout(data))
        return wait_until_ready(data, say)


def start(layout: Layout) -> None:
    """Start a keeper for ``layout``, apart from this terminal; it outlives this process.

    Raises:
        StackError: Another keeper has the data directory.
    """
    data = Path(layout.data)
    if is_held(data):
        raise StackError(f"Another stack has {data}. To stop it: cir local down")
    layout.write()
    (data / "state.json").unlink(missing_ok=True)
    with (data / "keeper.log").open("ab") as log:
        done = subprocess.run(
            [sys.executable, "-m", "stack.keeper", str(data)],
            cwd=ROOT,
            env={**os.environ, **layout.unwritten},  # noqa: TID251  (handed on)
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=False,
        )
    if done.returncode:
        raise StackError(f"The keeper did not start.\n{tail(data / 'keeper.log')}")


def wait_until_ready(data: Path, say: Say, limit: float = UP_LIMIT) -> Running:
    """Wait until every part is ready.

    Raises:
        StackError: A part was not ready in its time, or the keeper ended; with the log's end.
    """
    began = told = time.monotonic()
    while time.monotonic() - began < limit:
        running = status(data)
        if running is not None and running.is_ready:
            return running
        state = _state(data)
        if state is not None and state["problem"]:
            _gone(state["keeper"], state["started"], 60)
            words = f"The stack did not come up: {state['problem']}. All of it was stopped."
            raise StackError(f"{words} {data / state['log']} ends:\n{tail(data / state['log'])}")
        if not is_held(data):
            raise StackError(f"The keeper ended by itself.\n{tail(data / 'keeper.log')}")
        if time.monotonic() - told > 2:  # noqa: PLR2004  (anything longer is shown)
            told = time.monotonic()
            say(f"starting: {_waits(running)}")
        time.sleep(0.05)
    late = _waits(status(data))
    name = late.split(",")[0]
    raise StackError(f"Not ready after {limit:.0f} s: {late}.\n{tail(data / f'{name}.log')}")


def down(data: Path) -> bool:
    """Stop the stack; data stays. Return whether anything ran.

    Raises:
        StackError: The keeper did not stop.
    """
    state = _state(data)
    ran = False
    if state is not None and _same(state["keeper"], state["started"]):
        ran = True
        os.kill(state["keeper"], signal.SIGTERM)
        if not _gone(state["keeper"], state["started"], 90):
            words = f"The keeper (process {state['keeper']}) did not stop in 90 s"
            raise StackError(f"{words}.\n{tail(data / 'keeper.log')}")
    return end_strays(data) or ran


def end_strays(data: Path) -> bool:
    """End what a killed keeper left behind; return whether there was any."""
    state = _state(data)
    if state is None or _same(state["keeper"], state["started"]):
        return False
    ended = False
    for row in reversed(state["rows"]):
        if row["pid"] and _same(row["pid"], row["started"]):
            ended = True
            os.kill(row["pid"], signal.SIGTERM)
            if not _gone(row["pid"], row["started"], 15):
                os.kill(row["pid"], signal.SIGKILL)
                _gone(row["pid"], row["started"], 15)
    (data / "state.json").unlink(missing_ok=True)
    return ended


def reset(data: Path) -> None:
    """Stop the stack and remove its data."""
    down(data)
    shutil.rmtree(data, ignore_errors=True)


def tail(log: Path, lines: int = 20) -> str:
    """Return the end of a log."""
    if not log.exists():
        return f"({log.name} is empty)"
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


@contextmanager
def temporal_server(data: Path, say: Say) -> Iterator[Ports]:
    """Run one plain Temporal server on free ports, for tests."""

    def layout(folder: Path) -> Layout:
        """Find a server and lay it out alone."""
        ports = Ports(*free_ports(4))
        command = server_command(find_server(say), ports, folder / "temporal.sqlite")
        server = Child("server", command, {}, ready_port=ports.temporal)
        return Layout(str(folder), ports, (), {}, (server,))

    try:
        yield bring_up(data, say, layout).ports
    finally:
        down(data)


def _ports_of(data: Path) -> Ports:
    """Return the ports this data directory had, where they are free, else others."""
    if (data / "layout.json").exists():
        before = Layout.read(data).ports
        if are_free(before):
            return before
    return Ports(*free_ports(5))


@contextmanager
def _one_at_a_time(data: Path) -> Iterator[None]:
    """Let one ``up`` work on a data directory at a time; the next finds what it made."""
    with (data / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _state(data: Path) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = json.loads((data / "state.json").read_text())
    except (OSError, ValueError):
        return None
    return state


def _same(pid: int | None, started: str | None) -> bool:
    """Tell whether a process is the one that was recorded, not a later one with its number."""
    return pid is not None and started is not None and started_at(pid) == started


def _gone(pid: int, started: str, limit: float) -> bool:
    until = time.monotonic() + limit
    while _same(pid, started):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _waits(running: Running | None) -> str:
    if running is None:
        return "the keeper"
    return ", ".join(row["name"] for row in running.processes if not row["ready"])


def is_held(data: Path) -> bool:
    """Tell whether a keeper holds the data directory."""
    lock = data / "keeper.lock"
    if not lock.exists():
        return False
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
