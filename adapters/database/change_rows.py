"""The rows of numbered changes: kept, found and settled, whatever they are about."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from adapters.database.register_record import write_down
from adapters.database.tables import RegisterChangeRow
from domain.registers.change import OPEN_FOR, About, Change, fingerprint
from domain.registers.difference import Difference


class UnknownChangeError(Exception):
    """There is no change of that number."""


def drafted(
    *,
    about: About,
    by: str,
    at: datetime,
    base: str,
    difference: Difference,
    **more: Any,  # noqa: ANN401  (fields of a change)
) -> Change:
    """Return a change that has no number yet."""
    return Change(
        number=0, about=about, proposed_by=by, proposed_at=at, expires_at=at + OPEN_FOR,
        base=base, difference=difference, **more,
    )  # fmt: skip


async def keep(
    connection: AsyncConnection, wanted: list[dict[str, Any]], draft: Change
) -> tuple[Change, bool]:
    """Give a change its number; the same again from the same person is the same change."""
    content = fingerprint([draft.about, draft.proposed_by, draft.base, wanted])
    for change in await with_state(connection, "pending", content):
        if change.is_open(draft.proposed_at):
            return change, True
    last = await connection.execute(select(func.max(col(RegisterChangeRow.number))))
    change = draft.but(number=int(last.scalar_one_or_none() or 0) + 1)
    row = {"number": change.number, "about": change.about, "state": change.state}
    document = change.model_dump(mode="json")
    await connection.execute(
        insert(RegisterChangeRow).values(**row, content=content, wanted=wanted, document=document)
    )
    await write_down(
        connection, change.proposed_at, "proposed", change.proposed_by, told_of(change)
    )
    return change, False


async def find(connection: AsyncConnection, number: int) -> tuple[Change, list[dict[str, Any]]]:
    """Return a change, and what it would put in force.

    Raises:
        UnknownChangeError: There is no such change.
    """
    query = select(col(RegisterChangeRow.document), col(RegisterChangeRow.wanted))
    row = (await connection.execute(query.where(col(RegisterChangeRow.number) == number))).first()
    if row is None:
        raise UnknownChangeError(number)
    return Change.model_validate(row.document), row.wanted


async def with_state(
    connection: AsyncConnection, state: str, content: str | None = None
) -> list[Change]:
    """Return every change that stands so, of that content if one is named, oldest first."""
    query = select(col(RegisterChangeRow.document)).where(col(RegisterChangeRow.state) == state)
    if content is not None:
        query = query.where(col(RegisterChangeRow.content) == content)
    rows = await connection.execute(query.order_by(col(RegisterChangeRow.number)))
    return [Change.model_validate(row.document) for row in rows]


async def waiting_for(
    connection: AsyncConnection, about: About, subject: str, at: datetime
) -> Change | None:
    """Return the change about the same holder or case that waits at ``at``."""
    pending = await with_state(connection, "pending")
    same = (one for one in pending if one.about == about and subject in (one.holder, one.case))
    return next((one for one in same if one.is_open(at)), None)


async def settle(connection: AsyncConnection, change: Change) -> None:
    """Write down how a change stands now."""
    await connection.execute(
        update(RegisterChangeRow)
        .where(col(RegisterChangeRow.number) == change.number)
        .values(state=change.state, document=change.model_dump(mode="json"))
    )


def told_of(change: Change) -> dict[str, Any]:
    """Return a change as the record keeps it."""
    dumped = change.model_dump(
        mode="json",
        include={"about", "holder", "case", "proposed_by", "version", "origin", "difference"},
    )
    return {"change": change.number, **dumped, "counts": change.difference.counts}
