"""The keyring: the keys that seal what leaves our processes, the newest last in its file.

``python -m adapters.keyring FILE`` adds a key. A line is a key's id and the key in base64::

    k-20261125-5f0c9a Zm9yIHRlc3RzIG9ubHk...

The last key seals; every key opens. A line that is removed takes what it sealed with it for ever.
"""

import base64
import fcntl
import os
import secrets
import sys
from binascii import Error as Base64Error
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.secret_files import OWNER_ONLY, make_once, put

NONCE = 12
"""Bytes of an AES-GCM nonce; a fresh random one for each sealing."""

KEY = 32
"""Bytes of a key: AES-256."""


class KeyringError(RuntimeError):
    """The keyring cannot be used; says which file and what to do."""


class UnknownKeyError(KeyringError):
    """Something was sealed with a key that is not on the keyring."""


class TamperedError(KeyringError):
    """What was sealed does not open: it was changed, or belongs elsewhere."""


class Keyring:
    """Several keys by id; the last one seals, all of them open.

    Args:
        keys: The keys by id, oldest first.
        path: The file they came from; it is read again when an unknown id turns up, so that a
            process that still runs opens what one with a newer key sealed.
    """

    def __init__(self, keys: Mapping[str, bytes], path: Path | None = None) -> None:
        self._path = path
        self._keys: dict[str, AESGCM] = {}
        self._take(keys)

    @classmethod
    def from_file(cls, path: Path) -> "Keyring":
        """Read the keyring; make one with a first key, mode 600, when there is none.

        Raises:
            KeyringError: Others may read the file, or it is not a keyring.
        """
        if not path.exists():
            make_once(path, _line(*_new_key()))
        return cls(_read(path), path)

    @property
    def newest(self) -> str:
        """Return the id of the key that seals."""
        return next(reversed(self._keys))

    def seal(self, plain: bytes, about: bytes) -> tuple[str, bytes]:
        """Return the key's id and nonce with ciphertext.

        Args:
            plain: What is hidden.
            about: What it is and where it belongs; needed, unchanged, to open it.
        """
        nonce, newest = os.urandom(NONCE), self.newest
        return newest, nonce + self._keys[newest].encrypt(nonce, plain, _bound(newest, about))

    def open(self, key_id: str, sealed: bytes, about: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            UnknownKeyError: The key is not here.
            TamperedError: It was changed, or is not about ``about``.
        """
        key = self._key(key_id)
        try:
            return key.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(key_id, about))
        except (InvalidTag, ValueError) as error:
            raise TamperedError(f"What key {key_id} sealed was changed or moved.") from error

    def _key(self, key_id: str) -> AESGCM:
        if key_id not in self._keys and self._path is not None:
            self._take(_read(self._path))
        found = self._keys.get(key_id)
        if found is None:
            where = self._path.name if self._path is not None else "the keyring"
            raise UnknownKeyError(
                f"Key {key_id[:60]} is not in {where}: put it back from the safe copy."
            )
        return found

    def _take(self, keys: Mapping[str, bytes]) -> None:
        if not keys:
            raise KeyringError("A keyring needs at least one key.")
        self._keys = {key_id: AESGCM(key) for key_id, key in keys.items()}


def add_key(path: Path) -> str:
    """Add a key to the file, which seals from the next start on; return its id."""
    make_once(path, _line(*_new_key()))
    with path.with_name(f"{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _read(path)
        key_id, key = _new_key()
        put(path, path.read_bytes() + _line(key_id, key))
    return key_id


def _bound(key_id: str, about: bytes) -> bytes:
    """Return the associated data: the key's id and what the sealed thing is about."""
    return key_id.encode() + b"\0" + about


def _new_key() -> tuple[str, bytes]:
    day = datetime.now(UTC)  # noqa: TID251  (a key's id tells people when it was made)
    return f"k-{day:%Y%m%d}-{secrets.token_hex(3)}", AESGCM.generate_key(KEY * 8)


def _line(key_id: str, key: bytes) -> bytes:
    return f"{key_id} {base64.b64encode(key).decode()}\n".encode()


def _read(path: Path) -> dict[str, bytes]:
    if path.stat().st_mode & 0o077:
        raise KeyringError(f"{path} may be read by others: chmod {OWNER_ONLY:o} {path}")
    return parsed(path.read_text(), path.name)


def parsed(text: str, name: str = "the keyring") -> dict[str, bytes]:
    """Return the keys of a keyring's text by id, oldest first.

    Raises:
        KeyringError: A line is not a key.
    """
    keys: dict[str, bytes] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        key_id, _, rest = line.partition(" ")
        try:
            key = base64.b64decode(rest.strip(), validate=True)
        except Base64Error:
            key = b""
        if len(key) != KEY or key_id in keys:
            raise KeyringError(f"{name}, line {number}: that is not a key of {KEY} bytes.")
        keys[key_id] = key
    return keys


def main(arguments: list[str]) -> int:
    """Add a key to the file named."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m adapters.keyring FILE\n")
        return 2
    sys.stdout.write(f"{add_key(Path(arguments[0]))} seals from the next start on.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
