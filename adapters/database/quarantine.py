"""Reports that could not be read: bytes, sender and problems, until a person has decided."""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from activities.rejected import Waiting
from adapters.database.case_keys import CaseKey, CaseKeys
from adapters.database.engine import reading, row_dict, writing
from adapters.database.tables import PageRowRow, QuarantineRow
from adapters.database.webhooks import Answered, Once, keep_with
from domain.value import utc_text

NAMED = "REJ-"
"""What the reference of an item begins with, so that nobody takes it for a case's."""

LISTED = (
    "reference",
    "sender",
    "at",
    "problems",
    "rung",
    "acknowledged_by",
    "acknowledged_at",
    "discarded_by",
    "discarded_at",
    "reason",
)


class UnknownItemError(Exception):
    """There is no such item."""


class AlreadyDecidedError(Exception):
    """Somebody has decided about the item before."""


class Quarantine:
    """The quarantine in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime], keys: CaseKeys) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    async def take(
        self,
        body: bytes,
        sender: str,
        problems: list[dict[str, Any]],
        once: Once,
        answer: Callable[[str], Answered],
    ) -> Answered:
        """Keep a report that could not be read, with the answer its sender gets.

        The same bytes of a sender are one item until it is decided about.

        Args:
            body: What came.
            sender: Who signed it.
            problems: Everything that is wrong with it.
            once: The message.
            answer: Makes the answer from the item's reference.

        Raises:
            TakenMeanwhileError: Another call took the message in this moment.
        """
        async with writing(self._engine) as connection:
            reference = await _open_item(connection, sender, once.content)
            if reference is None:
                reference = await _next(connection)
                key = await self._keys.sealing(connection, reference)
                await connection.execute(
                    insert(QuarantineRow).values(
                        reference=reference, sender=sender, content=once.content,
                        body=_sealed(key, body), problems=problems, at=self._now(), pages=0,
                    )
                )  # fmt: skip
            answered = answer(reference)
            await keep_with(connection, once, answered, self._now())
        return answered

    async def listed(self, *, decided: bool = False) -> list[dict[str, Any]]:
        """Return the items nobody has decided about, oldest first; the decided ones if asked."""
        query = (
            select(*(getattr(QuarantineRow, name) for name in LISTED))
            .where(col(QuarantineRow.discarded_at).is_not(None) if decided else _undecided())
            .order_by(col(QuarantineRow.id))
        )
        async with reading(self._engine) as connection:
            return [_shown(row_dict(row)) for row in await connection.execute(query)]

    async def one(self, reference: str) -> dict[str, Any]:
        """Return one item with its bytes.

        Raises:
            UnknownItemError: There is none.
        """
        wanted = (*LISTED, "body")
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(*(getattr(QuarantineRow, name) for name in wanted)).where(
                    col(QuarantineRow.reference) == reference
                )
            )
            row = found.first()
            if row is None:
                raise UnknownItemError(reference)
            key = await self._keys.opening(connection, reference)
        return {**_shown(row_dict(row)), "body": _opened(key, row.body)}

    async def acknowledge(self, reference: str, by: str) -> bool:
        """End the paging about an item; tell whether it was this call that did.

        Raises:
            UnknownItemError: There is none.
        """
        values = {"acknowledged_by": by, "acknowledged_at": self._now()}
        return await self._change(reference, values, col(QuarantineRow.acknowledged_at).is_(None))

    async def discard(self, reference: str, by: str, reason: str) -> None:
        """Decide that nothing more is to be done about an item; who does has it, too.

        Raises:
            UnknownItemError, AlreadyDecidedError: There is none, or it was decided before.
        """
        values = {"discarded_by": by, "discarded_at": self._now(), "reason": reason}
        if not await self._change(reference, values, _undecided()):
            raise AlreadyDecidedError(reference)
        await self.acknowledge(reference, by)

    async def unanswered(self) -> tuple[Waiting, ...]:
        """Return the items that nobody has said they have, oldest first."""
        query = (
            select(
                col(QuarantineRow.reference),
                col(QuarantineRow.sender),
                col(QuarantineRow.at),
                col(QuarantineRow.pages),
                col(QuarantineRow.rung),
            )
            .where(col(QuarantineRow.acknowledged_at).is_(None), _undecided())
            .order_by(col(QuarantineRow.id))
        )
        async with reading(self._engine) as connection:
            return tuple(Waiting(**row_dict(row)) for row in await connection.execute(query))

    async def paged(self, reference: str, pages: int, rung: int) -> None:
        """Keep how far the paging about an item has come."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(QuarantineRow)
                .where(col(QuarantineRow.reference) == reference)
                .values(pages=pages, rung=rung)
            )

    async def owed(self) -> tuple[str, ...]:
        """Return whom a page about an item was written for and not sent to yet."""
        query = select(col(PageRowRow.person)).where(
            col(PageRowRow.case).startswith(NAMED), col(PageRowRow.sent_at).is_(None)
        )
        async with reading(self._engine) as connection:
            return tuple(sorted({str(row.person) for row in await connection.execute(query)}))

    async def _change(self, reference: str, values: dict[str, Any], where: Any) -> bool:  # noqa: ANN401
        async with writing(self._engine) as connection:
            done = await connection.execute(
                update(QuarantineRow)
                .where(col(QuarantineRow.reference) == reference, where)
                .values(**values)
            )
            if done.rowcount:
                return True
            found = select(col(QuarantineRow.id)).where(col(QuarantineRow.reference) == reference)
            if (await connection.execute(found)).first() is None:
                raise UnknownItemError(reference)
        return False


def _undecided() -> Any:  # noqa: ANN401  (a condition)
    return col(QuarantineRow.discarded_at).is_(None)


def _sealed(key: CaseKey, body: bytes) -> bytes:
    """Return bytes as they are kept: sealed with the item's own key, for they are personal."""
    return json.dumps(key.seal("body", base64.b64encode(body).decode())).encode()


def _opened(key: CaseKey, kept: bytes) -> bytes:
    """Return the bytes as they came."""
    return base64.b64decode(str(key.open(json.loads(kept), "body")))


async def _open_item(connection: AsyncConnection, sender: str, content: str) -> str | None:
    found = await connection.execute(
        select(col(QuarantineRow.reference)).where(
            col(QuarantineRow.sender) == sender,
            col(QuarantineRow.content) == content,
            _undecided(),
        )
    )
    row = found.first()
    return None if row is None else str(row.reference)


async def _next(connection: AsyncConnection) -> str:
    last = (await connection.execute(select(func.max(col(QuarantineRow.id))))).scalar_one()
    return f"{NAMED}{(last or 0) + 1:06d}"


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    item = {"item": row.pop("reference"), **row}
    return {k: utc_text(v) if isinstance(v, datetime) else v for k, v in item.items()}
