"""Bytes from outside become JSON values, or the reason why not. Nothing sent here makes it fail."""

import json
from collections import Counter
from typing import Any, Never

from domain.free_text import clean_line
from domain.report_problems import InvalidReportError, Problem, ProblemCode

MAX_BYTES = 256 * 1024
"""The largest report, 256 KiB [our default]."""

MAX_LEVELS = 8
"""How deep objects and lists may nest, the report itself counted [our default]."""

_MAX_DIGITS = 18
_MAX_NAMED = 100


def parse_report(raw: bytes | str) -> tuple[object, tuple[Problem, ...]]:
    """Return what the bytes say, and the problems that leave something to read further.

    A byte order mark is passed over. Numbers of more than 18 digits become one of 18, which no
    field takes either.

    Raises:
        InvalidReportError: If there is nothing to read: too large, too deep to parse, not JSON.
    """
    text = _text(raw)
    repeated: dict[str, None] = {}

    def take(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Return an object; remember the names it has twice."""
        taken = dict(pairs)
        if len(taken) < len(pairs):
            times = Counter(key for key, _ in pairs)
            repeated.update(dict.fromkeys(key for key in taken if times[key] > 1))
        return taken

    try:
        value: object = json.loads(
            text, object_pairs_hook=take, parse_int=_integer, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise InvalidReportError((_too_deep(),)) from None
    except ValueError:
        raise InvalidReportError((_not_json("This is not JSON."),)) from None
    doubles = tuple(_duplicate(key) for key in list(repeated)[:_MAX_NAMED])
    return value, doubles + depth_problems(value)


def depth_problems(value: object) -> tuple[Problem, ...]:
    """Return the problem of a value that nests deeper than eight levels, if it does."""
    level: list[Any] = [value]
    for _ in range(MAX_LEVELS + 1):
        level = [item for item in level if isinstance(item, dict | list | tuple)]
        if not level:
            return ()
        level = [
            child for item in level for child in (item.values() if isinstance(item, dict) else item)
        ]
    return (_too_deep(),)


def field_name(key: object) -> str:
    """Return a key as it may be named in an answer: harmless, and no longer than 100 characters."""
    return clean_line(str(key))[:100]


def _text(raw: bytes | str) -> str:
    size = len(raw.encode("utf-8", "surrogatepass")) if isinstance(raw, str) else len(raw)
    if size > MAX_BYTES:
        message = "A report has at most 256 KiB; leave evidence out and give references."
        raise InvalidReportError((Problem(field="", code=ProblemCode.TOO_LARGE, message=message),))
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidReportError((_not_json("This is not UTF-8 text."),)) from None
    return text.removeprefix("\ufeff")


def _integer(digits: str) -> int:
    return int(digits[:_MAX_DIGITS])


def _refuse_constant(_: str) -> Never:
    raise ValueError("JSON has no such number.")


def _not_json(what: str) -> Problem:
    message = f"{what} Send one JSON object (cir-report/1) in UTF-8."
    return Problem(field="", code=ProblemCode.NOT_JSON, message=message)


def _too_deep() -> Problem:
    message = f"Objects and lists may nest at most {MAX_LEVELS} levels deep."
    return Problem(field="", code=ProblemCode.TOO_DEEP, message=message)


def _duplicate(key: str) -> Problem:
    message = "This is given twice in one object; keep the one that is right."
    return Problem(field=field_name(key), code=ProblemCode.DUPLICATE_KEY, message=message)
