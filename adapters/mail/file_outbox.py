"""Channels without a server: every message becomes a file, whole or not at all, once by its name.

The name comes from the message's id, so a repeat writes the same file again.
"""

import asyncio
import os
from pathlib import Path

from activities.notice_ports import Delivery, Message
from adapters.mail.composing import compose
from adapters.provider.document import document_of
from domain.notice import Channel

FOLDERS = {"council": "council", "ncsc": "ncsc", "finance": "finance", "provider": "provider"}
"""Folder by recipient role; every other role is staff."""

ENDINGS: dict[Channel, str] = {
    "email": "eml",
    "sms": "sms.txt",
    "page": "page.txt",
    "phone": "phone.txt",
    "provider-message": "json",
}
PART = ".part"


class FileOutboxNotifier:
    """Writes messages as files. It gives no receipts: taken is ``delivered``, how ``no-receipts``.

    Args:
        outbox: Folder of what goes out, one folder in it for each kind of recipient.
        sender: The service's own address.
    """

    def __init__(self, outbox: Path, sender: str) -> None:
        self._outbox = outbox
        self._sender = sender

    async def deliver(self, message: Message) -> Delivery:
        """Write the message; a repeat writes the same file."""
        try:
            content = self._content(message)
        except ValueError as error:
            return Delivery(state="failed", how=str(error))
        await asyncio.to_thread(_write_whole, self.path_of(message), content)
        return Delivery(state="delivered", how="no-receipts")

    async def look_up(self, message: Message) -> Delivery:
        """Say whether the file is there: a file is there whole or not at all."""
        if await asyncio.to_thread(self.path_of(message).exists):
            return Delivery(state="delivered", how="no-receipts")
        return Delivery(state="failed", how="not in the outbox", again=True)

    def path_of(self, message: Message) -> Path:
        """Return the file of a message."""
        folder = self._outbox / FOLDERS.get(message.notice.role, "staff")
        if message.notice.role == "provider":
            folder /= _safe_name(message.notice.provider or "unknown")
        return folder / f"{message.message_id}.{ENDINGS[message.channel]}"

    def sweep(self) -> int:
        """Remove what a crash left half written, and return how many files that were."""
        stray = list(self._outbox.rglob(f".*{PART}"))
        for path in stray:
            path.unlink(missing_ok=True)
        return len(stray)

    def _content(self, message: Message) -> bytes:
        if message.channel == "email":
            return compose(message, self._sender).as_bytes()
        if message.channel == "provider-message":
            return document_of(message)
        to = message.to.phone or message.to.name
        return f"To: {to}\n\n{message.sms or message.subject}\n".encode()


def _safe_name(name: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in name)[:100] or "unknown"


def _write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, on disk, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Put the folder's own entry on disk: a name that is lost is a message that is lost."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
