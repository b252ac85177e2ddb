"""Carrying the pager's one message to a person, by every channel they have."""

from collections.abc import Callable
from datetime import datetime, timedelta

from activities.notice_ports import Message, Notifier, message_id
from adapters.database.pager import OwedPage
from adapters.rendering import PageLine, Templates
from domain.notice import Address, Channel, Context, Notice
from domain.people import P, Person

CHANNELS: tuple[Channel, ...] = ("email", "sms")
"""Go out together; a person without a telephone number has only the first."""

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

    async def send(self, person: Person, pages: tuple[OwedPage, ...], message: str) -> None:
        """Send one message with every page; the same id for every try.

        A provider's account lead gets it as the provider would, and has nothing to acknowledge.

        Raises:
            OSError: No channel took it.
        """
        template = template_of(pages)
        firm = person.id.partition(":")[0] if P in person.roles else None
        words = self._templates.render_page(
            template,
            person.name,
            (line_of(page, self._now()) for page in pages),
            outside=firm is not None,
        )
        exercise = all(page.exercise for page in pages)
        happened: Context = {"happened_at": pages[0].at.isoformat()}
        notice = Notice(
            notice=template, role="rung" if firm is None else "provider", channels=CHANNELS,
            must_arrive=True, exercise=exercise, provider=firm, person=person.id, context=happened,
        )  # fmt: skip
        to = Address(name=person.name, email=person.email, phone=person.phone)
        taken = 0
        for channel in CHANNELS:
            if channel == "sms" and person.phone is None:
                continue
            sent = await self._notifier.deliver(
                Message(
                    key=message,
                    case=pages[0].case,
                    notice=notice,
                    channel=channel,
                    to=to,
                    subject=words.subject,
                    body=words.body,
                    sms=words.sms,
                    message_id=message_id(f"{message}/{channel}"),
                    exercise=exercise,
                )
            )
            taken += sent.state in ("accepted", "delivered")
        if not taken:
            raise OSError(f"no channel took the page for {person.id}")


def template_of(pages: tuple[OwedPage, ...]) -> str:
    """Return the template of a message: a digest when it holds more than one row."""
    if len(pages) > 1:
        return "escalation-digest"
    page = pages[0]
    if page.about.startswith("alarm:"):
        return "alarm"
    return "clock-warning" if page.is_warning else "clock-breached"


def line_of(page: OwedPage, now: datetime) -> PageLine:
    """Return one page as the message says it."""
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


def in_words(length: timedelta) -> str:
    """Return a length as people say it: 45 seconds, 12 minutes, 3 hours 5 minutes."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{_many(hours, 'hour')} {_many(minutes, 'minute')}"
    return _many(minutes, "minute") if minutes else _many(seconds, "second")


def _many(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
