"""What a list and a decision cost, beside Temporal's own CLI in the same run: ``make bench``.

Times say little across machines; the two columns of one run do.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from settings import ROOT
from stack.local import down, up
from stack.server import find_server

RUNS = 15


class Cost:
    """Wall clock and CPU of a command, as a whole process, over some runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.wall: list[float] = []
        self.cpu: list[float] = []

    def add(self, run: Callable[[], Any]) -> None:
        """Run once more."""
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        run()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.wall.append(time.monotonic() - began)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.cpu.append(spent)

    def line(self) -> str:
        """Return the medians in milliseconds."""
        wall, cpu = statistics.median(self.wall), statistics.median(self.cpu)
        return f"{self.name:<42} wall {wall * 1000:6.0f} ms   cpu {cpu * 1000:6.0f} ms"


def checked(command: list[str], home: Path) -> str:
    """Run a command that must succeed; return what it printed."""
    environment = {**os.environ, "CIR_HOME": str(home)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, capture_output=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    """Bring a stack up, measure, and take it down."""
    home = Path(tempfile.mkdtemp(prefix="cir-bench-"))
    data = home / "data"
    running = up(data, print, policy=ROOT / "policy" / "default.toml")
    cir = str(ROOT / ".venv" / "bin" / "cir")
    try:
        checked([cir, "local", "up", "--example", "-q"], home)
        report = str(ROOT / "examples" / "report.json")
        case = json.loads(checked([cir, "case", "open", report, "-q"], home))["case"]
        temporal = [str(find_server(print)), "workflow"]
        where = ["--address", f"127.0.0.1:{running.ports.temporal}", "--namespace", "cir"]
        note = json.dumps({"by": "kaya", "text": "A note."})
        update = ["update", "execute", "--name", "add-note", "--workflow-id", case, "--input", note]
        rows = {
            "cir case list": [cir, "case", "list", "-q"],
            "temporal workflow list": [*temporal, "list", *where],
            "cir handling add-note": [cir, "handling", "add-note", case, "--text", "A note.", "-q"],
            "temporal workflow update execute add-note": [*temporal, *update, *where],
            "cir --help": [cir, "--help"],
        }
        costs = [Cost(name) for name in rows]
        for _ in range(RUNS):
            for cost in costs:
                cost.add(lambda name=cost.name: checked(rows[name], home))
        for cost in costs:
            print(cost.line())
    finally:
        down(data)


if __name__ == "__main__":
    main()
