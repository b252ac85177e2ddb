"""The pager over a database of each kind: who is on the register, pages as cases ask for them."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.paging import PageBatch, PageRow
from adapters.database.engine import reading
from adapters.database.pager import DatabasePager
from adapters.database.registers import Registers
from adapters.database.tables import PageRowRow
from domain.effects import Page
from domain.people import Person
from domain.registers.shifts import Shift
from tests.builders import HOUR, NOON, REFERENCE, STAFF
from tests.databases import Clock
from tests.fakes import FakePageSender

PEOPLE = tuple(
    Person(id=name, name=name.title(), roles=roles, email=f"{name}@mhclg.example.gov.uk")
    for name, roles in STAFF.items()
)
BATCHING = timedelta(seconds=60)


def shift(rung: int, person: str, begins: datetime = NOON - HOUR) -> Shift:
    return Shift(rung=rung, person=person, begins=begins, until=begins + 8 * HOUR)


FULL = (shift(0, "kaya"), shift(0, "tomas"), shift(1, "priya"), shift(2, "helen"))


@pytest.fixture
def sender() -> FakePageSender:
    return FakePageSender()


@pytest.fixture
def registers(engine: AsyncEngine, clock: Clock) -> Registers:
    return Registers(engine, clock)


@pytest.fixture
async def pager(
    engine: AsyncEngine, registers: Registers, sender: FakePageSender, clock: Clock
) -> DatabasePager:
    await registers.fill_people(PEOPLE)
    return a_pager(engine, registers, sender, clock)


def a_pager(
    engine: AsyncEngine,
    registers: Registers,
    sender: FakePageSender,
    clock: Clock,
    *,
    exercises: bool = False,
) -> DatabasePager:
    async def pause(seconds: float) -> None:
        clock.move(timedelta(seconds=seconds))

    return DatabasePager(engine, registers, sender, clock, pause, exercises=exercises)


def a_row(  # a page as a case asks for it
    key: str = "page-1",
    rung: int = 1,
    about: str = "decision#1",
    *,
    due_at: datetime = NOON,
    owner: str | None = "kaya",
    exercise: bool = False,
) -> PageRow:
    page = Page(about=about, rung=rung, at=NOON, due_at=due_at, owner=owner, exercise=exercise)
    return PageRow(key=key, case=REFERENCE, page=page, says="decision waits for a decision")


async def reached(pager: DatabasePager, row: PageRow) -> tuple[int, tuple[str, ...]]:
    (answer,) = await pager.enter(PageBatch(rows=(row,)))
    return answer.rung, answer.people


async def unsent(engine: AsyncEngine) -> int:
    async with reading(engine) as connection:
        query = select(col(PageRowRow.key)).where(col(PageRowRow.sent_at).is_(None))
        return len((await connection.execute(query)).all())
