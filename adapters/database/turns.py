"""Whose turn it is, under the write lock, so that two cases at once never get the same answer."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from activities.turns import TurnRequest
from adapters.database.engine import insert_once, writing
from adapters.database.tables import TurnRow
from domain.rotation import choose

HELD = ("reserved", "counted")


class DatabaseTurns:
    """The rotation in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def reserve(self, request: TurnRequest) -> str:
        """Reserve the turn; the same key gets the same provider."""
        async with writing(self._engine) as connection:
            there = await connection.execute(
                select(col(TurnRow.provider)).where(col(TurnRow.key) == request.key)
            )
            known = there.scalar_one_or_none()
            if known is not None:
                return str(known)
            counts, last = await _counts(connection, request.candidates)
            provider = choose(request.candidates, counts, last)
            await insert_once(
                connection,
                TurnRow,
                key=request.key,
                case=request.case,
                provider=provider,
                state="reserved",
                at=self._now(),
                exercise=request.exercise,
            )
            return provider


async def _counts(
    connection: AsyncConnection, candidates: tuple[str, ...]
) -> tuple[dict[str, int], str | None]:
    """Return turns held by provider and who had the last one; exercises never count."""
    rows = await connection.execute(
        select(col(TurnRow.provider))
        .where(col(TurnRow.state).in_(HELD), col(TurnRow.exercise).is_(False))
        .order_by(col(TurnRow.at))
    )
    held = [str(row.provider) for row in rows]
    counts = {one: held.count(one) for one in candidates}
    return counts, held[-1] if held else None
