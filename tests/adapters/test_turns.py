import asyncio
from collections import Counter

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.turns import TurnRequest
from adapters.database.tables import TurnRow
from adapters.database.turns import DatabaseTurns
from tests.builders import MINUTE, NOON
from tests.databases import Clock, count, run_sql


@pytest.fixture
def turns(engine: AsyncEngine, clock: Clock) -> DatabaseTurns:
    return DatabaseTurns(engine, clock)


def a_request(number: int, *candidates: str, exercise: bool = False) -> TurnRequest:
    case = f"CIR-2026-{number:06d}"
    return TurnRequest(
        key=f"{case}/turn",
        case=case,
        candidates=candidates or ("alder", "kestrel"),
        exercise=exercise,
        at=NOON,
    )


async def reserved(turns: DatabaseTurns, clock: Clock, *requests: TurnRequest) -> list[str]:
    """Reserve one after the other, a minute apart."""
    found = []
    for request in requests:
        clock.move(MINUTE)
        found.append(await turns.reserve(request))
    return found


async def test_turns_alternate_from_the_first_in_configured_order(
    turns: DatabaseTurns, clock: Clock
) -> None:
    found = await reserved(turns, clock, *map(a_request, range(4)))
    assert found == ["alder", "kestrel", "alder", "kestrel"]


async def test_twenty_cases_at_once_share_the_turns_exactly(turns: DatabaseTurns) -> None:
    found = await asyncio.gather(*(turns.reserve(a_request(n)) for n in range(20)))
    assert Counter(found) == {"alder": 10, "kestrel": 10}


async def test_a_repeated_key_gets_the_same_answer(
    turns: DatabaseTurns, engine: AsyncEngine, clock: Clock
) -> None:
    first, *_ = await reserved(turns, clock, a_request(1), a_request(2), a_request(3))
    assert await turns.reserve(a_request(1)) == first
    assert await count(engine, TurnRow) == 3


async def test_one_key_at_once_is_one_turn(turns: DatabaseTurns, engine: AsyncEngine) -> None:
    found = await asyncio.gather(*(turns.reserve(a_request(1)) for _ in range(20)))
    assert set(found) == {"alder"}
    assert await count(engine, TurnRow) == 1


async def test_the_only_candidate_is_chosen_out_of_turn(turns: DatabaseTurns, clock: Clock) -> None:
    found = await reserved(turns, clock, a_request(1), a_request(2, "alder"), a_request(3))
    assert found == ["alder", "alder", "kestrel"]


async def test_an_exercise_never_counts(turns: DatabaseTurns, clock: Clock) -> None:
    games = [a_request(number, exercise=True) for number in range(3)]
    assert await reserved(turns, clock, *games) == ["alder"] * 3
    assert await reserved(turns, clock, a_request(10), a_request(11)) == ["alder", "kestrel"]


async def test_a_turn_that_was_given_back_does_not_count(
    turns: DatabaseTurns, engine: AsyncEngine, clock: Clock
) -> None:
    await reserved(turns, clock, a_request(1))
    await run_sql(engine, "UPDATE turn SET state = 'given-back'")
    assert await reserved(turns, clock, a_request(2)) == ["alder"]


async def test_with_turns_equal_the_older_last_turn_goes_first(
    turns: DatabaseTurns, clock: Clock
) -> None:
    await reserved(turns, clock, a_request(1, "kestrel"), a_request(2, "alder"))
    assert await reserved(turns, clock, a_request(3)) == ["kestrel"]
