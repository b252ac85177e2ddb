"""Two people change a register at the desk; every refusal is answered and written down."""

import json
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from adapters.database.engine import reading
from adapters.database.tables import RefusedAttemptRow
from tests.databases import run_sql
from tests.desk import WORLD, DeskHouse, Reply

HEADER = "local-authority-code,official-name,nice-name,gss-code\n"


def people(*left_out: str, **changes: Any) -> list[dict[str, Any]]:
    """Return the example staff, the first with other words."""
    rows = json.loads((WORLD / "people.json").read_text())
    rows[0] = {**rows[0], **changes}
    return [row for row in rows if row["id"] not in left_out]


async def proposed(desk: DeskHouse, body: Any = None, name: str = "people") -> Reply:
    """Let helen propose; kaya's other number where nothing else is said."""
    content = people(phone="07700 900299") if body is None else body
    reply = await desk.post(f"/registers/{name}", content, await desk.token_of("helen"))
    assert reply.status == 200, reply.text
    return reply


async def confirmed(desk: DeskHouse, number: int, who: str = "ruth") -> Reply:
    return await desk.post(f"/changes/{number}/confirm", b"", await desk.token_of(who))


async def test_a_proposal_says_what_it_would_do(desk: DeskHouse) -> None:
    reply = await proposed(desk, people("tomas", phone="07700 900299"))
    told = reply.json
    assert told["subject"] == "the register of people"
    assert told["counts"] == {"added": 0, "changed": 1, "ended": 1}
    (changed,) = told["difference"]["changed"]
    assert changed == {
        "key": "kaya",
        "title": "Kaya Osei, triage-officer",
        "fields": [{"field": "phone", "before": "07700 900201", "after": "07700 900299"}],
    }
    assert told["difference"]["ended"][0]["key"] == "tomas"
    assert told["doubts"] == ["tomas leaves and stands in the rota (1): import one without them."]
    assert (await desk.get("/changes/1")).json == told


async def test_a_second_person_puts_it_in_force_and_the_version_moves(desk: DeskHouse) -> None:
    version = await desk.registers.version()
    await proposed(desk)
    reply = await confirmed(desk, 1)
    assert (reply.json["state"], reply.json["settled_by"]) == ("confirmed", "ruth")
    assert reply.json["version"] == version + 1
    phones = {one["id"]: one["phone"] for one in (await desk.get("/registers/people")).json}
    assert phones["kaya"] == "07700 900299"


async def test_the_same_person_is_not_a_second_one(desk: DeskHouse) -> None:
    await proposed(desk)
    assert (await confirmed(desk, 1, "helen")).says == (403, "not-allowed", "same-person")
    assert (await desk.get("/changes/1")).json["state"] == "pending"


@pytest.mark.parametrize("who", ["kaya", "priya", "sam", "ines"])
async def test_not_everybody_is_a_second_person(desk: DeskHouse, who: str) -> None:
    await proposed(desk)
    for verb in ("confirm", "withdraw"):
        reply = await desk.post(f"/changes/1/{verb}", b"", await desk.token_of(who))
        assert reply.says == (403, "not-allowed", "role-not-allowed")


async def test_what_is_in_force_is_not_confirmed_again(desk: DeskHouse) -> None:
    await proposed(desk)
    await confirmed(desk, 1)
    reply = await confirmed(desk, 1, "amory")
    assert reply.says == (422, "refused", "already-confirmed")
    assert "ruth" in reply.error["message"]


async def test_a_register_that_moved_meanwhile_is_a_conflict(desk: DeskHouse) -> None:
    await proposed(desk)
    await run_sql(desk.engine, "DELETE FROM person WHERE id = 'ines'")
    assert (await confirmed(desk, 1)).says == (409, "conflict", "stale-version")


