"""``GET /health`` and ``GET /ready``: whether the desk lives, and what it can reach."""

import asyncio
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.service import RPCError

from adapters.database.engine import reading
from api.outside_shapes import Alive, Failure, Ready

PATIENCE = timedelta(seconds=1)
"""How long Temporal is given to say that it is there [our default]."""

router = APIRouter()


@router.get("/health", response_model=Alive)
async def healthy() -> dict[str, bool]:
    """Say that the desk answers; nothing else is looked at."""
    return {"ok": True}


@router.get("/ready", response_model=Ready, responses={503: {"model": Failure}})
async def ready(request: Request) -> JSONResponse:
    """Say that the desk can take what is sent.

    That takes the database. With Temporal away reports are kept all the same, so the desk is ready
    and says that it is away.
    """
    await _look(request.app.state.engine)
    there = await _is_there(request.app.state.client)
    temporal = "reached" if there else "away"
    return JSONResponse({"ok": True, "database": "reached", "temporal": temporal})


async def _look(engine: AsyncEngine) -> None:
    """Read from the database.

    Raises:
        OperationalError: It is away; the desk answers 503.
    """
    async with reading(engine) as connection:
        await connection.execute(text("SELECT version FROM register_version"))


async def _is_there(client: Client) -> bool:
    try:
        asked = client.service_client.check_health(timeout=PATIENCE)
        return await asyncio.wait_for(asked, 2 * PATIENCE.total_seconds())
    except (RPCError, RuntimeError, TimeoutError):
        return False
