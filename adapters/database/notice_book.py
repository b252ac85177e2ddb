"""The ledger of notices: a row before a message goes, its state afterwards."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.notice_ports import Delivery, LedgerAwayError, Leg, message_id
from adapters.database.engine import insert_once, row_dict, writing
from adapters.database.tables import NoticeRow


class DatabaseNoticeBook:
    """The ledger in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def claim(self, leg: Leg) -> Delivery | None:
        """Write the leg as ``sending`` and return what stood there.

        Raises:
            LedgerAwayError: Nothing was written.
        """
        try:
            async with writing(self._engine) as connection:
                new = await insert_once(
                    connection, NoticeRow, id=leg.id, key=leg.key, case=leg.case,
                    notice=leg.notice.notice, role=leg.notice.role, channel=leg.channel,
                    number=leg.number, state="sending", how="", again=False, doubled=False,
                    claimed_at=self._now(), reference=message_id(leg.id),
                )  # fmt: skip
                if new:
                    return None
                found = await connection.execute(
                    select(
                        col(NoticeRow.state),
                        col(NoticeRow.how),
                        col(NoticeRow.again),
                        col(NoticeRow.doubled),
                    ).where(col(NoticeRow.id) == leg.id)
                )
                before = Delivery(**row_dict(found.one()))
                if before.state == "failed" and before.again:
                    await connection.execute(
                        update(NoticeRow)
                        .where(col(NoticeRow.id) == leg.id)
                        .values(state="sending", how="", again=False)
                    )
                return before
        except SQLAlchemyError as error:
            raise LedgerAwayError("the ledger of notices was not reached") from error

    async def settle(self, leg: Leg, delivery: Delivery) -> None:
        """Write what became of the leg; that it was taken is no news once a receipt has come.

        Raises:
            LedgerAwayError: Nothing was written.
        """
        try:
            async with writing(self._engine) as connection:
                mine = col(NoticeRow.id) == leg.id
                if delivery.state == "accepted":
                    mine &= col(NoticeRow.state) == "sending"
                await connection.execute(
                    update(NoticeRow)
                    .where(mine)
                    .values(
                        state=delivery.state,
                        how=delivery.how,
                        again=delivery.again,
                        doubled=delivery.doubled,
                        settled_at=self._now(),
                    )
                )
        except SQLAlchemyError as error:
            raise LedgerAwayError("the ledger of notices was not reached") from error
