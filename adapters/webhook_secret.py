"""A secret that messages are signed with (Standard Webhooks), ours or that of somebody outside."""

import base64
import binascii

PREFIX = "whsec_"

LEAST_BYTES, MOST_BYTES = 24, 64
"""How long a secret may be [Standard Webhooks]."""


class SecretError(ValueError):
    """What a file holds is no secret; the message does not say what it holds."""


def secret_from(text: str) -> bytes:
    """Return the secret written as ``whsec_`` and base64.

    Raises:
        SecretError: It is not.
    """
    try:
        secret = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not LEAST_BYTES <= len(secret) <= MOST_BYTES:
        words = f"A secret is whsec_ and base64 of {LEAST_BYTES} to {MOST_BYTES} bytes."
        raise SecretError(words) from None
    return secret
