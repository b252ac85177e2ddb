import json
from typing import Any

import pytest

from api.bodies import REGISTER_LIMIT
from tests.databases import run_sql
from tests.desk import WORLD, DeskHouse

NOON = "2026-11-23T12:00:00Z"
CHANGES = {
    "people": ("phone", "07700 900299"),
    "providers": ("duty_line", "01632 960299"),
    "councils": ("switchboard", "01632 960299"),
    "rota": ("to", "2035-01-01T00:00:00Z"),
}
"""One field of each register, and another value for it."""


def rows(name: str) -> Any:
    return json.loads((WORLD / f"{name}.json").read_text())


@pytest.mark.parametrize("name", ["people", "providers", "councils", "rota"])
async def test_a_register_is_read_as_a_file_of_it_has_it(desk: DeskHouse, name: str) -> None:
    read = (await desk.get(f"/registers/{name}")).json
    reply = await desk.post(f"/registers/{name}", read, await desk.token_of("helen"))
    assert reply.says == (422, "refused", "nothing-changed")


@pytest.mark.parametrize("name", ["people", "providers", "councils", "rota"])
async def test_an_import_is_only_proposed(desk: DeskHouse, name: str) -> None:
    before = (await desk.get(f"/registers/{name}")).json
    changed = [{**rows(name)[0], CHANGES[name][0]: CHANGES[name][1]}, *rows(name)[1:]]
    reply = await desk.post(f"/registers/{name}", changed, await desk.token_of("helen"))
    assert (reply.status, reply.json["state"], reply.json["change"]) == (200, "pending", 1)
    assert (await desk.get(f"/registers/{name}")).json == before


async def test_an_empty_register_takes_two_people_at_the_desk_as_well(desk: DeskHouse) -> None:
    await run_sql(desk.engine, "DELETE FROM provider")
    reply = await desk.post("/registers/providers", rows("providers"), await desk.token_of("helen"))
    assert reply.json["counts"] == {"added": 2, "changed": 0, "ended": 0}
    assert (await desk.get("/registers/providers")).json == []


@pytest.mark.parametrize("who", ["kaya", "ruth", "ines", "amory"])
async def test_nobody_else_proposes_a_register(desk: DeskHouse, who: str) -> None:
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
    assert reply.says == (413, "usage", "too-large")


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


async def test_the_rota_says_who_is_on_and_where_nobody_is(desk: DeskHouse) -> None:
    await run_sql(desk.engine, "DELETE FROM rota_shift WHERE rung = 3")
    told = (await desk.get("/registers/rota/watch")).json
    assert [one["now"] for one in told["rungs"]] == [["kaya", "tomas"], ["priya"], ["helen"], []]
    assert [one["rung"] for one in told["gaps"]] == [3]
    assert told["by_role"] is False


async def test_without_a_rota_it_says_who_is_paged_by_role(desk: DeskHouse) -> None:
    await run_sql(desk.engine, "DELETE FROM rota_shift")
    told = (await desk.get("/registers/rota/watch")).json
    assert told["by_role"] is True
    assert told["gaps"] == []
    assert told["rungs"][1]["now"] == ["martin", "priya"]


async def test_whoever_left_the_register_is_on_no_rung(desk: DeskHouse) -> None:
    await run_sql(desk.engine, "DELETE FROM person WHERE id = 'priya'")
    told = (await desk.get("/registers/rota/watch")).json
    assert told["rungs"][1]["now"] == []


async def test_there_is_no_other_register(desk: DeskHouse) -> None:
    reply = await desk.post("/registers/animals", [], await desk.token_of("helen"))
    assert reply.says == (404, "not-found", "unknown-register")


async def test_a_council_is_found_by_a_part_of_its_name(desk: DeskHouse) -> None:
    found = (await desk.get("/registers/councils?find=saltbeck")).json
    assert [one["code"] for one in found] == ["XSB"]
