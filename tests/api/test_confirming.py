"""What did not come through the desk waits in the inbox until a person says that it was meant."""

from typing import Any

import pytest

from activities.records import FactBatch
from domain.fact import Fact
from domain.view import view_of
from starter import records_of
from tests.builders import MINUTE, NOON, REFERENCE, a_case
from tests.desk import DeskHouse, Reply

WHY = "It was me, while the desk was down."
ITEM = f"{REFERENCE}/2"


def a_fact(seq: int, by: str, instruction: str, kind: str = "note-added") -> Fact:
    at = NOON + seq * MINUTE
    return Fact(
        seq=seq, type=kind, occurred_at=at, recorded_at=at, by=by, command="add-note",
        instruction=instruction, payload={"text": "x"},
    )  # fmt: skip


FACTS = (
    a_fact(1, "kaya", "by-desk"),
    a_fact(2, "direct:kaya", "direct-1"),
    a_fact(3, "direct:kaya", "direct-1", "clock-met"),
    a_fact(4, "direct:sam", "refused/direct-2", "instruction-refused"),
)


@pytest.fixture
async def recorded(desk: DeskHouse) -> DeskHouse:
    """Give the desk with a case that somebody instructed past it."""
    batch = FactBatch(case=REFERENCE, facts=FACTS, view=view_of(a_case()).but(seq=4))
    await records_of(desk.settings, desk.engine).append(batch)
    return desk


async def waiting(desk: DeskHouse, token: str | None = None) -> list[str]:
    """Return the commands that confirm what waits."""
    lines: list[dict[str, Any]] = (await desk.get("/inbox", token)).json
    return [line["command"] for line in lines if "inbox confirm" in line["command"]]


async def confirm(desk: DeskHouse, token: str | None = None, **said: Any) -> Reply:
    """Confirm the one item, unless another is named."""
    return await desk.post("/inbox/confirm", {"item": ITEM, "reason": WHY, **said}, token)


async def test_each_direct_instruction_waits_once_and_a_refused_one_does_not(
    recorded: DeskHouse,
) -> None:
    assert await waiting(recorded) == [f"cir inbox confirm {ITEM} --reason TEXT"]


async def test_a_confirmed_one_is_off_the_inbox_and_on_the_history(recorded: DeskHouse) -> None:
    reply = await confirm(recorded)
    assert (reply.status, reply.json["by"]) == (200, "kaya")
    assert await waiting(recorded) == []
    facts = (await recorded.get(f"/cases/{REFERENCE}/history")).json["facts"]
    assert [fact["seq"] for fact in facts if "confirmed" in fact] == [2]
    assert (facts[1]["confirmed"]["by"], facts[1]["confirmed"]["reason"]) == ("kaya", WHY)


async def test_the_second_person_hears_who_was_first(recorded: DeskHouse) -> None:
    await confirm(recorded)
    reply = await confirm(recorded, await recorded.token_of("tomas"))
    assert reply.says == (409, "conflict", "already-confirmed")
    assert "by kaya" in reply.error["message"]


@pytest.mark.parametrize(
    "item", [f"{REFERENCE}/1", f"{REFERENCE}/3", f"{REFERENCE}/4", f"{REFERENCE}/99"]
)
async def test_what_did_not_come_in_directly_is_unknown(recorded: DeskHouse, item: str) -> None:
    assert (await confirm(recorded, item=item)).says == (404, "not-found", "unknown-item")


@pytest.mark.parametrize("item", [None, 3, "", "CIR-2026-1/2", f"{ITEM}/3", f"{REFERENCE}/-1"])
async def test_what_is_no_item_is_said_so(recorded: DeskHouse, item: object) -> None:
    assert (await confirm(recorded, item=item)).says == (400, "usage", "invalid-input")


@pytest.mark.parametrize("reason", [None, "", "short", "x" * 2001])
async def test_it_takes_a_reason_and_the_attempt_is_kept(
    recorded: DeskHouse, reason: object
) -> None:
    reply = await confirm(recorded, reason=reason)
    assert reply.says == (422, "refused", "reason-needed")
    kept = (await recorded.get(f"/cases/{REFERENCE}/attempts")).json
    assert [one["code"] for one in kept] == ["reason-needed"]


async def test_finance_sees_nothing_to_confirm_and_may_not(recorded: DeskHouse) -> None:
    token = await recorded.token_of("sam")
    assert await waiting(recorded, token) == []
    assert (await confirm(recorded, token)).says == (403, "not-allowed", "role-not-allowed")
