import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.records import FactBatch
from activities.turns import TurnRequest
from adapters.database.cases import Cases
from adapters.database.engine import reading
from adapters.database.records import (
    ChainBrokenError,
    DatabaseRecords,
    RecordConflictError,
)
from adapters.database.tables import CaseEventRow, CaseViewRow, TurnRow
from adapters.database.turns import DatabaseTurns
from domain.chain import GENESIS
from domain.fact import Fact
from domain.phase import Phase
from domain.view import CaseView, view_of
from tests.builders import MINUTE, NOON, OTHER, REFERENCE, a_case
from tests.databases import Clock, count, run_sql
from tests.sealing import case_keys, desk_key


@pytest.fixture
def records(engine: AsyncEngine) -> DatabaseRecords:
    return DatabaseRecords(engine, case_keys(), desk_key())


def a_fact(seq: int, kind: str = "note-added", instruction: str = "", **payload: Any) -> Fact:
    return Fact(
        seq=seq,
        type=kind,
        occurred_at=NOON + seq * MINUTE,
        recorded_at=NOON + seq * MINUTE,
        by="kaya",
        command="add-note",
        instruction=instruction or f"key-{seq}",
        payload=payload or {"words": f"note {seq}"},
    )


def a_view(seq: int, **changes: Any) -> CaseView:
    return view_of(a_case(Phase.ASSESSMENT)).but(seq=seq, **changes)


def a_batch(facts: Sequence[Fact], case: str = REFERENCE, **changes: Any) -> FactBatch:
    view = a_view(facts[-1].seq, case=case, **changes)
    return FactBatch(case=case, facts=tuple(facts), view=view)


THREE = [a_fact(1), a_fact(2), a_fact(3)]


async def turns(engine: AsyncEngine) -> list[tuple[str, str]]:
    async with reading(engine) as connection:
        rows = await connection.execute(
            select(col(TurnRow.provider), col(TurnRow.state)).order_by(col(TurnRow.at))
        )
        return [(row.provider, row.state) for row in rows]


async def test_a_whole_record_verifies_and_says_its_head(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock
) -> None:
    assert await records.append(a_batch(THREE)) == 3
    facts = await Cases(engine, clock, case_keys()).history(REFERENCE)
    assert await records.verify(REFERENCE) == facts[-1]["hash"]
    assert [fact["payload"] for fact in facts] == [fact.payload for fact in THREE]


async def test_a_case_without_facts_has_the_first_head(records: DatabaseRecords) -> None:
    assert await records.verify(REFERENCE) == GENESIS


async def test_a_repeat_changes_nothing(records: DatabaseRecords, engine: AsyncEngine) -> None:
    await records.append(a_batch(THREE))
    head = await records.verify(REFERENCE)
    assert await records.append(a_batch(THREE)) == 3
    assert await records.verify(REFERENCE) == head
    assert await count(engine, CaseEventRow) == 3


async def test_a_batch_that_overlaps_adds_only_what_is_new(records: DatabaseRecords) -> None:
    await records.append(a_batch(THREE[:2]))
    assert await records.append(a_batch(THREE)) == 3
    await records.verify(REFERENCE)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE case_event SET body = (SELECT body FROM case_event WHERE seq = 1) WHERE seq = 2",
        "UPDATE case_event SET hash = before WHERE seq = 2",
        "UPDATE case_event SET before = hash WHERE seq = 2",
    ],
)
async def test_a_fact_that_was_tampered_with_is_named(
    records: DatabaseRecords, engine: AsyncEngine, tampering: str
) -> None:
    await records.append(a_batch(THREE))
    await run_sql(engine, tampering)
    with pytest.raises(ChainBrokenError, match=f"{REFERENCE}: fact 2"):
        await records.verify(REFERENCE)


async def test_a_key_with_a_nul_keeps_no_fact_from_the_record(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock
) -> None:
    odd = a_fact(1, instruction="key\x001", words="a\x00b")
    for _ in range(2):
        assert await records.append(a_batch([odd], owner="kaya\x00")) == 1
    await records.verify(REFERENCE)
    cases = Cases(engine, clock, case_keys())
    assert await cases.has_instruction(REFERENCE, "key\x001")
    assert (await cases.history(REFERENCE))[0]["payload"] == {"words": "a\x00b"}
    shown = await cases.show(REFERENCE)
    assert shown is not None
    assert shown["owner"] == "kaya\x00"


async def test_a_fact_that_was_taken_out_is_missed(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch(THREE))
    await run_sql(engine, "DELETE FROM case_event WHERE seq = 2")
    with pytest.raises(ChainBrokenError, match="fact 2 is missing"):
        await records.verify(REFERENCE)


