"""Settings say everything that is wrong at once, and default to the embedded stack's."""

from pathlib import Path

import pytest

from settings import ROOT, SettingsError, load


def test_every_wrong_value_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CIR_DESK_PORT", "eight")
    monkeypatch.setenv("CIR_WATCH_EVERY_S", "often")
    with pytest.raises(SettingsError) as told:
        load()
    assert "CIR_DESK_PORT: " in str(told.value)
    assert "CIR_WATCH_EVERY_S: " in str(told.value)


def test_data_lies_in_the_home_unless_it_is_said_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CIR_DATA_DIR", "CIR_DATABASE_URL", "CIR_OUTBOX_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CIR_HOME", str(tmp_path))
    assert load().data == tmp_path / "data"
    assert load().database == f"sqlite+aiosqlite:///{tmp_path / 'data' / 'cir.sqlite'}"
    monkeypatch.setenv("CIR_DATA_DIR", str(tmp_path / "elsewhere"))
    assert load().outbox == tmp_path / "elsewhere" / "outbox"


def test_the_policy_is_the_published_one_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CIR_POLICY_FILE", raising=False)
    assert load().policy_file == ROOT / "policy" / "default.toml"


def test_a_key_for_check_words_is_made_once_and_for_its_owner_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CIR_DATA_DIR", str(tmp_path))
    key = load().check_word_key()
    assert len(key) == 32
    assert load().check_word_key() == key
    assert (tmp_path / "check-word.key").stat().st_mode & 0o777 == 0o600
