"""The channel *page* of notices to staff: a row for the one pager, which sends what it has."""

from datetime import datetime
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from activities.notice_ports import Delivery, Message, Notifier
from adapters.database.owed_pages import NoticePage

HANDED_OVER = Delivery(state="accepted", how="handed to the pager")
"""What the ledger says until the pager has sent the message that holds it."""


class PagerAwayError(OSError):
    """The rows of the pager cannot be reached; a later try may succeed."""


class PageRows(Protocol):
    """The pager, as a notice hands its page over."""

    async def take(self, page: NoticePage) -> None:
        """Write the row of a page, once."""
        ...

    async def has(self, key: str) -> bool:
        """Tell whether a row of that key was written."""
        ...


class PagerNotifier:
    """A notifier that hands pages to staff to the pager, and all else to another notifier.

    Args:
        pager: The pager of the same kind of case: that of exercises sends to sinks only.
        rest: Takes every other message: a page to a provider rings its duty line by itself.
    """

    def __init__(self, pager: PageRows, rest: Notifier) -> None:
        self._pager = pager
        self._rest = rest

    async def deliver(self, message: Message) -> Delivery:
        """Write the row of a page to staff, once; send anything else.

        Raises:
            OSError: The outcome is unknown.
        """
        if not message.is_page_to_staff:
            return await self._rest.deliver(message)
        try:
            await self._pager.take(page_of(message))
        except SQLAlchemyError as error:
            raise PagerAwayError("The page could not be handed to the pager.") from error
        return HANDED_OVER

    async def look_up(self, message: Message) -> Delivery:
        """Say whether the pager has the page; for anything else what its notifier says.

        Raises:
            OSError: It cannot be looked up now.
        """
        if not message.is_page_to_staff:
            return await self._rest.look_up(message)
        try:
            has_it = await self._pager.has(message.key)
        except SQLAlchemyError as error:
            raise PagerAwayError("The pager's rows cannot be read.") from error
        return (
            HANDED_OVER if has_it else Delivery(state="failed", how="not handed over", again=True)
        )


def page_of(message: Message) -> NoticePage:
    """Return a message to staff as the pager has it; its words are those of the notice's SMS."""
    told = message.notice.context
    due_at = str(told.get("due_at") or "")
    return NoticePage(
        key=message.key,
        person=message.to.person or "",
        case=message.case,
        notice=message.notice.notice,
        says=message.says,
        at=datetime.fromisoformat(str(told["happened_at"])),
        due_at=datetime.fromisoformat(due_at) if due_at else None,
    )
