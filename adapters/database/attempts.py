"""Refused attempts, written down before the person is answered."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading, row_dict, writing
from adapters.database.tables import RefusedAttemptRow

SHOWN = ("command", "by", "code", "message", "at")

AT_ONCE = 200
"""Attempts of no case that are shown at once [our default]."""


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
        query = (
            select(*(getattr(RefusedAttemptRow, name) for name in SHOWN))
            .where(col(RefusedAttemptRow.case) == case)
            .order_by(col(RefusedAttemptRow.id))
        )
        async with reading(self._engine) as connection:
            return [row_dict(row) for row in await connection.execute(query)]

    async def of_no_case(self) -> list[dict[str, Any]]:
        """Return the newest refused attempts that belong to no case, the newest first."""
        query = (
            select(*(getattr(RefusedAttemptRow, name) for name in (*SHOWN, "key")))
            .where(col(RefusedAttemptRow.case) == "")
            .order_by(col(RefusedAttemptRow.id).desc())
            .limit(AT_ONCE)
        )
        async with reading(self._engine) as connection:
            return [row_dict(row) for row in await connection.execute(query)]
