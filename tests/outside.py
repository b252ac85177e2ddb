"""Those outside: their secrets, and messages signed by a library that is not ours."""

import base64
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import Webhook

from settings import DoorsSettings, SenderSettings
from tests.desk import DeskHouse, Reply

SECRETS = {
    name: "whsec_" + base64.b64encode(name.encode().ljust(32, b".")).decode()
    for name in ("ncsc", "police", "alder", "alder-next", "kestrel", "finance", "nobody")
}
TOKEN = "a-token-that-notify-was-given"  # noqa: S105  (only tests hold it)

_ids = itertools.count(1)


def chosen_doors(folder: Path, **more: Any) -> dict[str, Any]:
    """Return settings with two senders, both providers, finance and Notify."""
    files = {name: _file(folder, name, secret) for name, secret in SECRETS.items()}
    doors = DoorsSettings(
        provider_secret_files={
            "alder": (files["alder"], files["alder-next"]),
            "kestrel": (files["kestrel"],),
        },
        finance_secret_files=(files["finance"],),
        notify_token_file=_file(folder, "notify", TOKEN),
        **more,
    )
    senders = {
        "ncsc": SenderSettings(secret_file=files["ncsc"], channel="ncsc-referral"),
        "police": SenderSettings(secret_file=files["police"], channel="other"),
    }
    return {"senders": senders, "doors": doors}


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / f"{name}.secret"
    path.write_text(f"{content}\n")
    return path


def signed(
    body: bytes, who: str, ident: str | None = None, age: timedelta = timedelta(0)
) -> dict[str, str]:
    """Return the headers of a message that ``who`` signed so long ago; its id is fresh."""
    ident = ident or f"msg_{next(_ids)}"
    at = datetime.now(UTC) - age  # noqa: TID251  (the doors live in real time)
    signature = Webhook(SECRETS[who]).sign(ident, at, body.decode())
    return {
        "webhook-id": ident,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


async def send(
    desk: DeskHouse, path: str, content: Any, who: str, ident: str | None = None
) -> Reply:
    """Send a message as ``who``."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return await desk.ask("POST", path, body, signed(body, who, ident))
