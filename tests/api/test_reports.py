import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.tables import IntakeRow, QuarantineRow
from domain.report_json import MAX_BYTES
from tests.databases import count
from tests.desk import REPORT, DeskHouse
from tests.outside import send, signed

NAMELESS = {**REPORT, "source": {}}
"""A report without a reference: it has no intake key."""


async def rows(desk: DeskHouse, *columns: Any) -> list[Any]:
    async with reading(desk.engine) as connection:
        return list((await connection.execute(select(*columns))).all())


async def test_a_signed_report_is_on_disk_when_its_reference_is_told(doors: DeskHouse) -> None:
    body = json.dumps(REPORT, indent=1).encode()
    reply = await doors.ask("POST", "/reports", body, signed(body, "ncsc"))
    assert reply.status == 201
    assert reply.json == {
        "ok": True,
        "case": "CIR-2026-000001",
        "repeated": False,
        "changed": [],
        "warnings": reply.json["warnings"],
    }
    (row,) = await rows(doors, col(IntakeRow.body), col(IntakeRow.by), col(IntakeRow.state))
    assert await doors.unsealed("CIR-2026-000001", row.body) == body
    assert (row.by, row.state) == ("sender:ncsc", "pending")


async def test_the_same_message_again_gets_the_same_answer(doors: DeskHouse) -> None:
    first = await send(doors, "/reports", NAMELESS, "ncsc", "m-1")
    again = await send(doors, "/reports", NAMELESS, "ncsc", "m-1")
    assert (again.status, again.json) == (first.status, first.json)
    assert await count(doors.engine, IntakeRow) == 1


async def test_ten_tries_of_one_message_at_once_are_one_case(doors: DeskHouse) -> None:
    tries = (send(doors, "/reports", NAMELESS, "ncsc", "m-1") for _ in range(10))
    replies = await asyncio.gather(*tries)
    assert {reply.json["case"] for reply in replies} == {"CIR-2026-000001"}
    assert await count(doors.engine, IntakeRow) == 1


async def test_the_same_report_in_another_message_is_the_same_case(doors: DeskHouse) -> None:
    first = await send(doors, "/reports", REPORT, "ncsc")
    again = await send(doors, "/reports", REPORT, "ncsc")
    assert (again.status, again.json["case"]) == (201, first.json["case"])
    assert again.json["repeated"] is True


async def test_an_id_is_not_used_for_another_report(doors: DeskHouse) -> None:
    await send(doors, "/reports", REPORT, "ncsc", "m-1")
    reply = await send(doors, "/reports", NAMELESS, "ncsc", "m-1")
    assert reply.says == (409, "conflict", "key-reused")
    assert await count(doors.engine, IntakeRow) == 1


async def test_two_senders_may_use_the_same_id(doors: DeskHouse) -> None:
    first = await send(doors, "/reports", NAMELESS, "ncsc", "m-1")
    other = await send(doors, "/reports", NAMELESS, "police", "m-1")
    assert first.json["case"] != other.json["case"]


async def test_the_channel_is_the_senders_whatever_the_report_says(doors: DeskHouse) -> None:
    posing = {**REPORT, "source": {**REPORT["source"], "channel": "ncsc-referral"}}
    await send(doors, "/reports", posing, "police")
    (row,) = await rows(doors, col(IntakeRow.report))
    assert row.report["source"]["channel"] == "other"


async def test_every_problem_is_told_at_once_and_the_report_is_kept(doors: DeskHouse) -> None:
    bad = {**REPORT, "exercise": "perhaps", "council": {"code": "saltbeck"}}
    reply = await send(doors, "/reports", bad, "ncsc", "m-1")
    assert reply.says == (422, "refused", "invalid-report")
    fields = {one["field"] for one in reply.error["details"]["fields"]}
    assert fields == {"exercise", "council.code"}
    assert reply.error["details"]["kept_as"] == "REJ-000001"
    (row,) = await rows(doors, col(QuarantineRow.body), col(QuarantineRow.sender))
    assert json.loads(await doors.unsealed("REJ-000001", row.body)) == bad
    assert row.sender == "ncsc"
    again = await send(doors, "/reports", bad, "ncsc", "m-1")
    assert again.json == reply.json
    assert await count(doors.engine, IntakeRow) == 0


async def test_a_bad_report_sent_again_and_again_is_one_item(doors: DeskHouse) -> None:
    replies = [await send(doors, "/reports", {"schema": 7}, "ncsc") for _ in range(3)]
    kept = {reply.error["details"]["kept_as"] for reply in replies}
    assert kept == {"REJ-000001"}
    assert await count(doors.engine, QuarantineRow) == 1


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "not-json", 422),
        (b"{", "not-json", 422),
        (b"[" * 100_000, "too-deep", 422),
        (b'{"schema": 1, "schema": 2}', "duplicate-key", 422),
        (b" " * (MAX_BYTES + 1), "too-large", 413),
    ],
)
async def test_whatever_a_sender_signed_is_kept(
    doors: DeskHouse, body: bytes, code: str, status: int
) -> None:
    reply = await doors.ask("POST", "/reports", body, signed(body, "ncsc"))
    assert reply.says == (status, "refused", "invalid-report")
    assert code in {one["code"] for one in reply.error["details"]["fields"]}
    assert await count(doors.engine, QuarantineRow) == 1
