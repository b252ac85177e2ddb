"""Signed messages from outside: what was taken under an id is answered the same ever after."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import insert_once, writing
from adapters.database.tables import WebhookRow


class Once(NamedTuple):
    """A message by which it is known again.

    Attributes:
        id: The door, who signed, and the message's own id.
        content: SHA-256 of its body.
    """

    id: str
    content: str


class Answered(NamedTuple):
    """What a message was answered."""

    status: int
    body: dict[str, Any]


class OtherContentError(Exception):
    """A message under that id was taken before, and said something else."""


class TakenMeanwhileError(Exception):
    """Another call took the message in this moment; its answer is there now."""


class Webhooks:
    """The messages that were taken, in the application database.

    Only what was taken is here: a message that was refused may be sent again, under its own id,
    when it has become right.
    """

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def answer_to(self, once: Once) -> Answered | None:
        """Return what the message was answered, and count that it came again.

        Raises:
            OtherContentError: Its id was used for another message.
        """
        async with writing(self._engine) as connection:
            found = await connection.execute(
                select(col(WebhookRow.content), col(WebhookRow.status), col(WebhookRow.answer))
                .where(col(WebhookRow.id) == once.id)
            )  # fmt: skip
            row = found.first()
            if row is None:
                return None
            if row.content != once.content:
                raise OtherContentError(once.id)
            await connection.execute(
                update(WebhookRow)
                .where(col(WebhookRow.id) == once.id)
                .values(repeats=col(WebhookRow.repeats) + 1)
            )
            return Answered(int(row.status), dict(row.answer))

    async def keep(self, once: Once, answered: Answered) -> None:
        """Keep an answer; the first one under an id stays."""
        async with writing(self._engine) as connection:
            await insert_once(connection, WebhookRow, **_row(once, answered, self._now()))


async def keep_with(
    connection: AsyncConnection, once: Once, answered: Answered, at: datetime
) -> None:
    """Keep an answer in the transaction that takes the message.

    Raises:
        TakenMeanwhileError: The message is there already, so the transaction must take nothing.
    """
    if not await insert_once(connection, WebhookRow, **_row(once, answered, at)):
        raise TakenMeanwhileError(once.id)


def _row(once: Once, answered: Answered, at: datetime) -> dict[str, Any]:
    return {
        "id": once.id,
        "content": once.content,
        "status": answered.status,
        "answer": answered.body,
        "at": at,
        "repeats": 0,
    }
