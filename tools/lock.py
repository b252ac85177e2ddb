"""Resolve ``requirements.lock``, or check with ``--check`` that it is current.

It carries no index addresses: hashes say what is meant, the environment says from where.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bootstrap import ROOT, fail, find_uv, run, say

LOCK = ROOT / "requirements.lock"


def compile_to(target: Path, *options: str) -> None:
    """Write a universal, hashed lock to ``target``; what stands there already is preferred."""
    run(
        find_uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header",
        "--python-version", "3.11", "pyproject.toml", "--group", "dev", *options,
        "-o", str(target),
        tried="uv pip compile of pyproject.toml",
        mend="let uv reach a package index, then repeat",
    )  # fmt: skip


def main() -> None:
    """Write the lock with the newest that fits, or hold it against one made again from itself.

    The check starts from a copy: pins and hashes that still fit stay, so that a release made
    elsewhere today does not fail it.
    """
    if "--check" not in sys.argv:
        compile_to(LOCK, "--upgrade")
        return
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / LOCK.name
        shutil.copy(LOCK, again)
        compile_to(again)
        if again.read_text() != LOCK.read_text():
            fail("requirements.lock does not fit pyproject.toml. Run make lock and commit it.")
    say("requirements.lock is current.")


if __name__ == "__main__":
    main()
