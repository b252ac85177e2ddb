"""Closed cases of which something was kept for as long as it is to be kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database import register_rows
from adapters.database.engine import reading
from adapters.database.tables import CaseEventRow, CaseKeyRow, CaseViewRow, NoticeRow
from domain.decisions.handling import LegalHoldLifted, LegalHoldSet
from domain.policy import Policy
from domain.retention import Closed, due
from domain.value import utc_text


class Retention:
    """What of which case may go now."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def due(self) -> list[dict[str, Any]]:
        """Return every case of which something may go, the longest due first.

        A case whose key was destroyed has no contacts any more, and is not listed for them.
        """
        query = (
            select(
                col(CaseViewRow.case),
                col(CaseViewRow.outcome),
                col(CaseViewRow.exercise),
                col(CaseViewRow.document),
                col(CaseKeyRow.destroyed_at),
            )
            .outerjoin(CaseKeyRow, col(CaseKeyRow.case) == col(CaseViewRow.case))
            .where(col(CaseViewRow.phase) == "closed")
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
            held = await _held(connection)
            policy = Policy.of(await register_rows.policy(connection))
        found = [
            line for row in rows for line in self._lines(row, policy, is_held=row.case in held)
        ]
        return sorted(found, key=lambda line: (line["due_since"], line["case"], line["what"]))

    async def closed(self, case: str) -> Closed | None:
        """Return how an archived case ended; ``None`` for one that is not archived."""
        query = select(
            col(CaseViewRow.outcome), col(CaseViewRow.exercise), col(CaseViewRow.document)
        ).where(col(CaseViewRow.case) == case, col(CaseViewRow.archived).is_(True))
        async with reading(self._engine) as connection:
            row = (await connection.execute(query)).first()
            return None if row is None else _closed(row, is_held=case in await _held(connection))

    def _lines(
        self,
        row: Any,  # noqa: ANN401
        policy: Policy,
        *,
        is_held: bool,
    ) -> list[dict[str, Any]]:
        case = _closed(row, is_held=is_held)
        return [
            {
                "case": row.case,
                "what": one.what,
                "due_since": utc_text(one.since),
                "closed_at": utc_text(case.closed_at),
                "outcome": row.outcome,
                "exercise": row.exercise,
            }
            for one in due(case, policy, self._now())
            if one.what != "contacts" or row.destroyed_at is None
        ]


async def forget_words(connection: AsyncConnection, case: str) -> None:
    """Empty what channels said of a case's messages: a mail server may quote an address."""
    await connection.execute(update(NoticeRow).where(col(NoticeRow.case) == case).values(how=""))


def _closed(row: Any, *, is_held: bool) -> Closed:  # noqa: ANN401  (a row)
    return Closed(
        closed_at=row.document["closed_at"],
        outcome=row.outcome,
        exercise=row.exercise,
        legal_hold=is_held,
    )


async def _held(connection: AsyncConnection) -> set[str]:
    """Return the cases under a legal hold: the last word on it counts."""
    kinds = (LegalHoldSet.type, LegalHoldLifted.type)
    last = (
        select(col(CaseEventRow.case), func.max(col(CaseEventRow.seq)).label("seq"))
        .where(col(CaseEventRow.type).in_(kinds))
        .group_by(col(CaseEventRow.case))
        .subquery()
    )
    query = (
        select(col(CaseEventRow.case))
        .join(
            last,
            (last.c.case == col(CaseEventRow.case)) & (last.c.seq == col(CaseEventRow.seq)),
        )
        .where(col(CaseEventRow.type) == LegalHoldSet.type)
    )
    return {str(row.case) for row in await connection.execute(query)}
