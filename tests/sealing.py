"""The keyring of the tests, which everybody can read, and the production converter over it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from temporalio.converter import DataConverter

from adapters.database.case_keys import CaseKeys
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


def converter(*, refuses_clear: bool = False) -> DataConverter:
    """Return the production converter over the tests' keyring."""
    return data_converter(keyring(), refuses_clear=refuses_clear)
