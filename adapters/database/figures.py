"""How the service stands in numbers: counts only, no person, no council, no case."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.findings import past_clocks
from adapters.database.tables import (
    CaseViewRow,
    FindingRow,
    IntakeRow,
    NoticeRow,
    WatchStampRow,
)
from domain.value import Value

WAITING = ("pending", "repeat-pending")
"""States of a report that its case does not know of yet."""


class Figures(Value):
    """The numbers of one moment; exercises count for nothing, notices aside.

    Attributes:
        phases: Open cases by phase.
        overdue: Live clocks past their deadline.
        pages: Pages that wait for a person, by rung; those of findings among them.
        notices: Rows of the ledger by state.
        retries: Notices that failed and are tried again.
        backlog: Reports taken whose case does not know of them yet.
        oldest_s: Seconds the oldest of them has waited.
        findings: What the watchkeeper found and is not mended.
        looked_s: Seconds since the watchkeeper looked; ``None``: it never has.
    """

    phases: dict[str, int]
    overdue: int
    pages: dict[int, int]
    notices: dict[str, int]
    retries: int
    backlog: int
    oldest_s: float
    findings: int
    looked_s: float | None


class DatabaseFigures:
    """Counts in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def now(self) -> Figures:
        """Return the numbers of this moment."""
        at = self._now()
        async with reading(self._engine) as connection:
            phases, overdue, pages = await _cases(connection, at)
            found, waiting = await _findings(connection)
            backlog, oldest = await _backlog(connection)
            looked = (await connection.execute(select(col(WatchStampRow.at)))).scalar_one_or_none()
            states = await connection.execute(
                select(col(NoticeRow.state), func.count()).group_by(col(NoticeRow.state))
            )
            notices = {str(state): int(number) for state, number in states}
            again = select(func.count()).where(
                col(NoticeRow.state) == "failed", col(NoticeRow.again).is_(True)
            )
            retries = int((await connection.execute(again)).scalar_one())
        return Figures(
            phases=phases,
            overdue=overdue,
            pages=pages + waiting,
            notices=notices,
            retries=retries,
            backlog=backlog,
            oldest_s=0 if oldest is None else (at - oldest).total_seconds(),
            findings=found,
            looked_s=None if looked is None else (at - looked).total_seconds(),
        )


async def _cases(
    connection: AsyncConnection, at: datetime
) -> tuple[Counter[str], int, Counter[int]]:
    """Return open cases by phase, their overdue clocks, and their pages by rung."""
    rows = await connection.execute(
        select(col(CaseViewRow.phase), col(CaseViewRow.document)).where(
            col(CaseViewRow.phase) != "closed", col(CaseViewRow.exercise).is_(False)
        )
    )
    phases: Counter[str] = Counter()
    pages: Counter[int] = Counter()
    overdue = 0
    for row in rows:
        phases[row.phase] += 1
        overdue += len(past_clocks(row.document, at))
        pages.update(
            line["rung"] or 0 for line in row.document["escalations"] if line["unacknowledged"]
        )
    return phases, overdue, pages


async def _findings(connection: AsyncConnection) -> tuple[int, Counter[int]]:
    """Return how many findings stand, and the pages about them by rung."""
    rows = (
        await connection.execute(
            select(col(FindingRow.rung), col(FindingRow.acknowledged_by)).where(
                col(FindingRow.over_at).is_(None)
            )
        )
    ).all()
    waiting = (row.rung or 0 for row in rows if row.acknowledged_by is None)
    return len(rows), Counter(waiting)


async def _backlog(connection: AsyncConnection) -> tuple[int, datetime | None]:
    found = await connection.execute(
        select(func.count(), func.min(col(IntakeRow.received_at))).where(
            col(IntakeRow.state).in_(WAITING)
        )
    )
    number, oldest = found.one()
    return int(number), oldest
