"""The keyring of the tests, which everybody can read, and the production converter over it."""

from pathlib import Path

from temporalio.converter import DataConverter

from adapters.keyring import Keyring, parsed
from adapters.temporal.sealing import data_converter

KEYS_FILE = Path(__file__).parent / "keys" / "payload.keys"


def keyring() -> Keyring:
    """Return the tests' keyring."""
    return Keyring(parsed(KEYS_FILE.read_text()))


def converter(*, refuses_clear: bool = False) -> DataConverter:
    """Return the production converter over the tests' keyring."""
    return data_converter(keyring(), refuses_clear=refuses_clear)
