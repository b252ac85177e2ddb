import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.attempts import Attempts
from adapters.database.engine import reading
from adapters.database.tables import RefusedAttemptRow
from tests.builders import NOON, REFERENCE
from tests.databases import Clock, Database, count, rows, taken_away


async def refused(attempts: Attempts, **changes: str) -> None:
    told = {"by": "kaya", "key": "k-1", "code": "role-not-allowed", "message": "No.", **changes}
    await attempts.keep(REFERENCE, "decide", **told)


@pytest.fixture
def attempts(engine: AsyncEngine, clock: Clock) -> Attempts:
    return Attempts(engine, clock)


async def test_a_read_sees_one_moment_throughout(engine: AsyncEngine, attempts: Attempts) -> None:
    query = select(func.count()).select_from(RefusedAttemptRow)
    async with reading(engine) as connection:
        before = (await connection.execute(query)).scalar_one()
        await refused(attempts)
        after = (await connection.execute(query)).scalar_one()
    assert (before, after) == (0, 0)
    assert await count(engine, RefusedAttemptRow) == 1


async def test_an_instant_is_the_same_whatever_time_the_server_keeps(
    database: Database, attempts: Attempts
) -> None:
    await refused(attempts)
    (found,) = await attempts.of_case(REFERENCE)
    assert found["at"] == NOON
    if database.url.startswith("postgresql"):
        shown = rows(database.url, "SELECT at AT TIME ZONE 'UTC' AS at FROM refused_attempt")
        assert shown[0].at == NOON.replace(tzinfo=None)


async def test_words_with_a_nul_are_kept(attempts: Attempts) -> None:
    await refused(attempts, key="k\x00", message="No\x00.")
    (found,) = await attempts.of_case(REFERENCE)
    assert found["message"] in {"No\x00.", "No\ufffd."}


async def test_a_database_that_was_away_is_found_again(
    engine: AsyncEngine, database: Database, attempts: Attempts
) -> None:
    await refused(attempts)
    await taken_away(engine, database)
    database.bring_back()
    await refused(attempts)
    assert await count(engine, RefusedAttemptRow) == 2
