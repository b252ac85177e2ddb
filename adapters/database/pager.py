"""The one pager of the service: page rows, and one message a person."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.paging import PageAnswer, PageBatch, PageRow
from adapters.database.engine import insert_once, writing
from adapters.database.registers import Registers, Shift
from adapters.database.tables import PageRowRow
from domain.people import D, H, M, Person, Role, T
from domain.value import Instant, Value

RUNGS: dict[int, Role] = {0: T, 1: M, 2: H, 3: D}
"""Who is on a rung when there is no rota at all."""

TOP = 3


class OwedPage(Value):
    """One page row as its message tells it."""

    case: str
    about: str
    rung: int
    says: str
    at: Instant
    due_at: Instant
    exercise: bool


class PageSender(Protocol):
    """Whatever carries a page message to a person."""

    async def send(self, person: Person, pages: tuple[OwedPage, ...], message: str) -> None:
        """Send one message with every page, worst first; the same id for every try."""
        ...


class DatabasePager:
    """The pager over the registers and the page table."""

    def __init__(
        self,
        engine: AsyncEngine,
        registers: Registers,
        sender: PageSender,
        now: Callable[[], datetime],
        batching: timedelta,
    ) -> None:
        self._engine = engine
        self._registers = registers
        self._sender = sender
        self._now = now
        self._batching = batching
        self._people: tuple[Person, ...] = ()
        self._rota: tuple[Shift, ...] = ()

    async def enter(self, batch: PageBatch) -> tuple[PageAnswer, ...]:
        """Find who is on each rung, write the rows, and say who was reached."""
        await self._look()
        answers = [self._answer(row) for row in batch.rows]
        try:
            await self._write(batch, answers)
        except SQLAlchemyError:
            await self._send_unwritten(batch, answers)
        return tuple(answers)

    async def send(self, person: str) -> None:
        """Send a person one message with every unsent row; wait for the minute's end first."""
        wait = await self._wait(person)
        if wait > timedelta(0):
            await asyncio.sleep(wait.total_seconds())
        owed, message = await self._claimed(person)
        if not owed:
            return
        await self._look()
        found = next((one for one in self._people if one.id == person), None)
        if found is not None:
            await self._sender.send(found, owed, message)
        async with writing(self._engine) as connection:
            await connection.execute(
                update(PageRowRow)
                .where(col(PageRowRow.person) == person, col(PageRowRow.message) == message)
                .values(sent_at=self._now())
            )

    async def _look(self) -> None:
        """Read people and rota; with the database away the last that were read must do."""
        try:
            self._people = await self._registers.people()
            self._rota = await self._registers.rota()
        except SQLAlchemyError:
            if not self._people:
                raise

    def _answer(self, row: PageRow) -> PageAnswer:
        wanted = row.page.rung
        for rung in range(wanted, TOP + 1):
            people = self._on(rung, row.page.owner)
            if people:
                return PageAnswer(key=row.key, rung=rung, people=people)
        senior = {M, H, D}
        everybody = tuple(one.id for one in self._people if senior & set(one.roles))
        return PageAnswer(key=row.key, rung=wanted, people=everybody)

    def _on(self, rung: int, owner: str | None) -> tuple[str, ...]:
        """Return who is on a rung now; L0 is the owner while on shift."""
        if not self._rota:
            if rung == 0 and owner is not None:
                return (owner,)
            return tuple(one.id for one in self._people if RUNGS[rung] in one.roles)
        now = self._now()
        there = tuple(
            shift.person
            for shift in self._rota
            if shift.rung == rung and shift.begins <= now < shift.until
        )
        return (owner,) if rung == 0 and owner in there else there

    async def _write(self, batch: PageBatch, answers: list[PageAnswer]) -> None:
        async with writing(self._engine) as connection:
            for row, answer in zip(batch.rows, answers, strict=True):
                for person in answer.people:
                    await insert_once(
                        connection, PageRowRow, key=row.key, person=person, case=row.case,
                        about=row.page.about, rung=answer.rung, wanted=row.page.rung,
                        says=row.says, at=row.page.at, due_at=row.page.due_at,
                        exercise=row.page.exercise,
                    )  # fmt: skip

    async def _send_unwritten(self, batch: PageBatch, answers: list[PageAnswer]) -> None:
        """Page at once and without the ledger: a page must arrive, if need be twice."""
        for person in self._people:
            owed = tuple(
                _owed(row, answer.rung)
                for row, answer in zip(batch.rows, answers, strict=True)
                if person.id in answer.people
            )
            if owed:
                await self._sender.send(person, owed, f"page/{batch.rows[0].key}/{person.id}")

    async def _wait(self, person: str) -> timedelta:
        """Return how long the person's minute still has: nothing when none was sent lately."""
        async with writing(self._engine) as connection:
            found = await connection.execute(
                select(func.max(col(PageRowRow.sent_at))).where(col(PageRowRow.person) == person)
            )
            last = found.scalar_one_or_none()
        if last is None:
            return timedelta(0)
        return last + self._batching - self._now()

    async def _claimed(self, person: str) -> tuple[tuple[OwedPage, ...], str]:
        """Claim every unsent row of a person under one message id; a repeat claims the same.

        Rows that an earlier try claimed and did not send keep their message, so that a message sent
        before a crash is sent again with the same id.
        """
        async with writing(self._engine) as connection:
            query = (
                select(PageRowRow)
                .where(col(PageRowRow.person) == person, col(PageRowRow.sent_at).is_(None))
                .order_by(col(PageRowRow.message).is_(None), col(PageRowRow.at))
            )
            rows = (await connection.execute(query)).all()
            if not rows:
                return (), ""
            message = rows[0].message or f"page/{rows[0].key}/{person}"
            mine = [row for row in rows if row.message in (None, message)]
            await connection.execute(
                update(PageRowRow)
                .where(
                    col(PageRowRow.person) == person, col(PageRowRow.key).in_([r.key for r in mine])
                )
                .values(message=message)
            )
            return _worst_first(mine), message


def _worst_first(rows: list[Any]) -> tuple[OwedPage, ...]:
    owed = [
        OwedPage(
            case=row.case, about=row.about, rung=row.rung, says=row.says,
            at=row.at, due_at=row.due_at, exercise=row.exercise,
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(owed, key=lambda page: (-page.rung, page.due_at, page.case)))


def _owed(row: PageRow, rung: int) -> OwedPage:
    page = row.page
    return OwedPage(
        case=row.case,
        about=page.about,
        rung=rung,
        says=row.says,
        at=page.at,
        due_at=page.due_at,
        exercise=page.exercise,
    )
