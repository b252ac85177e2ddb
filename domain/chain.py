"""The chain of hashes that holds a record together; whoever has a copy can check it."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

GENESIS = "0" * 64
"""What stands before the first fact of a case."""


class Link(NamedTuple):
    """One row of a record, as it is stored.

    Attributes:
        before: The hash of the row before it.
        hash: Its own.
        body: Its bytes.
    """

    seq: int
    before: str
    hash: str
    body: bytes


class Walked(NamedTuple):
    """What walking a chain from its first link found.

    Attributes:
        links: How many fit.
        head: The hash of the last of them.
        broken: What is wrong with the first that does not fit, in words; ``None`` when all fit.
        at: Its number.
    """

    links: int
    head: str
    broken: str | None = None
    at: int | None = None


def chained(before: str, body: bytes) -> str:
    """Return the hash of a row: over the hash before it and its own bytes."""
    return hashlib.sha256(before.encode() + body).hexdigest()


def walked(links: Iterable[Link]) -> Walked:
    """Walk a chain, oldest link first, up to the first that does not fit."""
    head, number = GENESIS, 0
    for link in links:
        wrong = _wrong(link, number + 1, head)
        if wrong is not None:
            return Walked(number, head, wrong, min(link.seq, number + 1))
        head, number = link.hash, number + 1
    return Walked(number, head)


def _wrong(link: Link, number: int, head: str) -> str | None:
    if link.seq != number:
        return f"fact {number} is missing: after {number - 1} comes {link.seq}"
    if link.before != head:
        return f"fact {number} does not follow fact {number - 1}: the hash before it is another"
    if link.hash != chained(head, link.body):
        return f"fact {number} was altered: its hash is not that of what it says"
    return None
