"""Who signed a message: Standard Webhooks, checked over the bytes as they came."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

SCHEME = "v1"

WINDOW_S = 300
"""A message is taken for so many seconds around its own time [Standard Webhooks]."""

ID_MOST = 128
"""Characters of a message's id at the most [our default]."""


class Unsigned(Exception):  # noqa: N818  (it is an answer)
    """A message that nobody we know has signed, or too long ago.

    Attributes:
        code: ``unsigned``, ``bad-signature`` or ``stale``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Signer(NamedTuple):
    """Somebody with the secrets they sign with; two while one replaces another."""

    name: str
    secrets: tuple[bytes, ...]


class Claim(NamedTuple):
    """What the headers of a message say; nothing of it is proven.

    Attributes:
        id: The message's own id; the same for every try of its sender.
        at: Its time, in seconds, as it was written.
        signatures: Every one of the scheme we know.
    """

    id: str
    at: str
    signatures: tuple[bytes, ...]


def claim_of(headers: Mapping[str, str]) -> Claim:
    """Return what the headers claim.

    Raises:
        Unsigned: One of them is missing or cannot be read.
    """
    ident, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    signatures = tuple(_signatures(headers.get("webhook-signature", "")))
    if not (ident and at and signatures):
        raise Unsigned("unsigned")
    is_plain = ident.isascii() and ident.isprintable() and len(ident) <= ID_MOST
    if not (is_plain and at.isascii() and at.isdigit() and len(at) <= 12):  # noqa: PLR2004
        raise Unsigned("bad-signature")
    return Claim(ident, at, signatures)


def signer_of(claim: Claim, body: bytes, signers: tuple[Signer, ...], now: datetime) -> str:
    """Return the name of who signed.

    Every secret is tried against every signature, so the time it takes tells nothing. That a
    message is stale is said only to somebody who did sign it.

    Raises:
        Unsigned: Nobody did, or too long ago, or in the future.
    """
    signed = b".".join((claim.id.encode(), claim.at.encode(), body))
    found = [
        one.name
        for one in signers
        for secret in one.secrets
        for signature in claim.signatures
        if hmac.compare_digest(hmac.digest(secret, signed, hashlib.sha256), signature)
    ]
    if not found:
        raise Unsigned("bad-signature")
    if abs(now.timestamp() - int(claim.at)) > WINDOW_S:
        raise Unsigned("stale")
    return found[0]


def _signatures(header: str) -> list[bytes]:
    found = []
    for one in header.split(" ")[:10]:
        scheme, _, text = one.partition(",")
        if scheme == SCHEME:
            try:
                found.append(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
    return found
