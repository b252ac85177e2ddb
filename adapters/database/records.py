"""The record of facts: append-only, chained by hash, the read model in the same transaction."""

import json
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

import domain.decisions  # noqa: F401  (fills the registry of events)
from activities.records import FactBatch, RecordTamperedError
from adapters.database.case_keys import CaseKey, CaseKeys
from adapters.database.chains import Chains, head_of
from adapters.database.engine import reading, upsert, writing
from adapters.database.tables import CaseEventRow, CaseViewRow
from adapters.database.turns import keep_turn
from adapters.desk_key import DeskKey
from domain.case import Event
from domain.chain import GENESIS, Walked, chained
from domain.fact import Fact
from domain.personal import SEALED, sealed
from domain.view import CaseView


class RecordConflictError(RecordTamperedError):
    """A fact of that number is on record with other content: never taken for done."""


class EndLostError(RecordTamperedError):
    """The record does not end where it was signed: nothing is put after it, or signed over it."""


class ErasedError(RuntimeError):
    """What was personal in the record of a case was erased; the rest is no case any more."""


class ChainBrokenError(RuntimeError):
    """The record of a case does not verify; names the first fact that does not fit."""


def canonical(fact: Fact, key: CaseKey) -> bytes:
    """Return a fact as the bytes that are stored and hashed: its personal fields are sealed."""
    data = sealed(Fact, fact.model_dump(mode="json"), key.seal, place_of(fact.seq))
    kind = Event.registry.get(fact.type, Event)
    data["payload"] = sealed(kind, data["payload"], key.seal, f"{place_of(fact.seq)}/payload")
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def place_of(seq: int) -> str:
    """Return where a fact stands among what is sealed for its case."""
    return f"fact/{seq}"


def read_fact(body: bytes, seq: int, key: CaseKey) -> dict[str, Any]:
    """Return a fact as it was recorded, opened; what was erased says so."""
    fact: dict[str, Any] = key.open(json.loads(body), place_of(seq))
    return fact


class DatabaseRecords:
    """The record in the application database."""

    def __init__(self, engine: AsyncEngine, keys: CaseKeys, key: DeskKey) -> None:
        self._engine = engine
        self._keys = keys
        self._chains = Chains(key)

    async def append(self, batch: FactBatch) -> int:
        """Append what is not there yet and bring the read model up; all of it or nothing.

        Raises:
            RecordConflictError: A fact of that number has other content, or one before is missing.
            EndLostError: The record does not end where it was signed.
        """
        async with writing(self._engine) as connection:
            key = await self._keys.sealing(connection, batch.case)
            before = await _end(connection, batch.case)
            for fact in batch.facts:
                if await _append(connection, batch.case, fact, key):
                    await keep_turn(connection, batch.case, fact, exercise=batch.view.exercise)
            await put_view(connection, batch.view, key)
            after = await _end(connection, batch.case)
            if after != before:
                await self._move(connection, batch.case, before, after)
            return after.links

    async def _move(
        self, connection: AsyncConnection, case: str, before: Walked, after: Walked
    ) -> None:
        """Move the signed end on, from where it must have been."""
        wrong = self._chains.wrong(case, before, await head_of(connection, case))
        if wrong is not None:
            raise EndLostError(
                f"{case}: {wrong}. Nothing was written; look at it: cir audit verify {case}."
            )
        await self._chains.sign(connection, case, after.links, after.head)

    async def verify(self, case: str) -> str:
        """Check the chain of a case to its signed end; return its head.

        Raises:
            ChainBrokenError: With the first fact that does not fit, or what is wrong at the end.
        """
        async with reading(self._engine) as connection:
            return (await self._verified(connection, case))[1]

    async def facts(self, case: str) -> tuple[Fact, ...]:
        """Return every fact of a case as it was recorded, its chain checked.

        Raises:
            ChainBrokenError: With the first fact that does not fit, or what is wrong at the end.
            ErasedError: The case's key was destroyed, so that no fact can be read whole.
        """
        async with reading(self._engine) as connection:
            bodies, _ = await self._verified(connection, case)
            key = await self._keys.opening(connection, case)
        if key.is_destroyed and any(SEALED.encode() in body for body in bodies):
            raise ErasedError(case)
        return tuple(
            Fact.model_validate(read_fact(body, seq, key)) for seq, body in enumerate(bodies, 1)
        )

    async def _verified(self, connection: AsyncConnection, case: str) -> tuple[list[bytes], str]:
        """Return the bodies of a case's facts and the head of its chain, once all of it fits."""
        links, found = await self._chains.checked(connection, case)
        if found.broken is not None:
            raise ChainBrokenError(f"{case}: {found.broken}.")
        return [link.body for link in links], found.head


