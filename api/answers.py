"""The shape of every failure, and which HTTP status goes with it."""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from domain.errors import Refused

STATUS = {
    "refused": 422,
    "not-allowed": 403,
    "conflict": 409,
    "not-found": 404,
    "usage": 400,
    "unreachable": 503,
    "unknown-outcome": 504,
    "queued": 202,
    "timeout": 408,
    "failed": 500,
}


CHALLENGES = {
    "unknown-person": "Bearer",
    "bad-token": "Bearer",
    "unsigned": "Standard-Webhooks",
    "bad-signature": "Standard-Webhooks",
    "stale": "Standard-Webhooks",
}
"""Codes for somebody we do not know, with what would prove who they are: status 401."""

TOO_MANY = "too-many"
"""Code for somebody who sends too much: status 429."""

OF_CODE = {
    **dict.fromkeys(CHALLENGES, 401),
    TOO_MANY: 429,
    "too-large": 413,
    "too-deep": 422,
}
"""Codes with a status of their own, the same at every door; a report may be either too."""


class Answer(Exception):  # noqa: N818  (it is an answer, like Refused)
    """Something the desk says instead of a result.

    Attributes:
        kind: One of the kinds of ``cli.md``; it decides status and exit code.
        code: The rule or fault, stable for programs.
        message: One or two sentences a person can act on.
    """

    def __init__(self, kind: str, code: str, message: str, **details: Any) -> None:  # noqa: ANN401
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.message = message
        self.details = details
        self.key: str | None = None


def of_refusal(refused: Refused, key: str | None = None) -> Answer:
    """Return a rule's no as the desk says it."""
    answer = Answer(refused.kind.value, refused.code.value, refused.message, **refused.details)
    answer.key = key
    return answer


def status_of(answer: Answer) -> int:
    """Return the HTTP status: of the code where it has one, else of the kind."""
    fields = answer.details.get("fields", ())
    codes = (
        answer.code,
        *(one.get("code") for one in fields if isinstance(one, dict) and not one.get("field")),
    )
    return next((OF_CODE[code] for code in codes if code in OF_CODE), STATUS[answer.kind])


def unknown_case(reference: str) -> Answer:
    """Return the answer for a case that does not exist."""
    message = f"There is no case {reference}. Look with cir case list."
    return Answer("not-found", "unknown-case", message)


def body(answer: Answer) -> dict[str, Any]:
    """Return the failure as JSON."""
    error = {
        "kind": answer.kind,
        "code": answer.code,
        "message": answer.message,
        "details": answer.details,
    }
    if answer.key is not None:
        error["idempotency_key"] = answer.key
    return {"ok": False, "error": error}


async def say(_request: Request, answer: Exception) -> JSONResponse:
    """Turn an ``Answer`` into its response."""
    if not isinstance(answer, Answer):
        return await fault(_request, answer)
    headers = {}
    if answer.code in CHALLENGES:
        headers["WWW-Authenticate"] = CHALLENGES[answer.code]
    if answer.code == TOO_MANY:
        headers["Retry-After"] = str(answer.details["retry_after_s"])
    return JSONResponse(body(answer), status_of(answer), headers)


async def misread(_request: Request, error: Exception) -> JSONResponse:
    """Answer a question whose parameters cannot be read, naming every one.

    A word that is outside a list is refused; text that is no number or time is a mistake in typing.
    """
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    is_word = bool(found) and all(one["type"] in ("enum", "literal_error") for one in found)
    fields = [
        {"field": ".".join(str(part) for part in one["loc"][1:]), "message": one["msg"]}
        for one in found
    ]
    named = ", ".join(field["field"] for field in fields)
    words = f"The question could not be read: look at {named}."
    answer = Answer("refused" if is_word else "usage", "invalid-input", words, fields=fields)
    return JSONResponse(body(answer), status_of(answer))


async def no_door(request: Request, error: Exception) -> JSONResponse:
    """Answer a path or method the desk does not have."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    words = f"The desk has nothing at {request.method} {request.url.path[:100]}."
    return JSONResponse(body(Answer("not-found", "no-such-door", words)), status)


async def database_away(_request: Request, _error: Exception) -> JSONResponse:
    """Answer when the desk's database is away; whatever was sent is safe to send again.

    Away is one that is not reached, one that has no connection to give, and one that lacks a table:
    a PostgreSQL server tells these apart, and its schema is brought up by somebody else.
    """
    words = "The desk's database was not reached. Send the same again: it is taken once."
    return JSONResponse(body(Answer("unreachable", "database-away", words)), 503)


async def fault(_request: Request, _error: Exception) -> JSONResponse:
    """Answer a bug without telling a stranger anything about it; the log has the rest."""
    answer = Answer("failed", "internal-error", "The desk met a fault of its own. Nothing changed.")
    return JSONResponse(body(answer), status_code=500)