async def test_the_same_number_with_other_content_is_never_taken_for_done(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch(THREE))
    other = [a_fact(3, words="something else"), a_fact(4)]
    with pytest.raises(RecordConflictError, match=f"{REFERENCE}: fact 3"):
        await records.append(a_batch(other))
    assert await count(engine, CaseEventRow) == 3


async def test_a_gap_is_refused_and_leaves_nothing(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    with pytest.raises(RecordConflictError, match="fact 4 is missing"):
        await records.append(a_batch([a_fact(5)]))
    assert await count(engine, CaseEventRow) == 0
    assert await count(engine, CaseViewRow) == 0


async def test_twenty_at_once_make_one_chain(records: DatabaseRecords, engine: AsyncEngine) -> None:
    said = await asyncio.gather(*(records.append(a_batch(THREE)) for _ in range(20)))
    assert said == [3] * 20
    assert await count(engine, CaseEventRow) == 3
    await records.verify(REFERENCE)


async def test_chains_of_two_cases_stand_apart(records: DatabaseRecords) -> None:
    await records.append(a_batch(THREE))
    await records.append(a_batch([a_fact(1, words="another case")], case=OTHER))
    assert await records.verify(REFERENCE) != await records.verify(OTHER)


async def test_what_is_shown_never_goes_back(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock
) -> None:
    await records.append(a_batch(THREE, owner="tomas"))
    await records.append(a_batch(THREE[:2], owner="kaya"))
    shown = await Cases(engine, clock, case_keys()).show(REFERENCE)
    assert shown is not None
    assert (shown["seq"], shown["owner"]) == (3, "tomas")


CALLED = a_fact(1, "provider-called-out", "call-1", provider="alder")
MET = a_fact(2, "contact-made", provider="alder")


async def test_a_call_out_by_hand_reserves_the_turn(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch([CALLED]))
    assert await turns(engine) == [("alder", "reserved")]


async def test_a_turn_counts_once_contact_is_made(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch([CALLED, MET]))
    assert await turns(engine) == [("alder", "counted")]


@pytest.mark.parametrize(
    "over",
    [
        a_fact(2, "provider-declined", provider="alder"),
        a_fact(2, "provider-stood-down", provider="alder"),
        a_fact(2, "provider-failed-over", former="alder", to="kestrel"),
    ],
)
async def test_a_turn_without_contact_is_given_back(
    records: DatabaseRecords, engine: AsyncEngine, over: Fact
) -> None:
    await records.append(a_batch([CALLED, over]))
    assert await turns(engine) == [("alder", "given-back")]


async def test_a_turn_that_counted_is_not_given_back(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    over = a_fact(3, "provider-failed-over", former="alder", to="kestrel")
    await records.append(a_batch([CALLED, MET, over]))
    assert await turns(engine) == [("alder", "counted")]


async def test_a_repeated_batch_gives_no_turn_back_twice(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    first = [CALLED, a_fact(2, "provider-declined", provider="alder")]
    again = a_fact(3, "provider-called-out", "call-2", provider="kestrel")
    await records.append(a_batch(first))
    await records.append(a_batch([*first, again]))
    await records.append(a_batch([*first, again]))
    assert await turns(engine) == [("alder", "given-back"), ("kestrel", "reserved")]


async def test_contact_with_the_next_provider_counts_only_its_own_turn(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    over = a_fact(2, "provider-failed-over", former="alder", to="kestrel")
    called = a_fact(3, "provider-called-out", "call-2", provider="kestrel")
    met = a_fact(4, "contact-made", provider="kestrel")
    await records.append(a_batch([CALLED, over, called, met]))
    assert await turns(engine) == [("alder", "given-back"), ("kestrel", "counted")]


async def test_a_turn_that_the_system_reserved_is_not_taken_twice(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock
) -> None:
    request = TurnRequest(
        key="turn-1", case=REFERENCE, candidates=("alder", "kestrel"), exercise=False, at=NOON
    )
    assert await DatabaseTurns(engine, clock).reserve(request) == "alder"
    await records.append(a_batch([CALLED]))
    assert await turns(engine) == [("alder", "reserved")]


async def test_a_reservation_that_a_person_overtook_is_given_back(
    records: DatabaseRecords, engine: AsyncEngine, clock: Clock
) -> None:
    request = TurnRequest(
        key="turn-1", case=REFERENCE, candidates=("alder", "kestrel"), exercise=False, at=NOON
    )
    await DatabaseTurns(engine, clock).reserve(request)
    await records.append(a_batch([a_fact(1, "provider-called-out", provider="kestrel")]))
    assert await turns(engine) == [("alder", "given-back"), ("kestrel", "reserved")]


async def test_the_turn_of_an_exercise_says_so(
    records: DatabaseRecords, engine: AsyncEngine
) -> None:
    await records.append(a_batch([CALLED], exercise=True))
    async with reading(engine) as connection:
        row = (await connection.execute(select(col(TurnRow.exercise)))).one()
    assert row.exercise is True
