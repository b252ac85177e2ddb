"""The keeper: starts the stack's processes and restarts what dies."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251  (a keeper lives in real time)
from pathlib import Path
from types import FrameType
from typing import IO

from settings import ROOT
from stack.layout import LOOPBACK, Child, Layout, place, started_at

LOOK_EVERY = 0.1
"""Seconds between two looks at the children."""

BACKOFF_MOST = 10.0
"""Seconds before a process that keeps dying is started again, at the most [our default]."""

STEADY_AFTER = 30.0
"""Seconds after which a process counts as steady and its backoff starts anew [our default]."""

START_LIMIT = 30.0
"""Seconds a process may take to be ready [our default]."""

STOP_LIMIT = 15.0
"""Seconds a process may take to stop by itself [our default]."""


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
        self.ready = False
        self._began = time.monotonic()
        with self._log.open("ab") as log:
            self._process = _spawn(self.child, log)

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
        with socket.socket() as one:
            one.settimeout(0.5)
            return one.connect_ex((LOOPBACK, self.child.ready_port)) == 0


def _spawn(child: Child, log: IO[bytes]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, **child.environment}  # noqa: TID251  (handed on, not read)
    return subprocess.Popen(
        child.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )


class Keeper:
    """Keeps one stack until it is told to stop."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._data = Path(layout.data)
        self._kept = [Kept(child, self._data) for child in layout.children]
        self._stopping = False
        self._problem = ""

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
            (self._data / "state.json").unlink(missing_ok=True)

    def _bring_up(self) -> None:
        for number, kept in enumerate(self._kept):
            kept.start()
            self._tell()
            until = time.monotonic() + START_LIMIT
            while not kept.ready and not self._stopping and time.monotonic() < until:
                kept.look()
                time.sleep(LOOK_EVERY / 4)
            if number == 0 and not self._stopping:
                self._first_steps()
            self._tell()

    def _first_steps(self) -> None:
        environment = {**os.environ, **self._layout.environment}  # noqa: TID251  (handed on)
        for command in self._layout.first:
            with (self._data / "set-up.log").open("ab") as log:
                done = subprocess.run(
                    command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False
                )
            if done.returncode:
                self._problem = f"{command[2] if len(command) > 2 else command[0]} failed"  # noqa: PLR2004
                self._stopping = True
                self._tell()
                return

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
        state = {"keeper": me, "started": started_at(me), "problem": self._problem, "rows": rows}
        place(self._data / "state.json", json.dumps(state))


def main() -> None:
    """Keep the stack of one data directory; a second keeper there goes away at once."""
    data = Path(sys.argv[1])
    with (data / "keeper.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("another keeper has this data directory")
        Keeper(Layout.read(data)).keep()


if __name__ == "__main__":
    main()
