"""``POST /providers/{provider}/messages``: what a provider says about its own call-out."""

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from adapters.database.webhooks import Answered
from adapters.temporal.asking import CaseGoneError, CaseSilentError
from api.answers import Answer
from api.bodies import INSTRUCTION_LIMIT, signed_object
from api.outside import Message, Outside, TheOutside, provider_of
from api.outside_shapes import message_schema, signed_door
from api.turned_away import Traced
from domain.command import Command
from domain.decider import Receipt
from domain.errors import Code
from domain.people import Role

DOOR = "POST /providers/messages"

OURS = ("command", "case")
"""What a message says besides the command's own inputs."""

CASE = re.compile(r"CIR-[0-9]{4}-[0-9]{6}")

router = APIRouter(route_class=Traced)


def sayable() -> tuple[str, ...]:
    """Return every command a provider may give, from the declarations (guide g, P in ``who``)."""
    rows = Command.registry.values()
    return tuple(sorted(one.name for one in rows if Role.PROVIDER in one.who))


@router.post(
    "/providers/{provider}/messages",
    response_model=Receipt,
    **signed_door(message_schema(sayable()), 202, 403, 409, 504),
)
async def said(provider: str, request: Request, outside: TheOutside) -> JSONResponse:
    """Take one message of a provider; in any order, perhaps twice."""
    signers = tuple(one for one in outside.keys.providers if one.name == provider)
    message = await outside.message(request, DOOR, signers)
    answered = await outside.earlier(message, DOOR) or await _given(outside, message)
    return JSONResponse(answered.body, answered.status)


async def _given(outside: Outside, message: Message) -> Answered:
    try:
        payload = signed_object(message.body, INSTRUCTION_LIMIT)
        name, case = names_in(payload, sayable())
    except Answer as answer:
        await outside.refuse(DOOR, message.by, message.id, answer)
    who = provider_of(message.by)
    if not await _may_speak_of(outside, case, message.by):
        await outside.refuse(name, message.by, message.id, _not_yours(case), case)
    try:
        receipt = await outside.desk.instruct(who, case, name, inputs_of(payload, message))
    except Answer as answer:
        if answer.code in (Code.NOT_THE_PROVIDER, Code.UNKNOWN_CASE):
            raise _not_yours(case) from answer
        raise
    answered = Answered(200, receipt.model_dump(mode="json"))
    await outside.webhooks.keep(message.once, answered)
    return answered


def names_in(payload: dict[str, Any], allowed: tuple[str, ...]) -> tuple[str, str]:
    """Return the command and the case a message names.

    Args:
        payload: The message.
        allowed: The commands that may come by its door.

    Raises:
        Answer: It names none (``unknown-command``, ``invalid-input``), or one that is not for its
            door (``role-not-allowed``).
    """
    name, case = payload.get("command"), payload.get("case")
    if not isinstance(name, str) or name not in Command.registry:
        words = "The message names no command that there is: see command."
        raise Answer("usage", "unknown-command", words)
    if name not in allowed:
        words = f"{name} is not said by this door: it takes {', '.join(allowed)}."
        raise Answer("not-allowed", Code.ROLE_NOT_ALLOWED, words)
    if not isinstance(case, str) or not CASE.fullmatch(case):
        words = "The message names no case: see case, such as CIR-2026-000123."
        fields = [{"field": "case", "code": "missing", "message": "is needed"}]
        raise Answer("refused", Code.INVALID_INPUT, words, fields=fields)
    return name, case


def inputs_of(payload: dict[str, Any], message: Message) -> dict[str, Any]:
    """Return the inputs of the command; without a key of its own the message's id is the key."""
    inputs = {name: value for name, value in payload.items() if name not in OURS}
    return {"idempotency_key": f"{message.by}/{message.id}", **inputs}


async def _may_speak_of(outside: Outside, case: str, provider: str) -> bool:
    """Tell whether the provider was ever called out to the case.

    Asked before any rule is, since a rule's answer would tell that there is a case. The case itself
    is asked when the record does not know of it yet; a case that stays silent is not theirs.
    """
    if await outside.desk.cases.has_turn(case, provider):
        return True
    try:
        found = await outside.asker.state(case)
    except (CaseGoneError, CaseSilentError):
        return False
    return provider in found.engagement.ever_called


def _not_yours(case: str) -> Answer:
    """Return the one answer about a case that is not the provider's, or that there is not."""
    words = f"You are not the provider on {case}. If you were called out to it, ring the duty line."
    return Answer("not-allowed", Code.NOT_THE_PROVIDER, words)
