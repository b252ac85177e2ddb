from datetime import datetime
from typing import Any

import pytest

from activities.records import FactBatch
from adapters.database.attempts import Attempts
from domain.fact import Fact
from domain.phase import Phase
from domain.view import view_of
from starter import records_of
from tests.builders import HOUR, NOON, OTHER, REFERENCE, a_case
from tests.databases import Clock, run_sql
from tests.desk import REPORT, DeskHouse


async def show(desk: DeskHouse, case: str = REFERENCE, **changes: Any) -> None:
    """Put a case with one fact on the record, as its worker does."""
    fact = Fact(
        seq=1, type="case-opened", occurred_at=NOON, recorded_at=NOON, by="system",
        instruction="key-1", payload={},
    )  # fmt: skip
    view = view_of(a_case(Phase.ASSESSMENT)).but(case=case, seq=1, **changes)
    batch = FactBatch(case=case, facts=(fact,), view=view)
    await records_of(desk.settings, desk.engine).append(batch)


def cases(reply: Any) -> list[str]:
    return [row["case"] for row in reply.json]


async def test_a_case_is_shown_whole(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}")
    assert reply.status == 200
    assert (reply.json["case"], reply.json["phase"]) == (REFERENCE, "assessment")
    assert {"clocks", "escalations", "notices", "ledgers", "packs", "open_actions"} <= set(
        reply.json
    )


@pytest.mark.parametrize("path", [REFERENCE, f"{REFERENCE}/history", "CIR-1-1", "%00", "'--"])
async def test_a_case_that_is_not_there_is_unknown(desk: DeskHouse, path: str) -> None:
    reply = await desk.get(f"/cases/{path}")
    assert reply.says == (404, "not-found", "unknown-case")


async def test_a_case_that_is_kept_says_that_it_starts_by_itself(desk: DeskHouse) -> None:
    case = (await desk.post("/cases", REPORT)).json["case"]
    reply = await desk.get(f"/cases/{case}")
    assert reply.says == (503, "unreachable", "not-started")


async def test_the_history_says_its_facts_with_their_hashes(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}/history")
    (fact,) = reply.json["facts"]
    assert (fact["type"], len(fact["hash"])) == ("case-opened", 64)
    assert (await desk.get(f"/cases/{REFERENCE}/history?after=1")).json["facts"] == []


async def test_a_list_is_narrowed_by_what_is_asked(desk: DeskHouse) -> None:
    await show(desk, owner="kaya", breached=True)
    await show(desk, OTHER, owner="tomas", council_code="XSB")
    for query, found in {
        "": [OTHER, REFERENCE],
        "?mine=true": [REFERENCE],
        "?owner=tomas": [OTHER],
        "?breached=true": [REFERENCE],
        "?council=xsb": [OTHER],
        "?phase=closed": [],
        "?closed=true": [],
        "?sort=case&limit=1": [OTHER],
        "?sort=opened&limit=1": [OTHER],
    }.items():
        assert sorted(cases(await desk.get(f"/cases{query}"))) == found, query


async def test_an_instant_in_a_filter_is_an_instant(desk: DeskHouse) -> None:
    await show(desk)
    await show(desk, OTHER, opened_at=NOON - HOUR)
    reply = await desk.get("/cases?opened_since=2026-11-23T12:00:00Z")
    assert cases(reply) == [REFERENCE]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=many", "limit"),
        ("breached=perhaps", "breached"),
        ("opened_since=2026-11-23T12:00:00", "opened_since"),
        ("breaching=soon", "breaching"),
        ("breaching=999999999999d", "breaching"),
    ],
)
async def test_a_filter_that_cannot_be_read_is_named(
    desk: DeskHouse, query: str, field: str
) -> None:
    reply = await desk.get(f"/cases?{query}")
    assert reply.says == (400, "usage", "invalid-input")
    assert [one["field"] for one in reply.error["details"]["fields"]] == [field]


@pytest.mark.parametrize(
    ("field", "word"), [("phase", "late"), ("category", "C9"), ("sort", "luck")]
)
async def test_a_word_outside_a_list_is_refused_and_not_an_empty_answer(
    desk: DeskHouse, field: str, word: str
) -> None:
    reply = await desk.get(f"/cases?{field}={word}")
    assert reply.says == (422, "refused", "invalid-input")
    assert [one["field"] for one in reply.error["details"]["fields"]] == [field]


