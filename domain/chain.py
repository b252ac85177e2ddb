"""The chain of hashes that holds a record together, and its signed end; a copy can be checked."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

GENESIS = "0" * 64
"""What stands before the first fact of a case."""


UNSIGNED = (
    "the signature of its end is missing: it was taken away, or the record is from a release that "
    "signed none and no worker has started since"
)


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


class Head(NamedTuple):
    """The end of a chain, signed: without it nobody could tell a chain that was cut short.

    Attributes:
        seq: The number of the last fact.
        hash: Its hash.
        key_id: Which key signed.
        signature: Ed25519 over ``head_text``, base64.
    """

    seq: int
    hash: str
    key_id: str
    signature: str


def head_text(case: str, seq: int, last: str) -> bytes:
    """Return the bytes that are signed at the end of a chain; no instruction has such a text."""
    return f"cir-chain-head/1\n{case}\n{seq}\n{last}".encode()


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


def off_the_end(found: Walked, head: Head | None) -> str | None:
    """Say in words how a chain that fits does not end where its signed head says; else ``None``."""
    if head is None:
        return UNSIGNED if found.links else None
    if found.links < head.seq:
        return f"facts {found.links + 1} to {head.seq} are missing at its end"
    if found.links > head.seq:
        return (
            f"facts {head.seq + 1} to {found.links} are not under the signature of its end: they "
            "were written past the worker, or an older signature was put back"
        )
    if found.head != head.hash:
        return f"the chain was made again: its fact {head.seq} is not the one that was signed"
    return None


def _wrong(link: Link, number: int, head: str) -> str | None:
    if link.seq != number:
        return f"fact {number} is missing: after {number - 1} comes {link.seq}"
    if link.before != head:
        return f"fact {number} does not follow fact {number - 1}: the hash before it is another"
    if link.hash != chained(head, link.body):
        return f"fact {number} was altered: its hash is not that of what it says"
    return None
