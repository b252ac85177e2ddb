"""A case's own key: the record holds nothing of a person in clear, and erasure is for good."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.records import FactBatch
from adapters.database.case_keys import CaseKey, CaseKeys, NoSuchKeyError
from adapters.database.cases import Cases
from adapters.database.engine import reading, writing
from adapters.database.intake import Intake
from adapters.database.records import DatabaseRecords, RecordConflictError, canonical
from adapters.database.tables import CaseEventRow, CaseKeyRow, IntakeRow
from adapters.keyring import Keyring, TamperedError, add_key
from domain.council import CouncilRegister
from domain.fact import Fact
from domain.report_reading import ReadReport, check_report
from domain.view import view_of
from tests.builders import NOON, OTHER, REFERENCE, a_case, a_council, a_raw_report
from tests.databases import Clock, run_sql
from tests.sealing import case_keys, desk_key

SAID = "Joanna Hale rang from 07700 900123."


def a_note(seq: int = 1, text: str = SAID) -> Fact:
    return Fact(
        seq=seq, type="note-added", occurred_at=NOON, recorded_at=NOON, by="kaya",
        command="add-note", instruction=f"key-{seq}", evidence="Her mail.", payload={"text": text},
    )  # fmt: skip


def a_batch(*facts: Fact, case: str = REFERENCE) -> FactBatch:
    view = view_of(a_case()).but(case=case, seq=facts[-1].seq)
    return FactBatch(case=case, facts=facts, view=view)


def a_read(**changes: object) -> ReadReport:
    register = CouncilRegister(councils=(a_council(),))
    return check_report(a_raw_report(**changes), now=NOON, councils=register)


@pytest.fixture
def records(engine: AsyncEngine) -> DatabaseRecords:
    return DatabaseRecords(engine, case_keys(), desk_key())


@pytest.fixture
def cases(engine: AsyncEngine, clock: Clock) -> Cases:
    return Cases(engine, clock, case_keys())


async def destroyed(engine: AsyncEngine, keys: CaseKeys | None = None) -> None:
    """Destroy the key of the case."""
    async with writing(engine) as connection:
        await (keys or case_keys()).destroy(connection, REFERENCE)


async def bodies(engine: AsyncEngine, case: str = REFERENCE) -> list[bytes]:
    async with reading(engine) as connection:
        rows = await connection.execute(
            select(col(CaseEventRow.body)).where(col(CaseEventRow.case) == case)
        )
        return [row.body for row in rows]


async def key_of(engine: AsyncEngine, case: str = REFERENCE) -> CaseKey:
    async with reading(engine) as connection:
        return await case_keys().opening(connection, case)


async def test_the_record_holds_nothing_of_a_person_in_clear_and_reads_open_it(
    engine: AsyncEngine, records: DatabaseRecords, cases: Cases
) -> None:
    await records.append(a_batch(a_note()))
    (body,) = await bodies(engine)
    assert b"Joanna" not in body
    assert b"mail" not in body
    assert b"note-added" in body
    (fact,) = await cases.history(REFERENCE)
    assert (fact["payload"], fact["evidence"]) == ({"text": SAID}, "Her mail.")


async def test_a_fact_has_the_same_bytes_however_often_it_is_written(
    engine: AsyncEngine, records: DatabaseRecords
) -> None:
    await records.append(a_batch(a_note()))
    await records.append(a_batch(a_note()))
    (body,) = await bodies(engine)
    assert canonical(a_note(), await key_of(engine)) == body


async def test_another_text_under_the_same_number_is_an_alarm(records: DatabaseRecords) -> None:
    await records.append(a_batch(a_note()))
    with pytest.raises(RecordConflictError):
        await records.append(a_batch(a_note(text="Something else.")))


async def test_equal_texts_do_not_look_equal(engine: AsyncEngine, records: DatabaseRecords) -> None:
    await records.append(a_batch(a_note(1), a_note(2)))
    await records.append(a_batch(a_note(1), case=OTHER))
    said = [json.loads(one)["payload"]["text"]["$sealed"] for one in await bodies(engine)]
    said += [json.loads(one)["payload"]["text"]["$sealed"] for one in await bodies(engine, OTHER)]
    assert len(set(said)) == 3


async def test_what_was_moved_to_another_fact_does_not_open(
    engine: AsyncEngine, records: DatabaseRecords, cases: Cases
) -> None:
    await records.append(a_batch(a_note(1), a_note(2, "Another.")))
    await run_sql(
        engine,
        "UPDATE case_event SET body = (SELECT body FROM case_event WHERE seq = 2) WHERE seq = 1",
    )
    with pytest.raises(TamperedError):
        await cases.history(REFERENCE)


async def test_after_erasure_the_chain_verifies_and_reads_say_erased(
    engine: AsyncEngine, records: DatabaseRecords, cases: Cases
) -> None:
    await records.append(a_batch(a_note(1), a_note(2)))
    await records.append(a_batch(a_note(1), case=OTHER))
    head = await records.verify(REFERENCE)
    await destroyed(engine)
    assert await records.verify(REFERENCE) == head
    facts = await cases.history(REFERENCE)
    assert [(f["payload"], f["evidence"]) for f in facts] == [
        ({"text": "[erased]"}, "[erased]")
    ] * 2
    assert [f["by"] for f in facts] == ["kaya", "kaya"]
    assert (await cases.history(OTHER))[0]["payload"]["text"] == SAID


async def test_after_erasure_facts_still_go_on_the_record_without_what_is_personal(
    engine: AsyncEngine, records: DatabaseRecords, cases: Cases
) -> None:
    await records.append(a_batch(a_note(1)))
    await destroyed(engine)
    await records.append(a_batch(a_note(1), a_note(2, "Later.")))
    assert await records.verify(REFERENCE)
    assert [f["payload"]["text"] for f in await cases.history(REFERENCE)] == ["[erased]"] * 2
    assert not any(b"Later" in body for body in await bodies(engine))


async def test_a_key_is_destroyed_once_and_never_made_again(engine: AsyncEngine) -> None:
    keys = case_keys()
    with pytest.raises(NoSuchKeyError):
        await destroyed(engine, keys)
    await DatabaseRecords(engine, keys, desk_key()).append(a_batch(a_note()))
    await destroyed(engine, keys)
    with pytest.raises(NoSuchKeyError):
        await destroyed(engine, keys)
    async with reading(engine) as connection:
        (row,) = (await connection.execute(select(col(CaseKeyRow.wrapped)))).all()
        assert row.wrapped is None
        assert (await keys.opening(connection, REFERENCE)).is_destroyed


async def test_a_record_from_before_there_were_keys_is_read_and_not_taken_for_another(
    engine: AsyncEngine, records: DatabaseRecords, cases: Cases
) -> None:
    await records.append(a_batch(a_note()))
    clear = json.dumps(a_note().model_dump(mode="json")).encode()
    async with writing(engine) as connection:
        await connection.execute(update(CaseEventRow).values(body=clear))
    await records.append(a_batch(a_note()))
    assert (await cases.history(REFERENCE))[0]["payload"]["text"] == SAID


async def test_a_report_is_kept_sealed_and_reaches_its_case_as_it_came(
    engine: AsyncEngine, clock: Clock
) -> None:
    intake, read = Intake(engine, clock, case_keys()), a_read()
    await intake.take(b'{"all": "of Joanna Hale"}', read, "kaya")
    async with reading(engine) as connection:
        rows = await connection.execute(select(col(IntakeRow.body), col(IntakeRow.report)))
        stored = "".join(f"{row.body!r}{row.report!r}" for row in rows)
    for word in ("Joanna", "jo.hale", "960101"):
        assert word not in stored
    (pending,) = await intake.pending()
    assert pending.report == read.report


async def test_a_report_that_comes_again_is_compared_with_the_sealed_one(
    engine: AsyncEngine, clock: Clock
) -> None:
    intake = Intake(engine, clock, case_keys())
    await intake.take(b"{}", a_read(), "kaya")
    same = await intake.take(b"{}", a_read(), "kaya")
    other = await intake.take(b"{}", a_read(reporter__phone="01632 960999"), "kaya")
    assert (same.changed, other.changed) == ((), ("reporter.phone",))


async def test_a_case_key_opens_after_the_keyring_was_rotated(
    engine: AsyncEngine, clock: Clock, tmp_path: Path
) -> None:
    ring = tmp_path / "payload.keys"
    await DatabaseRecords(engine, CaseKeys(Keyring.from_file(ring), clock), desk_key()).append(
        a_batch(a_note())
    )
    add_key(ring)
    after = Cases(engine, clock, CaseKeys(Keyring.from_file(ring), clock))
    assert (await after.history(REFERENCE))[0]["payload"]["text"] == SAID
