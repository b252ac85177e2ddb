"""``POST /reports``: a report signed by its sender, on disk before it is acknowledged."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from adapters.database.intake import Taken
from adapters.database.webhooks import Answered, TakenMeanwhileError
from api import answers
from api.answers import Answer, of_refusal
from api.intake import reach
from api.outside import Message, Outside, TheOutside
from api.outside_shapes import REPORT_DOOR, ReportTaken
from api.turned_away import Traced
from domain.decisions.intake import invalid_report
from domain.report_json import MAX_BYTES
from domain.report_problems import InvalidReportError
from domain.report_reading import ReadReport, read_report

DOOR = "POST /reports"

router = APIRouter(route_class=Traced)


@router.post("/reports", status_code=201, response_model=ReportTaken, **REPORT_DOOR)
async def reported(request: Request, outside: TheOutside) -> JSONResponse:
    """Take a report; the same message, or the same report, again is the same case."""
    message = await outside.message(request, DOOR, outside.keys.senders)
    answered = await outside.earlier(message, DOOR) or await _taken(request, outside, message)
    return JSONResponse(answered.body, answered.status)


async def _taken(request: Request, outside: Outside, message: Message) -> Answered:
    desk = outside.desk
    try:
        read = await _read(outside, message)
        taken = await desk.intake.take_once(
            message.body, read, f"sender:{message.by}", message.once,
            lambda taken: Answered(201, _answer(taken, read)),
        )  # fmt: skip
    except InvalidReportError as error:
        answered = await _quarantined(outside, message, error)
    except TakenMeanwhileError:
        return await _found(outside, message)
    else:
        if await reach(request, desk, taken.reference) == "open":
            desk.opened(taken.reference)
        return Answered(201, _answer(taken, read))
    outside.look_now()
    return answered


async def _read(outside: Outside, message: Message) -> ReadReport:
    """Read the report; its channel is its sender's, whatever it says.

    Raises:
        InvalidReportError: With every problem.
    """
    register = await outside.desk.registers.councils()
    read = read_report(message.body, now=outside.now(), councils=register)
    source = read.report.source.but(channel=outside.keys.channels[message.by])
    return read.but(report=read.report.but(source=source))


async def _quarantined(outside: Outside, message: Message, error: InvalidReportError) -> Answered:
    """Keep what could not be read, and have somebody paged about it."""

    def answer(reference: str) -> Answered:
        """Return the refusal, with the reference the report is kept under."""
        refused = of_refusal(invalid_report(error))
        refused.details["kept_as"] = reference
        return Answered(answers.status_of(refused), answers.body(refused))

    problems = [problem.model_dump(mode="json") for problem in error.problems]
    try:
        return await outside.desk.quarantine.take(
            message.body[: MAX_BYTES + 1], message.by, problems, message.once, answer
        )
    except TakenMeanwhileError:
        return await _found(outside, message)


async def _found(outside: Outside, message: Message) -> Answered:
    """Return the answer that another call has given to the same message in this moment."""
    answered = await outside.earlier(message, DOOR)
    if answered is None:
        raise Answer("unreachable", "try-again", "Send the same message again.")
    return answered


def _answer(taken: Taken, read: ReadReport) -> dict[str, Any]:
    return {
        "ok": True,
        "case": taken.reference,
        "repeated": taken.repeated,
        "changed": list(taken.changed),
        "warnings": [warning.model_dump(mode="json") for warning in read.warnings],
    }
