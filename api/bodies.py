"""Reading a request's body without ever holding more of it than is allowed."""

import json
from typing import Any, Never

from fastapi import Request

from api.answers import Answer

INSTRUCTION_LIMIT = 512 * 1024
"""Bytes of an instruction's body at the most [our default]; a report has its own limit."""

MOST_LEVELS = 20
"""How deep an instruction may nest [our default]; a report in it has its own limit."""

REGISTER_LIMIT = 4 * 1024 * 1024
"""Bytes of a register's file at the most [our default]."""


async def body_of(request: Request, limit: int) -> bytes:
    """Return the body; of one that is longer, only the first ``limit`` bytes and one more.

    The rest is read and thrown away, so that whoever sends it hears the answer.
    """
    kept = bytearray()
    async for chunk in request.stream():
        kept += chunk[: max(0, limit + 1 - len(kept))]
    return bytes(kept)


async def whole_body(request: Request, limit: int) -> bytes:
    """Return the body.

    Raises:
        Answer: It is longer than ``limit`` (``too-large``).
    """
    body = await body_of(request, limit)
    if len(body) > limit:
        raise too_large(limit)
    return body


def too_large(limit: int) -> Answer:
    """Return the answer to a body that is too large to be read."""
    words = f"That is more than the {limit // 1024} KiB this door takes. Nothing was read of it."
    return Answer("usage", "too-large", words)


def too_deep() -> Answer:
    """Return the answer to a body that nests too deep to be read."""
    words = f"Objects and lists of an instruction nest {MOST_LEVELS} levels deep at the most."
    return Answer("usage", "too-deep", words)


async def json_object(request: Request) -> dict[str, Any]:
    """Return the body as a JSON object; an empty body is an empty one.

    Raises:
        Answer: It is too large, or is not one (``not-json``, ``too-deep``).
    """
    raw = await whole_body(request, INSTRUCTION_LIMIT)
    try:
        data = json.loads(raw or b"{}")
    except RecursionError as error:
        raise too_deep() from error
    except ValueError as error:
        raise Answer("usage", "not-json", "The instruction is not JSON in UTF-8.") from error
    return _object_of(data)


def signed_object(raw: bytes, limit: int) -> dict[str, Any]:
    """Return the JSON object that somebody outside has signed; nothing in it is said twice.

    Raises:
        Answer: It is not one (``too-large``, ``not-json``, ``duplicate-key``, ``too-deep``).
    """
    if len(raw) > limit:
        raise too_large(limit)
    try:
        data = json.loads(raw.decode(), object_pairs_hook=_said_once, parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is no text
    except RecursionError as error:
        raise too_deep() from error
    except ValueError as error:
        raise Answer("usage", "not-json", "The message is not JSON in UTF-8.") from error
    return _object_of(data)


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        words = "The message says one key twice: nobody can tell which of them is meant."
        raise Answer("usage", "duplicate-key", words)
    return said


def _no_number(name: str) -> Never:
    raise ValueError(name)


def _object_of(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Answer("usage", "not-json", "An instruction is a JSON object.")
    if not _is_flat_enough(data):
        raise too_deep()
    return data


def _is_flat_enough(data: object) -> bool:
    level = [data]
    for _ in range(MOST_LEVELS + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return True
    return False
