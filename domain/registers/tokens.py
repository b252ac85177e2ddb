"""Tokens: who may hold one, and what issuing or revoking would do."""

from typing import NamedTuple

from domain.errors import Code, Refused
from domain.people import Person, Role
from domain.provider import Provider
from domain.registers.change import Change, fingerprint
from domain.registers.difference import Difference, EntryChange


class Registered(NamedTuple):
    """Somebody who may hold a token.

    Attributes:
        title: What people call them.
        role: The role the token carries; ``None`` = those that the person has when it is used.
        base: Fingerprint of the entry; a change of it makes a token that waits stale.
    """

    id: str
    title: str
    role: Role | None
    base: str


def registered(
    holder: str, people: tuple[Person, ...], providers: tuple[Provider, ...]
) -> Registered:
    """Return who is to hold a token; refuse whoever is on no register (``not-registered``)."""
    for person in people:
        if person.id == holder:
            title = f"{person.name}, {', '.join(person.roles)}"
            return Registered(holder, title, None, fingerprint([person.model_dump(mode="json")]))
    for firm in providers:
        if firm.id == holder:
            return Registered(holder, firm.name, Role.PROVIDER, fingerprint([firm.id, firm.name]))
    raise Refused(
        Code.NOT_REGISTERED, f"{holder} is on no register: cir people list, cir providers list."
    )


def issuing(
    who: Registered, held: int, waiting: Change | None
) -> tuple[Difference, tuple[str, ...]]:
    """Return what another token adds, and what is doubtful about it.

    Args:
        who: The holder.
        held: How many tokens of theirs count.
        waiting: A change that would issue one already; then it is refused (``change-pending``).
    """
    if waiting is not None:
        raise Refused(
            Code.CHANGE_PENDING,
            f"Change {waiting.number}, a token for {who.id}, waits to be confirmed. If that token "
            f"is lost: cir people withdraw {waiting.number}.",
        )
    doubts = (f"{who.id} holds {held} already, which go on counting.",) if held else ()
    return Difference(added=(EntryChange(key=who.id, title=who.title),)), doubts


def revoking(holder: str, held: int) -> Difference:
    """Return what a revocation ends; refuse where nothing is held (``nothing-changed``)."""
    if not held:
        raise Refused(Code.NOTHING_CHANGED, f"{holder} holds no token that counts.")
    tokens = "the only token" if held == 1 else f"all {held} tokens"
    return Difference(ended=(EntryChange(key=holder, title=f"{tokens} of {holder}"),))
