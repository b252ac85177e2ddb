"""Providers' desks over HTTP: call-outs, stand-downs and answers as signed messages.

A desk cannot be asked what it has. It need not be: a message goes under one ``webhook-id`` however
often it goes, and a desk takes each id once. So a message of the *once* kind may go again, and one
that must arrive goes again and is counted as possibly doubled.
"""

from collections.abc import Mapping

from activities.notice_ports import Delivery, Message, Notifier
from adapters.provider.document import document_of
from adapters.signed_line import SignedLine


class ProviderDesks:
    """Sends each provider's messages to its own desk; one taken is ``delivered``, no receipts.

    Args:
        lines: The desks, by the provider's id.
        rest: Takes the messages of providers without a desk.
    """

    def __init__(self, lines: Mapping[str, SignedLine], rest: Notifier) -> None:
        self._lines = dict(lines)
        self._rest = rest

    async def deliver(self, message: Message) -> Delivery:
        """Send the message.

        Raises:
            OSError: The desk may or may not have it.
        """
        line = self._line_of(message)
        if line is None:
            return await self._rest.deliver(message)
        reply = await line.post(message.message_id, document_of(message))
        if reply.state == "taken":
            return Delivery(state="delivered", how="no-receipts")
        return Delivery(state="failed", how=reply.how, again=reply.state == "again")

    async def look_up(self, message: Message) -> Delivery:
        """Say what is known: that a repeat under one id does no harm, or nothing."""
        if self._line_of(message) is None:
            return await self._rest.look_up(message)
        if message.notice.must_arrive:
            return Delivery(state="unknown", how="a desk has no look-up")
        return Delivery(state="failed", how="a desk takes each id once", again=True)

    def _line_of(self, message: Message) -> SignedLine | None:
        return self._lines.get(message.notice.provider or "")
