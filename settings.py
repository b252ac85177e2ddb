"""The only reader of the environment and of ``cir.toml``. Everything else is given plain values."""

import contextlib
import os
import secrets
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AnyHttpUrl,
    BaseModel,
    ConfigDict,
    ValidationError,
    field_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).resolve().parent


class SettingsError(ValueError):
    """Settings that are missing or wrong, all of them at once."""


class Section(BaseModel):
    """A table of ``cir.toml``; a name it does not know is refused, because it is a slip."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Beside = Annotated[Path, AfterValidator(lambda named: config_file().parent / named)]
"""A file that a table names; a relative one lies beside ``cir.toml``."""


class MailSettings(Section):
    """``[mail]``: a mail server; without the table mails are files.

    Attributes:
        host: Its name.
        port: 587 with ``starttls``, 465 with ``tls``.
        security: ``starttls``, ``tls`` from the first byte, or ``plain`` (a relay on loopback).
        user: Whom to sign in as; nobody when empty.
        password_file: Holds the password and nothing else.
        authorities_file: Certificates that the server's is checked against; else the machine's.
        timeout_s: Seconds one step may take [our default].
    """

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "plain"] = "starttls"
    user: str = ""
    password_file: Beside | None = None
    authorities_file: Beside | None = None
    timeout_s: float = 20


class NotifySettings(Section):
    """``[notify]``: a service at GOV.UK Notify; texts go by it, and mails without ``[mail]``.

    Attributes:
        api_key_file: Holds the API key and nothing else.
        email_template: Id of a template with subject ``((subject))`` and text ``((body))``.
        sms_template: Id of a template with text ``((body))``.
        base_url: Where the API is.
        timeout_s: Seconds one call may take [our default].
    """

    api_key_file: Beside
    email_template: str
    sms_template: str
    base_url: str = "https://api.notifications.service.gov.uk"
    timeout_s: float = 10


class PartnerSettings(Section):
    """A desk of another organisation that takes signed messages (Standard Webhooks).

    Attributes:
        url: Where they are posted: ``https``, or ``http`` on loopback, because they are personal.
        secret_file: Holds ``whsec_`` and the shared key in base64, and nothing else.
        timeout_s: Seconds one step may take [our default].
    """

    url: AnyHttpUrl
    secret_file: Beside
    timeout_s: float = 10

    @field_validator("url")
    @classmethod
    def _is_private(cls, url: AnyHttpUrl) -> AnyHttpUrl:
        if url.scheme == "http" and url.host not in ("127.0.0.1", "[::1]", "localhost"):
            raise ValueError("must be https: what is sent there is personal")
        return url


class WatchdogSettings(Section):
    """``[watchdog]``: when the desk pages by its own mail, and whom besides those on duty.

    Attributes:
        also: Addresses that are always told.
        every_s: Seconds between two looks [our default].
        server_s: Seconds Temporal may be away before anybody is woken [our default].
        worker_s: Seconds in which some worker must have asked for work; one that is idle asks at
            least every 70 [our default].
        watchkeeper_s: Seconds the watchkeeper may not have looked [our default].
        database_s: Seconds the application database may be away [our default].
    """

    also: tuple[str, ...] = ()
    every_s: float = 10
    server_s: float = 60
    worker_s: float = 120
    watchkeeper_s: float = 240
    database_s: float = 60


class SenderSettings(Section):
    """``[senders.NAME]``: somebody who may send reports at ``POST /reports``.

    Attributes:
        secret_file: Holds the secret that the sender signs with (``whsec_…``).
        channel: The channel of every report of theirs, whatever the report says.
    """

    secret_file: Beside
    channel: Literal[
        "ncsc-referral", "council-phone", "council-email", "staff", "provider", "other"
    ]


class DoorsSettings(Section):
    """``[doors]``: the doors for those outside; what names no file lets nobody in.

    Attributes:
        host: Where they are bound when they have a port of their own.
        port: A port of their own; without one they are at the desk's.
        provider_secret_files: Provider id -> secrets it signs with; two while one replaces another.
        finance_secret_files: Secrets that the finance desk signs with.
        notify_token_file: The bearer token that GOV.UK Notify calls back with.
        burst: Messages that one sender may send at once [our default].
        per_second: Messages a second that one sender may send for ever [our default].
    """

    host: str = "127.0.0.1"
    port: int | None = None
    provider_secret_files: dict[str, tuple[Beside, ...]] = {}
    finance_secret_files: tuple[Beside, ...] = ()
    notify_token_file: Beside | None = None
    burst: int = 120
    per_second: float = 2


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
        payload_keys_file: The keyring that seals payloads and the keys of cases; made when missing.
        payloads: ``sealed``: new cases refuse instructions that come in clear; ``open``: they take
            them. What we send is sealed either way.
        policy_file: The policy new cases begin with.
        worker_ready_file: Written by the worker once it takes work.
        watch_every_s: Seconds between two looks of the watchkeeper.
        metrics_port: Where the worker shows the SDK's numbers to Prometheus, on loopback; unset:
            nowhere. The desk shows ours at ``GET /metrics``.
        temporal_cli: A Temporal CLI to use in place of any other.
        cache_dir: Where a Temporal server is cached, outside any checkout.
        sender: The service's own address.
        duty_line: The service's own number, printed on every notice.
        finance_email: Where finance is told.
        ncsc_email: Where the NCSC is told.
        ui_url: Where the Temporal Web UI is, for links.
        mail: The mail server, when there is one.
        notify: The service at GOV.UK Notify, when there is one.
        providers: ``[providers.ID]``: the desks of providers that take their messages over HTTP.
        finance: ``[finance]``: finance's desk, when it takes packs over HTTP.
        watchdog: When the desk itself wakes somebody.
        senders: Who may send reports, by name.
        doors: The doors for those outside.
    """

    model_config = SettingsConfigDict(
        env_prefix="CIR_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

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
    payload_keys_file: Path | None = None
    payloads: Literal["sealed", "open"] = "sealed"
    policy_file: Path = ROOT / "policy" / "default.toml"
    worker_ready_file: Path | None = None
    watch_every_s: float = 60
    metrics_port: int | None = None
    temporal_cli: Path | None = None
    cache_dir: Path = Path.home() / ".cache" / "cir"
    sender: str = "cir@cir.example.gov.uk"
    duty_line: str = "01632 960000"
    finance_email: str = "finance@cir.example.gov.uk"
    ncsc_email: str = "incidents@ncsc.example.gov.uk"
    ui_url: str = "http://127.0.0.1:8233"
    mail: MailSettings | None = None
    notify: NotifySettings | None = None
    providers: dict[str, PartnerSettings] = {}
    finance: PartnerSettings | None = None
    watchdog: WatchdogSettings = WatchdogSettings()
    senders: dict[str, SenderSettings] = {}
    doors: DoorsSettings = DoorsSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the environment before ``cir.toml``, and both before the defaults."""
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return (init_settings, env_settings, toml)

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

    @property
    def payload_keys(self) -> Path:
        """Return the file of the keyring."""
        return self.payload_keys_file or self.data / "payload.keys"

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


def secret_of(file: Path | None) -> str | None:
    """Return what a secret's file holds, without the line's end; ``None`` when none is named.

    Raises:
        SettingsError: It cannot be read; the message names the file and not what it holds.
    """
    if file is None:
        return None
    try:
        return file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: the secret cannot be read ({type(error).__name__})") from None


def config_file() -> Path:
    """Return where ``cir.toml`` lies: ``CIR_CONFIG_FILE``, else in the home; it need not exist."""
    home = Path(os.environ.get("CIR_HOME") or Path.home() / ".cir")
    return Path(os.environ.get("CIR_CONFIG_FILE") or home / "cir.toml")


def load() -> Settings:
    """Read the environment and ``cir.toml``.

    Raises:
        SettingsError: Naming every value that is wrong, and where it came from.
    """
    try:
        return Settings()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{config_file()}: not TOML: {error}") from None
    except ValidationError as error:
        raise SettingsError("; ".join(_told(p) for p in error.errors())) from None


def _told(problem: Any) -> str:  # noqa: ANN401  (pydantic's own shape)
    """Return one problem by the name a person gave it."""
    path = [str(part) for part in problem["loc"]]
    variable = "CIR_" + "__".join(path).upper()
    if variable in os.environ or (len(path) == 1 and problem["type"] != "extra_forbidden"):
        return f"{variable}: {problem['msg']}"
    return f"{config_file()}: {'.'.join(path)}: {problem['msg']}"
