"""Receipts: what became of messages that a channel had only taken.

A receipt comes by callback or by asking, and the later word never undoes a final one. A council
whose last channel failed is told by the spare one at once; its case hears of the spare before it
hears of the failure, so that nobody rings a council that a text is on its way to. A case hears only
what a rule of it waits for, or that failed; the rest stays in the ledger.
"""

from typing import Protocol

from temporalio import activity

from activities.notice_ports import Delivery
from activities.notices import NoticeEffect, Notices, spare_channel
from domain.notice import Channel, Notice
from domain.value import Value


class Open(Value):
    """A message that was taken and of which nothing final is known.

    Attributes:
        reference: Its id at the channel.
    """

    leg: str
    reference: str


class Word(Value):
    """The final word on one channel of one notice, not yet offered to its case.

    Attributes:
        state: ``delivered`` when anybody addressed was reached, ``failed`` when nobody was.
    """

    case: str
    key: str
    channel: Channel
    role: str
    state: str


class ReceiptBook(Protocol):
    """The ledger of notices, as receipts see it."""

    async def open(self) -> tuple[Open, ...]:
        """Return messages taken in the last days without a final word, oldest first."""
        ...

    async def take(self, reference: str, delivery: Delivery) -> bool:
        """Write a receipt; tell whether it was news. A final word stays."""
        ...

    async def words(self) -> tuple[Word, ...]:
        """Return final words that no case was offered yet."""
        ...

    async def offered(self, word: Word) -> None:
        """Mark a word as offered."""
        ...


class ReceiptSource(Protocol):
    """A channel that can be asked."""

    async def status(self, reference: str) -> Delivery:
        """Return what became of the message of that reference.

        Raises:
            OSError: It cannot be asked now.
        """
        ...


class Cases(Protocol):
    """Running cases, as receipts see them."""

    async def held_notice(self, case: str, key: str) -> Notice | None:
        """Return a notice that still waits for its receipt, or ``None``."""
        ...

    async def wants_to_hear(self, case: str, key: str, state: str) -> bool:
        """Tell whether the case wants to hear; a case that runs no more does not."""
        ...

    async def tell(self, word: Word) -> None:
        """Record the delivery on the case."""
        ...


class Receipts:
    """The activity that asks for receipts and tells cases of them."""

    def __init__(
        self, book: ReceiptBook, source: ReceiptSource | None, cases: Cases, notices: Notices
    ) -> None:
        """Take what it works with.

        Args:
            book: The ledger.
            source: The channel that is asked; ``None`` when no channel gives receipts.
            cases: Running cases.
            notices: Sends by the spare channel.
        """
        self._book = book
        self._source = source
        self._cases = cases
        self._notices = notices

    @activity.defn(name="poll-receipts")
    async def poll(self) -> int:
        """Ask what became of messages, and tell cases; return how many words there were."""
        try:
            await self._ask()
        except OSError as error:  # told by callback meanwhile, or asked a minute later
            activity.logger.warning("receipts-away", extra={"error": type(error).__name__})
        words = await self._book.words()
        for word in words:
            await self._offer(word)
        return len(words)

    async def _ask(self) -> None:
        if self._source is None:
            return
        for one in await self._book.open():
            activity.heartbeat()
            delivery = await self._source.status(one.reference)
            if delivery.state in ("delivered", "failed"):
                await self._book.take(one.reference, delivery)

    async def _offer(self, word: Word) -> None:
        if word.state == "failed" and word.role == "council":
            await self._try_spare(word)
        if await self._cases.wants_to_hear(word.case, word.key, word.state):
            await self._cases.tell(word)
        await self._book.offered(word)

    async def _try_spare(self, word: Word) -> None:
        """Tell the council by its spare channel; the case hears of that first."""
        notice = await self._cases.held_notice(word.case, word.key)
        spare = None if notice is None else spare_channel(notice)
        if notice is None or spare is None or spare == word.channel:
            return
        effect = NoticeEffect(key=word.key, case=word.case, notice=notice)
        outcome = await self._notices.tell_by(spare, effect)
        if outcome.state in ("accepted", "delivered", "failed"):
            await self._cases.tell(word.but(channel=spare, state=outcome.state))
