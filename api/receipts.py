"""``POST /receipts/notify``: GOV.UK Notify tells what became of a message."""

from typing import Any

from fastapi import APIRouter, Request

from adapters.notify.notifier import delivery_of
from api.answers import Answer
from api.bodies import INSTRUCTION_LIMIT, body_of, signed_object
from api.outside import TheOutside
from api.outside_shapes import NOTIFY, ReceiptTaken, token_door
from api.turned_away import Traced
from domain.errors import Code

DOOR = "POST /receipts/notify"
NOTIFY_CALLS = "notify"

router = APIRouter(route_class=Traced)


@router.post("/receipts/notify", response_model=ReceiptTaken, **token_door(NOTIFY))
async def told(request: Request, outside: TheOutside) -> dict[str, Any]:
    """Take one receipt by our own reference; whoever waits for it hears within a minute.

    A reference that is not in the ledger is taken too and changes nothing, so that Notify, which
    repeats what is refused, is not kept at it.
    """
    await outside.holder(request, DOOR, outside.keys.notify)
    try:
        reference, status = _read(await body_of(request, INSTRUCTION_LIMIT))
    except Answer as answer:
        await outside.refuse(DOOR, NOTIFY_CALLS, "", answer)
    news = bool(reference) and await outside.receipts.take(reference, delivery_of(status))
    if news:
        outside.look_now()
    return {"ok": True, "news": news}


def _read(raw: bytes) -> tuple[str, str]:
    """Return our reference, empty when there is none, and Notify's status."""
    said = signed_object(raw, INSTRUCTION_LIMIT)
    reference, status = said.get("reference") or "", said.get("status")
    if not isinstance(reference, str) or not isinstance(status, str) or "\x00" in reference:
        words = "A receipt has a reference and a status, both text."
        raise Answer("refused", Code.INVALID_INPUT, words)
    return reference, status
