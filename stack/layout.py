"""What the embedded stack is made of: its files, ports, processes and their environment."""

import json
import socket
import subprocess
import sys
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path

from settings import ROOT
from stack.database import OWN, VARIABLE, own_file, place_of

LOOPBACK = "127.0.0.1"
NAMESPACE = "cir"
TASK_QUEUE = "cir-cases"

START_WITHIN = 60.0
"""Seconds each process may take to be ready [our default]; a busy laptop has taken 31."""


@dataclass(frozen=True)
class Ports:
    """Where the stack listens, all on loopback; ``metrics`` is the worker's, 0 for nowhere."""

    temporal: int
    ui: int
    http: int
    desk: int
    metrics: int = 0


@dataclass(frozen=True)
class Child:
    """A process of the stack.

    Attributes:
        name: Its name in ``cir local status``; its log is ``<name>.log``.
        command: What is run.
        environment: Added to the keeper's own.
        ready_port: It is ready when this port answers.
        ready_path: The port answers HTTP, and it is ready when this path answers 200.
        ready_file: It is ready when this file is there.
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]
    ready_port: int | None = None
    ready_path: str | None = None
    ready_file: str | None = None


@dataclass(frozen=True)
class Layout:
    """Everything the keeper needs to know, as a file in the data directory.

    Attributes:
        data: The data directory; one stack each.
        first: Commands run once, in order, after the first child is ready.
        environment: Added to the keeper's own for ``first``.
        children: Long-running processes, in order of start.
        start_within: Seconds each child may take to be ready the first time.
        database: Where the application database is, for people.
        unwritten: For the keeper's own environment, and never in the file: it may hold a password.
    """

    data: str
    ports: Ports
    first: tuple[tuple[str, ...], ...]
    environment: dict[str, str]
    children: tuple[Child, ...]
    start_within: float = START_WITHIN
    database: str = OWN
    unwritten: dict[str, str] = field(default_factory=dict, repr=False)

    def write(self) -> None:
        """Write the layout where the keeper reads it."""
        written = {name: value for name, value in asdict(self).items() if name != "unwritten"}
        place(Path(self.data) / "layout.json", json.dumps(written))

    @classmethod
    def read(cls, data: Path) -> "Layout":
        """Read the layout of a data directory."""
        raw = json.loads((data / "layout.json").read_text())
        children = tuple(
            Child(**{**child, "command": tuple(child["command"])}) for child in raw["children"]
        )
        first = tuple(tuple(command) for command in raw["first"])
        read = {"ports": Ports(**raw["ports"]), "first": first, "children": children}
        return cls(**{**raw, **read})


def place(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def free_ports(count: int) -> list[int]:
    """Return ports that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind((LOOPBACK, 0))
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def are_free(ports: Ports) -> bool:
    """Tell whether nobody listens on any of these ports."""
    for port in astuple(ports):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind((LOOPBACK, port))
            except OSError:
                return False
    return True


def server_command(binary: Path, ports: Ports, database: Path) -> tuple[str, ...]:
    """Return how the Temporal server is started.

    WAL with synchronous FULL is safe for power loss; the two dynamic settings make a failing
    workflow task show after seconds instead of a minute (measured).
    """
    settings = (
        'history.workflowTaskRetryMaxInterval="3s"',
        "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute=2",
    )
    dynamic = [part for one in settings for part in ("--dynamic-config-value", one)]
    return (
        str(binary), "server", "start-dev", "--db-filename", str(database),
        "--sqlite-pragma", "journal_mode=WAL", "--sqlite-pragma", "synchronous=FULL",
        "--ip", LOOPBACK, "--port", str(ports.temporal), "--ui-ip", LOOPBACK,
        "--ui-port", str(ports.ui), "--http-port", str(ports.http), "--log-level", "warn",
        "--ui-codec-endpoint", f"http://{LOOPBACK}:{ports.desk}/codec", *dynamic,
    )  # fmt: skip


def whole_stack(
    data: Path, binary: Path, ports: Ports, policy: Path, database: str | None
) -> Layout:
    """Return the layout of server, worker and desk over ``data``.

    Args:
        data: The data directory.
        binary: The Temporal server.
        ports: Where to listen.
        policy: The policy new cases begin with.
        database: The database that was configured and is brought up; else the stack's own file.
    """
    python, ready = sys.executable, data / "worker.ready"
    environment = _environment(data, ports, policy, ready)
    if database is None:
        environment[VARIABLE] = own_file(data)
    metrics = {"CIR_METRICS_PORT": str(ports.metrics)} if ports.metrics else {}
    worker = {**environment, **metrics}
    server = server_command(binary, ports, data / "temporal.sqlite")
    desk = (python, "-m", "api")
    address = f"{LOOPBACK}:{ports.temporal}"
    return Layout(
        data=str(data),
        ports=ports,
        first=(
            *(() if database else ((python, "-m", "adapters.database.migrate"),)),
            (python, "-m", "adapters.temporal.bootstrap", address, NAMESPACE),
        ),
        environment=environment,
        database=place_of(database),
        unwritten={} if database is None else {VARIABLE: database},
        children=(
            Child("server", server, {}, ready_port=ports.temporal),
            Child("worker", (python, str(ROOT / "worker.py")), worker, ready_file=str(ready)),
            Child("desk", desk, environment, ready_port=ports.desk, ready_path="/ready"),
        ),
    )


def _environment(data: Path, ports: Ports, policy: Path, ready: Path) -> dict[str, str]:
    """Return what worker and desk are told; where the database is comes beside it."""
    return {
        "CIR_CONFIG_FILE": str(data.parent / "cir.toml"),
        "CIR_DATA_DIR": str(data),
        "CIR_OUTBOX_DIR": str(data / "outbox"),
        "CIR_TEMPORAL_ADDRESS": f"{LOOPBACK}:{ports.temporal}",
        "CIR_TEMPORAL_NAMESPACE": NAMESPACE,
        "CIR_TASK_QUEUE": TASK_QUEUE,
        "CIR_DESK_HOST": LOOPBACK,
        "CIR_DESK_PORT": str(ports.desk),
        "CIR_DESK_KEY_FILE": str(data / "desk.key"),
        "CIR_PAYLOAD_KEYS_FILE": str(data / "payload.keys"),
        "CIR_POLICY_FILE": str(policy),
        "CIR_WORKER_READY_FILE": str(ready),
        "CIR_UI_URL": f"http://{LOOPBACK}:{ports.ui}",
    }


def started_at(pid: int) -> str | None:
    """Return what tells a process from a later one with its number; ``None`` when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _started_without_proc(pid)
    return None if fields[0] == "Z" else fields[19]


def _started_without_proc(pid: int) -> str | None:
    """Ask ``ps`` where there is no /proc."""
    if Path("/proc/self").exists():
        return None
    command = ["ps", "-o", "stat=,lstart=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    state, _, started = done.stdout.strip().partition(" ")
    return None if not started or state.startswith("Z") else started.strip()
