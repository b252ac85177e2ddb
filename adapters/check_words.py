"""Check-words: how a council and its provider know each other on the telephone.

The word is made from the call-out (case, provider, instant) with a secret key of the service, so
that nobody can work it out from what is public, both sides get the same one, and the next provider
gets another. It goes by SMS, voice or the provider's signed message; never by mail.
"""

import hashlib
import hmac

_LIST = (
    "acorn amber anchor apple apron arrow badge banjo barley basket beacon birch bramble "
    "bridge bucket button candle canoe carrot castle cedar cherry cinder clover cobalt copper "
    "coral cotton cricket crystal daisy dolphin drum falcon feather fern fiddle flint garnet "
    "ginger granite hammer harbour hazel heron honey indigo ivory jasper juniper kettle "
    "lantern larch lemon linen magnet maple marble meadow mitten mustard nettle nutmeg olive"
)
WORDS = tuple(_LIST.split())
"""Short words that are hard to mishear."""


class CheckWords:
    """Makes check-words with a key that only the service holds.

    Raises:
        ValueError: If the key is shorter than 16 bytes: it could be guessed.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < 16:  # noqa: PLR2004  (128 bits)
            raise ValueError("The key for check-words needs at least 16 bytes.")
        self._key = key

    def of(self, call_out: str) -> str:
        """Return the check-word of a call-out: two words and two digits, some 18 bits."""
        made = hmac.digest(self._key, call_out.encode(), hashlib.sha256)
        first, second = (WORDS[byte % len(WORDS)] for byte in made[:2])
        return f"{first} {second} {10 + int.from_bytes(made[2:6]) % 90}"
