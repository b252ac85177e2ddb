"""Rejected reports: what could not be read waits here until a person has decided about it."""

from typing import Any

from fastapi import APIRouter, Request

from adapters.database.quarantine import AlreadyDecidedError, UnknownItemError
from api.answers import Answer, of_refusal
from api.bodies import json_object
from api.desk import Desk, Who
from api.identity import Asking, TheDesk
from domain.decider import REASON_MAX, REASON_MIN
from domain.errors import Code, Refused
from domain.free_text import clean_words
from domain.people import D, T, may

TAKERS = frozenset({T, D})
"""Who may take one: whoever may acknowledge a page, T included (guide f 15)."""

router = APIRouter()


@router.get("/intake")
async def listed(_who: Asking, desk: TheDesk, decided: bool = False) -> list[dict[str, Any]]:  # noqa: FBT001, FBT002
    """Return the rejected reports that nobody has decided about; the decided ones if asked."""
    return await desk.quarantine.listed(decided=decided)


@router.get("/intake/refused")
async def refused(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return what was refused at a door and belongs to no case, the newest first."""
    return await desk.attempts.of_no_case()


@router.get("/intake/{item}")
async def shown(item: str, _who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Return one with what came, as text."""
    try:
        found = await desk.quarantine.one(item)
    except UnknownItemError as error:
        raise _unknown(item) from error
    return {**found, "body": clean_words(found["body"].decode("utf-8", "replace"))}


@router.post("/intake/{item}/acknowledge")
async def acknowledged(item: str, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Say that somebody has it: nobody else is paged about it."""
    try:
        _may(who, "acknowledge")
        first = await desk.quarantine.acknowledge(item, who.id)
    except Refused as no:
        raise await _kept(desk, "acknowledge", item, who, no) from no
    except UnknownItemError as error:
        raise _unknown(item) from error
    found = await desk.quarantine.one(item)
    return {"ok": True, "item": item, "by": found["acknowledged_by"], "repeated": not first}


@router.post("/intake/{item}/discard")
async def discarded(item: str, request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Decide that nothing more is to be done about it, with a reason."""
    told = await json_object(request)
    try:
        _may(who, "discard")
        reason = _reason(told.get("reason"))
        await desk.quarantine.discard(item, who.id, reason)
    except Refused as no:
        raise await _kept(desk, "discard", item, who, no) from no
    except UnknownItemError as error:
        raise _unknown(item) from error
    except AlreadyDecidedError as error:
        words = f"{item} was decided before. Look with cir intake show {item}."
        raise Answer("refused", "already-decided", words) from error
    return {"ok": True, "item": item, "by": who.id, "reason": reason}


def waiting_lines(items: list[dict[str, Any]], who: Who) -> list[dict[str, Any]]:
    """Return rejected reports as an inbox has them, for whoever may take them."""
    if not may(who.roles, TAKERS):
        return []
    return [
        {
            "case": None,
            "item": one["item"],
            "mine": one["acknowledged_by"] == who.id,
            "who": "triage-officer",
            "what": f"A report of {one['sender']} could not be read; it may be a call for help",
            "by": one["at"],
            "command": f"cir intake show {one['item']}",
        }
        for one in items
    ]


def _may(who: Who, what: str) -> None:
    if not may(who.roles, TAKERS):
        words = f"{who.id} may not {what} a rejected report: it takes a triage officer."
        raise Refused(Code.ROLE_NOT_ALLOWED, words)


def _reason(said: object) -> str:
    reason = clean_words(said).strip() if isinstance(said, str) else ""
    if not REASON_MIN <= len(reason) <= REASON_MAX:
        words = (
            f"Discarding needs a reason of {REASON_MIN} to {REASON_MAX:,} characters, such as the "
            "case that was opened from it."
        )
        raise Refused(Code.REASON_NEEDED, words)
    return reason


async def _kept(desk: Desk, what: str, item: str, who: Who, no: Refused) -> Answer:
    await desk.keep_refused("", f"intake {what} {item}"[:100], who, "", no)
    return of_refusal(no)


def _unknown(item: str) -> Answer:
    words = f"There is no rejected report {item[:20]}. Those that wait: cir intake list."
    return Answer("not-found", "unknown-item", words)
