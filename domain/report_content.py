"""What a report says, compared: the key it arrives under, its content, and what changed in it."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from domain.report import Report
from domain.report_json import field_name
from domain.report_problems import InvalidReportError, Problem, ProblemCode
from domain.report_shape import field_paths

_ABOUT_THE_ARRIVAL = ("received_at", "entered_by")

REPORT_FIELDS = field_paths(Report)
"""The dotted path of every field a report can have; a list is one field."""


def intake_key(report: Report) -> str | None:
    """Return the key that makes two arrivals one case, or None when there is no reference.

    Channel, reference and council: the code, or without one the name with case and spaces folded.
    So one NCSC referral that names forty councils has forty keys. An exercise never shares a key
    with a real case. It holds a council's name, so it stays out of logs and ids.
    """
    reference = (report.source.reference or "").strip()
    if not reference:
        return None
    council = report.council.code or " ".join((report.council.name or "").casefold().split())
    kind = "exercise" if report.exercise else "real"
    return json.dumps([kind, report.source.channel, reference, council], ensure_ascii=False)


def report_content(report: Report) -> dict[str, Any]:
    """Return all that the report says, as JSON values: not when it came nor who typed it in."""
    content = report.model_dump(mode="json")
    for name in _ABOUT_THE_ARRIVAL:
        del content["source"][name]
    return content


def content_hash(report: Report) -> str:
    """Return the SHA-256 of the content, in hexadecimal; equal content has an equal hash."""
    text = json.dumps(
        report_content(report), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(text.encode()).hexdigest()


def changed_fields(old: Report, new: Report) -> tuple[str, ...]:
    """Return the paths of the fields that say something else now, sorted; a list is one field."""
    before, after = _flat(report_content(old)), _flat(report_content(new))
    return tuple(sorted(path for path in before if before[path] != after[path]))


def with_changes(report: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a report's JSON with these fields changed; None makes a field unknown.

    The values are not looked at here: the copy goes through `check_report`.

    Args:
        report: As parsed from JSON, or a report's own dump.
        changes: New values by dotted path. A list is replaced whole.

    Raises:
        InvalidReportError: If a path is not a field of a report; every such path is named.
    """
    strange = [path for path in changes if path not in REPORT_FIELDS]
    if strange:
        raise InvalidReportError(tuple(map(_no_such_field, strange)))
    return laid_over(report, changes)


def laid_over(report: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of a report's JSON with these changed, whether a report has such fields or not.

    Args:
        report: As parsed from JSON, or a report's own dump.
        changes: New values by dotted path.
    """
    changed = deepcopy(dict(report))
    for path, value in changes.items():
        *parts, name = path.split(".")
        inner = changed
        for part in parts:
            if not isinstance(inner.get(part), dict):
                inner[part] = {}
            inner = inner[part]
        inner[name] = deepcopy(value)
    return changed


def _flat(content: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in content.items():
        path = f"{above}{name}"
        flat |= _flat(value, f"{path}.") if isinstance(value, dict) else {path: value}
    return flat


def _no_such_field(path: str) -> Problem:
    message = "A report has no such field; name one by its path, such as impact.risk_to_life."
    return Problem(field=field_name(path), code=ProblemCode.UNKNOWN_FIELD, message=message)
