"""The signed end of a record: every way to alter one with the database alone is told, or named."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.records import FactBatch
from adapters.database.audit import Audit
from adapters.database.chains import SIGNED_ONCE, Chains, head_of, links_of, sign_once
from adapters.database.engine import reading, writing
from adapters.database.records import (
    ChainBrokenError,
    DatabaseRecords,
    EndLostError,
    RecordConflictError,
)
from adapters.database.tables import CaseEventRow, ChainHeadRow
from adapters.desk_key import DeskKey
from domain.chain import UNSIGNED, Head, chained
from domain.fact import Fact
from domain.view import view_of
from tests.builders import NOON, OTHER, REFERENCE, a_case
from tests.databases import Clock, count, run_sql
from tests.sealing import case_keys, desk_key

NOT_OURS = "the signature of its end is not ours, or is of something else"
TAIL_CUT = "facts 3 to 3 are missing at its end"


@pytest.fixture
def records(engine: AsyncEngine) -> DatabaseRecords:
    return DatabaseRecords(engine, case_keys(), desk_key())


@pytest.fixture
def audit(engine: AsyncEngine, clock: Clock) -> Audit:
    return Audit(engine, case_keys(), desk_key(), clock)


def a_batch(*numbers: int, case: str = REFERENCE) -> FactBatch:
    facts = tuple(
        Fact(
            seq=seq, type="note-added", occurred_at=NOON, recorded_at=NOON, by="kaya",
            instruction=f"key-{seq}", payload={"text": f"note {seq} of {case}"},
        )
        for seq in numbers
    )  # fmt: skip
    return FactBatch(case=case, facts=facts, view=view_of(a_case()).but(case=case, seq=numbers[-1]))


async def head(engine: AsyncEngine, case: str = REFERENCE) -> Head | None:
    async with reading(engine) as connection:
        return await head_of(connection, case)


async def put_head(engine: AsyncEngine, put: Head | None) -> None:
    """Write the signed end of the case past every adapter."""
    assert put is not None
    async with writing(engine) as connection:
        of_case = update(ChainHeadRow).where(col(ChainHeadRow.case) == REFERENCE)
        await connection.execute(of_case.values(**put._asdict()))


async def make_again(engine: AsyncEngine) -> None:
    """Alter fact 2 and chain all that follows anew, as somebody with the database could."""
    async with writing(engine) as connection:
        first, second, third = await links_of(connection, REFERENCE)
        before = first.hash
        for link in (second._replace(body=second.body + b" "), third):
            row = update(CaseEventRow).where(
                col(CaseEventRow.case) == REFERENCE, col(CaseEventRow.seq) == link.seq
            )
            last = chained(before, link.body)
            await connection.execute(row.values(body=link.body, before=before, hash=last))
            before = last


async def told(audit: Audit, case: str = REFERENCE) -> str | None:
    """Return what a check says is wrong, once every case is walked as ``cir audit verify`` does."""
    assert case in await audit.cases()
    checked = await audit.check(case)
    assert checked is not None
    return checked.broken


async def refused_next(records: DatabaseRecords, engine: AsyncEngine) -> None:
    """See that the next fact of the case is refused and nothing of it is written."""
    before = await count(engine, CaseEventRow)
    stood = await head(engine)
    with pytest.raises(EndLostError, match=f"{REFERENCE}: .+ Nothing was written"):
        await records.append(a_batch(4))
    assert (await count(engine, CaseEventRow), await head(engine)) == (before, stood)


async def test_the_end_is_signed_with_every_batch(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    for last in (1, 2, 3):
        await records.append(a_batch(last))
        end = await head(engine)
        assert end is not None
        assert (end.seq, end.hash) == (last, await records.verify(REFERENCE))
    assert await told(audit) is None


async def test_a_batch_again_does_not_move_the_end_back(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch(1, 2))
    await records.append(a_batch(3))
    end = await head(engine)
    assert await records.append(a_batch(1, 2)) == 3
    assert await records.append(a_batch(1)) == 3
    assert await head(engine) == end


async def test_a_tail_cut_with_its_view_is_missed(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    await run_sql(engine, "DELETE FROM case_event WHERE seq = 3")
    await run_sql(engine, "DELETE FROM case_view")
    assert await told(audit) == TAIL_CUT
    with pytest.raises(ChainBrokenError, match=TAIL_CUT):
        await records.verify(REFERENCE)


async def test_a_case_of_which_only_the_end_was_left_is_found(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    for table in ("case_event", "case_view", "case_key"):
        await run_sql(engine, f"DELETE FROM {table}")  # noqa: S608  (names above)
    assert await told(audit) == "facts 1 to 3 are missing at its end"
    with pytest.raises(EndLostError, match="facts 1 to 3 are missing"):
        await records.append(a_batch(1))


async def test_a_record_that_was_chained_again_is_told(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    await make_again(engine)
    assert str(await told(audit)).startswith("the chain was made again: its fact 3")
    with pytest.raises(ChainBrokenError, match="made again"):
        await records.facts(REFERENCE)
    await refused_next(records, engine)


async def test_the_end_of_another_case_is_none_of_this_one(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    await records.append(a_batch(1, 2, 3, case=OTHER))
    await put_head(engine, await head(engine, OTHER))
    assert await told(audit) == NOT_OURS
    assert await told(audit, OTHER) is None
    await refused_next(records, engine)


async def test_an_older_end_does_not_cover_what_follows_it(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2))
    older = await head(engine)
    await records.append(a_batch(3))
    await put_head(engine, older)
    assert str(await told(audit)).startswith("facts 3 to 3 are not under the signature")
    await refused_next(records, engine)


async def test_an_older_end_with_its_tail_cut_is_told_by_the_view_or_by_the_next_fact(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    """A record put back whole to an older state is good by itself: no signature can tell."""
    await records.append(a_batch(1, 2))
    older = await head(engine)
    await records.append(a_batch(3))
    await put_head(engine, older)
    await run_sql(engine, "DELETE FROM case_event WHERE seq = 3")
    assert await told(audit) == TAIL_CUT
    await run_sql(engine, "DELETE FROM case_view")
    assert await told(audit) is None
    with pytest.raises(RecordConflictError, match="fact 3 is missing"):
        await records.append(a_batch(4))


async def test_a_record_without_its_end_is_not_whole(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    await run_sql(engine, "DELETE FROM chain_head")
    assert await told(audit) == UNSIGNED
    await refused_next(records, engine)


@pytest.mark.parametrize("signature", ["", "no base64", "AAAA", None])
async def test_a_signature_that_was_altered_is_not_ours(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit, signature: str | None
) -> None:
    await records.append(a_batch(1, 2, 3))
    end = await head(engine)
    assert end is not None
    flipped = ("B" if end.signature[0] == "A" else "A") + end.signature[1:]
    await put_head(engine, end._replace(signature=flipped if signature is None else signature))
    assert await told(audit) == NOT_OURS
    await refused_next(records, engine)


async def test_the_key_of_somebody_else_is_unknown_whatever_the_database_says_of_it(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    theirs = desk_key(b"somebody else's".ljust(32))
    await run_sql(engine, "DELETE FROM chain_head")
    await run_sql(engine, f"INSERT INTO desk_key VALUES ('{theirs.id}', '{theirs.public}')")  # noqa: S608
    async with reading(engine) as connection:
        *_, last = await links_of(connection, REFERENCE)
    async with writing(engine) as connection:
        await Chains(theirs).sign(connection, REFERENCE, last.seq, last.hash)
    assert f"key {theirs.id}, which the desk's file has not" in str(await told(audit))
    await refused_next(records, engine)


async def test_erasing_what_is_personal_leaves_the_end_good(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit
) -> None:
    await records.append(a_batch(1, 2, 3))
    async with writing(engine) as connection:
        await case_keys().destroy(connection, REFERENCE)
    assert await told(audit) is None


async def test_what_was_there_before_is_signed_once_and_never_again(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit, tmp_path: Path
) -> None:
    await records.append(a_batch(1, 2, 3))
    await records.append(a_batch(1, case=OTHER))
    await run_sql(engine, "DELETE FROM chain_head")
    await sign_once(engine, desk_key(), tmp_path)
    assert (await told(audit), await told(audit, OTHER)) == (None, None)
    assert (tmp_path / SIGNED_ONCE).read_text().startswith("2 records")
    assert await records.append(a_batch(4)) == 4
    await run_sql(engine, "DELETE FROM chain_head")
    await sign_once(engine, desk_key(), tmp_path)
    assert await told(audit) == UNSIGNED


async def test_a_chain_that_does_not_fit_is_not_signed_with_the_others(
    records: DatabaseRecords, engine: AsyncEngine, audit: Audit, tmp_path: Path
) -> None:
    await records.append(a_batch(1, 2, 3))
    await run_sql(engine, "DELETE FROM chain_head")
    await run_sql(engine, "DELETE FROM case_event WHERE seq = 2")
    await sign_once(engine, desk_key(), tmp_path)
    assert await head(engine) is None
    assert "fact 2 is missing" in str(await told(audit))


async def test_a_new_key_goes_on_where_the_former_one_is_known(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock, keys: tuple[DeskKey, DeskKey]
) -> None:
    old, both = keys
    await DatabaseRecords(engine, case_keys(), old).append(a_batch(1, 2, 3))
    assert await told(Audit(engine, case_keys(), both, clock)) is None
    with pytest.raises(EndLostError, match=old.id):
        await records.append(a_batch(4))
    await DatabaseRecords(engine, case_keys(), both).append(a_batch(4))
    end = await head(engine)
    assert end is not None
    assert end.key_id == both.id != old.id
    assert await told(Audit(engine, case_keys(), both, clock)) is None


@pytest.fixture
def keys(tmp_path: Path) -> tuple[DeskKey, DeskKey]:
    """Return a key, and another one whose file has the public half of the first beneath it."""
    old, new = tmp_path / "old.key", tmp_path / "new.key"
    made = DeskKey.from_file(old), DeskKey.from_file(new)
    private = serialization.load_pem_private_key(old.read_bytes(), password=None)
    assert isinstance(private, Ed25519PrivateKey)
    half = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    new.write_bytes(new.read_bytes() + half)
    both = DeskKey.from_file(new)
    assert (both.id, both.public_of(made[0].id)) == (made[1].id, made[0].public)
    return made[0], both
