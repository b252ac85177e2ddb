from tests.databases import run_sql
from tests.desk import DeskHouse, Reply
from tests.outside import send

WHY = {"reason": "Opened by hand as CIR-2026-000001."}


async def a_rejected_report(doors: DeskHouse) -> str:
    reply = await send(
        doors, "/reports", b'{"help": "\xe2\x80\xae\x1b[2J we are locked out"', "ncsc"
    )
    return str(reply.error["details"]["kept_as"])


async def waiting(doors: DeskHouse) -> list[str]:
    return [row["item"] for row in (await doors.get("/intake")).json]


async def discard(doors: DeskHouse, item: str, body: object, who: str | None = None) -> Reply:
    token = None if who is None else await doors.token_of(who)
    return await doors.post(f"/intake/{item}/discard", body, token)


async def test_what_could_not_be_read_is_shown_harmless(doors: DeskHouse) -> None:
    item = await a_rejected_report(doors)
    reply = await doors.get(f"/intake/{item}")
    assert reply.json["body"] == '{"help": " we are locked out"'
    assert (reply.json["sender"], reply.json["problems"][0]["code"]) == ("ncsc", "not-json")


async def test_it_stands_in_the_inbox_of_whoever_may_take_it(doors: DeskHouse) -> None:
    item = await a_rejected_report(doors)
    (line,) = (await doors.get("/inbox")).json
    assert (line["item"], line["command"]) == (item, f"cir intake show {item}")
    assert (await doors.get("/inbox", await doors.token_of("ines"))).json == []


async def test_a_triage_officer_may_say_that_they_have_it(doors: DeskHouse) -> None:
    item = await a_rejected_report(doors)
    first = await doors.post(f"/intake/{item}/acknowledge", {})
    again = await doors.post(f"/intake/{item}/acknowledge", {}, await doors.token_of("priya"))
    assert (first.json["by"], first.json["repeated"]) == ("kaya", False)
    assert (again.json["by"], again.json["repeated"]) == ("kaya", True)
    assert await waiting(doors) == [item]


async def test_discarding_takes_a_reason_and_is_done_once(doors: DeskHouse) -> None:
    item = await a_rejected_report(doors)
    assert (await discard(doors, item, {})).says == (422, "refused", "reason-needed")
    assert (await discard(doors, item, WHY)).status == 200
    assert await waiting(doors) == []
    assert (await discard(doors, item, WHY)).says == (422, "refused", "already-decided")
    (row,) = (await doors.get("/intake?decided=true")).json
    assert (row["discarded_by"], row["acknowledged_by"]) == ("kaya", "kaya")


async def test_an_auditor_reads_and_changes_nothing(doors: DeskHouse) -> None:
    item = await a_rejected_report(doors)
    reply = await discard(doors, item, WHY, "ines")
    assert reply.says == (403, "not-allowed", "role-not-allowed")
    assert await waiting(doors) == [item]


async def test_an_item_that_there_is_not_is_unknown(doors: DeskHouse) -> None:
    assert (await doors.get("/intake/REJ-9")).says == (404, "not-found", "unknown-item")
    assert (await discard(doors, "REJ-9", WHY)).says == (404, "not-found", "unknown-item")


async def test_health_is_the_desks_own_and_ready_tells_what_it_reaches(doors: DeskHouse) -> None:
    reply = await doors.get("/ready")
    assert reply.json == {"ok": True, "database": "reached", "temporal": "away"}
    await run_sql(doors.engine, "ALTER TABLE register_version RENAME TO gone")
    assert (await doors.get("/ready")).says == (503, "unreachable", "database-away")
    assert (await doors.get("/health")).json == {"ok": True}
