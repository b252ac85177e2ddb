"""A Temporal server is looked for in a fixed order, and each failure says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT
from stack.server import NoServerError, cache_folder, find_server
from tests.stack.programs import say, until

GOOD = "#!/bin/sh\necho 'temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)'\n"
OLD = "#!/bin/sh\necho 'temporal version 1.4.1 (Server 1.28.0, UI 2.37.0)'\n"
BROKEN = "#!/bin/sh\necho 'wrong kind of machine' >&2\nexit 3\n"
GO = """#!/bin/sh
echo built >> "$BUILDS"
while [ "$1" != -o ]; do shift; done
printf '%s' "$GOOD" > "$2"
chmod +x "$2"
until [ -z "$BARRIER" ] || [ -e "$BARRIER" ]; do sleep 0.02; done
"""
"""Stands where Go is: counts, makes a good binary, and waits for a file when told to."""


def program(path: Path, text: str) -> Path:
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on the path of a machine with no Temporal, no Go and no internet."""
    folder = tmp_path / "path"
    folder.mkdir()
    monkeypatch.delenv("CIR_TEMPORAL_CLI", raising=False)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setenv("CIR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("BUILDS", str(tmp_path / "builds"))
    monkeypatch.setenv("BARRIER", "")
    monkeypatch.setenv("GOOD", GOOD)
    return folder


def cached(text: str) -> Path:
    """Put a program where a server is cached."""
    return program(cache_folder() / "temporal", text)


def test_the_named_one_comes_before_all_others(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path / "temporal", GOOD)
    cached(GOOD)
    named = program(tmp_path / "mine", GOOD)
    monkeypatch.setenv("CIR_TEMPORAL_CLI", str(named))
    assert find_server(say) == named


@pytest.mark.parametrize(
    ("text", "reason"),
    [(OLD, r"is 1\.4, older than 1\.5"), (BROKEN, "ended with 3: wrong kind of machine")],
)
@pytest.mark.usefixtures("path")
def test_a_wrong_named_one_is_told_and_not_passed_over(
    text: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached(GOOD)
    monkeypatch.setenv("CIR_TEMPORAL_CLI", str(program(tmp_path / "mine", text)))
    with pytest.raises(NoServerError, match=f"CIR_TEMPORAL_CLI is .*{reason}"):
        find_server(say)


def test_the_path_comes_before_the_cache(path: Path) -> None:
    cached(GOOD)
    on_path = program(path / "temporal", GOOD)
    assert find_server(say) == on_path


@pytest.mark.parametrize("text", [OLD, BROKEN, "#!/no/such/interpreter\n"])
def test_one_on_the_path_that_will_not_do_is_skipped(path: Path, text: str) -> None:
    program(path / "temporal", text)
    good = cached(GOOD)
    assert find_server(say) == good


def test_it_is_built_last_and_then_cached(path: Path, tmp_path: Path) -> None:
    program(path / "temporal", OLD)
    cached(BROKEN)
    program(path / "go", GO)
    found = find_server(say)
    assert found == cache_folder() / "temporal"
    assert find_server(say) == found
    assert (tmp_path / "builds").read_text().split() == ["built"]
    assert sorted(one.name for one in cache_folder().iterdir()) == ["lock", "temporal"]


def test_two_builders_at_once_build_once(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path / "go", GO)
    monkeypatch.setenv("BARRIER", str(tmp_path / "go-on"))
    command = [sys.executable, "-m", "stack.server"]
    first = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    until((tmp_path / "builds").exists, "the first to build")
    second = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert second.stderr is not None
    assert "somebody else is getting" in second.stderr.readline()
    (tmp_path / "go-on").touch()
    answers = [one.communicate(timeout=60)[0].strip() for one in (first, second)]
    assert answers == [str(cache_folder() / "temporal")] * 2
    assert (tmp_path / "builds").read_text().split() == ["built"]


def test_when_nothing_does_every_reason_and_every_remedy_is_told(path: Path) -> None:
    program(path / "temporal", OLD)
    program(path / "go", "#!/bin/sh\necho 'no module proxy'\nexit 1\n")
    cached(BROKEN)
    with pytest.raises(NoServerError) as told:
        find_server(say)
    words = str(told.value)
    order = (
        "CIR_TEMPORAL_CLI: not set",
        "is 1.4, older than 1.5",
        "the cached server",
        "ended with 3: wrong kind of machine",
        "the SDK's download: Failed",
        "no module proxy",
        "Any one of these mends it",
    )
    assert [words.find(one) for one in order] == sorted(words.find(one) for one in order)
    assert all(one in words for one in order)


def test_what_takes_long_is_shown(path: Path) -> None:
    program(path / "go", GO)
    shown: list[str] = []
    find_server(shown.append)
    assert shown == [
        "downloading a Temporal server ...",
        "building the Temporal server (some minutes) ...",
    ]


def test_the_cache_lies_outside_the_checkout_by_version_and_platform(path: Path) -> None:
    del path
    assert ROOT not in cache_folder().parents
    assert cache_folder().name.startswith(f"1.8.2-{os.uname().sysname.lower()}-")
