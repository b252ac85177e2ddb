import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.paging import PageAnswer, PageBatch, PageRow
from adapters.database.engine import create_engine, reading
from adapters.database.pager import DatabasePager, OwedPage
from adapters.database.registers import Registers
from adapters.database.tables import PageRowRow
from domain.effects import Page
from domain.people import Person
from domain.registers.shifts import Shift
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOON,
    OTHER,
    REFERENCE,
    STAFF,
    a_provider,
    providers,
)
from tests.databases import Clock, Database, Databases, count, rows, taken_away
from tests.fakes import FakePageSender
from tests.live import until

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

    return DatabasePager(engine, registers, sender, clock, BATCHING, pause, exercises=exercises)


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


class TestWhoIsReached:
    @pytest.mark.parametrize(
        ("rung", "people"),
        [
            (0, ("kaya",)),  # the owner
            (1, ("martin", "priya")),
            (2, ("helen",)),
            (3, ("amory",)),
        ],
    )
    async def test_without_a_rota_every_rung_has_its_role(
        self, pager: DatabasePager, rung: int, people: tuple[str, ...]
    ) -> None:
        assert await reached(pager, a_row(rung=rung)) == (rung, people)

    async def test_without_a_rota_and_an_owner_every_officer_is_paged(
        self, pager: DatabasePager
    ) -> None:
        assert await reached(pager, a_row(rung=0, owner=None)) == (0, ("kaya", "tomas"))

    async def test_an_owner_who_left_the_register_is_not_paged(self, pager: DatabasePager) -> None:
        assert await reached(pager, a_row(rung=0, owner="gone")) == (0, ("kaya", "tomas"))

    async def test_the_owner_alone_is_paged_while_on_shift(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota(FULL)
        assert await reached(pager, a_row(rung=0, owner="tomas")) == (0, ("tomas",))

    async def test_an_owner_off_shift_leaves_it_to_the_officers_on_shift(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "tomas"), shift(0, "kaya", NOON + HOUR)))
        assert await reached(pager, a_row(rung=0, owner="kaya")) == (0, ("tomas",))

    async def test_the_end_of_a_shift_is_excluded(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(1, "priya", NOON - 8 * HOUR), shift(1, "martin", NOON)))
        assert await reached(pager, a_row(rung=1)) == (1, ("martin",))

    async def test_an_empty_rung_passes_the_page_to_the_next_with_somebody(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "kaya"), shift(2, "helen")))
        assert await reached(pager, a_row(rung=1)) == (2, ("helen",))

    async def test_with_nobody_above_every_manager_head_and_director_is_paged(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "kaya"),))
        everybody = ("amory", "helen", "martin", "priya")
        assert await reached(pager, a_row(rung=1)) == (1, everybody)

    async def test_a_key_that_comes_again_gets_the_answer_it_got(
        self, pager: DatabasePager, registers: Registers, clock: Clock, engine: AsyncEngine
    ) -> None:
        await registers.fill_rota((shift(1, "priya"), shift(1, "martin", NOON + 7 * HOUR)))
        assert await reached(pager, a_row()) == (1, ("priya",))
        clock.move(7 * HOUR + MINUTE)
        assert await reached(pager, a_row()) == (1, ("priya",))
        assert await count(engine, PageRowRow) == 1


