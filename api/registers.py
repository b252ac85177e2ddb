"""Registers as staff read them; what changes them is ``api/changes.py``."""

from typing import Any

from fastapi import APIRouter

from adapters.database.records import ChainBrokenError
from adapters.database.register_record import RegisterRecord
from api.answers import Answer
from api.identity import Asking, TheDesk
from domain.registers.policies import shown
from domain.registers.rota import row_of
from domain.registers.shifts import by_role, gaps, watches
from domain.value import utc_text

router = APIRouter()


@router.get("/registers/people")
async def people(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the staff register."""
    return [one.model_dump(mode="json") for one in await desk.registers.people()]


@router.get("/registers/providers")
async def providers(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the providers in configured order, as a file of them has it."""
    found = await desk.registers.providers()
    return [one.model_dump(mode="json", by_alias=True) for one in found]


@router.get("/registers/rota")
async def rota(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the shifts that have not ended, as a file of them has it."""
    now = desk.now()
    return [row_of(one) for one in await desk.registers.rota() if one.until > now]


@router.get("/registers/rota/watch")
async def watch(_who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Return who is on at each rung now and next, and where nobody is in the coming 14 days.

    Only people on the staff register count, as for a page. Without any rota pages go by role.
    """
    now, people_ = desk.now(), await desk.registers.people()
    rota_ = await desk.registers.rota()
    known = {one.id for one in people_}
    shifts = tuple(one for one in rota_ if one.person in known)
    rungs = watches(shifts, now) if rota_ else by_role(people_)
    return {
        "at": utc_text(now),
        "rungs": [one.model_dump(mode="json") for one in rungs],
        "gaps": [one.model_dump(mode="json") for one in gaps(shifts, now)] if rota_ else [],
        "by_role": not rota_,
        "shifts": [row_of(one) for one in rota_ if one.until > now],
    }


@router.get("/registers/councils")
async def councils(_who: Asking, desk: TheDesk, find: str = "") -> list[dict[str, Any]]:
    """Return the councils whose code or name fits ``find``; all when it is empty."""
    register = await desk.registers.councils()
    found = register.find(find) if find else register.councils
    return [one.model_dump(mode="json") for one in found]


@router.get("/registers/councils/origin")
async def origin(_who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Return where the councils come from, and under which licence."""
    found = await desk.changes.origin("councils")
    return found.model_dump(mode="json")


@router.get("/registers/policy")
async def policy(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the policy that new cases begin with, line by line, each with its source."""
    return shown(await desk.registers.policy_file())


@router.get("/registers/record")
async def record(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return what was done to the registers and to tokens, oldest first.

    Raises:
        Answer: ``record-tampered``: the record does not verify.
    """
    found: RegisterRecord = desk.register_record
    try:
        return await found.entries()
    except ChainBrokenError as error:
        raise Answer("failed", "record-tampered", str(error)) from error
