"""The desk's signature: its word for who gave an instruction, in which roles."""

import base64
import hashlib
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from adapters.secret_files import make_once
from domain.command import Command, Rows, Stamp
from domain.people import Role
from domain.stamping import signed_text


class DeskKey:
    """The desk's Ed25519 key, kept in a file only the desk may read."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        raw = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw
        )
        self.public = base64.b64encode(raw).decode()
        self.id = hashlib.sha256(raw).hexdigest()[:12]

    @classmethod
    def from_file(cls, path: Path) -> "DeskKey":
        """Read the key; make it, mode 600, when there is none."""
        if not path.exists():
            _make(path)
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise TypeError(
                f"{path.name} is not an Ed25519 key: remove it and start the desk again."
            )
        return cls(key)

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
        signature = self._private.sign(signed_text(case, command, bare))
        return command.but(stamp=bare.but(signature=base64.b64encode(signature).decode()))


def _make(path: Path) -> None:
    made = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    make_once(path, made)