class TestTheMessage:
    async def test_rows_of_many_cases_are_one_message(
        self, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine
    ) -> None:
        rows = tuple(a_row(f"page-{n}").but(case=f"CIR-2026-{n:06d}") for n in range(1, 41))
        for row in rows:
            await pager.enter(PageBatch(rows=(row,)))
        await pager.send("priya")
        (message,) = sender.sent_to("priya")
        assert len(message.pages) == 40
        await pager.send("martin")
        assert await unsent(engine) == 0

    async def test_the_worst_comes_first(
        self, pager: DatabasePager, sender: FakePageSender
    ) -> None:
        rows = (
            a_row("warning", 1, "decision#1", due_at=NOON + HOUR),
            a_row("breach", 1, "provider-contact#1", due_at=NOON - MINUTE),
            a_row("alarm", 1, "alarm:spread-reported#1"),
            a_row("older", 1, "triage-acknowledgement#1", due_at=NOON - HOUR),
        )
        await pager.enter(PageBatch(rows=rows))
        await pager.send("priya")
        assert [page.about for page in sender.sent_to("priya")[0].pages] == [
            "triage-acknowledgement#1",
            "provider-contact#1",
            "alarm:spread-reported#1",
            "decision#1",
        ]

    async def test_the_first_goes_at_once_and_the_next_at_the_end_of_the_minute(
        self, pager: DatabasePager, sender: FakePageSender, clock: Clock
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        await pager.send("priya")
        assert clock() == NOON
        clock.move(timedelta(seconds=20))
        await pager.enter(PageBatch(rows=(a_row("page-2"),)))
        await pager.send("priya")
        assert clock() == NOON + BATCHING
        assert len(sender.sent_to("priya")) == 2

    async def test_a_minute_later_nothing_is_waited_for(
        self, pager: DatabasePager, sender: FakePageSender, clock: Clock
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        await pager.send("priya")
        clock.move(2 * MINUTE)
        await pager.enter(PageBatch(rows=(a_row("page-2"),)))
        await pager.send("priya")
        assert clock() == NOON + 2 * MINUTE
        assert len(sender.sent_to("priya")) == 2

    async def test_nothing_owed_is_no_message(
        self, pager: DatabasePager, sender: FakePageSender
    ) -> None:
        await pager.send("priya")
        assert sender.calls == []

    async def test_twenty_calls_at_once_send_one_message(
        self, pager: DatabasePager, sender: FakePageSender
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"), a_row("page-2"))))
        await asyncio.gather(*(pager.send("priya") for _ in range(20)))
        assert len(sender.calls) == 1

    async def test_rows_that_come_while_a_message_goes_wait_for_the_next(
        self, pager: DatabasePager, sender: FakePageSender
    ) -> None:
        async def meanwhile() -> None:
            await pager.enter(PageBatch(rows=(a_row("page-2"),)))

        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        sender.meanwhile = meanwhile
        await pager.send("priya")
        first, second = sender.sent_to("priya")
        assert (len(first.pages), len(second.pages)) == (1, 1)
        assert first.message != second.message

    async def test_what_an_exercise_pages_never_goes_with_what_is_real(
        self,
        pager: DatabasePager,
        engine: AsyncEngine,
        registers: Registers,
        sender: FakePageSender,
        clock: Clock,
    ) -> None:
        sink = FakePageSender()
        drills = a_pager(engine, registers, sink, clock, exercises=True)
        await pager.enter(PageBatch(rows=(a_row("real"),)))
        # Asked for before the case was marked as an exercise: the pager knows better.
        await drills.enter(PageBatch(rows=(a_row("drill").but(case=OTHER),)))
        for one in (pager, drills):
            await one.send("priya")
        told = [[page.exercise for page in call.pages] for call in sender.sent_to("priya")]
        sunk = [[page.exercise for page in call.pages] for call in sink.sent_to("priya")]
        assert (told, sunk) == ([[False]], [[True]])


class TestTwoWorkers:
    """Only PostgreSQL has two: of two workers on one SQLite file each would send."""

    @pytest.fixture
    def served(self, databases: Databases, tmp_path: Path) -> Iterator[Database]:
        with databases.migrated("postgresql", tmp_path) as made:
            yield made

    @pytest.fixture
    async def pagers(
        self, served: Database, sender: FakePageSender, clock: Clock
    ) -> AsyncIterator[tuple[DatabasePager, DatabasePager]]:
        engines = create_engine(served.url), create_engine(served.url)
        one, other = (a_pager(e, Registers(e, clock), sender, clock) for e in engines)
        await Registers(engines[0], clock).fill_people(PEOPLE)
        await one.enter(PageBatch(rows=(a_row("page-1"),)))
        yield one, other
        for engine in engines:
            await engine.dispose()

    async def test_the_one_waits_while_the_other_sends(
        self,
        pagers: tuple[DatabasePager, DatabasePager],
        databases: Databases,
        sender: FakePageSender,
    ) -> None:
        one, other = pagers
        sending: list[asyncio.Task[None]] = []

        async def somebody_waits() -> bool:
            return databases.cluster.has_waiting()

        async def the_other_wants_to() -> None:
            sending.append(asyncio.create_task(other.send("priya")))
            await until(somebody_waits, "the other pager to wait")

        sender.meanwhile = the_other_wants_to
        await one.send("priya")
        await asyncio.gather(*sending)
        assert len(sender.sent_to("priya")) == 1

    async def test_one_that_dies_in_the_middle_lets_the_other_go_on(
        self,
        pagers: tuple[DatabasePager, DatabasePager],
        served: Database,
        sender: FakePageSender,
    ) -> None:
        one, other = pagers

        async def its_connections_end() -> None:
            served.take_away()
            served.bring_back()
            raise ConnectionResetError

        sender.meanwhile = its_connections_end
        with pytest.raises((ConnectionResetError, SQLAlchemyError)):
            await one.send("priya")
        await other.send("priya")
        lost, again = sender.sent_to("priya")
        assert (again.message, again.pages) == (lost.message, lost.pages)
        assert (
            rows(served.url, "SELECT 1 FROM page WHERE person = 'priya' AND sent_at IS NULL") == []
        )


class TestWhatMustArrive:
    async def test_after_a_crash_the_same_message_goes_again_under_its_id(
        self, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        sender.breaks_after = 1  # taken, then the line went dead: nobody marked it as sent
        with pytest.raises(ConnectionResetError):
            await pager.send("priya")
        await pager.enter(PageBatch(rows=(a_row("page-2"),)))
        await pager.send("priya")
        lost, again, rest = sender.sent_to("priya")
        assert (again.message, again.pages) == (lost.message, lost.pages)
        assert rest.message != lost.message
        assert len(rest.pages) == 1
        await pager.send("martin")
        assert await unsent(engine) == 0

    async def test_with_the_database_away_the_last_people_known_are_paged_at_once(
        self, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine, database: Database
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        await taken_away(engine, database)
        rows = (a_row("page-2"), a_row("page-3", rung=2))
        answers = await pager.enter(PageBatch(rows=rows))
        assert answers == (
            PageAnswer(key="page-2", rung=1, people=("martin", "priya")),
            PageAnswer(key="page-3", rung=2, people=("helen",)),
        )
        assert {call.person for call in sender.calls} == {"priya", "martin", "helen"}

    async def test_a_page_tried_again_without_the_database_keeps_its_id(
        self, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine, database: Database
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        await taken_away(engine, database)
        for _ in range(2):
            await pager.enter(PageBatch(rows=(a_row("page-2", rung=2),)))
        assert len({call.message for call in sender.sent_to("helen")}) == 1

    async def test_one_who_cannot_be_reached_keeps_it_from_nobody_else(
        self, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine, database: Database
    ) -> None:
        await pager.enter(PageBatch(rows=(a_row("page-1"),)))
        await taken_away(engine, database)
        sender.unreachable = {"martin"}
        with pytest.raises(OSError, match="martin"):
            await pager.enter(PageBatch(rows=(a_row("page-2"),)))
        assert len(sender.sent_to("priya")) == 1

    async def test_with_nobody_ever_read_it_is_tried_again(
        self, pager: DatabasePager, engine: AsyncEngine, database: Database
    ) -> None:
        await taken_away(engine, database)
        with pytest.raises(SQLAlchemyError):
            await pager.enter(PageBatch(rows=(a_row(),)))


def test_a_warning_is_told_by_its_deadline_and_never_by_its_rung() -> None:
    page = OwedPage(
        case=REFERENCE, about="decision#1", rung=2, says="", at=NOON, due_at=NOON + DAY,
        exercise=False,
    )  # fmt: skip
    assert page.is_warning
    assert not page.but(due_at=NOON).is_warning
    assert not page.but(about="alarm:life-risk#1").is_warning


class TestAccountLead:
    """At 30 minutes without contact the provider's account lead is paged as well (guide f 7)."""

    async def test_the_lead_is_paged_beside_the_rung(
        self, pager: DatabasePager, registers: Registers, sender: FakePageSender
    ) -> None:
        await registers.fill_providers(providers())
        row = a_row(rung=2, about="provider-contact#1")
        missed = row.but(page=row.page.but(provider="alder"))
        assert await reached(pager, missed) == (2, ("helen", "alder:account-lead"))
        assert await reached(pager, missed) == (2, ("alder:account-lead", "helen"))
        await pager.send("alder:account-lead")
        assert [(one.id, one.name) for one in sender.reached] == [
            ("alder:account-lead", "Moira Tennant")
        ]

    async def test_a_lead_without_an_address_is_paged_at_the_duty_desk(
        self, pager: DatabasePager, registers: Registers, sender: FakePageSender
    ) -> None:
        own = {"account_lead_email": "lead@alder.example.org", "account_lead_phone": "07700 900211"}
        await registers.fill_providers((a_provider("alder", **own), a_provider("kestrel")))
        for firm in ("alder", "kestrel"):
            row = a_row(key=firm, rung=1, about="provider-contact#1")
            await reached(pager, row.but(page=row.page.but(provider=firm)))
            await pager.send(f"{firm}:account-lead")
        assert [(one.email, one.phone) for one in sender.reached] == [
            ("lead@alder.example.org", "07700 900211"),
            ("duty@kestrel.example.org", "01632 960201"),
        ]

    async def test_a_provider_that_left_the_register_is_not_paged(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_providers((a_provider("kestrel"),))
        row = a_row(rung=2, about="provider-contact#1")
        missed = row.but(page=row.page.but(provider="alder"))
        assert await reached(pager, missed) == (2, ("helen",))
