"""Mail by SMTP: what was refused, what may be tried again, and what nobody can know.

A message is given to the server step by step, so that a loss before DATA is known to have sent
nothing. From DATA until its answer the outcome is unknown: the caller looks in its ledger, and a
must-arrive message goes again under the same Message-ID. SMTP itself cannot be asked afterwards.
"""

import asyncio
from pathlib import Path
from typing import Literal

from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException

from activities.notice_ports import Delivery, Message
from adapters.mail.composing import compose
from domain.value import Value

AT_ONCE = 4
"""Connections to the server at once [our default]."""

TEMPORARY = range(400, 500)
"""Reply codes that ask for another try [RFC 5321]."""


class MailServer(Value):
    """A mail server and how to speak with it.

    Attributes:
        security: ``starttls``, ``tls`` from the first byte, or ``plain``.
        user: Whom to sign in as; nobody when empty.
        authorities: File of certificates the server's is checked against; else the machine's.
        timeout_s: Seconds one step may take.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "plain"] = "starttls"
    user: str = ""
    password: str = ""
    authorities: Path | None = None
    timeout_s: float = 20


class SmtpNotifier:
    """Sends mails. A taken mail is ``delivered``, how ``no-receipts``: SMTP tells no more."""

    def __init__(self, server: MailServer, sender: str) -> None:
        self._server = server
        self._sender = sender
        self._lines = asyncio.Semaphore(AT_ONCE)

    async def deliver(self, message: Message) -> Delivery:
        """Send the mail.

        Raises:
            OSError: The connection was lost after DATA began: it may or may not have gone.
        """
        try:
            mail = compose(message, self._sender)
        except ValueError as error:
            return Delivery(state="failed", how=str(error))
        async with self._lines:
            return await self._given(message.to.email or "", mail.as_bytes())

    async def look_up(self, message: Message) -> Delivery:
        """Say that SMTP cannot be asked what became of a mail."""
        del message
        return Delivery(state="unknown", how="SMTP has no look-up")

    async def greet(self) -> str:
        """Connect, secure the line and sign in, send nothing, and return what the server says.

        Raises:
            OSError: It cannot be reached or the line cannot be secured.
            SMTPException: It refused.
        """
        client = _client_of(self._server)
        try:
            await client.connect()
            return (await client.noop()).message
        finally:
            client.close()

    async def _given(self, to: str, mail: bytes) -> Delivery:
        client = _client_of(self._server)
        try:
            refused = await self._addressed(client, to)
            return refused or await _handed_over(client, mail)
        finally:
            client.close()

    async def _addressed(self, client: SMTP, to: str) -> Delivery | None:
        """Bring the server to the point of taking the mail; return why it did not come to that.

        Nothing has been sent then, whatever went wrong. Only the addressee's refusal can be final:
        a refused sign-in, sender or line is mended by somebody, and then the mail goes.
        """
        try:
            await client.connect()
            await client.mail(self._sender)
            await client.rcpt(to)
        except SMTPRecipientRefused as error:
            return _answered(error)
        except UnicodeEncodeError:
            return Delivery(state="failed", how="The address is not one that SMTP can carry.")
        except SMTPResponseException as error:
            how = f"the mail server refused us with {error.code} ({type(error).__name__})"
            return Delivery(state="failed", how=how, again=True)
        except (SMTPException, OSError) as error:
            how = f"the mail server was not reached ({type(error).__name__})"
            return Delivery(state="failed", how=how, again=True)
        return None


async def _handed_over(client: SMTP, mail: bytes) -> Delivery:
    """Hand the mail over; a lost connection is not answered but raised.

    Raises:
        OSError: Nobody can know whether the server has it.
    """
    try:
        await client.data(mail)
    except SMTPResponseException as error:
        return _answered(error)
    except SMTPException as error:
        raise OSError(f"lost in DATA: {type(error).__name__}") from error
    return Delivery(state="delivered", how="no-receipts")


def _answered(error: SMTPResponseException) -> Delivery:
    """Return what a reply code means; its text stays out, for it may quote the address."""
    how = f"the mail server answered {error.code}"
    return Delivery(state="failed", how=how, again=error.code in TEMPORARY)


def _client_of(server: MailServer) -> SMTP:
    return SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        username=server.user or None,
        password=server.password or None,
        cert_bundle=None if server.authorities is None else str(server.authorities),
        timeout=server.timeout_s,
    )
