"""Reading a policy file; the shipped defaults stand behind every other."""

from functools import cache
from pathlib import Path

from domain.policy import Policy
from domain.policy_file import PolicyFile, read

DEFAULT = Path(__file__).resolve().parents[1] / "policy" / "default.toml"


def read_policy(path: Path) -> Policy:
    """Return the policy in ``path``.

    Raises:
        PolicyError: With every problem.
    """
    return Policy.of(read_file(path))


def read_file(path: Path) -> PolicyFile:
    """Return what the file at ``path`` says, sources and all.

    Raises:
        PolicyError: With every problem.
    """
    return read(path.read_text(encoding="utf-8"), shipped_text())


@cache
def shipped_text() -> str:
    """Return the text of the shipped defaults."""
    return DEFAULT.read_text(encoding="utf-8")


@cache
def shipped() -> PolicyFile:
    """Return the shipped defaults."""
    return read(shipped_text())
