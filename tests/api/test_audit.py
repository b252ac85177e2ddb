"""The audit over a real database: what is whole, what is not, all of it, and made again."""

import base64
import hashlib
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from activities.records import FactBatch
from adapters.database.attempts import Attempts
from adapters.database.case_keys import CaseKeys
from adapters.database.engine import writing
from adapters.desk_key import DeskKey
from domain.chain import GENESIS
from domain.view import view_of
from starter import case_keys_of, records_of
from tests.databases import Clock, run_sql
from tests.desk import DeskHouse
from tests.explaining import end

STORY = end("ransomware-c2-recovery")
CASE = STORY.case.reference
SECOND = "(SELECT body FROM case_event WHERE seq = 2)"


@pytest.fixture
async def told(desk: DeskHouse) -> DeskHouse:
    """Give the desk with a whole story on its record."""
    batch = FactBatch(case=CASE, facts=STORY.facts, view=view_of(STORY.case))
    await records_of(desk.settings, desk.engine).append(batch)
    return desk


def keys_of(desk: DeskHouse) -> CaseKeys:
    return case_keys_of(desk.settings)


async def broken(desk: DeskHouse, path: str = f"/audit/{CASE}") -> str:
    """Return what a check says of a record that is not whole."""
    reply = await desk.get(path)
    assert reply.says == (422, "refused", "record-tampered")
    assert "Change nothing" in reply.error["message"]
    (line,) = reply.error["details"]["broken"]
    return str(line)


async def test_a_whole_record_says_how_long_it_is_and_its_head(told: DeskHouse) -> None:
    one, every = await told.get(f"/audit/{CASE}"), await told.get("/audit")
    assert one.json["facts"] == len(STORY.facts)
    assert every.json == {
        "ok": True, "cases": 1, "facts": len(STORY.facts), "register_entries": 6,
    }  # fmt: skip
    history = (await told.get(f"/cases/{CASE}/history")).json["facts"]
    assert one.json["head"] == history[-1]["hash"]
    key = DeskKey.from_file(told.settings.desk_key)
    assert (one.json["key_id"], one.json["public_key"]) == (key.id, key.public)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (f"UPDATE case_event SET body = {SECOND} WHERE seq = 3", "fact 3 was altered"),  # noqa: S608
        ("UPDATE case_event SET before = hash WHERE seq = 4", "fact 4 does not follow fact 3"),
        ("DELETE FROM case_event WHERE seq = 5", "fact 5 is missing"),
        ("DELETE FROM case_event WHERE seq > 10", "facts 11 to"),
        ("DELETE FROM chain_head", "the signature of its end is missing"),
        ("DELETE FROM case_event", "facts 1 to"),
    ],
)
async def test_each_link_that_does_not_fit_is_named(told: DeskHouse, sql: str, says: str) -> None:
    await run_sql(told.engine, sql)
    assert (await broken(told)).startswith(f"{CASE}: {says}")
    assert (await broken(told, "/audit")).startswith(f"{CASE}: {says}")


async def test_what_was_written_by_hand_is_named_and_can_be_taken_as_it_is(
    told: DeskHouse,
) -> None:
    by_hand = "'{}'" if told.engine.dialect.name == "sqlite" else "'{}'::bytea"
    await run_sql(told.engine, f"UPDATE case_event SET body = {by_hand} WHERE seq = 3")  # noqa: S608
    assert "fact 3 was altered" in await broken(told)
    found = (await told.get(f"/audit/{CASE}/export")).json
    assert "fact 3 was altered" in found["chain"]["broken"]
    assert (found["chain"]["facts"], len(found["facts"])) == (2, len(STORY.facts))
    await run_sql(told.engine, f"UPDATE register_entry SET body = {by_hand} WHERE seq = 2")  # noqa: S608
    lines = (await told.get("/audit")).error["details"]["broken"]
    assert [("fact 3" in line, "entry 2" in line) for line in lines] == [
        (True, False), (False, True),
    ]  # fmt: skip


async def test_a_broken_record_of_the_registers_is_named_with_all(told: DeskHouse) -> None:
    await run_sql(told.engine, "DELETE FROM register_entry WHERE seq = 2")
    assert "entry 3" in await broken(told, "/audit")
    assert (await told.get(f"/audit/{CASE}")).status == 200


