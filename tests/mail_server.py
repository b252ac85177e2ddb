"""A real SMTP server in the test process, which does what a bad day does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ssl import SSLContext
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

OK = "250 taken"


@dataclass
class MailDay:
    """How the server behaves, and what it has.

    Attributes:
        recipients: Answers to RCPT by address; others are taken.
        content: Answers to the mail itself, in turn; then it is taken.
        drop: How many connections are dropped: ``before`` taking the mail, or ``after``.
        hold: The mail is answered once this is set.
        sender: The answer to MAIL.
        mails: What was taken, in order.
    """

    recipients: dict[str, str] = field(default_factory=dict)
    content: list[str] = field(default_factory=list)
    drop: dict[str, int] = field(default_factory=dict)
    hold: asyncio.Event = field(default_factory=asyncio.Event)
    sender: str = ""
    mails: list[EmailMessage] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Hold nothing back unless a test says so."""
        self.hold.set()

    @property
    def ids(self) -> list[str]:
        """Return the Message-ID of each mail taken."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    async def handle_MAIL(  # noqa: N802  (the library's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Answer MAIL."""
        del server, session, options
        envelope.mail_from = address
        return self.sender or OK

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Answer RCPT by the address."""
        del server, session, options
        answer = self.recipients.get(address, OK)
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Answer the mail, or drop the line before or after taking it."""
        del session
        await self.hold.wait()
        if self._drops("before"):
            return _cut(server)
        if self.content:
            return self.content.pop(0)
        raw = envelope.content
        assert isinstance(raw, bytes)
        self.mails.append(message_from_bytes(raw, policy=default))
        return _cut(server) if self._drops("after") else OK

    def _drops(self, when: str) -> bool:
        left = self.drop.get(when, 0)
        self.drop[when] = left - 1
        return left > 0


def _cut(server: SMTP) -> str:
    transport = server.transport
    assert isinstance(transport, asyncio.WriteTransport)
    transport.abort()
    return OK


@asynccontextmanager
async def mail_server(
    day: MailDay,
    *,
    line: tuple[str, SSLContext] | None = None,
    account: tuple[str, str] | None = None,
) -> AsyncIterator[int]:
    """Serve on a free port of loopback and give its number.

    Args:
        day: How it behaves.
        line: How it is secured: ``tls`` from the first byte, or ``starttls`` before anything else.
        account: User and password that it asks for, on a line by ``starttls``.
    """
    security, context = line or ("plain", None)
    starttls = context if security == "starttls" else None

    def authenticate(*called: Any) -> AuthResult:
        given = called[-1]
        assert isinstance(given, LoginPassword)
        right = account is not None and (given.login.decode(), given.password.decode()) == account
        return AuthResult(success=right, handled=False)

    def protocol() -> SMTP:
        return SMTP(
            day,
            hostname="mail.test.example",
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=account is not None,
            authenticator=authenticate if account else None,
            loop=asyncio.get_running_loop(),
        )

    from_first = context if security == "tls" else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=from_first)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
