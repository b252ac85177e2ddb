"""What figures are made of, read from the record and its read model; exercises are left out."""

import json
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.tables import CaseEventRow, CaseViewRow
from domain.reporting import TOLD, Figures, Line, Told, figures


class Reporting:
    """The figures of cases, over the application database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def service(self, since: datetime | None, until: datetime | None) -> Figures:
        """Return the figures of the cases opened from ``since`` on and before ``until``."""
        wanted = select(col(CaseViewRow.document)).where(col(CaseViewRow.exercise).is_(False))
        if since is not None:
            wanted = wanted.where(col(CaseViewRow.opened_at) >= since)
        if until is not None:
            wanted = wanted.where(col(CaseViewRow.opened_at) < until)
        async with reading(self._engine) as connection:
            lines = [_line(row) for row in (await connection.execute(wanted)).scalars()]
            facts = await _told(connection)
        names = {line.case for line in lines}
        return figures(lines, (fact for fact in facts if fact.case in names))

    async def case(self, case: str) -> Figures:
        """Return the figures of one case, an exercise too."""
        wanted = select(col(CaseViewRow.document)).where(col(CaseViewRow.case) == case)
        async with reading(self._engine) as connection:
            lines = [_line(row) for row in (await connection.execute(wanted)).scalars()]
            return figures(lines, await _told(connection, case))


def _line(document: dict[str, object]) -> Line:
    return Line.model_validate({name: document[name] for name in Line.model_fields})


async def _told(connection: AsyncConnection, case: str | None = None) -> list[Told]:
    """Return the facts that figures are made of; nothing of theirs that is used is sealed."""
    wanted = (
        select(col(CaseEventRow.case), col(CaseEventRow.type), col(CaseEventRow.body))
        .where(col(CaseEventRow.type).in_(TOLD))
        .order_by(col(CaseEventRow.case), col(CaseEventRow.seq))
    )
    if case is not None:
        wanted = wanted.where(col(CaseEventRow.case) == case)
    rows = await connection.execute(wanted)
    return [Told(row.case, row.type, json.loads(row.body)["payload"]) for row in rows]
