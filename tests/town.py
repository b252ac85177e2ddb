"""A town: an office with its worker, its desk over a socket, and those outside."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from temporalio.client import Client

from adapters.database.attempts import Attempts
from api.application import build_application
from stack.layout import LOOPBACK, Ports
from tests import live
from tests.databases import Databases
from tests.desk import DeskHouse, Reply, served
from tests.live import LiveCase
from tests.outside import chosen_doors, send
from tests.sealing import KEYS_FILE


class Town(NamedTuple):
    """An office with its worker, and its desk over a socket."""

    office: live.Office
    desk: DeskHouse

    async def called_out(self, provider: str = "alder", **changes: Any) -> LiveCase:
        """Return a case that a provider was called out to; ``changes`` are its report's."""
        case = await self.office.open(**changes)
        await case.give("acknowledge")
        await case.decide(provider=provider)
        await case.fact("provider-called-out", provider=provider)
        return case

    async def say(
        self, who: str, case: str, command: str, ident: str | None = None, **inputs: Any
    ) -> Reply:
        """Say something as a provider, by its own door."""
        body = {"command": command, "case": case, **inputs}
        return await send(self.desk, f"/providers/{who}/messages", body, who, ident)

    async def attempts(self, case: str) -> list[tuple[str, str]]:
        """Return who was refused on a case, with the code."""
        found = await Attempts(self.office.engine, live.utc_now).of_case(case)
        return [(one["by"], one["code"]) for one in found]


@asynccontextmanager
async def a_town(
    client: Client, temporal: Ports, databases: Databases, kind: str, folder: Path, **doors: Any
) -> AsyncIterator[Town]:
    """Give a town with a database of its own; kaya's token is the desk's."""
    keys = folder / "payload.keys"
    keys.write_bytes(KEYS_FILE.read_bytes())
    keys.chmod(0o600)
    chosen = {
        "temporal_address": f"{LOOPBACK}:{temporal.temporal}",
        "payload_keys_file": keys,
        **chosen_doors(folder, **doors),
    }
    with databases.migrated(kind, folder) as database:
        async with (
            live.at_work(client, database, **chosen) as office,
            served(build_application(office.settings)) as port,
        ):
            await live.number_apart(office.engine)
            token = await office.registers.issue_token("kaya")
            desk = DeskHouse(port, office.engine, office.registers, token, office.settings)
            yield Town(office, desk)
