"""Receipts in the ledger of notices: what is open, what came, what a case was not offered yet."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.notice_ports import Delivery
from activities.receipts import Open, Word
from adapters.database.engine import reading, writing
from adapters.database.tables import NoticeRow

ASKED_FOR = timedelta(days=4)
"""How long a message is asked about [our default]; Notify gives up on one after 72 hours."""

AT_ONCE = 100
"""Messages asked about in one look [our default]."""


class DatabaseReceipts:
    """The ledger, as receipts see it."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def open(self) -> tuple[Open, ...]:
        """Return messages that were taken and of which nothing final is known, oldest first.

        A page to staff is the pager's: no channel ever had it under the leg's own reference.
        """
        query = (
            select(col(NoticeRow.id), col(NoticeRow.reference))
            .where(
                col(NoticeRow.state) == "accepted",
                col(NoticeRow.claimed_at) > self._now() - ASKED_FOR,
                or_(col(NoticeRow.channel) != "page", col(NoticeRow.role) == "provider"),
            )
            .order_by(col(NoticeRow.claimed_at))
            .limit(AT_ONCE)
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return tuple(Open(leg=row.id, reference=row.reference) for row in rows)

    async def take(self, reference: str, delivery: Delivery) -> bool:
        """Write a receipt's final word; one that came before stays. Tell whether it was news."""
        final = delivery.state in ("delivered", "failed")
        async with writing(self._engine) as connection:
            done = await connection.execute(
                update(NoticeRow)
                .where(
                    col(NoticeRow.reference) == reference,
                    col(NoticeRow.state).in_(("accepted", "sending") if final else ()),
                )
                .values(
                    state=delivery.state,
                    how=delivery.how,
                    settled_at=self._now(),
                    to_offer=True,
                )
            )
        return bool(done.rowcount)

    async def words(self) -> tuple[Word, ...]:
        """Return the final word on each channel that was not offered yet.

        Of several people addressed by one channel whoever was reached counts; while one of them may
        still be reached there is no word.
        """
        fresh = select(col(NoticeRow.key), col(NoticeRow.channel)).where(
            col(NoticeRow.to_offer).is_(True)
        )
        async with reading(self._engine) as connection:
            found = {(row.key, row.channel) for row in await connection.execute(fresh)}
            keys = {key for key, _ in found}
            query = select(*_ASKED).where(col(NoticeRow.key).in_(keys)).order_by(col(NoticeRow.id))
            legs = (await connection.execute(query)).all() if keys else ()
        words = (_word([leg for leg in legs if (leg.key, leg.channel) == one]) for one in found)
        return tuple(sorted((word for word in words if word is not None), key=lambda w: w.key))

    async def offered(self, word: Word) -> None:
        """Mark a word as offered."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(NoticeRow)
                .where(col(NoticeRow.key) == word.key, col(NoticeRow.channel) == word.channel)
                .values(to_offer=False)
            )


_ASKED: tuple[Any, ...] = (
    col(NoticeRow.key),
    col(NoticeRow.case),
    col(NoticeRow.channel),
    col(NoticeRow.role),
    col(NoticeRow.state),
)


def _word(legs: Iterable[Any]) -> Word | None:
    """Return what is known of one channel; ``None`` while it is open."""
    rows = list(legs)
    states = {row.state for row in rows}
    if "delivered" not in states and states != {"failed"}:
        return None
    state = "delivered" if "delivered" in states else "failed"
    first = rows[0]
    return Word(case=first.case, key=first.key, channel=first.channel, role=first.role, state=state)