@pytest.mark.parametrize("number", ["9", "0", "-1", "one", "%00", "9" * 40, "1.5"])
async def test_there_is_no_other_change(desk: DeskHouse, number: str) -> None:
    await proposed(desk)
    token = await desk.token_of("ruth")
    replies = (
        await desk.get(f"/changes/{number}", token),
        await desk.post(f"/changes/{number}/confirm", b"", token),
        await desk.post(f"/changes/{number}/withdraw", b"", token),
    )
    for reply in replies:
        assert reply.says == (404, "not-found", "unknown-change")


async def test_it_stands_in_the_inbox_of_those_who_may_answer_it(desk: DeskHouse) -> None:
    await proposed(desk)

    async def lines(who: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await desk.get("/inbox", await desk.token_of(who))).json
        return [one for one in found if one.get("change")]

    for who in ("ruth", "amory"):
        (one,) = await lines(who)
        assert (one["command"], one["mine"]) == ("cir people confirm 1", False)
    (own,) = await lines("helen")
    assert (own["command"], own["mine"]) == ("cir people change 1", True)
    assert await lines("kaya") == []
    await confirmed(desk, 1)
    assert await lines("ruth") == []


async def test_it_can_be_taken_back(desk: DeskHouse) -> None:
    await proposed(desk)
    reply = await desk.post("/changes/1/withdraw", b"", await desk.token_of("helen"))
    assert reply.json["state"] == "withdrawn"
    assert (await desk.get("/changes")).json == []
    assert (await confirmed(desk, 1)).says == (422, "refused", "change-withdrawn")


async def test_every_refusal_is_written_down(desk: DeskHouse) -> None:
    await proposed(desk)
    await confirmed(desk, 1, "helen")
    await desk.post("/registers/rota", [], desk.token)
    await desk.post("/registers/people", b"[7]", await desk.token_of("helen"))
    await desk.post("/tokens/revoke", {"holder": "nobody"}, await desk.token_of("helen"))
    async with reading(desk.engine) as connection:
        query = select(
            col(RefusedAttemptRow.command), col(RefusedAttemptRow.by), col(RefusedAttemptRow.code)
        ).order_by(col(RefusedAttemptRow.id))
        found = [tuple(row) for row in await connection.execute(query)]
    assert found == [
        ("confirm-change 1", "helen", "same-person"),
        ("import-rota", "kaya", "role-not-allowed"),
        ("import-people", "helen", "invalid-input"),
        ("revoke-token", "helen", "nothing-changed"),
    ]


async def test_every_problem_of_a_file_is_told_with_its_line(desk: DeskHouse) -> None:
    rows = people(roles=[])
    text = "[\n" + ",\n".join(json.dumps(row) for row in [*rows, rows[1], {"id": "x"}]) + "]"
    reply = await desk.post("/registers/people", text.encode(), await desk.token_of("helen"))
    assert reply.says == (422, "refused", "invalid-input")
    told = [field["message"] for field in reply.error["details"]["fields"]]
    assert [words[:8] for words in told] == ["Line 12:", "The id t", "Line 2: "]
    assert "3 problems" in reply.error["message"]