async def test_a_case_that_is_not_there_is_unknown(told: DeskHouse) -> None:
    for path in ("/audit/CIR-2026-009999", "/audit/CIR-2026-009999/export"):
        assert (await told.get(path)).says == (404, "not-found", "unknown-case")


async def test_an_export_can_be_checked_without_us(told: DeskHouse) -> None:
    await Attempts(told.engine, Clock()).keep(CASE, "decide", "sam", "k", "wrong-phase", "No.")
    found = (await told.get(f"/audit/{CASE}/export")).json
    head = GENESIS
    for fact in found["facts"]:
        assert fact["before"] == head
        head = hashlib.sha256((head + fact["body"]).encode()).hexdigest()
        assert fact["hash"] == head
    assert (head, found["by"]) == (found["chain"]["head"], "kaya")
    signed = found["chain"]["signed"]
    assert (signed["hash"], signed["seq"]) == (head, len(found["facts"]))
    lines = "\n".join(("cir-chain-head/1", CASE, str(signed["seq"]), head))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed["public_key"]))
    public.verify(base64.b64decode(signed["signature"]), lines.encode())
    assert [fact["fact"]["type"] for fact in found["facts"]] == [f.type for f in STORY.facts]
    assert [one["code"] for one in found["attempts"]] == ["wrong-phase"]
    assert len(found["packs"]) == len(STORY.case.money.packs) > 0


async def test_a_read_model_that_was_altered_is_made_again(told: DeskHouse) -> None:
    before = (await told.get(f"/cases/{CASE}")).json
    await run_sql(told.engine, "UPDATE case_view SET phase = 'reported', breached = true")
    reply = await rebuild(told)
    assert reply == {"ok": True, "cases": 1, "rebuilt": [
        {"case": CASE, "differed": ["phase", "breached"]}]}  # fmt: skip
    assert await listed(told) == [("closed", False)]
    assert (await told.get(f"/cases/{CASE}")).json == before
    assert (await rebuild(told))["rebuilt"] == []


async def test_a_row_that_was_taken_away_is_there_again(told: DeskHouse) -> None:
    before = (await told.get(f"/cases/{CASE}")).json
    await run_sql(told.engine, "DELETE FROM case_view")
    assert (await rebuild(told))["rebuilt"] == [{"case": CASE, "differed": ["no row"]}]
    assert (await told.get(f"/cases/{CASE}")).json == before


async def test_nothing_is_made_again_from_a_record_that_is_not_whole(told: DeskHouse) -> None:
    await run_sql(told.engine, "UPDATE case_view SET breached = true")
    await run_sql(told.engine, "DELETE FROM case_event WHERE seq > 10")
    reply = await told.post("/audit/rebuild", {}, await told.token_of("priya"))
    assert reply.says == (422, "refused", "record-tampered")
    assert await listed(told) == [("closed", True)]


async def test_what_was_erased_makes_no_case_and_its_row_stays(told: DeskHouse) -> None:
    await run_sql(told.engine, "UPDATE case_view SET breached = true")
    async with writing(told.engine) as connection:
        await keys_of(told).destroy(connection, CASE)
    reply = await told.post("/audit/rebuild", {}, await told.token_of("priya"))
    assert "erased" in reply.error["message"]
    assert (await told.get(f"/audit/{CASE}")).json["facts"] == len(STORY.facts)


async def test_it_takes_an_incident_manager_to_make_the_read_model_again(told: DeskHouse) -> None:
    for person in ("kaya", "ines", "sam"):
        reply = await told.post("/audit/rebuild", {}, await told.token_of(person))
        assert reply.says == (403, "not-allowed", "role-not-allowed")
    refused = (await told.get("/intake/refused")).json
    assert [one["command"] for one in refused] == ["audit rebuild"] * 3


async def rebuild(desk: DeskHouse) -> Any:
    """Have the read model made again by somebody who may."""
    return (await desk.post("/audit/rebuild", {}, await desk.token_of("priya"))).json


async def listed(desk: DeskHouse) -> list[tuple[str, bool]]:
    rows = (await desk.get("/cases?closed=true")).json
    return [(row["phase"], row["breached"]) for row in rows]
