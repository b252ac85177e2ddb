"""The one pager of the service: page rows, and one message a person."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from activities.notice_ports import Delivery
from activities.paging import PageAnswer, PageBatch, PageRow
from adapters.database import register_rows
from adapters.database.engine import SENDERS, alone, insert_once, reading, writing
from adapters.database.owed_pages import (
    NOTICE,
    NoticePage,
    OwedPage,
    owed_as_asked,
    owed_of_row,
    worst_first,
)
from adapters.database.registers import Registers
from adapters.database.tables import NoticeRow, PageRowRow
from domain.effects import Page
from domain.people import D, H, M, Person
from domain.policy import Policy
from domain.provider import lead_id, lead_of
from domain.registers.shifts import RUNGS, Shift, on_rung

TOP = 3
NOTHING = timedelta(0)
SENT_WITHIN = timedelta(minutes=2)
"""One message is sent or given up in this time, as long as its activity has [our default]."""


class PageSender(Protocol):
    """Whatever carries a page message to a person."""

    async def send(
        self, person: Person, pages: tuple[OwedPage, ...], message: str, *, in_doubt: bool = False
    ) -> Delivery:
        """Send one message with every page, worst first; the same id for every try.

        Args:
            person: To whom.
            pages: What it tells.
            message: Its id.
            in_doubt: Whether an earlier try may have sent it.

        Returns:
            The best that became of it.

        Raises:
            NotTakenError: No channel took it.
            OSError: The outcome is unknown.
        """
        ...


class NotTakenError(OSError):
    """No channel took the message: it is known not to have gone."""


class Claimed(NamedTuple):
    """What the next message to a person holds.

    Attributes:
        message: Its id.
        in_doubt: Whether an earlier try claimed the same and may have sent it.
    """

    pages: tuple[OwedPage, ...]
    message: str
    in_doubt: bool


class DatabasePager:
    """The pager over the registers and the page table.

    There is one for real cases and one for exercises; neither sees the other's rows, and what an
    exercise pages goes in messages of its own, because they go to another place.

    One call at a time sends to a person, on PostgreSQL across all workers. Of two workers on one
    SQLite file both might send a message, under one id.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        registers: Registers,
        sender: PageSender,
        now: Callable[[], datetime],
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        *,
        exercises: bool = False,
    ) -> None:
        """Take what it works with.

        Args:
            engine: The database of the page rows.
            registers: People and rota.
            sender: Carries the messages.
            now: The clock.
            pause: Waits for so many seconds.
            exercises: Whether it is the pager of exercises.
        """
        self._engine = engine
        self._registers = registers
        self._sender = sender
        self._now = now
        self._pause = pause
        self._exercises = exercises
        self._people: tuple[Person, ...] = ()
        self._leads: tuple[Person, ...] = ()
        self._rota: tuple[Shift, ...] = ()
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._at_once = asyncio.Semaphore(SENDERS)

    async def enter(self, batch: PageBatch) -> tuple[PageAnswer, ...]:
        """Find who is on each rung, write the rows, and say who was reached.

        A key that was entered before gets the answer it got then. With the database away the
        message goes at once and without rows.
        """
        await self._look()
        batch = batch.but(rows=tuple(self._own(row) for row in batch.rows))
        answers = tuple(self._answer(row) for row in batch.rows)
        try:
            return await self._written(batch, answers)
        except SQLAlchemyError:
            await self._send_unwritten(batch, answers)
        return answers

    async def take(self, page: NoticePage) -> None:
        """Write the row of a notice that also goes by page, once; ``send`` then sends it.

        Raises:
            SQLAlchemyError: Nothing was written.
        """
        async with writing(self._engine) as connection:
            await insert_once(
                connection, PageRowRow, key=page.key, person=page.person, case=page.case,
                about=f"{NOTICE}{page.notice}", rung=0, wanted=0, says=page.says, at=page.at,
                due_at=page.due_at or page.at, exercise=self._exercises,
            )  # fmt: skip

    async def has(self, key: str) -> bool:
        """Tell whether a row of that key was written.

        Raises:
            SQLAlchemyError: The rows cannot be read.
        """
        async with reading(self._engine) as connection:
            return await _entered(connection, key) is not None

    async def send(self, person: str) -> None:
        """Send a person one message with every unsent row; wait for the minute's end first."""
        wait = await self._due_in(person)
        while wait is not None:
            if wait > NOTHING:
                await self._pause(wait.total_seconds())
            async with self._turn_to_send(person):
                wait = await self._due_in(person)
                if wait is not None and wait <= NOTHING:
                    await self._send_one(person)
                    wait = await self._due_in(person)

    @asynccontextmanager
    async def _turn_to_send(self, person: str) -> AsyncIterator[None]:
        """Let one call of one worker at a time send to a person, who looks at what is owed then."""
        name = f"page/{person}/{'exercise' if self._exercises else 'real'}"
        async with self._lines[person], self._at_once, alone(self._engine, name, SENT_WITHIN):
            yield

    async def _send_one(self, person: str) -> None:
        """Send one message with what is owed now, and write what became of it.

        What no channel took is claimed no longer: it goes with whatever is owed by then.
        """
        pages, message, in_doubt = await self._claimed(person)
        await self._look()
        found = next((one for one in (*self._people, *self._leads) if one.id == person), None)
        sent = Delivery(state="failed", how="no longer on the register")
        if found is not None:
            try:
                sent = await self._sender.send(found, pages, message, in_doubt=in_doubt)
            except NotTakenError:
                await self._unclaim(person, message)
                raise
        await self._settle(person, message, sent)

    async def _unclaim(self, person: str, message: str) -> None:
        async with writing(self._engine) as connection:
            await connection.execute(
                update(PageRowRow).where(*_of_message(person, message)).values(message=None)
            )

    async def _settle(self, person: str, message: str, sent: Delivery) -> None:
        """Mark the rows of a message as sent; the ledger of notices has what became of its own."""
        legs = select(col(PageRowRow.key)).where(*_of_message(person, message))
        now = self._now()
        async with writing(self._engine) as connection:
            await connection.execute(
                update(NoticeRow)
                .where(
                    col(NoticeRow.id).in_(legs), col(NoticeRow.state).in_(("sending", "accepted"))
                )
                .values(state=sent.state, how=sent.how, doubled=sent.doubled, settled_at=now)
            )
            await connection.execute(
                update(PageRowRow).where(*_of_message(person, message)).values(sent_at=now)
            )

    def _own(self, row: PageRow) -> PageRow:
        """Return the row as this pager's: a case may have become an exercise since it was asked."""
        return row.but(page=row.page.but(exercise=self._exercises))

    async def _look(self) -> None:
        """Read the registers; with the database away the last that were read must do."""
        try:
            self._people = await self._registers.people()
            self._rota = await self._registers.rota()
            self._leads = tuple(map(lead_of, await self._registers.providers()))
        except SQLAlchemyError:
            if not self._people:
                raise

    def _answer(self, row: PageRow) -> PageAnswer:
        """Return who is on the rung; a provider's account lead besides, where that is asked."""
        reached = self._reached(row)
        provider = row.page.provider
        if provider is None:
            return reached
        leads = tuple(one.id for one in self._leads if one.id == lead_id(provider))
        return reached.but(people=(*reached.people, *leads))

    def _reached(self, row: PageRow) -> PageAnswer:
        """Return who is on the rung, or on the next above that has somebody."""
        wanted = row.page.rung
        for rung in range(wanted, TOP + 1):
            people = self._on(rung, row.page)
            if people:
                return PageAnswer(key=row.key, rung=rung, people=people)
        senior = {M, H, D}
        everybody = tuple(one.id for one in self._people if senior & set(one.roles))
        return PageAnswer(key=row.key, rung=wanted, people=everybody)

    def _on(self, rung: int, page: Page) -> tuple[str, ...]:
        """Return who of the register is on a rung now; L0 is the owner while on shift.

        A played exercise has the rota of its story, at the story's own instant.
        """
        owner = page.owner
        if self._rota:
            now = page.on_rota_at or self._now()
            there = set(on_rung(self._rota, rung, now))
        else:
            there = {one.id for one in self._people if RUNGS[rung] in one.roles}
            there |= {owner} if rung == 0 and owner is not None else set()
        known = tuple(one.id for one in self._people if one.id in there)
        return (owner,) if rung == 0 and owner in known else known

    async def _written(
        self, batch: PageBatch, answers: tuple[PageAnswer, ...]
    ) -> tuple[PageAnswer, ...]:
        async with writing(self._engine) as connection:
            written = []
            for row, answer in zip(batch.rows, answers, strict=True):
                before = await _entered(connection, row.key)
                written.append(before or answer)
                if before is None:
                    await _write(connection, row, answer)
            return tuple(written)

    async def _send_unwritten(self, batch: PageBatch, answers: tuple[PageAnswer, ...]) -> None:
        """Page at once and without the ledger: a page must arrive, if need be twice.

        Raises:
            OSError: Somebody could not be paged; everybody else was.
        """
        missed = []
        for person in (*self._people, *self._leads):
            owed = tuple(
                owed_as_asked(row, answer.rung)
                for row, answer in zip(batch.rows, answers, strict=True)
                if person.id in answer.people
            )
            message = f"page/{batch.rows[0].key}/{person.id}"
            try:
                if owed:
                    await self._sender.send(person, worst_first(owed), message)
            except OSError:
                missed.append(person.id)
        if missed:
            raise OSError(f"not paged, and the database is away: {', '.join(missed)}")

    async def _due_in(self, person: str) -> timedelta | None:
        """Return how long the person's minute still has; ``None`` when nothing is owed."""
        mine = (col(PageRowRow.person) == person, col(PageRowRow.exercise).is_(self._exercises))
        unsent = select(func.count()).where(*mine, col(PageRowRow.sent_at).is_(None))
        latest = select(func.max(col(PageRowRow.sent_at))).where(*mine)
        async with reading(self._engine) as connection:
            if not (await connection.execute(unsent)).scalar_one():
                return None
            last = (await connection.execute(latest)).scalar_one_or_none()
            if last is None:
                return NOTHING
            policy = Policy.of(await register_rows.policy(connection))
        return last + policy.length("pager.batching_seconds") - self._now()

    async def _claimed(self, person: str) -> Claimed:
        """Claim what the next message holds, under its id.

        Rows that an earlier try claimed and did not mark as sent come first and by themselves: the
        message may have gone before a crash, so it goes again with the same id and content.
        """
        async with writing(self._engine) as connection:
            query = (
                select(PageRowRow)
                .where(
                    col(PageRowRow.person) == person,
                    col(PageRowRow.exercise).is_(self._exercises),
                    col(PageRowRow.sent_at).is_(None),
                )
                .order_by(col(PageRowRow.message).is_(None), col(PageRowRow.at))
            )
            rows = (await connection.execute(query)).all()
            in_doubt = rows[0].message is not None
            message = rows[0].message or f"page/{rows[0].key}/{person}"
            mine = [row for row in rows if row.message == rows[0].message]
            await connection.execute(
                update(PageRowRow)
                .where(
                    col(PageRowRow.person) == person,
                    col(PageRowRow.key).in_([row.key for row in mine]),
                )
                .values(message=message)
            )
        return Claimed(worst_first(owed_of_row(row) for row in mine), message, in_doubt)


def _of_message(person: str, message: str) -> tuple[ColumnElement[bool], ...]:
    """Return what picks the rows of one message."""
    return col(PageRowRow.person) == person, col(PageRowRow.message) == message


async def _entered(connection: AsyncConnection, key: str) -> PageAnswer | None:
    """Return what a key was answered before."""
    found = await connection.execute(
        select(col(PageRowRow.person), col(PageRowRow.rung))
        .where(col(PageRowRow.key) == key)
        .order_by(col(PageRowRow.person))
    )
    rows = found.all()
    if not rows:
        return None
    return PageAnswer(key=key, rung=rows[0].rung, people=tuple(str(row.person) for row in rows))


async def _write(connection: AsyncConnection, row: PageRow, answer: PageAnswer) -> None:
    page = row.page
    for person in answer.people:
        await insert_once(
            connection, PageRowRow, key=row.key, person=person, case=row.case, about=page.about,
            rung=answer.rung, wanted=page.rung, says=row.says, at=page.at, due_at=page.due_at,
            exercise=page.exercise,
        )  # fmt: skip
