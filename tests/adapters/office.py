"""The registers of the example world, for tests of what changes them."""

import json
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.register_changes import RegisterChanges
from adapters.database.register_record import RegisterRecord
from adapters.database.registers import Registers
from adapters.database.tables import RegisterEntryRow
from domain.errors import Code, Refused
from domain.registers.change import Change, Origin
from settings import ROOT
from tests.builders import ROLES
from tests.databases import Clock, count

WORLD = ROOT / "examples" / "world"


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of the example world."""
    found: list[dict[str, Any]] = json.loads((WORLD / f"{name}.json").read_text())
    return found


class Office:
    """The registers of the example world, and people who change them."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self.engine, self.clock = engine, clock
        self.registers = Registers(engine, clock)
        self.changes = RegisterChanges(engine, clock)
        self.record = RegisterRecord(engine)

    async def proposes(self, name: Any, entries: Any, by: str = "helen") -> Change:
        """Let the head of service propose a register."""
        text = entries if isinstance(entries, str) else json.dumps(entries)
        change, _ = await self.changes.propose(name, text, Origin(file=f"{name}.json"), by)
        return change

    async def confirms(self, change: Change, by: str = "ruth") -> Change:
        """Let a second person confirm."""
        return await self.changes.confirm(change.number, by, ROLES[by])

    async def refuses(self, change: Change, by: str = "ruth") -> Code:
        """Return why a second person cannot confirm."""
        before = await self.state()
        with pytest.raises(Refused) as refused:
            await self.confirms(change, by)
        assert await self.state() == before
        return refused.value.code

    async def state(self) -> tuple[Any, ...]:
        """Return everything a change may touch."""
        return (
            await self.registers.people(),
            await self.registers.providers(),
            await self.registers.councils(),
            await self.registers.rota(),
            await self.registers.version(),
            await count(self.engine, RegisterEntryRow),
        )
