"""The demo: one incident, walked by real ``cir`` processes against the real stack."""

import json
import os
import subprocess
import sys
import tempfile
import time  # noqa: TID251  (a demo lives in real time)
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from settings import ROOT
from stack.database import VARIABLE, configured
from stack.demo_partners import Partners
from stack.local import down

LONDON = ZoneInfo("Europe/London")
EXAMPLES = ROOT / "examples"
WAIT = 90.0
"""Seconds a page or a call-out is waited for before the demo gives up."""


class DemoError(RuntimeError):
    """The demo did not go as its example says."""


class Demo:
    """One walk through ``examples/demo.json``."""

    def __init__(self, home: Path, script: dict[str, Any], database: str | None = None) -> None:
        """Take the folder it lives in, its story, and a database when it is not to make its own.

        Whatever database the person has configured is left alone: nobody wants a demo in it.
        """
        self._home = home
        self._environment = {**os.environ, "CIR_HOME": str(home)}  # noqa: TID251  (handed on)
        self._environment.pop(VARIABLE, None)
        if database is not None:
            self._environment[VARIABLE] = database
        self._script = script
        self._partners: Partners | None = None
        self._case = ""
        self._seen = 0

    def with_partners(self) -> None:
        """Let a provider and a finance desk of their own take part; else everybody types."""
        finance_ref = self._script["expected"]["pack"]["finance_ref"]
        self._partners = Partners(self._home, finance_ref)

    def end(self) -> None:
        """Stop the stack and whoever takes part."""
        down(self._home / "data")
        if self._partners is not None:
            self._partners.stop()

    def run(self) -> None:
        """Walk every step and hold the end against the figures written by hand."""
        say(f"== {self._script['title']} ==")
        self._cir("priya", ["local", "up", "--example", "--policy", str(ROOT / "policy/demo.toml")])
        for step in self._script["steps"]:
            self._step(step)
        shown = self._ask(["case", "show", self._case])
        problems = list(differences(self._script["expected"], shown))
        if problems:
            raise DemoError("The end is not as written by hand:\n  " + "\n  ".join(problems))

    def _step(self, step: dict[str, Any]) -> None:
        say(f"\n{step['says']}")
        if "wait_for_page" in step:
            self._wait_for_page(step["wait_for_page"])
        elif self._partners is not None and "by_its_desk" in step:
            self._until(lambda: self._fact(step["by_its_desk"]), f"{step['as']} to answer")
            say(f"  (said by a desk of its own, signed, in place of --as {step['as']})")
        else:
            command = [self._filled(word) for word in step["cir"]]
            body = json.dumps(step["input"]) if "input" in step else None
            answer = self._cir(step["as"], command, body)
            self._case = self._case or answer["case"]
            say(f"  $ cir {' '.join(command)} --as {step['as']}"[:110])
        if step.get("wait_for_call_out"):
            self._until(lambda: self._fact("provider-called-out"), "the provider to be called out")
        self._tell()

    def _filled(self, word: str) -> str:
        now = datetime.now(UTC)  # noqa: TID251  (the edge)
        return word.format(
            case=self._case,
            report=EXAMPLES / self._script["report"],
            today=now.astimezone(LONDON).date().isoformat(),
            now=now.isoformat(timespec="seconds"),
        )

    def _wait_for_page(self, clock: str) -> None:
        def paged() -> bool:
            """Tell whether a page about the clock waits for a person."""
            rows = self._ask(["escalation", "list"])
            return any(row["clock"] == clock and row["unacknowledged"] for row in rows)

        self._until(paged, f"a page about {clock}")
        self._until(lambda: bool(self._pages(clock)), "the page to be sent")
        say(f"  a page went out: {self._pages(clock)[-1].name}")

    def _pages(self, clock: str) -> list[Path]:
        staff = self._home / "data" / "outbox" / "staff"
        return sorted(staff.glob(f"page.*.{clock.replace('-', '.')}.*.eml"))

    def _fact(self, kind: str) -> bool:
        return any(fact["type"] == kind for fact in self._ask(["case", "history", self._case]))

    def _until(self, condition: Any, what: str) -> None:  # noqa: ANN401  (a callable)
        until = time.monotonic() + WAIT
        while not condition():
            if time.monotonic() > until:
                raise DemoError(f"Waited {WAIT:.0f} s for {what}.")
            time.sleep(0.2)

    def _tell(self) -> None:
        """Tell every new fact: when, who, what, which notice, which clock."""
        facts = self._ask(["case", "history", self._case])
        for fact in facts:
            if fact["seq"] > self._seen:
                say(f"    {story(fact)}")
                self._seen = fact["seq"]

    def _ask(self, command: list[str]) -> Any:  # noqa: ANN401  (JSON)
        return self._cir("priya", command)

    def _cir(self, person: str, command: list[str], body: str | None = None) -> Any:  # noqa: ANN401
        """Run one ``cir`` as ``person``; what it refuses ends the demo with its words."""
        extra = ["--input", "-"] if body is not None else []
        who = [] if command[0] == "local" else ["--as", person]
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *command, *extra, *who, "--json"],
            cwd=ROOT,
            env=self._environment,
            input=body,
            text=True,
            stdout=subprocess.PIPE,
            stderr=None if command[0] == "local" else subprocess.PIPE,
            check=False,
        )
        if done.returncode:
            words = f"{done.stdout}{done.stderr or ''}".strip()
            raise DemoError(f"cir {' '.join(command)} ended with {done.returncode}:\n{words}")
        return json.loads(done.stdout)

    def tell_where(self, *, keep: bool) -> None:
        """Say where mails, pack and Web UI are."""
        outbox = self._home / "data" / "outbox"
        mails = sorted(outbox.rglob("*.eml"))
        say(f"\n{self._case} is closed, as written by hand in examples/demo.json.")
        say(f"Mails:  {outbox} ({len(mails)} of them)")
        say(f"Pack:   {outbox / 'finance' / self._case / 'pack-1'}")
        profile = json.loads((self._home / "profiles.json").read_text())["local"]
        if keep:
            say(f"Web UI: {profile['ui']}/namespaces/cir/workflows/{self._case}")
            say(f"Still running. Look with: CIR_HOME={self._home} cir case show {self._case}")
            say(f"Stop it with: CIR_HOME={self._home} cir local down")
        else:
            say("Web UI: run with KEEP=1 to leave it running.")


