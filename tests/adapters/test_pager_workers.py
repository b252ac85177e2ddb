"""Two workers, one pager: a person still gets one message."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from activities.paging import PageBatch
from adapters.database.engine import create_engine
from adapters.database.pager import DatabasePager
from adapters.database.registers import Registers
from tests.databases import Clock, Database, Databases, rows
from tests.fakes import FakePageSender
from tests.live import until
from tests.paging import PEOPLE, a_pager, a_row


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
