"""Which cases are still to be told of changed registers."""

import json

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.intake import Intake
from adapters.database.register_news import RegisterNews
from adapters.database.registers import Registers
from domain.council import CouncilRegister
from domain.report_reading import check_report
from tests.builders import NOON, a_council, a_raw_report, providers
from tests.databases import Clock, run_sql
from tests.sealing import case_keys


@pytest.fixture
def news(engine: AsyncEngine) -> RegisterNews:
    return RegisterNews(engine)


async def taken(engine: AsyncEngine, clock: Clock, reference: str) -> str:
    """Keep a report under ``reference`` and return the case's."""
    raw = a_raw_report(source__reference=reference)
    read = check_report(raw, now=NOON, councils=CouncilRegister(councils=(a_council(),)))
    intake = Intake(engine, clock, case_keys())
    return (await intake.take(json.dumps(raw).encode(), read, "kaya")).reference


async def test_without_any_register_there_is_nothing_to_tell(news: RegisterNews) -> None:
    assert await news.untold() is None


async def test_every_case_is_told_once_of_a_version(
    engine: AsyncEngine, clock: Clock, news: RegisterNews
) -> None:
    registers = Registers(engine, clock)
    await registers.fill_providers(providers())
    one = await taken(engine, clock, "NCSC-EX-1")
    found = await news.untold()
    assert found is not None
    assert (found.version, found.cases, found.starting) == (1, (one,), (one,))
    await news.told(found.version)
    assert await news.untold() is None
    await registers.fill_councils((a_council(),))
    again = await news.untold()
    assert again is not None
    assert again.version == 2


async def test_what_was_told_never_goes_back(
    engine: AsyncEngine, clock: Clock, news: RegisterNews
) -> None:
    registers = Registers(engine, clock)
    await registers.fill_providers(providers())
    await registers.fill_councils((a_council(),))
    await news.told(2)
    await news.told(1)
    assert await news.untold() is None


async def test_a_case_whose_run_began_is_no_longer_starting(
    engine: AsyncEngine, clock: Clock, news: RegisterNews
) -> None:
    await Registers(engine, clock).fill_providers(providers())
    case = await taken(engine, clock, "NCSC-EX-1")
    await run_sql(engine, "UPDATE intake SET state = 'started'")
    found = await news.untold()
    assert found is not None
    assert (found.cases, found.starting) == ((case,), ())


async def test_an_archived_case_is_told_nothing(
    engine: AsyncEngine, clock: Clock, news: RegisterNews
) -> None:
    await Registers(engine, clock).fill_providers(providers())
    await taken(engine, clock, "NCSC-EX-1")
    archived = """INSERT INTO case_view ("case", seq, version, phase, category, council_code,
        exercise, breached, archived, opened_at, document)
        SELECT reference, 1, 1, 'closed', 'C2', 'XEA', false, false, true, received_at, '{}'
        FROM intake"""
    await run_sql(engine, archived)
    found = await news.untold()
    assert found is not None
    assert found.cases == ()
