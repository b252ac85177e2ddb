"""The inbox: what needs the asking person, and their word for what came in directly."""

import re
from typing import Any

from fastapi import APIRouter, Request

from adapters.database.confirmations import AlreadyConfirmedError, Item, UnknownItemError
from api import rejected
from api.answers import Answer
from api.bodies import json_object
from api.changes import waiting_lines
from api.desk import Desk, Who
from api.findings import finding_lines
from api.identity import Asking, TheDesk
from domain.decider import REASON_MAX, REASON_MIN
from domain.free_text import clean_words
from domain.people import Role, T, may

router = APIRouter()

CONFIRMS = frozenset({T})
"""The least role that confirms what came in directly."""

_ITEM = re.compile(r"^(CIR-\d{4}-\d{6})/(\d{1,9})$")


@router.get("/inbox")
async def inbox(who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return what needs the asking person now, by deadline, with or without a case."""
    actions = await desk.cases.inbox(tuple(role.value for role in who.roles), who.id)
    changes = waiting_lines(await desk.changes.pending(), who)
    direct = await desk.confirmations.waiting() if may(who.roles, CONFIRMS) else []
    found = finding_lines(await desk.findings.standing(), who)
    unread = rejected.waiting_lines(await desk.quarantine.listed(), who)
    lines = [*direct, *actions, *changes, *found, *unread]
    return sorted(lines, key=lambda line: str(line["by"]))


@router.post("/inbox/confirm")
async def confirm(request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Take a person's word that a direct instruction was meant; an entry of its own."""
    asked = await json_object(request)
    item = _item(asked.get("item"))
    try:
        _check(who, reason := clean_words(str(asked.get("reason") or "")))
        entry = await desk.confirmations.confirm(item, who.id, reason)
    except UnknownItemError as error:
        words = f"Nothing came in directly as {item.name}. Look with cir inbox."
        raise Answer("not-found", "unknown-item", words) from error
    except AlreadyConfirmedError as error:
        words = f"{item.name} was confirmed before, by {error}."
        raise Answer("conflict", "already-confirmed", words) from error
    except Answer as no:
        await _keep(desk, item, who, no)
        raise
    return {"ok": True, **entry}


def _check(who: Who, reason: str) -> None:
    if not may(who.roles, CONFIRMS):
        words = f"{who.id} may not confirm this: it takes {Role.TRIAGE_OFFICER}."
        raise Answer("not-allowed", "role-not-allowed", words)
    if not REASON_MIN <= len(reason.strip()) <= REASON_MAX:
        words = f"Confirming needs a reason of {REASON_MIN} to {REASON_MAX:,} characters."
        raise Answer("refused", "reason-needed", words)


async def _keep(desk: Desk, item: Item, who: Who, no: Answer) -> None:
    await desk.attempts.keep(item.case, "confirm-direct", who.id, item.name, no.code, no.message)


def _item(said: object) -> Item:
    found = _ITEM.match(said) if isinstance(said, str) else None
    if found is None:
        words = "Name the item as the inbox does: CIR-2026-000123/45."
        raise Answer("usage", "invalid-input", words)
    return Item(case=found[1], seq=int(found[2]))
