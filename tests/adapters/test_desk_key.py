import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.desk_key import DeskKey
from domain.command import Command, Rows
from domain.decisions.triage import Acknowledge
from domain.people import H, T
from domain.stamping import signed_text
from tests.builders import NOON, OTHER, REFERENCE

SAID = {"by": "kaya", "idempotency_key": "k-1"}


def stamped(key: DeskKey, case: str = REFERENCE) -> Command:
    return key.stamped(case, Acknowledge.model_validate(SAID), (T,), Rows(), NOON, 7)


def is_ours(command: Command, key: DeskKey, case: str = REFERENCE) -> bool:
    """Check the signature as a case does."""
    assert command.stamp is not None
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public))
    try:
        public.verify(
            base64.b64decode(command.stamp.signature), signed_text(case, command, command.stamp)
        )
    except InvalidSignature:
        return False
    return True


def test_what_was_signed_before_rows_had_councils_of_cases_is_signed_still(key: DeskKey) -> None:
    command = stamped(key)
    assert command.stamp is not None
    assert b"case_councils" not in signed_text(REFERENCE, command, command.stamp)
    rows = command.stamp.rows.but(case_councils={OTHER: "XEA"})
    assert not is_ours(command.but(stamp=command.stamp.but(rows=rows)), key)


@pytest.fixture
def key(tmp_path: Path) -> DeskKey:
    return DeskKey.from_file(tmp_path / "keys" / "desk.key")


def test_a_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "desk.key"
    made = DeskKey.from_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert DeskKey.from_file(path).id == made.id
    assert [one.name for one in path.parent.iterdir()] == ["desk.key"]


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    path = tmp_path / "desk.key"
    with ThreadPoolExecutor(20) as pool:
        ids = set(pool.map(lambda _: DeskKey.from_file(path).id, range(20)))
    assert len(ids) == 1


def test_what_is_no_key_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "desk.key"
    path.write_text("not a key")
    with pytest.raises(ValueError, match=r".+"):
        DeskKey.from_file(path)
    assert path.read_text() == "not a key"


def test_a_private_key_beneath_the_first_is_told_and_left_alone(tmp_path: Path) -> None:
    path, other = tmp_path / "desk.key", tmp_path / "other.key"
    for one in (path, other):
        DeskKey.from_file(one)
    both = path.read_bytes() + other.read_bytes()
    path.write_bytes(both)
    with pytest.raises(ValueError, match=r"desk\.key: beneath the key may stand the public halves"):
        DeskKey.from_file(path)
    assert path.read_bytes() == both


def test_the_stamp_says_who_asks_in_which_roles_and_when(key: DeskKey) -> None:
    stamp = stamped(key).stamp
    assert stamp is not None
    assert (stamp.person, stamp.roles, stamp.at) == ("kaya", (T,), NOON)
    assert (stamp.register_version, stamp.key_id) == (7, key.id)


def test_the_case_believes_the_desk(key: DeskKey) -> None:
    assert is_ours(stamped(key), key)


def test_nothing_of_what_was_stamped_can_be_changed(key: DeskKey) -> None:
    ours = stamped(key)
    assert ours.stamp is not None
    assert not is_ours(ours, key, case=OTHER)
    assert not is_ours(ours.but(reason="Something else entirely."), key)
    assert not is_ours(ours.but(idempotency_key="k-2"), key)
    forged: list[dict[str, object]] = [
        {"person": "helen"},
        {"roles": (H,)},
        {"rows": Rows(cases=(OTHER,))},
    ]
    for change in forged:
        assert not is_ours(ours.but(stamp=ours.stamp.but(**change)), key)


def test_another_desk_is_not_believed(key: DeskKey, tmp_path: Path) -> None:
    assert not is_ours(stamped(DeskKey.from_file(tmp_path / "other.key")), key)
