"""Get what only the tests need from the machine's packages: Chromium and PostgreSQL."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bootstrap import fail, say

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NO_SERVER = (
    "mkdir -p /etc/postgresql-common/createcluster.d && "
    "echo create_main_cluster = false > /etc/postgresql-common/createcluster.d/cir-tests.conf"
)
"""The tests start a server of their own; without this Debian would start another one for good."""


class Part(NamedTuple):
    """Something of the machine's that tests need.

    Attributes:
        name: What it is.
        serves: Which tests need it.
        package: The package that brings it.
        is_there: Tells whether the machine has it.
        before: What is run before the package is installed, if anything.
    """

    name: str
    serves: str
    package: str
    is_there: Callable[[], bool]
    before: str = ""


def has_browser() -> bool:
    """Tell whether there is a Chromium."""
    return any(shutil.which(name) for name in BROWSERS)


def has_postgresql() -> bool:
    """Tell whether there is a PostgreSQL server: its ``initdb`` and ``postgres`` in one folder."""
    on_path = shutil.which("initdb")
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), Path("/usr/local/bin")]
    folders += [Path(on_path).parent] if on_path else []
    return any((f / "initdb").exists() and (f / "postgres").exists() for f in folders)


PARTS = (
    Part("Chromium", "the browser checks", "chromium", has_browser),
    Part("PostgreSQL", "the database checks", "postgresql", has_postgresql, NO_SERVER),
)


def main() -> None:
    """Install what is missing; stop with the line to run when that is not allowed."""
    missing = [part for part in PARTS if not part.is_there()]
    if not missing:
        return
    names, line = " and ".join(part.name for part in missing), line_for(missing)
    is_root = os.geteuid() == 0
    if not is_root and not may_become_root():
        needs = "; ".join(f"{part.serves} need {part.name}" for part in missing)
        fail(f"Missing: {needs}. Run this, then repeat:\n  sudo sh -c '{line}'")
    say(f"Installing {names} for the tests ...")
    as_root = [] if is_root else ["sudo", "-n"]
    done = subprocess.run([*as_root, "sh", "-c", line], text=True, capture_output=True, check=False)
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-10:])
        fail(f"{tail}\n{names} could not be installed. Run this as root, then repeat:\n  {line}")


def line_for(missing: list[Part]) -> str:
    """Return the line that installs what is missing."""
    packages = " ".join(part.package for part in missing)
    first = [part.before for part in missing if part.before]
    install = f"apt-get install -y --no-install-recommends {packages}"
    return " && ".join([*first, "apt-get update", install])


def may_become_root() -> bool:
    """Tell whether sudo works without a question."""
    if shutil.which("sudo") is None:
        return False
    return not subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode


if __name__ == "__main__":
    main()
