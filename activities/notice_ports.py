"""What telling people needs of the outside: a notifier, a ledger, an address book, templates."""

import hashlib
import re
from typing import Literal, Protocol, Self

from domain.notice import Address, Channel, Context, Notice
from domain.value import Value


class LedgerAwayError(Exception):
    """The notice ledger cannot be read or written now; another try may succeed."""


class Rendered(Value):
    """A notice in words.

    Attributes:
        subject: One line.
        body: Many lines.
        sms: One line for an SMS or a page; empty where the notice has none.
        says: What that line says, without label and number: how the pager tells it among others.
    """

    subject: str
    body: str
    sms: str = ""
    says: str = ""


class Leg(Value):
    """One notice to one person by one channel: one row of the ledger.

    Attributes:
        id: ``key/channel/number``, unique.
        key: The effect's key.
        number: The how manieth person addressed by that channel, from 1.
    """

    id: str
    key: str
    case: str
    notice: Notice
    channel: Channel
    number: int

    @classmethod
    def of(cls, key: str, case: str, notice: Notice, channel: Channel, number: int) -> Self:
        """Return the leg, with the id that every try gives it."""
        leg = f"{key}/{channel}/{number}"
        return cls(id=leg, key=key, case=case, notice=notice, channel=channel, number=number)


class Message(Value):
    """What a notifier is given: one message to one person by one channel.

    Attributes:
        key: The leg's id.
        message_id: The same for every try of the leg; safe in a mail header and as a file's name.
        exercise: It goes to a sink.
        facts: What a provider's program reads, besides the words.
    """

    key: str
    case: str
    notice: Notice
    channel: Channel
    to: Address
    subject: str
    body: str
    sms: str
    says: str = ""
    message_id: str
    exercise: bool
    facts: Context = {}

    @property
    def is_page_to_staff(self) -> bool:
        """Tell whether the pager has it: a page to a member of staff, among all their others."""
        return self.channel == "page" and self.to.person is not None

    @classmethod
    def of(cls, leg: Leg, to: Address, words: Rendered) -> Self:
        """Return the message that a leg sends."""
        notice = leg.notice
        return cls(
            key=leg.id,
            case=leg.case,
            notice=notice,
            channel=leg.channel,
            to=to,
            subject=words.subject,
            body=words.body,
            sms=words.sms,
            says=words.says,
            message_id=message_id(leg.id),
            exercise=notice.is_for_sink,
            facts=notice.context if leg.channel == "provider-message" else {},
        )


class Delivery(Value):
    """What became of a message.

    Attributes:
        state: ``accepted``: taken, not yet delivered. ``unknown``: it may or may not have gone.
        how: In words, without personal data; ``no-receipts`` where a channel gives none.
        again: Whether a later try may succeed, for one that failed.
        doubled: Whether it may have arrived twice.
    """

    state: Literal["sending", "accepted", "delivered", "failed", "unknown"]
    how: str = ""
    again: bool = False
    doubled: bool = False


class Notifier(Protocol):
    """The channels."""

    async def deliver(self, message: Message) -> Delivery:
        """Send a message and say what became of it.

        Raises:
            OSError: The outcome is unknown: it may or may not have gone.
        """
        ...

    async def look_up(self, message: Message) -> Delivery:
        """Say what became of a message that may have been sent before.

        ``failed``: the channel knows that it never had it. ``unknown``: it cannot tell.
        """
        ...


class NoticeBook(Protocol):
    """The ledger of notices: a row before a message goes, its state afterwards."""

    async def claim(self, leg: Leg) -> Delivery | None:
        """Write the leg as ``sending`` and return what stood there; ``None`` when nothing did.

        A leg that is settled for good stays as it is; one that failed and may be tried again
        becomes ``sending``.

        Raises:
            LedgerAwayError: Nothing was written.
        """
        ...

    async def settle(self, leg: Leg, delivery: Delivery) -> None:
        """Write what became of the leg.

        Raises:
            LedgerAwayError: Nothing was written.
        """
        ...


class Addresses(Protocol):
    """Where staff, providers, the NCSC and finance are reached: registers and configuration."""

    async def of_role(self, role: str, case: str, provider: str | None) -> tuple[Address, ...]:
        """Return whom a role means for this case: whoever is on shift, or the provider's desk."""
        ...

    async def of_person(self, person: str) -> tuple[Address, ...]:
        """Return a member of staff; empty when they have left the register."""
        ...


class Renderer(Protocol):
    """Turns a notice into words."""

    def render(self, notice: Notice, to: Address, channel: Channel) -> Rendered:
        """Return the words for one addressee by one channel."""
        ...


def message_id(key: str) -> str:
    """Return a name for ``key`` that is safe in headers and files; no two keys share one."""
    plain = re.sub(r"[^A-Za-z0-9]+", ".", key).strip(".")[:120]
    return f"{plain}.{hashlib.sha256(key.encode()).hexdigest()[:12]}"
