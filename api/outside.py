"""What every door for those outside shares: who signed, how often, and the trace it leaves."""

import hashlib
import hmac
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, NamedTuple, NoReturn

from fastapi import Depends, Request

from adapters.database.receipts import DatabaseReceipts
from adapters.database.webhooks import Answered, Once, OtherContentError, Webhooks
from adapters.temporal.asking import CaseAsker
from api.answers import Answer
from api.bodies import body_of, too_large
from api.buckets import Buckets
from api.desk import Desk, Who
from api.signatures import Claim, Signer, Unsigned, claim_of, signer_of
from api.turned_away import LOG
from domain.errors import Code
from domain.people import SYSTEM, Role

STRANGER = "stranger"
"""By whom an attempt is kept whose signature was nobody's."""

READ_MOST = 2 * 1024 * 1024
"""Bytes that are read to see who signed; of more than that nobody can tell [our default]."""

TOO_MANY_LINE_S = 60
"""Seconds between two lines of the log about one sender who sends too much [our default]."""

SAYS = {
    "unsigned": "This door takes signed messages only (Standard Webhooks).",
    "bad-signature": "The signature is not one of ours to take: check secret, id, time and body.",
    "stale": "The message is too old, or ahead of time: sign it anew with the time of this try.",
    "bad-token": "The token is not known here.",
}


class Keys(NamedTuple):
    """Everybody who may come in, with what proves it.

    Attributes:
        senders: Who sends reports. ``channels``: the channel of each by name.
        providers: The providers. ``finance``: the finance desk.
        notify: The bearer token of GOV.UK Notify; without one nobody may.
    """

    senders: tuple[Signer, ...] = ()
    channels: Mapping[str, str] = {}
    providers: tuple[Signer, ...] = ()
    finance: tuple[Signer, ...] = ()
    notify: str | None = None


class Message(NamedTuple):
    """A message of somebody we know.

    Attributes:
        by: Who signed it.
        id: Its own id.
        once: How it is known again.
    """

    by: str
    id: str
    once: Once
    body: bytes


class Outside:
    """The keys of those outside, and what is kept of what they send."""

    def __init__(  # noqa: PLR0913  (composition)
        self,
        *,
        keys: Keys,
        desk: Desk,
        webhooks: Webhooks,
        receipts: DatabaseReceipts,
        asker: CaseAsker,
        buckets: Buckets,
        look_now: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self.keys = keys
        self.desk = desk
        self.webhooks = webhooks
        self.receipts = receipts
        self.asker = asker
        self.look_now = look_now
        self.now = now
        self._buckets = buckets
        self._lines = Buckets(1, 1 / TOO_MANY_LINE_S, buckets.seconds)

    async def message(self, request: Request, door: str, signers: tuple[Signer, ...]) -> Message:
        """Return the message with who signed it.

        Raises:
            Answer: Nobody did (401), or they send too much (429); either left a trace.
        """
        request.state.caller.door = door
        body = await body_of(request, READ_MOST)
        request.state.caller.size = len(body)
        if len(body) > READ_MOST:
            await self._strange(request, door, "", too_large(READ_MOST))
        key = ""
        try:
            claim = claim_of(request.headers)
            key = claim.id
            by = signer_of(claim, body, signers, self.now())
        except Unsigned as unsigned:
            await self._strange(request, door, key, stranger(unsigned.code))
        request.state.caller.sender = by
        await self.spend(request, door, by)
        return Message(by, claim.id, _once(door, by, claim, body), body)

    async def holder(self, request: Request, door: str, token: str | None) -> None:
        """See that whoever calls holds the token.

        Raises:
            Answer: They do not (401), or call too often (429).
        """
        request.state.caller.door = door
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        known = (token or "").encode()
        is_equal = hmac.compare_digest(_digest(given.encode()), _digest(known))
        if not (known and is_equal and scheme.lower() == "bearer"):
            await self._strange(request, door, "", stranger("bad-token"))
        request.state.caller.sender = "notify"
        await self.spend(request, door, "notify")

    async def spend(self, request: Request, door: str, by: str) -> None:
        """Take a token of the sender's bucket.

        Raises:
            Answer: It is empty (``too-many``).
        """
        name = f"{door} {by}"
        wait = self._buckets.wait_for(name)
        if wait:
            request.state.caller.is_told = not self._lines.wait_for(name)
            raise too_many(wait)

    async def earlier(self, message: Message, door: str) -> Answered | None:
        """Return what the message was answered when it came before.

        Raises:
            Answer: Its id was used for another message (``key-reused``).
        """
        try:
            found = await self.webhooks.answer_to(message.once)
        except OtherContentError:
            words = "That webhook-id was used for another message: take a new one."
            await self.refuse(
                door, message.by, message.id, Answer("conflict", Code.KEY_REUSED, words)
            )
        if found is not None:
            told = {"door": door, "sender": message.by, "size": len(message.body)}
            LOG.info("came-again", extra=told)
        return found

    async def refuse(
        self, door: str, by: str, key: str, answer: Answer, case: str = ""
    ) -> NoReturn:
        """Write a refused attempt down and answer.

        Raises:
            Answer: Always.
        """
        await self.desk.attempts.keep(case, door, by, key, answer.code, answer.message)
        raise answer

    async def _strange(self, request: Request, door: str, key: str, answer: Answer) -> NoReturn:
        """Answer somebody we do not know; past their bucket no more rows are written."""
        await self.spend(request, door, STRANGER)
        await self.refuse(door, STRANGER, key, answer)


def outside_of(request: Request) -> Outside:
    """Return what the doors for those outside stand on."""
    outside: Outside = request.app.state.outside
    return outside


TheOutside = Annotated[Outside, Depends(outside_of)]


def stranger(code: str) -> Answer:
    """Return the answer to somebody we do not know."""
    return Answer("not-allowed", code, SAYS[code])


def too_many(wait: float) -> Answer:
    """Return the answer to somebody who sends too much."""
    seconds = max(1, math.ceil(wait))
    words = f"Too many messages at once. Send this one again in {seconds} s."
    return Answer("refused", "too-many", words, retry_after_s=seconds)


def provider_of(name: str) -> Who:
    """Return a provider as the rules know it."""
    return Who(name, (Role.PROVIDER,))


FEED = Who(SYSTEM, (Role.SYSTEM,))
"""By whom finance's signed answer is carried in (guide c)."""


def _once(door: str, by: str, claim: Claim, body: bytes) -> Once:
    return Once(f"{door} {by} {claim.id}", hashlib.sha256(body).hexdigest())


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
