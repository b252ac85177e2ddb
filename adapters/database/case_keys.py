"""Each case's own key: seals what is personal in its record; destroying it is erasure.

The key is wrapped by the keyring and stands in its own table. Sealing is deterministic (AES-SIV),
so that a fact written twice has the same bytes and the same hash; every place in every fact has its
own associated data, so that equal texts do not look equal and none can be moved.
"""

import base64
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from adapters.database.engine import insert_once
from adapters.database.tables import CaseKeyRow
from adapters.keyring import Keyring, TamperedError
from domain.personal import ERASED, SEALED, opened

BITS = 512
"""Bits of a case's key: AES-256 in SIV takes two keys."""


class NoSuchKeyError(RuntimeError):
    """The case has no key that could be destroyed."""


class CaseKey:
    """The key of one case; ``None`` stands for one that was destroyed."""

    def __init__(self, case: str, key: bytes | None) -> None:
        self._case = case
        self._siv = AESSIV(key) if key is not None else None

    @property
    def is_destroyed(self) -> bool:
        """Tell whether nothing of the case opens any more."""
        return self._siv is None

    def seal(self, place: str, value: Any) -> dict[str, str]:  # noqa: ANN401  (any JSON)
        """Return what stands in the place of ``value``; nothing can be read of it without the key.

        With a key that was destroyed the value is not kept at all.
        """
        if self._siv is None:
            return {SEALED: ""}
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        done = self._siv.encrypt(text.encode("utf-8", "surrogatepass"), self._about(place))
        return {SEALED: base64.b64encode(done).decode()}

    def unseal(self, place: str, said: str) -> Any:  # noqa: ANN401
        """Return what was sealed at ``place``, or that it was erased.

        Raises:
            TamperedError: It was changed, or moved from another place.
        """
        if self._siv is None or not said:
            return ERASED
        try:
            text = self._siv.decrypt(base64.b64decode(said), self._about(place))
        except (InvalidTag, ValueError) as error:
            raise TamperedError(
                f"{self._case}: what is sealed at {place} was changed or moved."
            ) from error
        return json.loads(text.decode("utf-8", "surrogatepass"))

    def open(self, data: Any, place: str) -> Any:  # noqa: ANN401
        """Return JSON with everything sealed in it opened."""
        return opened(data, self.unseal, place)

    def _about(self, place: str) -> list[bytes]:
        return [b"cir-record/1", self._case.encode(), place.encode()]


class CaseKeys:
    """The keys of cases, in the application database, wrapped by the keyring."""

    def __init__(self, keyring: Keyring, now: Callable[[], datetime]) -> None:
        self._keyring = keyring
        self._now = now

    async def sealing(self, connection: AsyncConnection, case: str) -> CaseKey:
        """Return the key of a case, made now when it has none yet."""
        found = await self._found(connection, case)
        if found is not None:
            return found
        key = AESSIV.generate_key(BITS)
        key_id, wrapped = self._keyring.seal(key, _about(case))
        await insert_once(
            connection, CaseKeyRow, case=case, key_id=key_id, wrapped=wrapped, made_at=self._now()
        )
        return CaseKey(case, key)

    async def opening(self, connection: AsyncConnection, case: str) -> CaseKey:
        """Return the key of a case for reading; a case without one has nothing sealed."""
        found = await self._found(connection, case)
        return found if found is not None else CaseKey(case, None)

    async def destroy(self, connection: AsyncConnection, case: str) -> None:
        """Destroy the key of a case for good: what is personal in its record is erased.

        Args:
            connection: In the transaction that writes down who did it.
            case: Its reference.

        Raises:
            NoSuchKeyError: It has none, or it was destroyed before.
        """
        done = await connection.execute(
            update(CaseKeyRow)
            .where(col(CaseKeyRow.case) == case, col(CaseKeyRow.wrapped).is_not(None))
            .values(wrapped=None, key_id="", destroyed_at=self._now())
            .returning(col(CaseKeyRow.case))
        )
        if done.first() is None:
            raise NoSuchKeyError(f"{case} has no key to destroy.")

    async def _found(self, connection: AsyncConnection, case: str) -> CaseKey | None:
        rows = await connection.execute(
            select(col(CaseKeyRow.key_id), col(CaseKeyRow.wrapped)).where(
                col(CaseKeyRow.case) == case
            )
        )
        row = rows.first()
        if row is None:
            return None
        if row.wrapped is None:
            return CaseKey(case, None)
        return CaseKey(case, self._keyring.open(row.key_id, row.wrapped, _about(case)))


def _about(case: str) -> bytes:
    return b"cir-case-key/1\0" + case.encode()
