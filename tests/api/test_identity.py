import pytest

from adapters.database.attempts import Attempts
from domain.people import P, U
from tests.builders import REFERENCE
from tests.databases import Clock, run_sql
from tests.desk import DeskHouse

ACKNOWLEDGE = f"/cases/{REFERENCE}/acknowledge"
UNKNOWN = (401, "not-allowed", "unknown-person")


@pytest.mark.parametrize("path", ["/health", "/ready"])
async def test_anybody_may_ask_whether_the_desk_answers(desk: DeskHouse, path: str) -> None:
    reply = await desk.ask("GET", path, b"", {})
    assert (reply.status, reply.json["ok"]) == (200, True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/cases"),
        ("GET", f"/cases/{REFERENCE}"),
        ("GET", f"/cases/{REFERENCE}/history"),
        ("GET", f"/cases/{REFERENCE}/wait?for=phase=closed"),
        ("GET", "/escalations"),
        ("GET", "/inbox"),
        ("GET", "/registers/people"),
        ("GET", "/registers/providers"),
        ("GET", "/registers/rota"),
        ("GET", "/registers/councils"),
        ("POST", "/cases"),
        ("POST", "/registers/people"),
        ("POST", ACKNOWLEDGE),
    ],
)
async def test_every_other_door_asks_for_a_token(desk: DeskHouse, method: str, path: str) -> None:
    reply = await desk.ask(method, path, b"{}", {})
    assert reply.says == UNKNOWN
    assert reply.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("said", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic a2F5YTp4"])
async def test_a_token_that_never_was_is_nobody(desk: DeskHouse, said: str) -> None:
    reply = await desk.ask("GET", "/cases", b"", {"Authorization": said})
    assert reply.says == UNKNOWN


async def test_a_revoked_token_is_nobody_from_then_on(desk: DeskHouse) -> None:
    assert (await desk.get("/cases")).status == 200
    await desk.registers.revoke_tokens("kaya")
    assert (await desk.get("/cases")).says == UNKNOWN


async def test_who_left_the_register_may_give_nothing_and_it_is_written_down(
    desk: DeskHouse,
) -> None:
    await run_sql(desk.engine, "DELETE FROM person WHERE id = 'kaya'")
    reply = await desk.post(ACKNOWLEDGE, {"idempotency_key": "k-1"})
    assert reply.says == UNKNOWN
    (attempt,) = await Attempts(desk.engine, Clock()).of_case(REFERENCE)
    assert (attempt["by"], attempt["code"]) == ("kaya", "unknown-person")


async def test_a_role_that_may_not_is_refused_and_written_down_before_the_answer(
    desk: DeskHouse,
) -> None:
    token = await desk.token_of("ines")
    reply = await desk.post(ACKNOWLEDGE, {"idempotency_key": "k-1"}, token)
    assert reply.says == (403, "not-allowed", "role-not-allowed")
    assert reply.error["idempotency_key"] == "k-1"
    (attempt,) = await Attempts(desk.engine, Clock()).of_case(REFERENCE)
    assert attempt["message"] == reply.error["message"]
    assert (attempt["by"], attempt["command"], attempt["code"]) == (
        "ines",
        "acknowledge",
        "role-not-allowed",
    )


async def test_a_provider_may_not_give_what_staff_give(desk: DeskHouse) -> None:
    token = await desk.token_of("alder", P)
    reply = await desk.post(ACKNOWLEDGE, {"idempotency_key": "k-1"}, token)
    assert reply.says == (403, "not-allowed", "role-not-allowed")


async def test_the_roles_are_those_of_this_moment(desk: DeskHouse) -> None:
    people = await desk.registers.people()
    await run_sql(desk.engine, "DELETE FROM person")
    await desk.registers.fill_people(
        one.but(roles=(U,)) if one.id == "kaya" else one for one in people
    )
    reply = await desk.post(ACKNOWLEDGE, {"idempotency_key": "k-1"})
    assert reply.says == (403, "not-allowed", "role-not-allowed")
