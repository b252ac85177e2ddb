"""The keyring's file, what it seals and what it refuses to open."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from adapters.keyring import (
    Keyring,
    KeyringError,
    TamperedError,
    UnknownKeyError,
    add_key,
    main,
    parsed,
)

SECRET = b"Marian Tolley, 07700 900123"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "payload.keys"


def ids(path: Path) -> list[str]:
    return list(parsed(path.read_text()))


def test_it_is_made_when_missing_and_only_its_owner_may_read_it(path: Path) -> None:
    Keyring.from_file(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(ids(path)) == 1


def test_whoever_makes_it_at_once_gets_the_same_keys(path: Path) -> None:
    with ThreadPoolExecutor(8) as many:
        made = list(many.map(lambda _: Keyring.from_file(path), range(16)))
    assert len({one.newest for one in made}) == 1
    key_id, sealed = made[0].seal(SECRET, b"x")
    assert {one.open(key_id, sealed, b"x") for one in made} == {SECRET}
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_one_that_others_may_read_is_not_used(path: Path) -> None:
    Keyring.from_file(path)
    path.chmod(0o640)
    with pytest.raises(KeyringError, match="chmod 600"):
        Keyring.from_file(path)


@pytest.mark.parametrize("line", ["k-1", "k-1 c2hvcnQ=", "k-1 not base64 at all", ""])
def test_a_line_that_is_no_key_is_named(line: str) -> None:
    with pytest.raises(KeyringError):
        Keyring(parsed(line))


def test_the_same_is_never_sealed_the_same_way_twice(path: Path) -> None:
    keys = Keyring.from_file(path)
    assert len({keys.seal(SECRET, b"x")[1] for _ in range(50)}) == 50


def test_what_was_changed_moved_or_cut_does_not_open(path: Path) -> None:
    keys = Keyring.from_file(path)
    key_id, sealed = keys.seal(SECRET, b"x")
    for number in range(len(sealed)):
        changed = bytes(one ^ (at == number) for at, one in enumerate(sealed))
        with pytest.raises(TamperedError):
            keys.open(key_id, changed, b"x")
    for cut in (b"", b"short", sealed[:-1]):
        with pytest.raises(TamperedError):
            keys.open(key_id, cut, b"x")
    with pytest.raises(TamperedError):
        keys.open(key_id, sealed, b"y")


def test_the_id_of_another_key_does_not_open_it(path: Path) -> None:
    key = Keyring.from_file(path)
    older = key.newest
    add_key(path)
    both = Keyring.from_file(path)
    _, sealed = both.seal(SECRET, b"x")
    with pytest.raises(TamperedError):
        both.open(older, sealed, b"x")


def test_a_key_that_is_added_seals_and_the_older_one_still_opens(path: Path) -> None:
    before = Keyring.from_file(path)
    older, sealed = before.seal(SECRET, b"x")
    added = add_key(path)
    after = Keyring.from_file(path)
    assert after.newest == added != older
    assert after.open(older, sealed, b"x") == SECRET
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_process_that_still_runs_opens_what_a_newer_key_sealed(path: Path) -> None:
    running = Keyring.from_file(path)
    add_key(path)
    newer, sealed = Keyring.from_file(path).seal(SECRET, b"x")
    assert running.open(newer, sealed, b"x") == SECRET


def test_keys_added_at_once_are_all_kept(path: Path) -> None:
    Keyring.from_file(path)
    with ThreadPoolExecutor(6) as many:
        added = list(many.map(lambda _: add_key(path), range(12)))
    assert set(added) <= set(ids(path))
    assert len(ids(path)) == 13


def test_the_command_adds_a_key_and_names_it(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = Keyring.from_file(path).newest
    assert main([str(path)]) == 0
    assert ids(path)[0] == first
    assert ids(path)[1] in capsys.readouterr().out
    assert main([]) == 2


def test_a_key_that_is_gone_is_named_with_what_to_do(path: Path) -> None:
    key_id, sealed = Keyring.from_file(path).seal(SECRET, b"x")
    path.unlink()
    with pytest.raises(UnknownKeyError, match=rf"{key_id} is not in payload.keys: put it back"):
        Keyring.from_file(path).open(key_id, sealed, b"x")
