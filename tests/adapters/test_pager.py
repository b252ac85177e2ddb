import asyncio
from datetime import timedelta

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.paging import PageAnswer, PageBatch
from adapters.database.owed_pages import OwedPage
from adapters.database.pager import DatabasePager
from adapters.database.registers import Registers
from tests.builders import DAY, HOUR, MINUTE, NOON, OTHER, REFERENCE
from tests.databases import Clock, Database, taken_away
from tests.fakes import FakePageSender
from tests.paging import BATCHING, a_pager, a_row, unsent


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
