import json
from typing import Any

import pytest

from api.bodies import REGISTER_LIMIT
from tests.databases import run_sql
from tests.desk import WORLD, DeskHouse

NOON = "2026-11-23T12:00:00Z"


def rows(name: str) -> Any:
    return json.loads((WORLD / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "emptied"),
    [
        ("providers", "DELETE FROM provider"),
        ("rota", "DELETE FROM rota_shift"),
        ("councils", "DELETE FROM council"),
    ],
)
async def test_the_head_of_service_fills_an_empty_register(
    desk: DeskHouse, name: str, emptied: str
) -> None:
    await run_sql(desk.engine, emptied)
    token = await desk.token_of("helen")
    reply = await desk.post(f"/registers/{name}", rows(name), token)
    assert reply.json == {"ok": True, "register": name, "added": len(rows(name))}
    assert len((await desk.get(f"/registers/{name}")).json) == len(rows(name))


@pytest.mark.parametrize("name", ["people", "providers", "councils", "rota"])
async def test_a_register_in_use_takes_a_second_person(desk: DeskHouse, name: str) -> None:
    before = (await desk.get(f"/registers/{name}")).json
    reply = await desk.post(f"/registers/{name}", rows(name), await desk.token_of("helen"))
    assert reply.says == (422, "refused", "second-person-needed")
    assert (await desk.get(f"/registers/{name}")).json == before


@pytest.mark.parametrize("who", ["kaya", "ruth", "ines", "amory"])
async def test_nobody_else_fills_a_register(desk: DeskHouse, who: str) -> None:
    token = await desk.token_of(who)
    await run_sql(desk.engine, "DELETE FROM provider")
    reply = await desk.post("/registers/providers", rows("providers"), token)
    assert reply.says == (403, "not-allowed", "role-not-allowed")
    assert (await desk.get("/registers/providers")).json == []


@pytest.mark.parametrize("name", ["people", "providers", "councils", "rota"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"{}", b"[7]", b'[{"id": 7}]', b"\xff", b"null", b"[" * 100_000]
)
async def test_a_file_that_is_no_register_says_what_is_wrong(
    desk: DeskHouse, name: str, body: bytes
) -> None:
    token = await desk.token_of("helen")
    reply = await desk.post(f"/registers/{name}", body, token)
    assert reply.says == (422, "refused", "invalid-input")
    assert name in reply.error["message"]
    assert len(reply.error["message"]) <= 500


async def test_a_file_that_is_too_large_is_not_read(desk: DeskHouse) -> None:
    token = await desk.token_of("helen")
    reply = await desk.post("/registers/rota", b" " * (REGISTER_LIMIT + 1), token)
    assert reply.says == (400, "usage", "too-large")


@pytest.mark.parametrize(
    "changes",
    [
        {"rung": "L4"},
        {"rung": 0},
        {"from": "2026-11-23T08:00:00"},
        {"to": "2026-11-23T08:00:00Z"},
        {"person": ""},
        {"colour": "red"},
    ],
)
async def test_a_shift_that_cannot_be_is_refused(
    desk: DeskHouse, changes: dict[str, object]
) -> None:
    await run_sql(desk.engine, "DELETE FROM rota_shift")
    line = {"rung": "L0", "person": "kaya", "from": NOON, "to": "2026-11-23T16:00:00Z", **changes}
    reply = await desk.post("/registers/rota", [line], await desk.token_of("helen"))
    assert reply.says == (422, "refused", "invalid-input")
    assert (await desk.get("/registers/rota")).json == []


async def test_there_is_no_other_register(desk: DeskHouse) -> None:
    reply = await desk.post("/registers/animals", [], await desk.token_of("helen"))
    assert reply.says == (404, "not-found", "unknown-register")


async def test_a_council_is_found_by_a_part_of_its_name(desk: DeskHouse) -> None:
    found = (await desk.get("/registers/councils?find=saltbeck")).json
    assert [one["code"] for one in found] == ["XSB"]
