"""The chains of cases as they are stored, and the signed end of each.

The end moves only from one that is good: whoever altered a record has its next fact refused, and
never has the worker sign what they made of it.
"""

import logging
from pathlib import Path

from sqlalchemy import LargeBinary, cast, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading, upsert, writing
from adapters.database.tables import CaseEventRow, ChainHeadRow
from adapters.desk_key import DeskKey
from adapters.secret_files import make_once
from domain.chain import Head, Link, Walked, head_text, off_the_end, walked

LOG = logging.getLogger("cir.chains")

SIGNED_ONCE = "chain-heads.signed"
"""The file in the data directory that says: what had no signature was signed, once and for all."""

HEAD_METHOD = (
    "Ed25519 over four lines (UTF-8, no line end after the last): cir-chain-head/1, case, seq, "
    "hash; public_key is its 32 bytes in base64, key_id the first 12 hex digits of their sha256"
)
"""How the end of an export is signed, for whoever checks it without us."""


class Chains:
    """Reads chains, checks their ends, and signs where they end."""

    def __init__(self, key: DeskKey) -> None:
        self._key = key

    async def checked(self, connection: AsyncConnection, case: str) -> tuple[list[Link], Walked]:
        """Return a case's links as they are stored, and what walking them to the end found."""
        links = await links_of(connection, case)
        found = walked(links)
        if found.broken is None:
            wrong = self.wrong(case, found, await head_of(connection, case))
            found = found._replace(broken=wrong)
        return links, found

    def wrong(self, case: str, found: Walked, head: Head | None) -> str | None:
        """Say in words what is wrong with the end of a chain that fits; ``None``: nothing."""
        if head is not None:
            try:
                text = head_text(case, head.seq, head.hash)
                if not self._key.is_signed(text, head.signature, head.key_id):
                    return "the signature of its end is not ours, or is of something else"
            except KeyError:
                return f"its end was signed with key {head.key_id}, which the desk's file has not"
        return off_the_end(found, head)

    async def sign(self, connection: AsyncConnection, case: str, seq: int, last: str) -> None:
        """Sign where a chain ends now, in the transaction that brought it there."""
        signature = self._key.sign(head_text(case, seq, last))
        row = {"seq": seq, "hash": last, "key_id": self._key.id, "signature": signature}
        await upsert(connection, ChainHeadRow, case=case, **row)

    async def exported(self, connection: AsyncConnection, case: str) -> dict[str, object] | None:
        """Return the signed end of a case with all that it takes to check it without us."""
        head = await head_of(connection, case)
        if head is None:
            return None
        public = self._key.public_of(head.key_id)
        return {"method": HEAD_METHOD, **head._asdict(), "public_key": public}


async def links_of(connection: AsyncConnection, case: str) -> list[Link]:
    """Return the links of a case's chain, as they are stored."""
    rows = await connection.execute(
        select(
            col(CaseEventRow.seq),
            col(CaseEventRow.before),
            col(CaseEventRow.hash),
            cast(col(CaseEventRow.body), LargeBinary),  # SQLite keeps text that was put there
        )
        .where(col(CaseEventRow.case) == case)
        .order_by(col(CaseEventRow.seq))
    )
    return [Link(*row) for row in rows]


async def head_of(connection: AsyncConnection, case: str) -> Head | None:
    """Return the signed end of a case's chain, unchecked."""
    columns = (getattr(ChainHeadRow, name) for name in Head._fields)
    found = await connection.execute(select(*columns).where(col(ChainHeadRow.case) == case))
    row = found.first()
    return None if row is None else Head(*row)


async def sign_once(engine: AsyncEngine, key: DeskKey, data: Path) -> None:
    """Sign the ends of the chains that were there before ends were signed; never a second time.

    That it was done stands in a file, not in the database: whoever has the database alone gets
    nothing signed by taking signatures away.

    Args:
        engine: The database.
        key: What signs.
        data: The data directory of this machine.
    """
    done = data / SIGNED_ONCE
    if done.exists():
        return
    chains, signed = Chains(key), 0
    events, heads = select(col(CaseEventRow.case)), select(col(ChainHeadRow.case))
    async with reading(engine) as connection:
        cases = sorted((await connection.execute(events.except_(heads))).scalars())
    for case in cases:
        async with writing(engine) as connection:
            found = walked(await links_of(connection, case))
            if found.broken is None and await head_of(connection, case) is None:
                await chains.sign(connection, case, found.links, found.head)
                signed += 1
    LOG.info("chain-heads-signed", extra={"cases": signed})
    make_once(done, f"{signed} records that had no signature at their end got one.\n".encode())
