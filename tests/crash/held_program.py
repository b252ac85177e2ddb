"""A program that stands for one outside, and dies in the middle of taking a message."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from settings import ROOT
from stack.layout import free_ports
from tests.e2e.house import until


class HeldProgram:
    """The program, and the folder in which it keeps what it took."""

    def __init__(self, module: str, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        (self.port,) = free_ports(1)
        self._module = module
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run it until it listens."""
        (self.folder / "ready").unlink(missing_ok=True)
        command = [sys.executable, "-m", self._module, str(self.port), str(self.folder)]
        self._process = subprocess.Popen(command, cwd=ROOT)
        until((self.folder / "ready").exists, f"{self._module} to listen")

    def kill(self) -> None:
        """End it as a crash does."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def hold(self, when: str, what: str) -> None:
        """Have it stop in the middle of the next message of a kind, before or after keeping it."""
        (self.folder / "held").unlink(missing_ok=True)
        fresh = self.folder / "fresh"
        fresh.write_text(what)
        fresh.rename(self.folder / f"hold-{when}")

    def die_while_holding(self) -> None:
        """Be killed in the middle of a message, and come back in good health."""
        until((self.folder / "held").exists, "a message to be in the middle")
        self.kill()
        for name in ("hold-before", "hold-after"):
            (self.folder / name).unlink(missing_ok=True)
        self.start()
