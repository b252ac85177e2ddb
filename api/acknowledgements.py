"""``POST /billing/acknowledgements``: finance's signed answer, carried in as the system's."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from adapters.database.webhooks import Answered
from api.answers import Answer
from api.bodies import INSTRUCTION_LIMIT, signed_object
from api.outside import FEED, Message, Outside, TheOutside
from api.outside_shapes import message_schema, signed_door
from api.provider_messages import OURS, names_in
from api.turned_away import Traced
from domain.decider import Receipt
from domain.decisions.billing import BillingAcknowledged, BillingRejected

DOOR = "POST /billing/acknowledgements"

SAYABLE = (BillingAcknowledged.name, BillingRejected.name)

SCHEMA = message_schema(
    SAYABLE,
    pack={"type": "integer", "minimum": 1},
    finance_ref={"type": "string", "description": "Needed to acknowledge."},
    reason={"type": "string", "description": "Needed to reject: 10 to 2,000 characters."},
)

router = APIRouter(route_class=Traced)


@router.post(
    "/billing/acknowledgements",
    response_model=Receipt,
    **signed_door(SCHEMA, 202, 404, 409, 504),
)
async def answered(request: Request, outside: TheOutside) -> JSONResponse:
    """Take finance's answer to a pack; the same answer twice is harmless."""
    message = await outside.message(request, DOOR, outside.keys.finance)
    found = await outside.earlier(message, DOOR) or await _given(outside, message)
    return JSONResponse(found.body, found.status)


async def _given(outside: Outside, message: Message) -> Answered:
    try:
        payload = signed_object(message.body, INSTRUCTION_LIMIT)
        name, case = names_in(payload, SAYABLE)
    except Answer as answer:
        await outside.refuse(DOOR, message.by, message.id, answer)
    inputs = {key: value for key, value in payload.items() if key not in OURS}
    key = f"finance/{payload.get('pack')}/{name}"[:200]
    try:
        receipt = await outside.desk.instruct(FEED, case, name, {"idempotency_key": key, **inputs})
    except Answer as answer:
        if answer.code == "unknown-case":
            await outside.refuse(DOOR, message.by, message.id, answer, case)
        raise
    found = Answered(200, receipt.model_dump(mode="json"))
    await outside.webhooks.keep(message.once, found)
    return found
