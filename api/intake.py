"""Report intake by staff: on disk first, then a case; with Temporal away it is kept."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from adapters.database.intake import Taken
from api.answers import Answer, of_refusal
from api.bodies import body_of
from api.desk import Desk, Who
from api.identity import Asking, TheDesk
from api.played import PLAYED, Played
from domain.decider import authorise
from domain.decisions.intake import OpenCase, invalid_report
from domain.errors import Refused
from domain.policy import Policy
from domain.report_json import MAX_BYTES
from domain.report_problems import InvalidReportError
from domain.report_reading import ReadReport, read_report
from starter import ServerAwayError, bringer, start_taken

START_WITHIN = 3.0
"""Seconds a start may take before the report counts as kept; it then starts by itself."""

PLAYED_WITHIN = 12.0
"""Seconds the start of a played exercise may take: nothing starts it later by itself."""

router = APIRouter()


@router.post("/cases")
async def opened(
    request: Request, who: Asking, desk: TheDesk, played: Annotated[Played, Query()]
) -> dict[str, Any]:
    """Open a case from a report, or find the case it belongs to; an exercise may be played."""
    body = await body_of(request, MAX_BYTES)  # one byte more is enough to be too large
    try:
        authorise(OpenCase, who.id, who.roles, {})
        read = await _read(desk, body)
        policy = played.policy_for(read.report, await desk.registers.policy())
    except Refused as refused:
        await desk.keep_refused("", OpenCase.name, who, "", refused)
        raise of_refusal(refused) from refused
    except Answer as no:
        await desk.attempts.keep("", OpenCase.name, who.id, "", no.code, no.message)
        raise
    taken = await desk.intake.take(body, read, who.id, PLAYED if played.is_set else "pending")
    if played.is_set and not taken.repeated:
        await _start_played(request, desk, taken, policy)
        state = "open"
    else:
        state = await reach(request, desk, taken.reference)
    if state == "open":
        desk.opened(taken.reference)
    return await _answer(desk, policy, taken, read, state)


async def _read(desk: Desk, body: bytes) -> ReadReport:
    """Read the report; every problem at once.

    Raises:
        Refused: ``invalid-report``.
    """
    register = await desk.registers.councils()
    try:
        return read_report(body, now=desk.now(), councils=register)
    except InvalidReportError as error:
        raise invalid_report(error) from error


async def reach(request: Request, desk: Desk, reference: str) -> str:
    """Bring everything kept for a case to it, oldest first; ``kept`` when that must wait."""
    try:
        for kept in await desk.intake.pending(reference):
            if kept.repeated:
                await tell_again(desk, kept)
            else:
                await asyncio.wait_for(_start(request, desk, kept), START_WITHIN)
    except (ServerAwayError, TimeoutError):
        return "kept"
    except Answer as answer:
        if answer.kind in ("unreachable", "queued", "unknown-outcome", "not-found"):
            return "kept"
        raise
    return "open"


async def _start(request: Request, desk: Desk, kept: Taken, policy: Policy | None = None) -> None:
    state = request.app.state
    await start_taken(
        state.client, state.task_queue, desk.intake, desk.registers, kept, policy=policy
    )


async def _start_played(request: Request, desk: Desk, taken: Taken, policy: Policy) -> None:
    """Start an exercise that is played now or not at all; nothing starts it later by itself.

    Raises:
        Answer: Temporal was not reached.
    """
    try:
        await asyncio.wait_for(_start(request, desk, taken, policy), PLAYED_WITHIN)
    except (ServerAwayError, TimeoutError) as error:
        words = (
            f"Temporal was not reached: the exercise {taken.reference} does not start. Try again."
        )
        raise Answer("unreachable", "not-reached", words) from error


async def tell_again(desk: Desk, taken: Taken) -> None:
    """Tell a case, in the name of who brought it, that its report came again otherwise."""
    payload = {
        "report": taken.report.model_dump(mode="json", by_alias=True, exclude_none=True),
        "idempotency_key": f"intake-{taken.number}",
    }
    who = Who(*await bringer(desk.registers, taken))
    await desk.instruct(who, taken.reference, "open-case", payload, timedelta(seconds=10))
    await desk.intake.mark(taken.number, "repeat")


async def _answer(
    desk: Desk, policy: Policy, taken: Taken, read: ReadReport, state: str
) -> dict[str, Any]:
    shown = await desk.cases.show(taken.reference)
    phase = "reported" if state == "open" and shown is None else shown and shown["phase"]
    code = read.report.council.code or (shown or {}).get("council_code") or ""
    days = policy.setting("possible-duplicate.lookback_days")
    near = () if taken.repeated else await desk.intake.possible_duplicates(
        code, taken.reference, days
    )  # fmt: skip
    return {
        "ok": True,
        "case": taken.reference,
        "state": state,
        "repeated": taken.repeated,
        "changed": list(taken.changed),
        "phase": phase if state == "open" else None,
        "possible_duplicates": list(near),
        "warnings": [warning.model_dump(mode="json") for warning in read.warnings],
    }
