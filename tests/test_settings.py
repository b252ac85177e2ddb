"""Settings say everything that is wrong at once, and default to the embedded stack's."""

from pathlib import Path

import pytest

from settings import ROOT, SettingsError, load, secret_of


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


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CIR_CONFIG_FILE", str(tmp_path / "cir.toml"))
    return tmp_path / "cir.toml"


def test_a_file_says_what_the_environment_does_not(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(
        'sender = "a@cir.example.org"\nduty_line = "01632 960009"\n[mail]\nhost = "m.example.org"\n'
    )
    monkeypatch.setenv("CIR_SENDER", "b@cir.example.org")
    monkeypatch.setenv("CIR_MAIL__PORT", "465")
    read = load()
    assert (read.sender, read.duty_line) == ("b@cir.example.org", "01632 960009")
    assert read.mail is not None
    assert (read.mail.host, read.mail.port, read.mail.security) == (
        "m.example.org",
        465,
        "starttls",
    )


def test_every_slip_in_the_file_is_told_with_its_place(config: Path) -> None:
    config.write_text('sendr = "x"\n[mail]\nhost = "m"\nport = "many"\npasswd = "x"\n')
    with pytest.raises(SettingsError) as told:
        load()
    for place in ("sendr", "mail.port", "mail.passwd"):
        assert f"{config}: {place}: " in str(told.value)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("https://desk.example.org/messages", True),
        ("http://127.0.0.1:8999/messages", True),
        ("http://desk.example.org/messages", False),
        ("ftp://desk.example.org", False),
    ],
)
def test_what_is_personal_leaves_only_by_a_private_line(
    config: Path, url: str, *, is_taken: bool
) -> None:
    config.write_text(f'[providers.alder]\nurl = "{url}"\nsecret_file = "alder"\n')
    if is_taken:
        assert str(load().providers["alder"].url) == url
        return
    with pytest.raises(SettingsError, match=r"providers\.alder\.url: "):
        load()


def test_a_file_that_a_table_names_lies_beside_it_wherever_it_is_read(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text(
        '[senders.ncsc]\nsecret_file = "secrets/ncsc"\nchannel = "ncsc-referral"\n'
        '[doors]\nprovider_secret_files = { alder = ["/etc/cir/alder"] }\n'
        'notify_token_file = "notify"\n'
    )
    monkeypatch.chdir(ROOT)
    read = load()
    assert read.senders["ncsc"].secret_file == tmp_path / "secrets" / "ncsc"
    assert read.doors.provider_secret_files == {"alder": (Path("/etc/cir/alder"),)}
    assert read.doors.notify_token_file == tmp_path / "notify"


def test_a_file_that_is_not_toml_is_told(config: Path) -> None:
    config.write_text("sender = ")
    with pytest.raises(SettingsError, match="not TOML"):
        load()


def test_a_secret_is_what_its_file_holds(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n")
    assert secret_of(tmp_path / "secret") == "open sesame"
    assert secret_of(None) is None
    with pytest.raises(SettingsError, match="cannot be read"):
        secret_of(tmp_path / "missing")
