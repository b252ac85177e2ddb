"""The read model's row of a case, made again from nothing but its facts."""

from collections.abc import Iterable
from itertools import groupby

from domain.command import Command
from domain.explaining.record import rebuilt
from domain.fact import Fact
from domain.people import SYSTEM
from domain.policy import Policy
from domain.provider import Provider
from domain.refusals import InstructionRefused
from domain.view import CaseView, view_of

DIRECT = "direct:"
"""What stands before the name of whoever gave an instruction past the desk."""

UNCOUNTED = ("assign-provider", "resume-clock")
"""Commands that move no version when the system gives them (guide g)."""


def view_from(
    reference: str, facts: tuple[Fact, ...], providers: tuple[Provider, ...], policy: Policy
) -> CaseView:
    """Return a case as its facts alone say that it is shown.

    Args:
        reference: The case's.
        facts: Every one, from the first on.
        providers: As the case knows them.
        policy: The case's own.
    """
    case = rebuilt(reference, facts, providers, policy)
    return view_of(case.but(version=version_of(facts)))


def version_of(facts: Iterable[Fact]) -> int:
    """Return how often a case moved: opening it, and each instruction taken that counts."""
    version = 0
    for _, group in groupby(facts, lambda fact: (fact.instruction, fact.command, fact.by)):
        first = next(group)
        version += version == 0 or _counts(first)
    return version


def _counts(first: Fact) -> bool:
    kind = Command.registry.get(first.command)
    if kind is None or first.type == InstructionRefused.type:
        return False
    own = first.by == SYSTEM and kind.name in UNCOUNTED
    return kind.moves_version and not own
