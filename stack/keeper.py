"""The keeper: starts the stack's processes and restarts what dies. ``python -m stack.keeper DATA``.

It leaves its terminal by itself; whoever ran it waits only until the data directory is held.
"""

import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251  (a keeper lives in real time)
from pathlib import Path
from types import FrameType

from settings import ROOT
from stack.layout import LOOPBACK, Child, Layout, place, started_at

LOOK_EVERY = 0.1
"""Seconds between two looks at the children."""

BACKOFF_MOST = 10.0
"""Seconds before a process that keeps dying is started again, at the most [our default]."""

STEADY_AFTER = 30.0
"""Seconds after which a process counts as steady and its backoff starts anew [our default]."""

STOP_LIMIT = 15.0
"""Seconds a process may take to stop by itself [our default]."""

FIRST_LIMIT = 60.0
"""Seconds one set-up step may take [our default]."""

LOG_MOST = 8 * 2**20
"""Bytes of a log; a longer one is put aside, once, when its process starts [our default]."""


class Kept:
    """One child with its process, log and history."""

    def __init__(self, child: Child, data: Path) -> None:
        self.child = child
        self.restarts = 0
        self.ready = False
        self._log = data / f"{child.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._again_at = 0.0
        self._backoff = 0.25

    @property
    def pid(self) -> int | None:
        """Return the number of the process, when it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process with its output in its log."""
        if self.child.ready_file:
            Path(self.child.ready_file).unlink(missing_ok=True)
        if self._log.exists() and self._log.stat().st_size > LOG_MOST:
            self._log.replace(self._log.with_suffix(".log.1"))
        self.ready = False
        self._began = time.monotonic()
        self._process = _spawn(self.child, self._log)

    def look(self) -> bool:
        """Restart the process when it died; return whether anything changed."""
        if self.pid is not None:
            if not self.ready and self._is_ready():
                self.ready = True
                return True
            if time.monotonic() - self._began > STEADY_AFTER:
                self._backoff = 0.25
            return False
        if not self._again_at:
            self._again_at = time.monotonic() + self._backoff
            self._backoff = min(self._backoff * 2, BACKOFF_MOST)
            return True
        if time.monotonic() < self._again_at:
            return False
        self._again_at = 0.0
        self.restarts += 1
        self.start()
        return True

    def stop(self) -> None:
        """Ask the process to stop, and end it when it does not."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _is_ready(self) -> bool:
        if self.child.ready_file:
            return Path(self.child.ready_file).exists()
        if self.child.ready_port is None:
            return True
        if self.child.ready_path:
            return _answers_http(self.child.ready_port, self.child.ready_path)
        with socket.socket() as one:
            one.settimeout(0.5)
            return one.connect_ex((LOOPBACK, self.child.ready_port)) == 0


def _answers_http(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _spawn(child: Child, log: Path) -> subprocess.Popen[bytes] | None:
    """Start a process; one that cannot even start counts as one that died, with a word in its log.

    It gets a session of its own: what ends a terminal or the keeper does not end it half done.
    """
    environment = {**os.environ, **child.environment}  # noqa: TID251  (handed on, not read)
    with log.open("ab") as output:
        try:
            return subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        except OSError as error:
            output.write(f"{child.name} could not be started: {error}\n".encode())
            return None


class Keeper:
    """Keeps one stack until it is told to stop."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._data = Path(layout.data)
        self._kept = [Kept(child, self._data) for child in layout.children]
        self._stopping = False
        self._problem = ""
        self._problem_log = ""

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal to stop."""
        self._stopping = True

    def keep(self) -> None:
        """Start everything in order, watch it, and stop it in the opposite order."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        try:
            self._bring_up()
            while not self._stopping:
                changed = [kept.look() for kept in self._kept]
                if any(changed):
                    self._tell()
                time.sleep(LOOK_EVERY)
        finally:
            for kept in reversed(self._kept):
                kept.stop()
            if self._problem:
                self._tell()
            else:
                (self._data / "state.json").unlink(missing_ok=True)

    def _bring_up(self) -> None:
        """Start the first, set up, then start the rest side by side."""
        server, *rest = self._kept
        self._start(server)
        self._wait_for(server)
        self._first_steps()
        for kept in rest:
            self._start(kept)
        for kept in rest:
            self._wait_for(kept)

    def _start(self, kept: Kept) -> None:
        if not self._stopping:
            kept.start()
            self._tell()

    def _wait_for(self, kept: Kept) -> None:
        limit = self._layout.start_within
        until = time.monotonic() + limit
        while not kept.ready and not self._stopping:
            if time.monotonic() > until:
                words = f"the {kept.child.name} was not ready after {limit:.0f} s"
                self._give_up(words, f"{kept.child.name}.log")
            elif kept.look():
                self._tell()
            time.sleep(LOOK_EVERY / 4)

    def _first_steps(self) -> None:
        environment = {**os.environ, **self._layout.environment}  # noqa: TID251  (handed on)
        for command in self._layout.first:
            if self._stopping:
                return
            with (self._data / "set-up.log").open("ab") as log:
                try:
                    subprocess.run(
                        command,
                        cwd=ROOT,
                        env=environment,
                        stdout=log,
                        stderr=log,
                        timeout=FIRST_LIMIT,
                        check=True,
                    )
                except (OSError, subprocess.SubprocessError) as error:
                    self._give_up(f"setting up failed: {error}", "set-up.log")

    def _give_up(self, problem: str, log: str) -> None:
        """Stop everything; the state stays behind and says why."""
        self._problem, self._problem_log, self._stopping = problem, log, True

    def _tell(self) -> None:
        """Write the state where ``cir local status`` and the next keeper read it."""
        rows = []
        for kept in self._kept:
            pid = kept.pid
            rows.append(
                {
                    "name": kept.child.name,
                    "pid": pid,
                    "started": started_at(pid) if pid else None,
                    "restarts": kept.restarts,
                    "ready": kept.ready and pid is not None,
                }
            )
        me = os.getpid()
        state = {
            "keeper": me,
            "started": started_at(me),
            "problem": self._problem,
            "log": self._problem_log,
            "rows": rows,
        }
        place(self._data / "state.json", json.dumps(state))


def main() -> None:
    """Keep the stack of one data directory; a second keeper there goes away at once."""
    data = Path(sys.argv[1])
    with (data / "keeper.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another keeper has {data}. To stop it: cir local down")
        layout = Layout.read(data)
        if os.fork():
            os._exit(0)  # the child holds the lock; nobody has to wait for it or bury it
        Keeper(layout).keep()


if __name__ == "__main__":
    main()
