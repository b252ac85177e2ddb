"""Who may come in from outside, read from the files that the settings name."""

from collections.abc import Mapping
from pathlib import Path

from adapters.webhook_secret import SecretError, secret_from
from api.outside import Keys
from api.signatures import Signer
from settings import Settings, SettingsError, secret_of

LEAST_TOKEN = 16
"""Characters of a bearer token at the least [our default]."""


def keys_of(settings: Settings) -> Keys:
    """Return every key.

    Raises:
        SettingsError: A file cannot be read, or holds no secret; its content is not told.
    """
    doors = settings.doors
    return Keys(
        senders=_signers({name: (one.secret_file,) for name, one in settings.senders.items()}),
        channels={name: one.channel for name, one in settings.senders.items()},
        providers=_signers(doors.provider_secret_files),
        finance=_signers({"finance": doors.finance_secret_files}),
        notify=_token(doors.notify_token_file),
    )


def _signers(files: Mapping[str, tuple[Path, ...]]) -> tuple[Signer, ...]:
    return tuple(Signer(name, tuple(map(_secret, named))) for name, named in files.items())


def _secret(file: Path) -> bytes:
    try:
        return secret_from(secret_of(file) or "")
    except SecretError as error:
        raise SettingsError(f"{file}: {error}") from None


def _token(file: Path | None) -> str | None:
    token = secret_of(file)
    if token is not None and len(token) < LEAST_TOKEN:
        raise SettingsError(f"{file}: a token has {LEAST_TOKEN} characters at the least")
    return token