class TestCouncils:
    async def test_a_list_says_where_it_is_from(self, desk: DeskHouse) -> None:
        text = HEADER + "XAA,Ashby Vale Council,Ashby Vale,E06999001\n"
        path = "/registers/councils?file=/home/helen/list.csv"
        reply = await desk.post(path, text.encode(), await desk.token_of("helen"))
        origin = reply.json["origin"]
        assert (origin["file"], origin["licence"]) == ("list.csv", "CC-BY-4.0")
        await confirmed(desk, 1)
        assert (await desk.get("/registers/councils/origin")).json == origin

    async def test_what_is_said_of_a_list_counts_over_what_its_columns_tell(
        self, desk: DeskHouse
    ) -> None:
        text = HEADER + "XAA,Ashby Vale Council,Ashby Vale,E06999001\n"
        path = "/registers/councils?source=Ourselves&licence=OGL-3.0"
        reply = await desk.post(path, text.encode(), await desk.token_of("helen"))
        origin = reply.json["origin"]
        assert (origin["source"], origin["licence"]) == ("Ourselves", "OGL-3.0")

    async def test_county_and_district_of_one_name_are_both_offered(self, desk: DeskHouse) -> None:
        text = HEADER.replace("gss-code", "local-authority-type") + (
            "XWC,Wexmoor County Council,Wexmoor,CTY\n"
            "XWD,Wexmoor District Council,Wexmoor,NMD\n"
            "XTU,Wexmoor-under-Fell Borough Council,Wexmoor-under-Fell,NMD\n"
        )
        await proposed(desk, text.encode(), "councils")
        await confirmed(desk, 1)
        found = (await desk.get("/registers/councils?find=wexmoor")).json
        assert [(one["code"], one["type"]) for one in found] == [
            ("XWC", "county"),
            ("XWD", "non-metropolitan-district"),
            ("XTU", "non-metropolitan-district"),
        ]
        under = (await desk.get("/registers/councils?find=WEXMOOR%20under%20fell")).json
        assert [one["code"] for one in under] == ["XTU"]


class TestTokens:
    async def test_a_token_is_told_once_and_counts_when_it_is_confirmed(
        self, desk: DeskHouse
    ) -> None:
        helen = await desk.token_of("helen")
        told = (await desk.post("/tokens/issue", {"holder": "martin"}, helen)).json
        token = told["token"]
        assert (await desk.get("/cases", token)).says == (401, "not-allowed", "unknown-person")
        await confirmed(desk, told["change"])
        assert (await desk.get("/cases", token)).status == 200
        for path in ("/changes/1", "/registers/record", "/changes"):
            assert token not in (await desk.get(path)).text

    async def test_a_revoked_token_ends_at_once(self, desk: DeskHouse) -> None:
        token = await desk.token_of("martin")
        helen = await desk.token_of("helen")
        told = (await desk.post("/tokens/revoke", {"holder": "martin"}, helen)).json
        assert (await desk.get("/cases", token)).status == 200
        await confirmed(desk, told["change"])
        assert (await desk.get("/cases", token)).says == (401, "not-allowed", "unknown-person")

    @pytest.mark.parametrize("verb", ["issue", "revoke"])
    @pytest.mark.parametrize("body", [b"", b"{}", b'{"holder": ""}', b'{"holder": 7}'])
    async def test_somebody_must_be_named(self, desk: DeskHouse, verb: str, body: bytes) -> None:
        reply = await desk.post(f"/tokens/{verb}", body, await desk.token_of("helen"))
        assert reply.says == (422, "refused", "invalid-input")

    @pytest.mark.parametrize("verb", ["issue", "revoke"])
    async def test_only_the_head_of_service_asks(self, desk: DeskHouse, verb: str) -> None:
        reply = await desk.post(f"/tokens/{verb}", {"holder": "kaya"}, await desk.token_of("ruth"))
        assert reply.says == (403, "not-allowed", "role-not-allowed")

    async def test_a_stranger_gets_none(self, desk: DeskHouse) -> None:
        helen = await desk.token_of("helen")
        reply = await desk.post("/tokens/issue", {"holder": "mallory"}, helen)
        assert reply.says == (422, "refused", "not-registered")


class TestTheRecord:
    async def test_it_is_read_by_staff(self, desk: DeskHouse) -> None:
        await proposed(desk)
        await confirmed(desk, 1)
        found = (await desk.get("/registers/record", await desk.token_of("ines"))).json
        done = [(one["did"], one["by"]) for one in found if one["did"] in ("proposed", "confirmed")]
        assert done == [("proposed", "helen"), ("confirmed", "ruth")]

    async def test_one_that_was_tampered_with_says_so(self, desk: DeskHouse) -> None:
        await run_sql(desk.engine, "DELETE FROM register_entry WHERE seq = 1")
        reply = await desk.get("/registers/record")
        assert reply.says == (500, "failed", "record-tampered")
