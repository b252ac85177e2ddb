"""The only reader of the environment. Everything else is given plain values."""

import contextlib
import secrets
from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent


class SettingsError(ValueError):
    """Settings that are missing or wrong, all of them at once."""


class Settings(BaseSettings):
    """What a process of ours is told by its environment; the defaults are the embedded stack's.

    Attributes:
        home: Where a person's profiles, credentials and data live.
        data_dir: Data of the stack; by default ``<home>/data``.
        database_url: The application database; by default SQLite in the data directory.
        outbox_dir: Where messages go as files; by default in the data directory.
        temporal_address: ``host:port`` of the Temporal frontend.
        temporal_namespace: The namespace of the cases.
        task_queue: Where workers wait for cases.
        desk_host: The desk binds this; loopback unless somebody says otherwise.
        desk_port: The desk's port.
        desk_key_file: The desk's signing key; made, mode 600, when there is none.
        policy_file: The policy new cases begin with.
        worker_ready_file: Written by the worker once it takes work.
        watch_every_s: Seconds between two looks of the watchkeeper.
        temporal_cli: A Temporal CLI to use in place of any other.
        cache_dir: Where a Temporal server is cached, outside any checkout.
        sender: The service's own address.
        duty_line: The service's own number, printed on every notice.
        finance_email: Where finance is told.
        ncsc_email: Where the NCSC is told.
        ui_url: Where the Temporal Web UI is, for links.
    """

    model_config = SettingsConfigDict(env_prefix="CIR_", extra="ignore")

    home: Path = Path.home() / ".cir"
    data_dir: Path | None = None
    database_url: str | None = None
    outbox_dir: Path | None = None
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    task_queue: str = "cir-cases"
    desk_host: str = "127.0.0.1"
    desk_port: int = 8470
    desk_key_file: Path | None = None
    policy_file: Path = ROOT / "policy" / "default.toml"
    worker_ready_file: Path | None = None
    watch_every_s: float = 60
    temporal_cli: Path | None = None
    cache_dir: Path = Path.home() / ".cache" / "cir"
    sender: str = "cir@cir.example.gov.uk"
    duty_line: str = "01632 960000"
    finance_email: str = "finance@cir.example.gov.uk"
    ncsc_email: str = "incidents@ncsc.example.gov.uk"
    ui_url: str = "http://127.0.0.1:8233"

    @property
    def data(self) -> Path:
        """Return the data directory."""
        return self.data_dir or self.home / "data"

    @property
    def database(self) -> str:
        """Return the URL of the application database."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'cir.sqlite'}"

    @property
    def outbox(self) -> Path:
        """Return the folder where messages go as files."""
        return self.outbox_dir or self.data / "outbox"

    @property
    def desk_key(self) -> Path:
        """Return the file of the desk's signing key."""
        return self.desk_key_file or self.data / "desk.key"

    def check_word_key(self) -> bytes:
        """Return the key that check-words are made with; made, mode 600, when there is none."""
        path = self.data / "check-word.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
            fresh.touch(mode=0o600)
            fresh.write_bytes(secrets.token_bytes(32))
            with contextlib.suppress(FileExistsError):  # somebody else made it meanwhile
                path.hardlink_to(fresh)
            fresh.unlink()
        return path.read_bytes()


def load() -> Settings:
    """Read the environment.

    Raises:
        SettingsError: Naming every variable that is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        told = (f"CIR_{str(p['loc'][0]).upper()}: {p['msg']}" for p in error.errors())
        raise SettingsError("; ".join(told)) from None
