from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from activities.notice_ports import Delivery, Leg, message_id
from adapters.database.engine import reading
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.tables import NoticeRow
from domain.notice import Address, Notice
from tests.builders import REFERENCE
from tests.databases import Clock
from tests.desk import DeskHouse, Reply
from tests.outside import TOKEN

RECEIPT = Notice(
    notice="report-receipt", role="council", channels=("email",), addresses=(Address(name="Jo"),)
)
LEG = Leg.of(
    "CIR-2026-000123/step/1",
    REFERENCE,
    RECEIPT,
    "email",
    1,
)  # fmt: skip


async def taken(doors: DeskHouse) -> str:
    """Have Notify take a message; return our reference of it."""
    book = DatabaseNoticeBook(doors.engine, Clock())
    await book.claim(LEG)
    await book.settle(LEG, Delivery(state="accepted", how="taken"))
    return message_id(LEG.id)


async def call(doors: DeskHouse, reference: object, status: object, token: str = TOKEN) -> Reply:
    """Call back as GOV.UK Notify does."""
    told: dict[str, Any] = {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": reference,
        "to": "jo@personal.example.org",
        "status": status,
        "created_at": "2026-11-23T12:00:00.000000Z",
        "completed_at": "2026-11-23T12:00:10.000000Z",
        "sent_at": "2026-11-23T12:00:05.000000Z",
        "notification_type": "email",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "template_version": 1,
    }
    return await doors.post("/receipts/notify", told, token)


async def state(doors: DeskHouse) -> tuple[str, bool]:
    async with reading(doors.engine) as connection:
        row = (
            await connection.execute(select(col(NoticeRow.state), col(NoticeRow.to_offer)))
        ).one()
    return row.state, row.to_offer


@pytest.mark.parametrize(
    ("status", "kept"), [("delivered", "delivered"), ("permanent-failure", "failed")]
)
async def test_a_final_receipt_is_in_the_ledger_and_waits_for_its_case(
    doors: DeskHouse, status: str, kept: str
) -> None:
    reply = await call(doors, await taken(doors), status)
    assert (reply.status, reply.json) == (200, {"ok": True, "news": True})
    assert await state(doors) == (kept, True)


async def test_a_receipt_that_comes_twice_or_too_late_changes_nothing(doors: DeskHouse) -> None:
    reference = await taken(doors)
    await call(doors, reference, "delivered")
    for status in ("delivered", "temporary-failure", "sending"):
        assert (await call(doors, reference, status)).json["news"] is False
    assert await state(doors) == ("delivered", True)


@pytest.mark.parametrize("reference", [None, "", "somebody-elses"])
async def test_a_reference_that_is_not_ours_is_taken_and_changes_nothing(
    doors: DeskHouse, reference: object
) -> None:
    await taken(doors)
    reply = await call(doors, reference, "delivered")
    assert (reply.status, reply.json["news"]) == (200, False)
    assert (await state(doors))[0] == "accepted"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "töken"])
async def test_only_notify_may_call_back(doors: DeskHouse, token: str) -> None:
    reference = await taken(doors)
    reply = await call(doors, reference, "delivered", token)
    assert reply.says == (401, "not-allowed", "bad-token")
    assert (await state(doors))[0] == "accepted"


async def test_what_is_no_receipt_is_refused_and_kept(doors: DeskHouse) -> None:
    reply = await call(doors, 7, "delivered")
    assert reply.says == (422, "refused", "invalid-input")
    assert (await call(doors, "\ud800", "delivered")).says == (400, "usage", "not-json")
    _, attempt = (await doors.get("/intake/refused")).json
    assert (attempt["command"], attempt["by"]) == ("POST /receipts/notify", "notify")


async def test_without_a_token_of_its_own_the_door_lets_nobody_in(desk: DeskHouse) -> None:
    assert (await call(desk, "x", "delivered", "")).says == (401, "not-allowed", "bad-token")
