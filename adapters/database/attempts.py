"""Refused attempts, written down before the person is answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading, row_dict, writing
from adapters.database.tables import RefusedAttemptRow


class Attempts:
    """The ledger of refused attempts."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def keep(
        self, case: str, command: str, by: str, key: str, code: str, message: str
    ) -> None:
        """Write down one attempt."""
        async with writing(self._engine) as connection:
            await connection.execute(
                insert(RefusedAttemptRow).values(
                    case=case,
                    command=command,
                    by=by,
                    key=key,
                    code=str(code),
                    message=message,
                    at=self._now(),
                )
            )

    async def of_case(self, case: str) -> list[dict[str, Any]]:
        """Return every refused attempt on a case, oldest first."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(
                    col(RefusedAttemptRow.command),
                    col(RefusedAttemptRow.by),
                    col(RefusedAttemptRow.code),
                    col(RefusedAttemptRow.message),
                    col(RefusedAttemptRow.at),
                )
                .where(col(RefusedAttemptRow.case) == case)
                .order_by(col(RefusedAttemptRow.id))
            )
            return [row_dict(row) for row in rows]
