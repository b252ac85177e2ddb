"""The channels of the outside, each by its own notifier."""

from collections.abc import Mapping

from activities.notice_ports import Delivery, Message, Notifier
from domain.notice import Channel


class ByChannel:
    """A notifier that gives each message to the one of its channel.

    Args:
        channels: The notifiers that were chosen.
        rest: Takes every channel without one of its own.
    """

    def __init__(self, channels: Mapping[Channel, Notifier], rest: Notifier) -> None:
        self._channels = dict(channels)
        self._rest = rest

    async def deliver(self, message: Message) -> Delivery:
        """Send the message by its channel; raises what that notifier raises."""
        return await self._of(message).deliver(message)

    async def look_up(self, message: Message) -> Delivery:
        """Ask the message's channel what became of it."""
        return await self._of(message).look_up(message)

    def _of(self, message: Message) -> Notifier:
        return self._channels.get(message.channel, self._rest)
