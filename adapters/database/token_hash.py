"""How a token is kept: as its hash, never as itself."""

import hashlib


def hashed(token: str) -> str:
    """Return a token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()
