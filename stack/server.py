"""Getting a Temporal server: found, cached, downloaded or built. ``python -m stack.server``."""

import fcntl
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time  # noqa: TID251  (progress is shown as time really passes)
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from settings import ROOT, load

VERSION = "1.8.2"
"""The Temporal CLI we build; pinned in ``tools/temporal/go.mod``."""

OLDEST = (1, 5)
"""The oldest CLI on the path that will do."""

BUILD = ROOT / "tools" / "temporal"
SHOW_EVERY = 5.0
"""Seconds between two lines of progress."""

Say = Callable[[str], None]


class NoServerError(RuntimeError):
    """No Temporal server could be had; says what was tried and what would mend it."""


def cache_folder() -> Path:
    """Return where a server is cached for this version and platform, outside any checkout."""
    kind = f"{platform.system()}-{platform.machine()}".lower()
    return load().cache_dir / "temporal" / f"{VERSION}-{kind}"


def fault_of(binary: Path) -> str | None:
    """Return why a binary is no Temporal CLI we can use, by running it; ``None`` when it is one."""
    try:
        done = subprocess.run(
            [binary, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    if done.returncode:
        return f"--version ended with {done.returncode}: {_last_words(done.stdout + done.stderr)}"
    found = re.search(r"version v?(\d+)\.(\d+)", done.stdout)
    if found is None:
        return f"--version says no version: {_last_words(done.stdout)}"
    if (int(found[1]), int(found[2])) < OLDEST:
        return f"is {found[1]}.{found[2]}, older than {OLDEST[0]}.{OLDEST[1]}"
    return None


def find_server(say: Say) -> Path:
    """Return a Temporal CLI that runs, getting one when there is none.

    Args:
        say: Told about anything that takes long.

    Raises:
        NoServerError: With everything that was tried.
    """
    tried: list[str] = []
    found = _named(tried) or _on_path(tried) or _cached([])
    if found is not None:
        return found
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "lock", say):
        found = _cached(tried) or _downloaded(tried, say) or _built(tried, say)
        if found is not None:
            return found
    raise NoServerError(
        "No Temporal server could be had. Tried, in this order:\n"
        + "".join(f"  - {one}\n" for one in tried)
        + "Any one of these mends it: set CIR_TEMPORAL_CLI to a temporal 1.5 or newer, put one on "
        "the path, let this machine reach the internet, or install Go 1.26 and let it reach a "
        "module proxy."
    )


def _named(tried: list[str]) -> Path | None:
    """Return what the person named; a wrong one is told, never passed over for another."""
    named = load().temporal_cli
    if named is None:
        tried.append("CIR_TEMPORAL_CLI: not set")
        return None
    fault = fault_of(named)
    if fault is not None:
        raise NoServerError(f"CIR_TEMPORAL_CLI is {named}, which {fault}. Mend or unset it.")
    return named


def _on_path(tried: list[str]) -> Path | None:
    found = shutil.which("temporal")
    if found is None:
        tried.append("temporal on the path: none there")
        return None
    fault = fault_of(Path(found))
    if fault is not None:
        tried.append(f"temporal on the path: {found} {fault}")
        return None
    return Path(found)


def _cached(tried: list[str]) -> Path | None:
    binary = cache_folder() / "temporal"
    if not binary.exists():
        return None
    fault = fault_of(binary)
    if fault is not None:
        tried.append(f"the cached server: {binary} {fault}")
        return None
    return binary


def _downloaded(tried: list[str], say: Say) -> Path | None:
    """Let the SDK download the pinned version, in a process of its own; offline it fails at once.

    A binary of another version would not do: the store of one is never migrated for the next.
    """
    folder = cache_folder()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / "temporal"
        command = [sys.executable, "-m", "adapters.temporal.download", str(made), f"v{VERSION}"]
        done = _watched(command, ROOT, "downloading a Temporal server", say, limit=300)
        fault = _last_words(done.stdout) if done.returncode else fault_of(made)
        if fault is not None:
            tried.append(f"the SDK's download: {fault}")
            return None
        made.replace(folder / "temporal")
    return folder / "temporal"


def _built(tried: list[str], say: Say) -> Path | None:
    """Build the pinned CLI from source with Go; about six minutes on two cores."""
    go = shutil.which("go")
    if go is None:
        tried.append("building it from source: no Go on the path")
        return None
    folder = cache_folder()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = Path(scratch) / "temporal"
        flags = f"-s -w -X github.com/temporalio/cli/internal/temporalcli.Version={VERSION}"
        command = [go, "build", "-mod=readonly", "-trimpath", "-ldflags", flags, "-o", str(made)]
        command.append("github.com/temporalio/cli/cmd/temporal")
        done = _watched(command, BUILD, "building the Temporal server (some minutes)", say, 3600)
        fault = _last_words(done.stdout) if done.returncode else fault_of(made)
        if fault is not None:
            tried.append(f"building it from source in {BUILD}: {fault}")
            return None
        made.replace(folder / "temporal")
    return folder / "temporal"


def _watched(
    command: list[str], where: Path, what: str, say: Say, limit: float
) -> subprocess.CompletedProcess[str]:
    """Run a long step and say every few seconds that it goes on."""
    say(f"{what} ...")
    began = time.monotonic()
    home = str(Path.home())  # Go wants HOME where Python asks the account
    environment = {"HOME": home, **os.environ, "CGO_ENABLED": "0"}  # noqa: TID251  (handed on)
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            command, cwd=where, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        while True:
            try:
                process.wait(SHOW_EVERY)
                break
            except subprocess.TimeoutExpired:
                spent = time.monotonic() - began
                say(f"{what}: {spent:.0f} s")
                if spent > limit:
                    process.kill()
        output.seek(0)
        return subprocess.CompletedProcess(command, process.wait(), output.read())


def _last_words(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return " / ".join(lines[-3:])[-400:] if lines else "no output"


@contextmanager
def _alone(lock: Path, say: Say) -> Iterator[None]:
    """Let one builder work at a time; the others wait and find what it made."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("somebody else is getting the Temporal server; waiting for it ...")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Get a server and print where it is."""
    try:
        found = find_server(lambda words: print(words, file=sys.stderr, flush=True))
    except NoServerError as error:
        sys.exit(str(error))
    print(found)


if __name__ == "__main__":
    main()
