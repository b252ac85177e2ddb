"""The desk's signature: its word for who gave an instruction, and for where a record ends."""

import base64
import hashlib
import re
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from adapters.secret_files import make_once
from domain.command import Command, Rows, Stamp
from domain.people import Role
from domain.stamping import signed_text

_BLOCK = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)

_BENEATH = (
    "beneath the key may stand the public halves of former Ed25519 keys and nothing else: "
    "openssl pkey -in FORMER -pubout writes one"
)


class DeskKey:
    """The desk's Ed25519 key, kept in a file only the desk may read.

    Attributes:
        id: The first 12 hex digits of the SHA-256 of the public key.
        public: The public key, base64.
    """

    def __init__(
        self, private: Ed25519PrivateKey, former: tuple[Ed25519PublicKey, ...] = ()
    ) -> None:
        """Sign with ``private``; believe it, and those that were the desk's before."""
        self._private = private
        self._known = {_id(key): key for key in (*former, private.public_key())}
        self.public = _text(private.public_key())
        self.id = _id(private.public_key())

    @classmethod
    def from_file(cls, path: Path) -> "DeskKey":
        """Read the key; make it, mode 600, when there is none.

        Beneath it the file may hold the public halves of former keys.
        """
        if not path.exists():
            _make(path)
        content = path.read_bytes()
        first, *rest = [found.group() for found in _BLOCK.finditer(content)] or [content]
        key = serialization.load_pem_private_key(first, password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(
                f"{path.name} is not an Ed25519 key: remove it and start the desk again."
            )
        return cls(key, tuple(_former(path, one) for one in rest))

    def sign(self, text: bytes) -> str:
        """Return the signature of a text, base64."""
        return base64.b64encode(self._private.sign(text)).decode()

    def is_signed(self, text: bytes, signature: str, key_id: str) -> bool:
        """Tell whether a signature is that key's; ``KeyError``: it is none of the file's."""
        key = self._known[key_id]
        try:
            key.verify(base64.b64decode(signature), text)
        except (InvalidSignature, ValueError):
            return False
        return True

    def public_of(self, key_id: str) -> str | None:
        """Return the public key of an id, base64; ``None``: it is none of the file's."""
        key = self._known.get(key_id)
        return None if key is None else _text(key)

    def stamped(
        self,
        case: str,
        command: Command,
        roles: tuple[Role, ...],
        rows: Rows,
        at: datetime,
        version: int,
    ) -> Command:
        """Return ``command`` with the desk's stamp on it."""
        bare = Stamp(
            person=command.by,
            roles=roles,
            register_version=version,
            rows=rows,
            at=at,
            key_id=self.id,
        )
        signature = self.sign(signed_text(case, command, bare))
        return command.but(stamp=bare.but(signature=signature))


def _former(path: Path, block: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(block)
    except ValueError as error:
        raise ValueError(f"{path.name}: {_BENEATH}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError(f"{path.name}: {_BENEATH}")
    return key


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _text(key: Ed25519PublicKey) -> str:
    return base64.b64encode(_raw(key)).decode()


def _id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(_raw(key)).hexdigest()[:12]


def _make(path: Path) -> None:
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    make_once(path, made)