async def _append(connection: AsyncConnection, case: str, fact: Fact, key: CaseKey) -> bool:
    """Append one fact unless it is on record; tell whether it was appended."""
    body = canonical(fact, key)
    there = await _row(connection, case, fact.seq)
    if there is not None:
        if not _says_the_same(there.body, body, fact.seq, key):
            raise RecordConflictError(
                f"{case}: fact {fact.seq} is on record with other content. Nothing was written; "
                f"compare case and record: cir case history {case}."
            )
        return False
    before = await _hash_before(connection, case, fact.seq)
    await connection.execute(
        insert(CaseEventRow).values(
            case=case,
            seq=fact.seq,
            type=fact.type,
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            by=fact.by,
            instruction=fact.instruction,
            body=body,
            before=before,
            hash=chained(before, body),
        )
    )
    return True


def _says_the_same(there: bytes, body: bytes, seq: int, key: CaseKey) -> bool:
    """Tell whether two bodies hold the same fact; one from before there were keys is in clear."""
    return there == body or read_fact(there, seq, key) == read_fact(body, seq, key)


async def _hash_before(connection: AsyncConnection, case: str, seq: int) -> str:
    if seq == 1:
        return GENESIS
    previous = await _row(connection, case, seq - 1)
    if previous is None:
        raise RecordConflictError(
            f"{case}: fact {seq - 1} is missing on the record, so fact {seq} was not written."
        )
    return str(previous.hash)


async def _row(connection: AsyncConnection, case: str, seq: int) -> Any:  # noqa: ANN401  (a row)
    found = await connection.execute(
        select(col(CaseEventRow.body), col(CaseEventRow.hash)).where(
            col(CaseEventRow.case) == case, col(CaseEventRow.seq) == seq
        )
    )
    return found.first()


async def _end(connection: AsyncConnection, case: str) -> Walked:
    """Return where the chain of a case ends by its last row; what is before was not walked."""
    found = await connection.execute(
        select(col(CaseEventRow.seq), col(CaseEventRow.hash))
        .where(col(CaseEventRow.case) == case)
        .order_by(col(CaseEventRow.seq).desc())
        .limit(1)
    )
    last = found.first()
    return Walked(0, GENESIS) if last is None else Walked(last.seq, last.hash)


async def put_view(connection: AsyncConnection, view: CaseView, key: CaseKey) -> None:
    """Replace the read model's row unless it is newer already."""
    found = await connection.execute(
        select(col(CaseViewRow.seq)).where(col(CaseViewRow.case) == view.case)
    )
    there = found.scalar_one_or_none()
    if there is not None and there > view.seq:
        return
    document = sealed(CaseView, view.model_dump(mode="json"), key.seal, "view")
    await upsert(connection, CaseViewRow, **columns_of(view), document=document)


def columns_of(view: CaseView) -> dict[str, Any]:
    """Return what the read model keeps of a view in columns of its own, for lists."""
    return {
        "case": view.case,
        "seq": view.seq,
        "version": view.version,
        "phase": view.phase.value,
        "outcome": view.outcome,
        "category": view.category,
        "owner": view.owner,
        "provider": view.provider,
        "council_code": view.council_code,
        "exercise": view.exercise,
        "breached": view.breached,
        "archived": view.archived,
        "rung": view.rung,
        "next_clock": view.next_clock,
        "due_at": view.due_at,
        "opened_at": view.opened_at,
    }
