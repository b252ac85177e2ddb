"""A shell with a desk beside it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from settings import ROOT
from tests.cli.pretend_desk import PretendDesk, a_desk


class Said(NamedTuple):
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


@dataclass(frozen=True)
class Shell:
    """``cir`` at a shell, with a home of its own."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment ``cir`` runs in."""
        kept = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "CIR_PROFILE")}  # noqa: TID251  (handed on)
        return {**kept, "CIR_HOME": str(self.home), "COLUMNS": "80", "PYTHONUTF8": "1"}

    def __call__(self, *words: str, stdin: str = "", **environment: str) -> Said:
        """Run one ``cir``, its output piped."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            cwd=ROOT,
            env={**self.environment, **environment},
            input=stdin.encode(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    def into(self, output: int, *words: str) -> tuple[int, str]:
        """Run one ``cir`` that writes to a file of ours; return its code and what it said."""
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stderr.decode()

    def holds(self, tokens: dict[str, str]) -> Path:
        """Write the tokens that are held here."""
        path = self.home / "credentials.json"
        path.write_text(json.dumps(tokens))
        path.chmod(0o600)
        return path


@pytest.fixture
def desk() -> Iterator[PretendDesk]:
    with a_desk() as running:
        yield running


@pytest.fixture
def bare(tmp_path: Path) -> Shell:
    """Give a shell where nothing was ever set up."""
    return Shell(tmp_path)


@pytest.fixture
def cir(bare: Shell, desk: PretendDesk) -> Shell:
    """Give a shell that knows the desk and holds two tokens, kaya's first."""
    profiles = {"local": {"desk": desk.address}}
    (bare.home / "profiles.json").write_text(json.dumps(profiles))
    bare.holds({"kaya": "token-of-kaya", "priya": "token-of-priya"})
    return bare
