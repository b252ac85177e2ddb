"""What ``cir`` costs before it does anything: a person at three in the morning is waiting."""

import json
import re
import resource
import subprocess
import sys

import pytest

from settings import ROOT
from tests.cli.conftest import Shell
from tests.cli.pretend_desk import CASE

SLOW = {
    "temporalio",
    "sqlmodel",
    "sqlalchemy",
    "fastapi",
    "rich",
    "pydantic",
    "pydantic_settings",
    "settings",
    "domain",
    "stack",
}
BUDGET_S = 0.1
"""CPU seconds of a help over bare Python on a quiet machine (libraries.md: 60 to 70 ms)."""

SLACK = 3.0
"""How much slower a busy machine may be before this is a failure."""


def imported(shell: Shell, *words: str) -> tuple[int, set[str]]:
    """Return the exit code of one ``cir`` and the top names of everything it imported."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "cli.main", *words],
        cwd=ROOT,
        env=shell.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    names = re.findall(r"^import time:.*\|\s*([\w.]+)$", done.stderr, re.MULTILINE)
    assert "click" in names
    return done.returncode, {name.partition(".")[0] for name in names}


def cpu_s(shell: Shell, *words: str) -> float:
    """Return the CPU seconds of the fastest of five runs."""

    def children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    took = []
    for _ in range(5):
        before = children()
        subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=shell.environment,
            capture_output=True,
            check=True,
        )
        took.append(children() - before)
    return min(took)


@pytest.mark.parametrize("words", [("--help",), ("triage", "--help"), ("case", "list", "--help")])
def test_help_imports_nothing_slow(bare: Shell, words: tuple[str, ...]) -> None:
    code, names = imported(bare, *words)
    assert code == 0
    assert not names & SLOW
    assert "http" not in names


@pytest.mark.parametrize(
    "words",
    [
        ("triage", "acknowledge", CASE),
        ("money", "log-work", CASE, "--minutes", "30"),
        ("inbox",),
        ("case", "list", "-o", "id"),
    ],
)
def test_a_verb_imports_nothing_slow(cir: Shell, words: tuple[str, ...]) -> None:
    _, names = imported(cir, *words)
    assert not names & SLOW
    assert "http" in names


def test_help_costs_little_more_than_python_itself(bare: Shell) -> None:
    python = cpu_s(bare, "-c", "pass")
    assert cpu_s(bare, "-m", "cli.main", "--help") - python < BUDGET_S * SLACK


def test_the_verbs_are_read_as_data(bare: Shell) -> None:
    verbs = json.loads((ROOT / "cli" / "verbs.json").read_text())
    listed = bare("triage", "--help").out
    assert all(f"  {verb}" in listed for verb in verbs["triage"])
