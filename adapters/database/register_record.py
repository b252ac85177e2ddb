"""What was done to the registers, by whom and when: append-only, chained by hash."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import LargeBinary, cast, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.records import ChainBrokenError
from adapters.database.tables import RegisterEntryRow
from domain.chain import GENESIS, chained
from domain.value import utc_text

MACHINE = "machine"
"""Who is written down for what is done on the machine itself, before there is anybody."""


async def write_down(
    connection: AsyncConnection, at: datetime, did: str, by: str, told: Mapping[str, Any]
) -> None:
    """Append what somebody did.

    Args:
        connection: In the transaction that does it.
        at: When.
        did: ``filled``, ``proposed``, ``confirmed``, ``withdrawn``, ``token-issued``.
        by: Who.
        told: What it was about, JSON-ready.
    """
    query = select(col(RegisterEntryRow.seq), col(RegisterEntryRow.hash))
    last = (await connection.execute(query.order_by(col(RegisterEntryRow.seq).desc()))).first()
    seq, before = (1, GENESIS) if last is None else (last.seq + 1, last.hash)
    entry = {"seq": seq, "at": utc_text(at), "did": did, "by": by, **told}
    body = json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()
    await connection.execute(
        insert(RegisterEntryRow).values(
            seq=seq, at=at, body=body, before=before, hash=chained(before, body)
        )
    )


class RegisterRecord:
    """The record of the registers."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def entries(self) -> list[dict[str, Any]]:
        """Return everything that was done, oldest first.

        Raises:
            ChainBrokenError: With the first entry that does not fit.
        """
        query = select(
            col(RegisterEntryRow.seq),
            col(RegisterEntryRow.before),
            col(RegisterEntryRow.hash),
            cast(col(RegisterEntryRow.body), LargeBinary).label("body"),  # text may be there
        ).order_by(col(RegisterEntryRow.seq))
        found, head = [], GENESIS
        async with reading(self._engine) as connection:
            for number, row in enumerate(await connection.execute(query), start=1):
                fits = row.seq == number and row.before == head
                if not fits or row.hash != chained(head, row.body):
                    words = f"The record of the registers: entry {row.seq} does not fit."
                    raise ChainBrokenError(words)
                head = row.hash
                found.append({**json.loads(row.body), "hash": row.hash})
        return found
