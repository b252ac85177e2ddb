"""How many texts a number got this hour: telephone networks stop what comes too often.

Numbers and words are kept as keyed hashes only.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from adapters.database.engine import writing
from adapters.database.tables import TextRow

HOUR = timedelta(hours=1)


class Limits(NamedTuple):
    """What networks let through to one number in an hour; the policy has the figures.

    Attributes:
        equal: Texts of the same words.
        most: Texts of any words.
    """

    equal: int
    most: int


class DatabaseTexts:
    """The count of texts in the application database."""

    def __init__(
        self, engine: AsyncEngine, key: bytes, now: Callable[[], datetime], limits: Limits
    ) -> None:
        """Take the database, a secret for the hashes, the clock and the limits."""
        self._engine = engine
        self._key = key
        self._now = now
        self._limits = limits

    async def may_go(self, number: str, words: str) -> bool:
        """Count a text that is about to go, or tell that the networks would stop it.

        With the database away it goes uncounted: what wakes people must not hang on a count.
        """
        try:
            return await self._counted(self._hash(number), self._hash(words))
        except SQLAlchemyError:
            return True

    async def _counted(self, to: str, said: str) -> bool:
        now = self._now()
        mine = (col(TextRow.number) == to, col(TextRow.at) > now - HOUR)
        async with writing(self._engine) as connection:
            await connection.execute(delete(TextRow).where(col(TextRow.at) <= now - HOUR))
            every = select(func.count()).select_from(TextRow).where(*mine)
            equal = every.where(col(TextRow.words) == said)
            if (await connection.execute(every)).scalar_one() >= self._limits.most:
                return False
            if (await connection.execute(equal)).scalar_one() >= self._limits.equal:
                return False
            await connection.execute(insert(TextRow).values(number=to, words=said, at=now))
        return True

    def _hash(self, text: str) -> str:
        return hashlib.blake2b(text.encode(), key=self._key, digest_size=16).hexdigest()
