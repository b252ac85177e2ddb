"""Fakes with a memory, each named for the port it stands in for."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from activities.notice_ports import Delivery, LedgerAwayError, Leg, Message, Rendered
from adapters.database.owed_pages import OwedPage
from adapters.database.pager import NotTakenError
from domain.notice import Address, Channel, Notice
from domain.people import Person


class FakeNotifier:
    """Keeps what it was given; a message of one id is one message however often it comes.

    Attributes:
        calls: Every call of ``deliver``, in order.
        sent: What a recipient has: the last message of each key.
        answers: What to answer by channel, in turn; then ``delivered``.
        broken: Channels that break in mid-air: the message went and nobody knows.
        blind: Channels that have no look-up.
        bugs: Channels whose code has a bug.
    """

    def __init__(self) -> None:
        self.calls: list[Message] = []
        self.sent: dict[str, Message] = {}
        self.answers: dict[Channel, list[Delivery]] = {}
        self.broken: set[Channel] = set()
        self.blind: set[Channel] = set()
        self.bugs: set[Channel] = set()

    async def deliver(self, message: Message) -> Delivery:
        """Answer as was asked, else take the message."""
        if message.channel in self.bugs:
            raise KeyError(message.channel)
        self.calls.append(message)
        waiting = self.answers.get(message.channel)
        if waiting:
            return waiting.pop(0)
        self.sent[message.key] = message
        if message.channel in self.broken:
            raise ConnectionResetError("the line went dead")
        return Delivery(state="delivered", how="no-receipts")

    async def look_up(self, message: Message) -> Delivery:
        """Say whether it has the message, unless it is blind on that channel."""
        if message.channel in self.blind:
            return Delivery(state="unknown", how="no look-up")
        if message.key in self.sent:
            return Delivery(state="delivered", how="no-receipts")
        return Delivery(state="failed", how="never seen", again=True)


class FakeNoticeBook:
    """A ledger in memory; ``away`` when it cannot be reached."""

    def __init__(self) -> None:
        self.rows: dict[str, Delivery] = {}
        self.away = False

    async def claim(self, leg: Leg) -> Delivery | None:
        """Write ``sending`` where nothing is settled for good; return what stood there."""
        self._reach()
        before = self.rows.get(leg.id)
        if before is None or before.again:
            self.rows[leg.id] = Delivery(state="sending")
        return before

    async def settle(self, leg: Leg, delivery: Delivery) -> None:
        """Write the state."""
        self._reach()
        self.rows[leg.id] = delivery

    def _reach(self) -> None:
        if self.away:
            raise LedgerAwayError("the ledger is away")


class FakeAddresses:
    """An address book: people by role, by provider and by staff id."""

    def __init__(self, **people: tuple[Address, ...]) -> None:
        self.asked: list[str] = []
        self.people = {name.replace("_", "-"): who for name, who in people.items()}

    async def of_role(self, role: str, case: str, provider: str | None) -> tuple[Address, ...]:
        """Return the provider's desk, else whoever the role means."""
        self.asked.append(case)
        return self.people.get(provider or role, ())

    async def of_person(self, person: str) -> tuple[Address, ...]:
        """Return one member of staff."""
        return self.people.get(person, ())


class FakeRenderer:
    """Words that say which notice it is and to whom."""

    def render(self, notice: Notice, to: Address, channel: Channel) -> Rendered:
        """Return them."""
        words = f"{notice.notice} to {to.name} by {channel}"
        return Rendered(subject=words, body=words, sms=words)


class SentPages(NamedTuple):
    """One message of pages as it was sent."""

    person: str
    pages: tuple[OwedPage, ...]
    message: str
    in_doubt: bool = False


class FakePageSender:
    """Keeps every message of pages it was given.

    Attributes:
        calls: Every message, in order.
        reached: Who had each, as they stood on the register.
        breaks_after: The how manieth message is taken and then the line goes dead; 0 for none.
        unreachable: People whom nothing reaches.
        meanwhile: What happens once while the next message goes.
        answer: What became of each message that was taken.
        full: Whether no channel takes anything.
    """

    def __init__(self) -> None:
        self.calls: list[SentPages] = []
        self.reached: list[Person] = []
        self.breaks_after = 0
        self.unreachable: set[str] = set()
        self.meanwhile: Callable[[], Awaitable[None]] | None = None
        self.answer = Delivery(state="delivered", how="no-receipts")
        self.full = False

    async def send(
        self, person: Person, pages: tuple[OwedPage, ...], message: str, *, in_doubt: bool = False
    ) -> Delivery:
        """Keep the message, unless nothing reaches the person."""
        if person.id in self.unreachable:
            raise ConnectionRefusedError(person.id)
        if self.full:
            raise NotTakenError(person.id)
        self.calls.append(SentPages(person.id, pages, message, in_doubt))
        self.reached.append(person)
        happens, self.meanwhile = self.meanwhile, None
        if happens is not None:
            await happens()
        if len(self.calls) == self.breaks_after:
            raise ConnectionResetError("the line went dead")
        return self.answer

    def sent_to(self, person: str) -> list[SentPages]:
        """Return what one person got, in order."""
        return [call for call in self.calls if call.person == person]
