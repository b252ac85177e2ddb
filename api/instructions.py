"""Instructions of staff, providers and finance: one door for every command."""

import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.answers import Answer
from api.desk import PATIENCE
from api.identity import Asking, TheDesk

BODY_LIMIT = 512 * 1024
"""Bytes of an instruction's body at the most [our default]; a report has its own limit."""

router = APIRouter()


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object.

    Raises:
        Answer: It is too large, or is not one.
    """
    raw = await request.body()
    if len(raw) > BODY_LIMIT:
        raise Answer("usage", "too-large", "That is more than an instruction may carry.")
    try:
        data = json.loads(raw or b"{}")
    except (ValueError, RecursionError) as error:
        raise Answer("usage", "not-json", "The instruction is not JSON.") from error
    if not isinstance(data, dict):
        raise Answer("usage", "not-json", "An instruction is a JSON object.")
    return data


@router.post("/cases/{case}/{command}")
async def instruct(
    case: str,
    command: str,
    request: Request,
    who: Asking,
    desk: TheDesk,
    patience_s: Annotated[float, Query(gt=0, le=60)] = PATIENCE.total_seconds(),
) -> dict[str, Any]:
    """Give an instruction to a case."""
    payload = await json_object(request)
    patience = max(timedelta(seconds=patience_s), PATIENCE)
    receipt = await desk.instruct(who, case, command, payload, patience)
    answer: dict[str, Any] = receipt.model_dump(mode="json")
    return answer
