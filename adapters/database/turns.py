"""Whose turn it is, under the write lock, so that two cases at once never get the same answer."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from activities.turns import TurnRequest
from adapters.database.engine import insert_once, writing
from adapters.database.tables import TurnRow
from domain.fact import Fact
from domain.rotation import choose

HELD = ("reserved", "counted")

GIVEN_BACK_BY = {
    "provider-declined": "provider",
    "provider-stood-down": "provider",
    "provider-failed-over": "former",
}
"""Facts that end a call-out, with the name under which they say whose it was."""


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


async def keep_turn(connection: AsyncConnection, case: str, fact: Fact, *, exercise: bool) -> None:
    """Keep the rotation true to a fact that is new on the record (guide j 2).

    A turn is reserved at call-out, counted at contact made, given back when the call-out ends
    without one. A reservation that another call-out overtook is given back as well.
    """
    if fact.type == "provider-called-out":
        await _called_out(connection, case, fact, exercise=exercise)
    elif fact.type == "contact-made":
        await _becomes(connection, case, str(fact.payload["provider"]), "counted")
    elif fact.type in GIVEN_BACK_BY:
        provider = str(fact.payload[GIVEN_BACK_BY[fact.type]])
        await _becomes(connection, case, provider, "given-back")


async def _called_out(
    connection: AsyncConnection, case: str, fact: Fact, *, exercise: bool
) -> None:
    """Keep the turn that was reserved for the call-out; one chosen by hand gets its own."""
    provider = str(fact.payload["provider"])
    found = await connection.execute(
        select(col(TurnRow.provider)).where(
            col(TurnRow.case) == case, col(TurnRow.state) == "reserved"
        )
    )
    held = [str(row.provider) for row in found]
    for other in held:
        if other != provider:
            await _becomes(connection, case, other, "given-back")
    if provider not in held:
        await insert_once(
            connection,
            TurnRow,
            key=f"{case}/fact/{fact.seq}",
            case=case,
            provider=provider,
            state="reserved",
            at=fact.occurred_at,
            exercise=exercise,
        )


async def _becomes(connection: AsyncConnection, case: str, provider: str, state: str) -> None:
    """Move a reserved turn on; it keeps its instant, so that turns stay in order of call-out."""
    await connection.execute(
        update(TurnRow)
        .where(
            col(TurnRow.case) == case,
            col(TurnRow.provider) == provider,
            col(TurnRow.state) == "reserved",
        )
        .values(state=state)
    )


async def _counts(
    connection: AsyncConnection, candidates: tuple[str, ...]
) -> tuple[dict[str, int], str | None]:
    """Return turns held by provider and who had the last one; exercises never count."""
    rows = await connection.execute(
        select(col(TurnRow.provider))
        .where(col(TurnRow.state).in_(HELD), col(TurnRow.exercise).is_(False))
        .order_by(col(TurnRow.at), col(TurnRow.key))
    )
    held = [str(row.provider) for row in rows]
    counts = {one: held.count(one) for one in candidates}
    return counts, held[-1] if held else None
