"""A mail server as a program that can be killed: ``… mail_program PORT FOLDER``.

It keeps each mail as a file. While FOLDER holds ``hold-before`` or ``hold-after``, a mail whose
subject has the words in that file is taken and never answered, before or after it was kept;
``held`` says that it came to that.
"""

import asyncio
import sys
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Keeps mails in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_DATA(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the mail and answer, or hold."""
        del server, session
        raw = envelope.content
        assert isinstance(raw, bytes)
        holds = self._hold(raw)
        if holds != "hold-before":
            number = len(list(self._folder.glob("*.eml"))) + 1
            (self._folder / f"{number:04d}.eml").write_bytes(raw)
        if holds:
            (self._folder / "held").touch()
            await asyncio.Event().wait()
        return "250 taken"

    def _hold(self, raw: bytes) -> str | None:
        subject = str(message_from_bytes(raw, EmailMessage, policy=default)["Subject"])
        for path in self._folder.glob("hold-*"):
            if path.read_text() in subject:
                return path.name
        return None


async def serve(port: int, folder: Path) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    box = Mailbox(folder)
    server = await loop.create_server(
        lambda: SMTP(box, hostname="mail.test.example", loop=loop), "127.0.0.1", port
    )
    (folder / "ready").touch()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
