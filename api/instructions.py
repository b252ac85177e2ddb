"""Instructions of staff, providers and finance: one door for every command."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from api.bodies import json_object
from api.desk import PATIENCE
from api.identity import Asking, TheDesk

router = APIRouter()


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
