"""The desk over a PostgreSQL server that goes and comes back."""

from pathlib import Path

from adapters.database.engine import create_engine
from tests.databases import Databases
from tests.desk import REPORT, desk_house


async def test_a_desk_whose_database_was_away_serves_again(
    databases: Databases, tmp_path: Path
) -> None:
    with databases.migrated("postgresql", tmp_path) as database:
        engine = create_engine(database.url)
        async with desk_house(engine, database) as desk:
            assert (await desk.get("/cases")).status == 200
            database.take_away()
            for _ in range(2):
                reply = await desk.post("/cases", REPORT)
                assert reply.says == (503, "unreachable", "database-away")
            database.bring_back()
            assert (await desk.post("/cases", REPORT)).json["case"].startswith("CIR-")
        await engine.dispose()
