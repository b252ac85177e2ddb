"""The keys of the tests, which everybody can read, and the production converter over them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from temporalio.converter import DataConverter

from adapters.database.case_keys import CaseKeys
from adapters.desk_key import DeskKey
from adapters.keyring import Keyring, parsed
from adapters.temporal.sealing import data_converter
from tests.builders import NOON

KEYS_FILE = Path(__file__).parent / "keys" / "payload.keys"


def keyring() -> Keyring:
    """Return the tests' keyring."""
    return Keyring(parsed(KEYS_FILE.read_text()))


def case_keys(now: Callable[[], datetime] = lambda: NOON) -> CaseKeys:
    """Return the keys of cases, wrapped by the tests' keyring."""
    return CaseKeys(keyring(), now)


def desk_key(secret: bytes = b"tests only".ljust(32)) -> DeskKey:
    """Return the tests' key of the desk, or the one of another secret of 32 bytes."""
    return DeskKey(Ed25519PrivateKey.from_private_bytes(secret))


def converter(*, refuses_clear: bool = False) -> DataConverter:
    """Return the production converter over the tests' keyring."""
    return data_converter(keyring(), refuses_clear=refuses_clear)