async def test_a_phase_that_there_is_not_is_not_waited_for(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}/wait?for=phase=late")
    assert reply.says == (422, "refused", "invalid-input")
    assert "assessment" in reply.error["message"]


async def test_a_wait_ends_when_what_is_waited_for_is_there(desk: DeskHouse) -> None:
    await show(desk)
    for what in ("phase=assessment", "key=key-1"):
        reply = await desk.get(f"/cases/{REFERENCE}/wait?for={what}")
        assert reply.json["case"] == REFERENCE


async def test_a_wait_that_is_over_says_so(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}/wait?for=phase=closed&timeout_s=0.2")
    assert reply.says == (408, "timeout", "timeout")


async def test_a_wait_for_a_case_that_is_not_there_is_not_waited_for(desk: DeskHouse) -> None:
    reply = await desk.get(f"/cases/{REFERENCE}/wait?for=phase=closed")
    assert reply.says == (404, "not-found", "unknown-case")


async def test_the_inbox_says_what_the_roles_of_the_person_may_do(desk: DeskHouse) -> None:
    await show(desk, owner="kaya", open_actions=(an_action("triage-officer"),))
    await show(desk, OTHER, open_actions=(an_action("finance", NOON + HOUR),))
    mine = await desk.get("/inbox")
    assert [(one["case"], one["mine"]) for one in mine.json] == [(REFERENCE, True)]
    theirs = await desk.get("/inbox", await desk.token_of("sam"))
    assert cases(theirs) == [OTHER]


async def test_escalations_are_those_that_nobody_has_taken(desk: DeskHouse) -> None:
    lines = (
        {"clock": "decision", "rung": 1, "unacknowledged": True},
        {"clock": "triage-acknowledgement", "rung": 2, "acknowledged_by": "priya"},
    )
    await show(desk, rung=1, escalations=lines)
    (line,) = (await desk.get("/escalations")).json
    assert (line["case"], line["clock"], line["rung"]) == (REFERENCE, "decision", 1)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("DELETE", f"/cases/{REFERENCE}"), ("PUT", "/cases")]
)
async def test_a_door_that_is_not_there_says_so_in_the_same_shape(
    desk: DeskHouse, method: str, path: str
) -> None:
    reply = await desk.ask(method, path, b"", {})
    assert reply.error["code"] == "no-such-door"
    assert reply.status in (404, 405)


async def test_a_fault_of_ours_tells_a_stranger_nothing(desk: DeskHouse) -> None:
    await show(desk)
    await run_sql(desk.engine, "UPDATE case_view SET document = '{}'")
    reply = await desk.get(f"/cases/{REFERENCE}")
    assert reply.says == (500, "failed", "internal-error")
    assert "KeyError" not in reply.text
    assert "notices" not in reply.text


async def test_with_the_database_away_it_says_that_it_is_safe_to_ask_again(
    desk: DeskHouse,
) -> None:
    await show(desk)
    await desk.break_table("case_event")
    reply = await desk.get(f"/cases/{REFERENCE}/history")
    assert reply.says == (503, "unreachable", "database-away")
    assert "case_event" not in reply.text


def an_action(role: str, by: datetime = NOON) -> dict[str, Any]:
    return {"who": role, "what": "decision waits", "by": by, "command": "cir triage decide"}


async def test_what_was_refused_on_a_case_can_be_read(desk: DeskHouse) -> None:
    await show(desk)
    kept = Attempts(desk.engine, Clock())
    await kept.keep(REFERENCE, "decide", "tomas", "k", "wrong-phase", "Not here.")
    (row,) = (await desk.get(f"/cases/{REFERENCE}/attempts")).json
    assert (row["by"], row["command"], row["code"]) == ("tomas", "decide", "wrong-phase")
    nobody = await desk.get("/cases/CIR-2026-009999/attempts")
    assert nobody.says == (404, "not-found", "unknown-case")


async def test_a_case_is_waited_for_until_it_has_so_many_facts(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}/wait?for=facts=1")
    assert (reply.status, reply.json["case"]) == (200, REFERENCE)
    late = await desk.get(f"/cases/{REFERENCE}/wait?for=facts=2&timeout_s=0.2")
    assert late.says == (408, "timeout", "timeout")
    assert (await desk.get("/cases/CIR-1-1/wait?for=facts=1")).says[0] == 404
