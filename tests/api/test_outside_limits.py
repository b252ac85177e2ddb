"""How much one sender may send, and doors that are bound apart."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import logs
from adapters.database.tables import RefusedAttemptRow
from api.application import build_outside
from api.bodies import REGISTER_LIMIT
from api.buckets import Buckets
from api.keys import keys_of
from settings import DoorsSettings, Settings, SettingsError
from tests.databases import Database, count
from tests.desk import DeskHouse, desk_house, served
from tests.outside import TOKEN, chosen_doors, send, signed

ONE = {"command": "provider-acknowledged", "case": "CIR-2026-000001"}


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_fills_as_time_passes() -> None:
    seconds = Seconds()
    buckets = Buckets(2, 0.5, seconds)
    assert [buckets.wait_for("ncsc") for _ in range(3)] == [0, 0, 2]
    assert buckets.wait_for("police") == 0
    seconds.at = 2
    assert [buckets.wait_for("ncsc") for _ in range(2)] == [0, 2]


async def test_who_sends_too_much_is_told_when_to_come_again(
    engine: AsyncEngine, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    chosen = chosen_doors(database.folder, burst=2, per_second=0.01)
    async with desk_house(engine, database, **chosen) as doors:
        replies = [await send(doors, "/reports", b"{", "ncsc") for _ in range(5)]
        assert [reply.status for reply in replies] == [422, 422, 429, 429, 429]
        assert replies[-1].says == (429, "refused", "too-many")
        assert 0 < int(replies[-1].headers["retry-after"]) <= 100
        assert (await send(doors, "/reports", b"{", "police")).status == 422
    lines = [logs.fields_of(one) for one in caplog.records if one.name == "cir.doors"]
    told = [(one["code"], one["sender"], one["size"]) for one in lines]
    bad = "invalid-report"
    assert told == [
        (bad, "ncsc", 1), (bad, "ncsc", 1), ("too-many", "ncsc", 1), (bad, "police", 1),
    ]  # fmt: skip


HUGE = b'"' + b"x" * REGISTER_LIMIT + b'"'
DEEP = b'{"idempotency_key": "k-1", "x": ' + b"[" * 50 + b"]" * 50 + b"}"
PATHS = {
    "/reports": "ncsc",
    "/providers/alder/messages": "alder",
    "/billing/acknowledgements": "finance",
    "/receipts/notify": TOKEN,
    "/cases": None,
    "/cases/CIR-2026-000001/acknowledge": None,
}


@pytest.mark.parametrize(
    ("body", "status", "code"), [(HUGE, 413, "too-large"), (DEEP, 422, "too-deep")]
)
@pytest.mark.parametrize("path", PATHS)
async def test_too_large_and_too_deep_have_one_status_each_at_every_door(
    doors: DeskHouse, path: str, body: bytes, status: int, code: str
) -> None:
    who = PATHS[path]
    reply = (
        await doors.post(path, body, who)
        if who in (None, TOKEN)
        else await send(doors, path, body, who)
    )
    assert reply.status == status
    fields = reply.error["details"].get("fields", [])
    assert code in (reply.error["code"], *(one["code"] for one in fields))


async def test_strangers_cannot_fill_the_ledger_nor_keep_a_sender_out(
    engine: AsyncEngine, database: Database
) -> None:
    chosen = chosen_doors(database.folder, burst=2, per_second=0.01)
    async with desk_house(engine, database, **chosen) as doors:
        strange = [await send(doors, "/reports", b"{", "nobody") for _ in range(5)]
        assert [reply.status for reply in strange] == [401, 401, 429, 429, 429]
        assert await count(engine, RefusedAttemptRow) == 2
        assert (await send(doors, "/reports", b"{", "ncsc")).status == 422


async def test_doors_bound_apart_are_not_at_the_desk_and_have_no_staff_door(
    engine: AsyncEngine, database: Database
) -> None:
    chosen = chosen_doors(database.folder, port=1)
    async with (
        desk_house(engine, database, **chosen) as desk,
        served(build_outside(desk.settings)) as port,
    ):
        apart = DeskHouse(port, engine, desk.registers, desk.token, desk.settings)
        assert (await send(desk, "/reports", b"{", "ncsc")).status in (404, 405)
        assert (await send(apart, "/reports", b"{", "ncsc")).status == 422
        assert (await apart.get("/inbox")).says == (404, "not-found", "no-such-door")
        for house in (desk, apart):
            assert (await house.get("/ready")).status == 200


async def test_both_secrets_count_while_one_replaces_another(doors: DeskHouse) -> None:
    for secret in ("alder", "alder-next"):
        reply = await send(doors, "/providers/alder/messages", ONE, secret)
        assert reply.says == (403, "not-allowed", "not-the-provider")


async def test_a_provider_without_a_secret_is_a_stranger(doors: DeskHouse) -> None:
    reply = await doors.ask("POST", "/providers/heron/messages", b"{}", signed(b"{}", "alder"))
    assert reply.says == (401, "not-allowed", "bad-signature")


@pytest.mark.parametrize("held", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_not base64!"])
def test_what_is_no_secret_is_said_before_anything_is_served(database: Database, held: str) -> None:
    file = database.folder / "bad.secret"
    file.write_text(held)
    settings = Settings(doors=DoorsSettings(finance_secret_files=(file,)))
    with pytest.raises(SettingsError, match=r"bad\.secret") as caught:
        keys_of(settings)
    assert not held or held not in str(caught.value).replace("whsec_ and base64", "")
