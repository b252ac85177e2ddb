"""The demonstration, as somebody runs it who has just cloned the project."""

import csv
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT
from tests.e2e.house import on_database

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, stack_database: str | None) -> str:
    """Run the demonstration once and return what it told."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [sys.executable, "-m", "stack.demo", *(["--configured"] if stack_database else [])],
        cwd=ROOT,
        env={**on_database(stack_database), "TMPDIR": str(folder)},
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def place(told: str, what: str) -> Path:
    """Return the place that the demonstration named."""
    found = re.search(rf"^{what}:\s+(\S+)", told, re.MULTILINE)
    assert found is not None, f"it did not say where {what} is"
    return Path(found[1])


@pytest.mark.timeout(300)
def test_it_walks_to_a_closed_case_and_says_where_everything_is(told: str) -> None:
    assert "CIR-" in told
    assert "is closed, as written by hand" in told
    assert list(place(told, "Mails").rglob("*.eml"))
    assert "Web UI:" in told


@pytest.mark.timeout(300)
def test_the_pack_is_whole_and_its_sums_verify(told: str) -> None:
    pack = place(told, "Pack")
    assert {path.name for path in pack.iterdir()} == {"pack.json", "items.csv", "SHA256SUMS"}
    sums = dict(line.split("  ")[::-1] for line in (pack / "SHA256SUMS").read_text().splitlines())
    assert sums == {
        name: hashlib.sha256((pack / name).read_bytes()).hexdigest()
        for name in ("pack.json", "items.csv")
    }


@pytest.mark.timeout(300)
def test_the_items_are_those_that_were_logged(told: str) -> None:
    pack = place(told, "Pack")
    with (pack / "items.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item"] for row in rows] == ["DEMO-1", "DEMO-2", "DEMO-3"]
    assert [row["ledger"] for row in rows] == ["A", "A", "B"]
    assert json.loads((pack / "pack.json").read_text())
