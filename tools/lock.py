"""Resolve ``requirements.lock``, or check with ``--check`` that it is current.

It carries no index addresses: hashes say what is meant, the environment says from where.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from bootstrap import ROOT, fail, find_uv, run, say

LOCK = ROOT / "requirements.lock"


def compile_to(target: Path, *constraint: str) -> None:
    """Write a universal, hashed lock of the project and its dev group to ``target``."""
    run(
        find_uv(), "pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header",
        "--no-annotate", "--python-version", "3.11", "pyproject.toml", "--group", "dev",
        *constraint, "-o", str(target),
        tried="uv pip compile of pyproject.toml",
        mend="let uv reach a package index, then repeat",
    )  # fmt: skip


def main() -> None:
    """Write the lock, or compare it with one made again under its own constraint."""
    if "--check" not in sys.argv:
        compile_to(LOCK)
        return
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / "again.lock"
        compile_to(again, "--constraint", str(LOCK))
        if again.read_text() != LOCK.read_text():
            fail("requirements.lock does not fit pyproject.toml. Run make lock and commit it.")
    say("requirements.lock is current.")


if __name__ == "__main__":
    main()
