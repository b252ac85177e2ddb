"""What stands around a register and decides whether a change of it can be."""

from collections.abc import Mapping

from domain.council import Council
from domain.people import Person
from domain.provider import Provider
from domain.registers.difference import Row
from domain.registers.shifts import Shift
from domain.value import Value


class Around(Value):
    """The registers as they are, and which open cases lean on what is in them.

    Attributes:
        policy: The lines of the policy new cases begin with.
        owned: Open cases by their owner's id.
        supplied: Cases that are not archived by their provider's id.
        concerned: Cases that are not archived by their council's code.
    """

    people: tuple[Person, ...] = ()
    providers: tuple[Provider, ...] = ()
    councils: tuple[Council, ...] = ()
    rota: tuple[Shift, ...] = ()
    policy: tuple[Row, ...] = ()
    owned: Mapping[str, tuple[str, ...]] = {}
    supplied: Mapping[str, tuple[str, ...]] = {}
    concerned: Mapping[str, tuple[str, ...]] = {}


def named(cases: tuple[str, ...], most: int = 3) -> str:
    """Return a few references, and how many more there are."""
    more = f" and {len(cases) - most} more" if len(cases) > most else ""
    return ", ".join(cases[:most]) + more
