"""An exercise may be played faster than life; nothing real ever is."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.tables import IntakeRow, RefusedAttemptRow
from tests.databases import count
from tests.desk import REPORT, DeskHouse

EXERCISE: dict[str, Any] = {**REPORT, "exercise": True}
STORY = {"began_at": "2026-11-23T12:00:00Z", "tells_of": "2026-08-29T02:10:00Z"}


def door(**said: Any) -> str:
    return f"/cases?{urlencode({'speed': 600, **STORY, **said})}"


async def test_a_real_report_is_never_played(desk: DeskHouse) -> None:
    reply = await desk.post(door(), REPORT)
    assert reply.says == (422, "refused", "not-an-exercise")
    assert await count(desk.engine, IntakeRow) == 0
    async with reading(desk.engine) as connection:
        kept = (await connection.execute(select(col(RefusedAttemptRow.code)))).scalars().all()
    assert list(kept) == ["not-an-exercise"]


async def test_an_exercise_without_a_story_is_opened_as_ever(desk: DeskHouse) -> None:
    assert (await desk.post("/cases", EXERCISE)).json["state"] == "kept"


async def test_with_temporal_away_a_played_exercise_is_not_kept_for_later(desk: DeskHouse) -> None:
    reply = await desk.post(door(), EXERCISE)
    assert reply.says == (503, "unreachable", "not-reached")
    async with reading(desk.engine) as connection:
        states = (await connection.execute(select(col(IntakeRow.state)))).scalars().all()
    assert list(states) == ["played"]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"speed": 700}, "take 750"),
        ({"settings": json.dumps({"provider-contact.target_minutes": 5})}, "provider-contact"),
        ({"settings": json.dumps({"sundial.target_minutes": 5})}, "sundial"),
    ],
)
async def test_a_story_that_cannot_be_played_is_refused_with_why(
    desk: DeskHouse, said: dict[str, Any], word: str
) -> None:
    reply = await desk.post(door(**said), EXERCISE)
    assert reply.says == (422, "refused", "invalid-input")
    assert word in reply.error["message"]
    assert await count(desk.engine, IntakeRow) == 0


@pytest.mark.parametrize("query", ["speed=600", "speed=0", "speed=fast", "began_at=noon"])
async def test_half_a_story_is_refused(desk: DeskHouse, query: str) -> None:
    reply = await desk.post(f"/cases?{query}", EXERCISE)
    assert reply.status in (400, 422)
    assert await count(desk.engine, IntakeRow) == 0
