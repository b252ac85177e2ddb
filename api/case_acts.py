"""Acts on a case that no command of the case can be: one person proposes, another confirms."""

from typing import Any

from fastapi import APIRouter, Request

from api.bodies import json_object
from api.changes import kept, shown
from api.desk import Desk, Who
from api.identity import Asking, TheDesk
from domain.errors import Refused
from domain.free_text import clean_words
from domain.registers.change import About, may_act

router = APIRouter()


@router.post("/cases/{case}/revive")
async def revive(case: str, request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Propose that a case whose run was ended by hand runs again, from its record."""
    return await _proposed("case-revive", case, request, who, desk)


@router.post("/cases/{case}/dispose")
async def dispose(case: str, request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Propose that what is about people in a case is erased, once its time is over."""
    return await _proposed("case-dispose", case, request, who, desk)


@router.get("/disposal")
async def disposal(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return what of which case was kept for as long as it is to be kept."""
    return await desk.retention.due()


async def _proposed(
    about: About, case: str, request: Request, who: Who, desk: Desk
) -> dict[str, Any]:
    reason = clean_words(str((await json_object(request)).get("reason") or ""))
    try:
        may_act(who.id, who.roles, about, reason)
        await desk.shown(case)
        await desk.doing[about].check(case)
        change, repeated = await desk.acts.propose(about, case, reason, who.id)
    except Refused as refused:
        raise await kept(desk, about, who, refused, case) from refused
    return shown(change, repeated=repeated)