def say(words: str) -> None:
    """Tell the story."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def story(fact: dict[str, Any]) -> str:
    """Return a fact as one line of the story."""
    at = datetime.fromisoformat(fact["occurred_at"]).astimezone(LONDON)
    payload = fact["payload"]
    what = fact["type"]
    if what == "notice-due":
        what = (
            f"notice {payload['notice']} to {payload['role']} by {', '.join(payload['channels'])}"
        )
    elif what == "clock-started":
        run = payload["run"]
        due = datetime.fromisoformat(run["due_at"]).astimezone(LONDON)
        what = f"clock {run['clock']} starts, due {due:%H:%M:%S}"
    elif what.startswith("clock-"):
        what = f"clock {payload['clock']} {what.removeprefix('clock-').replace('-', ' ')}"
    elif what == "paged":
        about = payload["about"].rsplit("#", 1)[0]
        what = f"page to {', '.join(payload['people'])} (L{payload['rung']}) about {about}"
    return f"{at:%H:%M:%S}  {fact['by']:<8} {what}"


def differences(expected: dict[str, Any], shown: dict[str, Any]) -> Any:  # noqa: ANN401
    """Yield where a case is otherwise than the figures written by hand."""
    plain = ("phase", "outcome", "category", "owner", "provider", "recovery_answer", "ledgers")
    told = {
        (notice["key"]): f"{notice['notice']}>{notice['to_role']}" for notice in shown["notices"]
    }
    late = sorted(c["clock"] for c in shown["clocks"] if c["state"] == "breached")
    packs = [{key: pack[key] for key in expected["pack"]} for pack in shown["packs"]]
    found = {
        **{name: shown[name] for name in plain},
        "late": late,
        "notices": dict(Counter(told.values())),
        "pack": packs[0] if len(packs) == 1 else packs,
    }
    for name, value in expected.items():
        if found[name] != value:
            yield f"{name}: expected {value}, was {found[name]}"


def main() -> int:
    """Run the demo.

    ``--keep`` leaves it running and ``--configured`` takes the settings' database. With ``--files``
    messages to the provider and to finance are files, and people type what those would answer.
    """
    keep = "--keep" in sys.argv
    database = configured() if "--configured" in sys.argv else None
    home = Path(tempfile.mkdtemp(prefix="cir-demo-"))
    demo = Demo(home, json.loads((EXAMPLES / "demo.json").read_text()), database)
    began = time.monotonic()
    try:
        if "--files" not in sys.argv:
            demo.with_partners()
        demo.run()
        demo.tell_where(keep=keep)
    except DemoError as error:
        sys.stderr.write(f"{error}\nLogs are in {home / 'data'}.\n")
        return 1
    finally:
        if not keep:
            demo.end()
    say(f"{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
