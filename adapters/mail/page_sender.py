"""Carrying the pager's one message to a person, by every channel they have."""

from collections.abc import Callable
from datetime import datetime, timedelta

from activities.notice_ports import Delivery, Message, Notifier, message_id
from adapters.database.owed_pages import NOTICE, OwedPage
from adapters.database.pager import NotTakenError
from adapters.rendering import PageLine, Templates
from domain.notice import Address, Channel, Notice
from domain.notices import NOTICE_BY_PAGE
from domain.people import P, Person

CHANNELS: tuple[Channel, ...] = ("email", "sms")
"""Go out together; a person without a telephone number has only the first."""

BEST_FIRST = ("delivered", "accepted", "unknown", "failed")
"""Of two channels the better one tells what became of a message."""

UNKNOWN = Delivery(state="failed", how="outcome unknown and the channel has no look-up")
"""What became of notices that nobody can tell about, and that are not sent again."""

REJECTED = "alarm:report-rejected"
"""The alarm that belongs to no case."""


class MessagePageSender:
    """Renders a person's pages and gives them to a notifier."""

    def __init__(
        self, notifier: Notifier, templates: Templates, now: Callable[[], datetime]
    ) -> None:
        self._notifier = notifier
        self._templates = templates
        self._now = now

    async def send(
        self, person: Person, pages: tuple[OwedPage, ...], message: str, *, in_doubt: bool = False
    ) -> Delivery:
        """Send one message with every page; the same id for every try.

        A provider's account lead gets it as the provider would, and has nothing to acknowledge.

        Raises:
            NotTakenError: No channel took it.
            OSError: The outcome is unknown.
        """
        words = self._templates.render_page(
            template_of(pages),
            person.name,
            (line_of(page, self._now()) for page in pages),
            outside=P in person.roles,
        )
        notice = notice_of(person, pages)
        to = Address(name=person.name, email=person.email, phone=person.phone, person=person.id)
        sent = []
        for channel in CHANNELS:
            if channel == "sms" and person.phone is None:
                continue
            leg = f"{message}/{channel}"
            told = Message(
                key=leg,
                case=pages[0].case,
                notice=notice,
                channel=channel,
                to=to,
                subject=words.subject,
                body=words.body,
                sms=words.sms,
                message_id=message_id(leg),
                exercise=notice.exercise,
            )
            sent.append(await self._given(told, in_doubt=in_doubt))
        best = min(sent, key=lambda one: BEST_FIRST.index(one.state))
        if best.state == "failed":
            raise NotTakenError(f"no channel took the page for {person.id}")
        return best if best.state != "unknown" else UNKNOWN

    async def _given(self, message: Message, *, in_doubt: bool) -> Delivery:
        """Send a message; one that may have gone before is looked up first.

        Where nobody can tell, a page goes again under its id, and what only holds notices does not:
        they are of the kind *once*, and their mails say the same.
        """
        if not in_doubt:
            return await self._notifier.deliver(message)
        found = await self._looked_for(message)
        if found.state in ("accepted", "delivered"):
            return found
        if found.state == "unknown" and not message.notice.must_arrive:
            return found
        sent = await self._notifier.deliver(message)
        return sent.but(doubled=found.state == "unknown")

    async def _looked_for(self, message: Message) -> Delivery:
        try:
            return await self._notifier.look_up(message)
        except OSError as error:
            return Delivery(state="unknown", how=type(error).__name__)


def notice_of(person: Person, pages: tuple[OwedPage, ...]) -> Notice:
    """Return what a message is, for whoever carries it: it must arrive if it holds any page.

    What holds notices alone is of the kind *once*, as they are.
    """
    firm = person.id.partition(":")[0] if P in person.roles else None
    return Notice(
        notice=template_of(pages), role="rung" if firm is None else "provider", channels=CHANNELS,
        must_arrive=not all(page.is_notice for page in pages),
        exercise=all(page.exercise for page in pages), provider=firm, person=person.id,
        context={"happened_at": pages[0].at.isoformat()},
    )  # fmt: skip


def template_of(pages: tuple[OwedPage, ...]) -> str:
    """Return the template of a message: a digest when it holds more than one row."""
    if len(pages) > 1:
        return "escalation-digest"
    page = pages[0]
    if page.is_notice:
        return NOTICE_BY_PAGE
    if page.about.startswith("alarm:"):
        return "alarm"
    return "clock-warning" if page.is_warning else "clock-breached"


def line_of(page: OwedPage, now: datetime) -> PageLine:
    """Return one page as the message says it."""
    if page.is_notice:
        return _line_of_notice(page)
    about = page.about.rsplit("#", 1)[0]
    late = now - page.due_at
    is_case = about != REJECTED and page.case.startswith("CIR-")
    taken = f"escalation acknowledge {page.case} --about {about}"
    return PageLine(
        what="Case" if is_case else "Rejected report",
        case=page.case,
        about=about,
        says=page.says,
        rung=page.rung,
        due_at=page.due_at.isoformat(),
        late=in_words(late) if not page.is_warning and late >= timedelta(seconds=1) else "",
        acknowledge=f"cir {taken}" if is_case else f"cir intake acknowledge {page.case}",
        exercise=page.exercise,
    )


def _line_of_notice(page: OwedPage) -> PageLine:
    """Return a notice as the message says it: what answers it is in its own words."""
    return PageLine(
        case=page.case,
        about=page.about.removeprefix(NOTICE),
        says=page.says,
        rung=page.rung,
        due_at="" if page.due_at == page.at else page.due_at.isoformat(),
        acknowledge="",
        exercise=page.exercise,
    )


def in_words(length: timedelta) -> str:
    """Return a length as people say it: 45 seconds, 12 minutes, 3 hours 5 minutes."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{_many(hours, 'hour')} {_many(minutes, 'minute')}"
    return _many(minutes, "minute") if minutes else _many(seconds, "second")


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
