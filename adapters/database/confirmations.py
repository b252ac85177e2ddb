"""Instructions that did not come through the desk, until a person says that they were meant."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.case_keys import CaseKeys
from adapters.database.engine import insert_once, reading, writing
from adapters.database.tables import CaseEventRow, DirectConfirmationRow
from domain.value import Value, utc_text

DIRECT = "direct:"
"""What stands before the name of whoever claims to have given it."""

TRACE = "instruction-refused"
"""The fact of one that was refused: it changed nothing, so there is nothing to confirm."""


class UnknownItemError(Exception):
    """Nothing of that number came in directly."""


class AlreadyConfirmedError(Exception):
    """Somebody confirmed it before; says who."""


class Item(Value):
    """An instruction that came in directly: the case and its first fact."""

    case: str
    seq: int

    @property
    def name(self) -> str:
        """Return how a person names it."""
        return f"{self.case}/{self.seq}"


class Confirmations:
    """The ledger of what people said of direct instructions. Append-only."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime], keys: CaseKeys) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    async def waiting(self) -> list[dict[str, Any]]:
        """Return every direct instruction that nobody confirmed, oldest first."""
        firsts = _firsts().subquery()
        said = select(col(DirectConfirmationRow.case)).where(
            col(DirectConfirmationRow.case) == firsts.c.case,
            col(DirectConfirmationRow.seq) == firsts.c.seq,
        )
        query = (
            select(
                col(CaseEventRow.case),
                col(CaseEventRow.seq),
                col(CaseEventRow.by),
                col(CaseEventRow.recorded_at),
                col(CaseEventRow.body),
            )
            .join(
                firsts,
                (firsts.c.case == col(CaseEventRow.case)) & (firsts.c.seq == col(CaseEventRow.seq)),
            )
            .where(~said.exists())
            .order_by(col(CaseEventRow.recorded_at), col(CaseEventRow.case))
        )
        async with reading(self._engine) as connection:
            return [_line(row) for row in await connection.execute(query)]

    async def confirm(self, item: Item, by: str, reason: str) -> dict[str, Any]:
        """Write down that a direct instruction was meant, and return the entry.

        Raises:
            UnknownItemError: Nothing of that number came in directly.
            AlreadyConfirmedError: Somebody was first.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            known = await connection.execute(
                _firsts().having(
                    func.min(col(CaseEventRow.seq)) == item.seq,
                    col(CaseEventRow.case) == item.case,
                )
            )
            if known.first() is None:
                raise UnknownItemError(item.name)
            key = await self._keys.sealing(connection, item.case)
            new = await insert_once(
                connection, DirectConfirmationRow, case=item.case, seq=item.seq, by=by, at=at,
                reason=key.seal(_place(item.seq), reason),
            )  # fmt: skip
            if not new:
                raise AlreadyConfirmedError(await _who(connection, item))
        return {"item": item.name, "by": by, "at": utc_text(at), "reason": reason}

    async def of_case(self, case: str) -> dict[int, dict[str, Any]]:
        """Return what was confirmed on a case, by the first fact of each instruction."""
        async with reading(self._engine) as connection:
            key = await self._keys.opening(connection, case)
            rows = await connection.execute(
                select(
                    col(DirectConfirmationRow.seq),
                    col(DirectConfirmationRow.by),
                    col(DirectConfirmationRow.at),
                    col(DirectConfirmationRow.reason),
                ).where(col(DirectConfirmationRow.case) == case)
            )
            return {
                row.seq: {
                    "by": row.by,
                    "at": utc_text(row.at),
                    "reason": key.open(row.reason, _place(row.seq)),
                }
                for row in rows
            }


def _firsts() -> Any:  # noqa: ANN401  (a query)
    """Ask for the first fact of each direct instruction that was taken."""
    return (
        select(col(CaseEventRow.case), func.min(col(CaseEventRow.seq)).label("seq"))
        .where(col(CaseEventRow.by).startswith(DIRECT), col(CaseEventRow.type) != TRACE)
        .group_by(col(CaseEventRow.case), col(CaseEventRow.instruction))
    )


async def _who(connection: AsyncConnection, item: Item) -> str:
    found = await connection.execute(
        select(col(DirectConfirmationRow.by)).where(
            col(DirectConfirmationRow.case) == item.case,
            col(DirectConfirmationRow.seq) == item.seq,
        )
    )
    return str(found.scalar_one())


def _place(seq: int) -> str:
    return f"confirmation/{seq}"


def _line(row: Any) -> dict[str, Any]:  # noqa: ANN401  (a row)
    item = Item(case=row.case, seq=row.seq)
    command = json.loads(row.body)["command"]
    return {
        "case": row.case,
        "mine": False,
        "who": "triage-officer",
        "what": f"{command} came past the desk, claimed by {row.by.removeprefix(DIRECT)}",
        "by": utc_text(row.recorded_at),
        "command": f"cir inbox confirm {item.name} --reason TEXT",
    }
