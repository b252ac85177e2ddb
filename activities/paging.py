"""Paging people: a case asks for a rung; the pager finds who is there, one message each."""

from typing import Protocol

from temporalio import activity

from activities.beating import beating
from domain.effects import Page
from domain.value import Value


class PageRow(Value):
    """One page a case asks for.

    Attributes:
        key: The effect's key; a row exists once.
        case: The case's reference.
        page: What is asked.
        says: What the page is about, in words: the clock and what it waits for.
    """

    key: str
    case: str
    page: Page
    says: str


class PageBatch(Value):
    """Pages of one case that are due together."""

    rows: tuple[PageRow, ...]


class PageAnswer(Value):
    """Which rung a page really reached.

    Attributes:
        rung: The rung reached; higher than asked where rungs were empty.
        people: Who is paged there.
    """

    key: str
    rung: int
    people: tuple[str, ...]


class Paged(Value):
    """The pager's answer to a batch: one answer a row, and whom messages are owed to."""

    answers: tuple[PageAnswer, ...]
    people: tuple[str, ...]


class Pager(Protocol):
    """The one pager of the service."""

    async def enter(self, batch: PageBatch) -> tuple[PageAnswer, ...]:
        """Find who is on each rung, write the rows, and say who was reached.

        An empty rung passes the page to the next that has somebody; when none above has, every
        incident manager, head of service and director is paged.
        """
        ...

    async def send(self, person: str) -> None:
        """Send ``person`` one message with every unsent row, worst first.

        At once when nothing went to that person in the last 60 seconds, else at the end of that
        minute; rows that another call has claimed meanwhile are left to it.
        """
        ...


class Paging:
    """The activities of the pager."""

    def __init__(self, pager: Pager) -> None:
        self._pager = pager

    @activity.defn(name="enter-pages")
    async def enter_pages(self, batch: PageBatch) -> Paged:
        """Write page rows and answer which rung each reached."""
        async with beating():
            answers = await self._pager.enter(batch)
        people = tuple(sorted({person for answer in answers for person in answer.people}))
        return Paged(answers=answers, people=people)

    @activity.defn(name="send-page")
    async def send_page(self, person: str) -> None:
        """Send one person one message with all that is owed to them."""
        async with beating():
            await self._pager.send(person)
