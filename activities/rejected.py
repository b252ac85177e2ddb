"""The alarm ``report-rejected``: it belongs to no case, so the watchkeeper climbs its ladder.

It pages L0, then climbs ladder U from L1 until somebody says that they have it (guide f 15). Each
look pages what time says by then: after an outage one page at the rung it has come to, no burst.
Where a rung has nobody the next one is paged, and the alarm ``rota-gap`` from L2 beside it; whoever
has the report ends both.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

from temporalio import activity

from activities.paging import PageBatch, Pager, PageRow
from domain.clocks.alarms import ALARMS
from domain.clocks.clock import Ladder
from domain.effects import Page
from domain.policy import Policy
from domain.value import Instant, Value

ABOUT = "alarm:report-rejected#1"
"""What its pages are about."""

GAP = "alarm:rota-gap#1"
"""What the pages about an empty rung are about."""

TOP = 3
"""The top rung of ladder U."""

SEND_WITHIN = 40.0
"""Seconds a message may take in one look; what is owed then goes at the next [our default]."""


class Waiting(Value):
    """A rejected report that nobody has said they have.

    Attributes:
        pages: How often somebody was paged about it.
        rung: The rung that was reached last.
    """

    reference: str
    sender: str
    at: Instant
    pages: int
    rung: int | None


class RejectedReports(Protocol):
    """The quarantine, as the pager sees it."""

    async def unanswered(self) -> tuple[Waiting, ...]:
        """Return the items that nobody has said they have, oldest first."""
        ...

    async def paged(self, reference: str, pages: int, rung: int) -> None:
        """Keep how far the paging about an item has come."""
        ...

    async def owed(self) -> tuple[str, ...]:
        """Return whom a page about an item was written for and not sent to yet."""
        ...


class RejectedPaging:
    """The activity that climbs.

    Args:
        reports: What waits.
        pager: The one pager.
        now: The clock.
        policy: Asked for the time between two rungs of ladder U at each look.
    """

    def __init__(
        self,
        reports: RejectedReports,
        pager: Pager,
        now: Callable[[], datetime],
        policy: Callable[[], Awaitable[Policy]],
    ) -> None:
        self._reports = reports
        self._pager = pager
        self._now = now
        self._policy = policy

    @activity.defn(name="page-rejected-reports")
    async def page(self) -> int:
        """Page what is due about rejected reports; return how many pages were new."""
        new, policy = 0, await self._policy()
        every = policy.ladder_interval(Ladder.URGENT)
        for item in await self._reports.unanswered():
            due = due_page(item, self._now(), every)
            if due is not None:
                await self._enter(item, *due)
                new += 1
        await asyncio.gather(*(self._send(person) for person in await self._reports.owed()))
        return new

    async def _enter(self, item: Waiting, number: int, rung: int) -> None:
        says = f"a report of {item.sender} could not be read; it may be a call for help"
        (answer,) = await self._pager.enter(self._batch(item, ABOUT, number, rung, says))
        if answer.rung != rung or skipped(item):
            gap = ALARMS["rota-gap"]
            higher = min(TOP, gap.rung + number)
            await self._pager.enter(self._batch(item, GAP, number, higher, gap.says))
        await self._reports.paged(item.reference, number + 1, answer.rung)

    def _batch(self, item: Waiting, about: str, number: int, rung: int, says: str) -> PageBatch:
        name = about.removeprefix("alarm:").partition("#")[0]
        page = Page(
            about=about, rung=rung, at=self._now(), due_at=item.at, owner=None, exercise=False
        )
        key = f"{item.reference}/{name}/{number}"
        return PageBatch(rows=(PageRow(key=key, case=item.reference, page=page, says=says),))

    async def _send(self, person: str) -> None:
        """Send what is owed; what cannot go now is owed still, and the other duties go on."""
        try:
            await asyncio.wait_for(self._pager.send(person), SEND_WITHIN)
        except (OSError, TimeoutError) as error:
            activity.logger.warning("page-not-sent", extra={"error": type(error).__name__})


def skipped(item: Waiting) -> bool:
    """Tell whether a rung was found empty before: the last page went higher than its turn."""
    return item.rung is not None and item.rung > min(TOP, item.pages - 1)


def due_page(item: Waiting, now: datetime, every: timedelta) -> tuple[int, int] | None:
    """Return number and rung of the page that is due; ``None`` while the last one is enough.

    The first is L0's, at once. A rung that was found empty is not paged again: the ladder carries
    on above the rung that was really reached.
    """
    number = max(0, (now - item.at) // every)
    if number < item.pages:
        return None
    last = -1 if item.rung is None else item.rung
    return number, min(TOP, max(number, last + 1) if item.pages else number)
