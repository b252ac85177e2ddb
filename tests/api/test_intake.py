import asyncio
import base64
import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.database.attempts import Attempts
from adapters.database.case_keys import CaseKeys
from adapters.database.engine import reading
from adapters.database.intake import Taken
from adapters.database.tables import IntakeRow
from adapters.keyring import Keyring
from domain.report_json import MAX_BYTES
from starter import bringer, utc_now
from tests.builders import NOON, a_report
from tests.databases import Clock, count
from tests.desk import REPORT, DeskHouse

TEN_PROBLEMS: dict[str, Any] = {
    **REPORT,
    "exercise": "perhaps",
    "source": {"channel": "pigeon", "received_at": "yesterday"},
    "council": {"code": "saltbeck"},
    "reporter": {"name": "", "contact_email": "not an address", "phone": "ring me"},
    "incident": {"type": "bad", "summary": 7, "still_active": "maybe"},
}


async def states(desk: DeskHouse) -> list[str]:
    async with reading(desk.engine) as connection:
        rows = await connection.execute(select(col(IntakeRow.state)).order_by(col(IntakeRow.id)))
        return [row.state for row in rows]


async def test_with_temporal_away_a_report_is_kept_and_answered(desk: DeskHouse) -> None:
    reply = await desk.post("/cases", REPORT)
    assert reply.status == 200
    assert {**reply.json, "warnings": []} == {
        "ok": True,
        "case": "CIR-2026-000001",
        "state": "kept",
        "repeated": False,
        "changed": [],
        "phase": None,
        "possible_duplicates": [],
        "warnings": [],
    }
    assert await states(desk) == ["pending"]


async def test_a_report_is_kept_to_the_byte(desk: DeskHouse) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(REPORT, indent=3).encode() + b"\n\n"
    taken = (await desk.post("/cases", body)).json
    assert taken["state"] == "kept"
    keys = CaseKeys(Keyring.from_file(desk.settings.payload_keys), utc_now)
    async with reading(desk.engine) as connection:
        kept = (await connection.execute(select(col(IntakeRow.body), col(IntakeRow.by)))).one()
        key = await keys.opening(connection, taken["case"])
    opened = base64.b64decode(key.open(json.loads(kept.body), "body"))
    assert (opened, kept.by) == (body, "kaya")
    assert REPORT["reporter"]["name"].encode() not in kept.body


async def test_the_same_report_again_is_the_same_case(desk: DeskHouse) -> None:
    first = await desk.post("/cases", REPORT)
    again = await desk.post("/cases", REPORT)
    assert again.json["case"] == first.json["case"]
    assert (again.json["repeated"], again.json["changed"]) == (True, [])
    assert await count(desk.engine, IntakeRow) == 1


async def test_a_report_that_never_started_is_not_called_open_when_it_comes_again(
    desk: DeskHouse,
) -> None:
    await desk.post("/cases", REPORT)
    again = await desk.post("/cases", REPORT)
    assert (again.json["state"], again.json["phase"]) == ("kept", None)


async def test_other_content_is_kept_until_its_case_can_be_told(desk: DeskHouse) -> None:
    await desk.post("/cases", REPORT)
    worse = {**REPORT, "impact": {**REPORT["impact"], "risk_to_life": "yes"}}
    reply = await desk.post("/cases", worse)
    assert (reply.json["state"], reply.json["changed"]) == ("kept", ["impact.risk_to_life"])
    assert await states(desk) == ["pending", "repeat-pending"]


async def test_ten_arrivals_at_once_are_one_case(desk: DeskHouse) -> None:
    replies = await asyncio.gather(*(desk.post("/cases", REPORT) for _ in range(10)))
    assert {reply.json["case"] for reply in replies} == {"CIR-2026-000001"}


async def test_every_problem_is_named_at_once_and_nothing_is_kept(desk: DeskHouse) -> None:
    reply = await desk.post("/cases", TEN_PROBLEMS)
    assert reply.says == (422, "refused", "invalid-report")
    fields = {problem["field"]: problem for problem in reply.error["details"]["fields"]}
    assert fields.keys() == {
        "exercise",
        "source.channel",
        "source.received_at",
        "council.code",
        "reporter.name",
        "reporter.contact_email",
        "reporter.phone",
        "incident.type",
        "incident.summary",
        "incident.still_active",
    }
    assert all(problem["code"] and problem["message"] for problem in fields.values())
    assert await count(desk.engine, IntakeRow) == 0


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"", "not-json", 422),
        (b"{", "not-json", 422),
        (b"\xff\xfe", "not-json", 422),
        (b"[]", "wrong-type", 422),
        (b'{"schema": NaN}', "not-json", 422),
        (b"[" * 100_000, "too-deep", 422),
        (b" " * (MAX_BYTES + 1), "too-large", 413),
        (b" " * (20 * MAX_BYTES), "too-large", 413),
    ],
)
async def test_what_is_no_report_says_why(
    desk: DeskHouse, body: bytes, code: str, status: int
) -> None:
    reply = await desk.post("/cases", body)
    assert reply.says == (status, "refused", "invalid-report")
    assert reply.error["details"]["fields"][0]["code"] == code


async def test_who_may_not_open_a_case_keeps_nothing_but_the_attempt(desk: DeskHouse) -> None:
    reply = await desk.post("/cases", REPORT, await desk.token_of("ines"))
    assert reply.says == (403, "not-allowed", "role-not-allowed")
    assert await count(desk.engine, IntakeRow) == 0
    (attempt,) = await Attempts(desk.engine, Clock()).of_case("")
    assert (attempt["by"], attempt["command"]) == ("ines", "open-case")


async def test_warnings_come_with_the_answer(desk: DeskHouse) -> None:
    strange = {**REPORT, "council": {"code": "XQQ", "name": "Nowhere Council"}}
    reply = await desk.post("/cases", strange)
    assert "unknown-council" in {warning["code"] for warning in reply.json["warnings"]}


@pytest.mark.parametrize(
    ("by", "told_by"),
    [("kaya", "kaya"), ("system", "system"), ("somebody-who-left", "system"), ("ines", "system")],
)
async def test_a_report_that_came_again_is_told_in_the_name_of_who_brought_it_while_they_may(
    desk: DeskHouse, by: str, told_by: str
) -> None:
    report = a_report()
    taken = Taken(number=1, reference="CIR-2026-000001", report=report, received_at=NOON, by=by)
    assert (await bringer(desk.registers, taken))[0] == told_by
