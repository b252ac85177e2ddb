"""The whole stack as a person has it: real processes, ``cir`` at a shell, mails as files."""

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time  # noqa: TID251  (real processes live in real time)
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from settings import ROOT
from stack.database import VARIABLE, own_file
from stack.local import Running, is_held, status
from stack.server import find_server

LIMIT = 60.0
"""Seconds a condition is waited for: generous, because nothing here is about speed."""

WATCH_EVERY_S = "1"
QUALIFIES = (
    *("--result", "qualifies", "--tests-operations", "yes", "--tests-critical-services", "yes"),
    *("--tests-data-integrity", "unknown", "--tests-may-spread", "unknown"),
    *("--tests-public-interest", "no", "--reason", "C2. Housing is down."),
)
T = TypeVar("T")
_numbers = itertools.count(1)


class Answer(NamedTuple):
    """What one ``cir`` said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """Return the JSON it printed."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """Return the failure it printed."""
        found: dict[str, Any] = self.data["error"]
        return found


def until(condition: Callable[[], T], what: str, limit: float = LIMIT) -> T:
    """Return the first true answer of ``condition``; fail with ``what`` when none comes in time."""
    end = time.monotonic() + limit
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"Waited {limit:.0f} s for {what}."
        time.sleep(0.03)


def utc_now() -> datetime:
    """Return the instant."""
    return datetime.now(UTC)  # noqa: TID251  (real processes live in real time)


class House:
    """One stack with its staff, over a folder of its own; the example's, or those of a world."""

    def __init__(
        self, home: Path, policy: Path, database: str | None = None, world: Path | None = None
    ) -> None:
        self.home = home
        self._database = database
        self.data = home / "data"
        self.outbox = self.data / "outbox"
        self._policy = policy
        self._world = ["--example"] if world is None else ["--register", str(world)]

    def up(self) -> None:
        """Bring it up, its registers filled; the watchkeeper looks every second."""
        answer = self.cir("local", "up", *self._world, "--policy", str(self._policy))
        assert answer.code == 0, answer.err

    def down(self) -> None:
        """Stop it, and make sure that nothing of it runs on."""
        self.cir("local", "down")
        assert not is_held(self.data)

    def start_cir(self, *words: str, by: str | None = None) -> subprocess.Popen[str]:
        """Start one ``cir`` at a shell."""
        who = ["--as", by] if by is not None else []
        environment = on_database(self._database)
        return subprocess.Popen(
            [sys.executable, "-m", "cli.main", *words, *who],
            cwd=ROOT,
            env={**environment, "CIR_HOME": str(self.home), "CIR_WATCH_EVERY_S": WATCH_EVERY_S},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def cir(self, *words: str, by: str | None = None, body: object = None) -> Answer:
        """Run one ``cir`` and return what it said; ``body`` goes to its standard input."""
        return answer_of(self.start_cir(*words, by=by), body)

    def ask(self, *words: str, by: str = "kaya", body: object = None) -> Any:
        """Run one ``cir`` that must succeed and return its JSON."""
        answer = self.cir(*words, by=by, body=body)
        assert answer.code == 0, f"cir {' '.join(words)}: {answer.code}\n{answer.out}{answer.err}"
        return answer.data

    # processes

    @property
    def running(self) -> Running:
        """Return the stack as its keeper tells it."""
        found = status(self.data)
        assert found is not None, "The stack does not run."
        return found

    @property
    def database(self) -> str:
        """Return the address of its application database."""
        return self._database or own_file(self.data)

    @property
    def keeper(self) -> int:
        """Return the keeper's process number."""
        return int(json.loads((self.data / "state.json").read_text())["keeper"])

    def kill(self, part: str) -> int:
        """Kill one part as hard as can be, and return the number it had."""
        pid = self.running.pid(part)
        os.kill(pid, signal.SIGKILL)
        return pid

    def ready_again(self, part: str, before: int) -> Running:
        """Wait until ``part`` runs as another process and everything is ready."""

        def another() -> Running | None:
            found = status(self.data)
            fits = found is not None and found.is_ready and found.pid(part) != before
            return found if fits else None

        found = until(another, f"{part} to be started again")
        assert found is not None
        return found

    @contextmanager
    def keeper_held(self) -> Iterator[None]:
        """Hold the keeper, so that what dies stays dead."""
        keeper = self.keeper
        os.kill(keeper, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(keeper, signal.SIGCONT)

    # cases

    def open(self, **changes: Any) -> str:
        """Open a case from the example report, with its fields changed."""
        answer = self.ask("case", "open", "-", body=a_report(**changes))
        assert answer["state"] == "open"
        return str(answer["case"])

    def show(self, case: str) -> dict[str, Any]:
        """Return everything about a case."""
        shown: dict[str, Any] = self.ask("case", "show", case)
        return shown

    def clock(self, case: str, name: str) -> dict[str, Any]:
        """Return one clock of a case."""
        return next(c for c in self.show(case)["clocks"] if c["clock"] == name)

    def facts(self, case: str, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the facts on record, of one kind or all."""
        found: list[dict[str, Any]] = self.ask("case", "history", case)
        return [fact for fact in found if kind in (None, fact["type"])]

    def quiet(self, case: str) -> None:
        """Wait until the case has nothing in flight; a page that waits for its minute may."""
        until(lambda: not self._pending(case), f"{case} to have nothing in flight")

    def _pending(self, case: str) -> bool:
        told = json.loads(self.temporal("workflow", "describe", "-w", case, "-o", "json"))
        names = [one["activityType"]["name"] for one in told.get("pendingActivities", ())]
        return any(name != "send-page" for name in names) or bool(told.get("pendingWorkflowTask"))

    def temporal(self, *words: str) -> str:
        """Run the stock Temporal command line with the desk's codec; return what it printed."""
        done = self.try_temporal(*words)
        assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def try_temporal(
        self, *words: str, by: str | None = "kaya"
    ) -> subprocess.CompletedProcess[str]:
        """Run the stock Temporal command line, whatever comes of it.

        Args:
            words: What it is given.
            by: Whose token it has for the desk's codec; ``None`` is a command line without codec.
        """
        codec = ["--codec-endpoint", f"{self.running.desk}/codec"] if by is not None else []
        token = {"TEMPORAL_CODEC_AUTH": f"Bearer {self.token(by)}"} if by is not None else {}
        address = f"127.0.0.1:{self.running.ports.temporal}"
        return subprocess.run(
            [find_server(say), *words, "--address", address, "--namespace", "cir", *codec],
            env={**os.environ, **token},  # noqa: TID251  (handed on)
            text=True,
            capture_output=True,
            timeout=LIMIT,
            check=False,
        )

    def token(self, person: str) -> str:
        """Return a person's token, as their own ``cir`` has it."""
        return str(json.loads((self.home / "credentials.json").read_text())[person])

    # the sink

    def mails(self, case: str) -> list[EmailMessage]:
        """Return every mail at the sink that is about a case."""
        found = (read_mail(path) for path in sorted(self.outbox.rglob("*.eml")))
        return [mail for mail in found if case in mail["Subject"]]

    def page_files(self, case: str) -> list[Path]:
        """Return the mails that page somebody about a clock or an alarm, earliest first."""
        start, notice = f"page.{plain(case)}.", ".page."
        names = self.outbox.rglob("*.eml")
        found = [p for p in names if p.name.startswith(start) and notice not in p.name]
        return sorted(found, key=lambda path: path.stat().st_mtime)


def on_database(url: str | None) -> dict[str, str]:
    """Return our environment for programs on another database than ours; none means their own."""
    ours = {name: value for name, value in os.environ.items() if name != VARIABLE}  # noqa: TID251
    return ours if url is None else {**ours, VARIABLE: url}


def answer_of(process: subprocess.Popen[str], body: object = None, limit: float = 100) -> Answer:
    """Wait for a ``cir`` that was started and return what it said."""
    given = body if isinstance(body, str) or body is None else json.dumps(body)
    out, err = process.communicate(given, timeout=limit)
    return Answer(process.returncode, out, err)


def read_mail(path: Path) -> EmailMessage:
    """Return a mail as a mail program reads it."""
    return message_from_bytes(path.read_bytes(), EmailMessage, policy=default)


def plain(key: str) -> str:
    """Return a key as message ids and file names have it."""
    return re.sub(r"[^A-Za-z0-9]+", ".", key).strip(".")


def a_report(**changes: Any) -> dict[str, Any]:
    """Return the example report as another incident, with its fields changed."""
    raw: dict[str, Any] = json.loads((ROOT / "examples" / "report.json").read_text())
    reference = f"TEST-{os.getpid()}-{next(_numbers)}"
    raw["source"]["reference"] = raw["ncsc"]["reference"] = reference
    raw["told"] = []
    return {**raw, **changes}


def say(words: str) -> None:
    """Tell what takes long, past pytest's capture."""
    sys.__stderr__.write(f"{words}\n")  # type: ignore[union-attr]


@contextmanager
def a_house(
    home: Path, policy: str, database: str | None = None, world: Path | None = None
) -> Iterator[House]:
    """Give a running stack with a policy from ``tests/policies`` or ``policy``.

    Args:
        home: Where it lives.
        policy: The file's name.
        database: The address of its database; without one it makes its own file.
        world: People, rota, providers and councils; without it the example's.
    """
    found = next(
        path
        for path in (ROOT / "tests" / "policies" / policy, ROOT / "policy" / policy)
        if path.exists()
    )
    house = House(home, found, database, world)
    house.up()
    try:
        yield house
    finally:
        house.down()
