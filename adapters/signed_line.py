"""One way to another organisation's program: a signed POST, and an honest word on what came of it.

Signed as Standard Webhooks has it: ``webhook-id`` is the same at every try of one message, so that
whoever takes it twice can tell; ``webhook-timestamp`` is the try's own, because a signature grows
stale after five minutes.
"""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Literal, NamedTuple

import httpx2
from standardwebhooks import Webhook

from adapters.webhook_secret import secret_from
from domain.value import Value

AGAIN = (408, 425, 429)
"""Answers that say: not taken, come again [RFC 9110, RFC 8470, RFC 6585]."""

LEAST_FAULT_OF_THEIRS = 500

AT_ONCE = 8
"""Calls to one desk at once [our default]."""

NOT_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.UnsupportedProtocol)
"""What went wrong before anything was sent."""


class Desk(Value):
    """The desk of another organisation.

    Attributes:
        url: Where messages are posted.
        secret: ``whsec_`` and the shared key in base64.
        timeout_s: Seconds one step (connect, send, answer) may take; the whole takes at most twice
            as long.
    """

    url: str
    secret: str
    timeout_s: float = 10


class Reply(NamedTuple):
    """What a desk said: ``taken``, ``again`` (not taken now) or ``refused`` (for good)."""

    state: Literal["taken", "again", "refused"]
    how: str


class SignedLine:
    """Posts to one desk."""

    def __init__(self, desk: Desk, now: Callable[[], datetime]) -> None:
        """Take the desk and the clock that signatures are dated by.

        Raises:
            SecretError: The secret is none.
        """
        self._desk = desk
        self._now = now
        self._webhook = Webhook(secret_from(desk.secret))
        self._lines = asyncio.Semaphore(AT_ONCE)

    async def post(self, message_id: str, body: bytes) -> Reply:
        """Post ``body``, a JSON document in UTF-8, under ``message_id``.

        Raises:
            OSError: Nobody can know whether it was taken.
        """
        async with self._lines:
            try:
                async with asyncio.timeout(2 * self._desk.timeout_s):
                    status = await self._sent(message_id, body)
            except NOT_SENT as error:
                return Reply("again", f"the desk was not reached ({type(error).__name__})")
            except (httpx2.HTTPError, TimeoutError) as error:
                raise OSError(f"the line was lost: {type(error).__name__}") from error
        return _meaning(status)

    async def _sent(self, message_id: str, body: bytes) -> int:
        """Send, and return the status; what else is answered is not read."""
        at = self._now()
        headers = {
            "content-type": "application/json",
            "idempotency-key": message_id,
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(message_id, at, body.decode()),
        }
        async with (
            httpx2.AsyncClient(
                verify=self._tls, timeout=self._desk.timeout_s, trust_env=False
            ) as client,
            client.stream("POST", self._desk.url, content=body, headers=headers) as answer,
        ):
            return answer.status_code

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _meaning(status: int) -> Reply:
    """Return what a status means.

    Raises:
        OSError: It leaves open whether the message was taken.
    """
    if httpx2.codes.is_success(status):
        return Reply("taken", f"answered {status}")
    if status >= LEAST_FAULT_OF_THEIRS:
        raise OSError(f"answered {status}")
    return Reply("again" if status in AGAIN else "refused", f"the desk answered {status}")
