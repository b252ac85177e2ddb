"""Reading a policy file; the shipped defaults stand behind every other."""

from pathlib import Path

from domain.policy import Policy, Setting, described

DEFAULT = Path(__file__).resolve().parents[1] / "policy" / "default.toml"


def read_policy(path: Path) -> Policy:
    """Return the policy in ``path``.

    Raises:
        PolicyError: With every problem.
    """
    return Policy.from_toml(path.read_text(), default=DEFAULT.read_text())


def read_numbers(path: Path) -> tuple[Setting, ...]:
    """Return every line of the policy in ``path`` with its source, which no case carries.

    Raises:
        PolicyError: With every problem.
    """
    return described(path.read_text(), DEFAULT.read_text())
