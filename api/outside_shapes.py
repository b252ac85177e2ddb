"""The doors for those outside as their OpenAPI document tells them."""

from typing import Any, Literal

from pydantic import BaseModel, Field, JsonValue

from domain.report_problems import ReportWarning


class Problem(BaseModel):
    """What went wrong, in the shape of every failure."""

    kind: str
    code: str
    message: str
    details: dict[str, JsonValue] = {}
    idempotency_key: str | None = None


class Failure(BaseModel):
    """Everything that is not an acceptance."""

    ok: Literal[False]
    error: Problem


class ReportTaken(BaseModel):
    """A report is on disk, and so is its case's reference.

    Attributes:
        repeated: The case was there before.
        changed: What differs from the last report of it.
    """

    ok: Literal[True]
    case: str = Field(examples=["CIR-2026-000123"])
    repeated: bool
    changed: list[str]
    warnings: list[ReportWarning]


class ReceiptTaken(BaseModel):
    """A receipt was read; ``news`` tells whether it said anything new."""

    ok: Literal[True]
    news: bool


class Alive(BaseModel):
    """The desk answers."""

    ok: Literal[True]


class Ready(BaseModel):
    """The desk can take what is sent; with Temporal away it keeps reports until it is back."""

    ok: Literal[True]
    database: Literal["reached"]
    temporal: Literal["reached", "away"]


def signed_door(schema: dict[str, Any], *statuses: int) -> dict[str, Any]:
    """Return what a door for signed messages says of itself besides its success.

    Args:
        schema: The JSON schema of the body.
        statuses: Its failures beside those that every such door has.
    """
    return _door(schema, _SIGNED, *statuses)


def token_door(schema: dict[str, Any], *statuses: int) -> dict[str, Any]:
    """Return the same for a door that takes a bearer token."""
    return _door(schema, _BEARER, *statuses)


def _door(schema: dict[str, Any], headers: list[dict[str, Any]], *statuses: int) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    said: dict[int | str, dict[str, Any]] = {
        status: {"model": Failure, "description": MEANS[status]}
        for status in sorted({400, 401, 413, 422, 429, 500, 503, *statuses})
    }
    extra = {"parameters": headers, "requestBody": {"required": True, "content": content}}
    return {"responses": said, "openapi_extra": extra}


MEANS = {
    202: "kept, and answered when a worker is back; send the same message again for the answer",
    400: "it cannot be read: not JSON, a key said twice, no such command",
    401: "not signed by anybody we know, or too long ago",
    403: "not allowed to say this; whether the case exists is not told",
    404: "there is no such case",
    409: "an id or key that was used for something else",
    413: "more bytes than the door takes; of a report the first of them are kept",
    422: "refused by a rule, or nested too deep; for a report every problem at once",
    429: "too many messages at once: see Retry-After",
    500: "a fault of ours; nothing changed",
    503: "something we stand on is away; the same message is safe to send again",
    504: "sent on, and no answer came; the same message is safe to send again",
}


def _header(name: str, words: str) -> dict[str, Any]:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "header", "required": True, "description": words, "schema": schema}


_SIGNED = [
    _header("webhook-id", "The message's own id, the same for every try; at most 128 characters."),
    _header("webhook-timestamp", "When this try was signed, in seconds since 1970."),
    _header("webhook-signature", "v1, and base64 of the HMAC-SHA256 over id, time and body."),
]
_BEARER = [_header("authorization", "Bearer, and the token.")]

_TEXT = {"type": "string"}
_INPUTS = {
    "idempotency_key": {**_TEXT, "maxLength": 200, "description": "Same key, same answer."},
    "occurred_at": {**_TEXT, "format": "date-time", "description": "When it happened, if not now."},
    "evidence": {**_TEXT, "maxLength": 2000},
}

REPORT: dict[str, Any] = {
    "type": "object",
    "description": "An incident report, cir-report/1; the least that is taken.",
    "required": ["schema", "council", "reporter", "incident"],
    "properties": {
        "schema": {"const": "cir-report/1"},
        "exercise": {"type": "boolean"},
        "council": {
            "type": "object",
            "properties": {"code": {**_TEXT, "pattern": "^[A-Z]{3}$"}, "name": _TEXT},
        },
        "reporter": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": _TEXT, "contact_email": _TEXT, "phone": _TEXT},
        },
        "incident": {
            "type": "object",
            "required": ["summary"],
            "properties": {"summary": {**_TEXT, "maxLength": 10_000}},
        },
    },
}

REPORT_DOOR = signed_door(REPORT, 409)


def message_schema(commands: tuple[str, ...], **inputs: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the schema of a message that carries one of ``commands``; their inputs stand flat."""
    return {
        "type": "object",
        "description": "One command, its case, and its inputs (GET /commands of the desk).",
        "required": ["command", "case"],
        "properties": {
            "command": {"enum": list(commands)},
            "case": {**_TEXT, "pattern": r"^CIR-\d{4}-\d{6}$"},
            **_INPUTS,
            **inputs,
        },
        "additionalProperties": True,
    }


NOTIFY: dict[str, Any] = {
    "type": "object",
    "description": "The callback of GOV.UK Notify about one message; the rest of it is not read.",
    "required": ["reference", "status"],
    "properties": {
        "id": _TEXT,
        "reference": {"type": ["string", "null"]},
        "status": _TEXT,
        "notification_type": _TEXT,
    },
    "additionalProperties": True,
}
