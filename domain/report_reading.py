"""Reading a report that came from outside: every problem at once, or a report with its warnings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.council import Council, CouncilRegister, as_register
from domain.report import Report
from domain.report_json import depth_problems, field_name, parse_report
from domain.report_problems import (
    InvalidReportError,
    Problem,
    ProblemCode,
    ReportWarning,
    WarningCode,
)
from domain.report_rules import FreeText, WrongValueError
from domain.report_shape import Shape, place_in_report, shape_of
from domain.report_warnings import warnings_about
from domain.value import Value

_MAX_UNKNOWN = 100


class ReadReport(Value):
    """A report that was accepted, and what a person should know about it."""

    report: Report
    warnings: tuple[ReportWarning, ...] = ()


def read_report(
    raw: bytes | str, *, now: datetime, councils: Mapping[str, Council] | CouncilRegister
) -> ReadReport:
    """Read a report as it came in.

    Args:
        raw: One JSON object, UTF-8.
        now: When it came; aware. It stands for `source.received_at` where that is not given.
        councils: The register, for the warnings about the council.

    Raises:
        InvalidReportError: With every problem, in the order of the report.
    """
    data, problems = parse_report(raw)
    return _read(data, problems, now, as_register(councils))


def check_report(
    data: object, *, now: datetime, councils: Mapping[str, Council] | CouncilRegister
) -> ReadReport:
    """Read a report whose JSON was parsed before, such as a scenario's; otherwise `read_report`.

    Raises:
        InvalidReportError: With every problem, in the order of the report.
    """
    return _read(data, depth_problems(data), now, as_register(councils))


def _read(
    data: object, problems: tuple[Problem, ...], now: datetime, register: CouncilRegister
) -> ReadReport:
    reading = _Reading(now.astimezone(UTC))
    kept = reading.part(data, Report, "")
    reading.order_of_times(kept)
    kept.setdefault("source", {}).setdefault("received_at", reading.now)
    found = problems + tuple(sorted(reading.problems, key=_report_order))
    if found:
        raise InvalidReportError(found)
    report = Report.model_validate(kept)
    warnings = (*reading.warnings, *warnings_about(report, register))
    return ReadReport(report=report, warnings=tuple(sorted(warnings, key=_report_order)))


@dataclass
class _Reading:
    """One reading of one report: walks the parts of the model and notes what it finds."""

    now: datetime
    problems: list[Problem] = field(default_factory=list)
    warnings: list[ReportWarning] = field(default_factory=list)

    def part(self, data: object, model: type[Value], place: str) -> dict[str, Any]:
        """Return the fields of one part that say something; the rest keep their default."""
        if not isinstance(data, Mapping):
            self.reject(place, ProblemCode.WRONG_TYPE, "This must be a JSON object, in braces.")
            return {}
        fields = shape_of(model)
        kept: dict[str, Any] = {}
        for name, shape in fields.items():
            kept |= self.one_field(data.get(name), name, shape, _join(place, name))
        self.choices(kept, model, place)
        unknown = [key for key in data if key not in fields]
        for key in unknown[:_MAX_UNKNOWN]:
            message = "A report has no such field; it was ignored. Put it in incident.summary."
            self.warn(_join(place, field_name(key)), WarningCode.UNKNOWN_FIELD, message)
        return kept

    def one_field(self, value: object, name: str, shape: Shape, place: str) -> dict[str, Any]:
        """Return the field under its name, or nothing when it is unknown or wrong."""
        before = len(self.problems)
        if value is None and shape.part is not None and not shape.at_most:
            value = {}  # an absent part: its own mandatory fields are then named one by one
        kept = None if value is None else self.value(value, shape, place)
        if kept is not None:
            return {name: kept}
        if shape.is_mandatory and len(self.problems) == before:
            self.reject(place, ProblemCode.MISSING, "A report cannot do without this; fill it in.")
        return {}

    def value(self, value: object, shape: Shape, place: str) -> object:
        """Return what is kept of a value that was given."""
        if shape.at_most:
            return self.entries(value, shape, place)
        return self.single(value, shape, place)

    def entries(self, value: object, shape: Shape, place: str) -> tuple[object, ...]:
        """Return the entries of a list that say something; beyond the limit none is looked at."""
        if not isinstance(value, list | tuple):
            self.reject(place, ProblemCode.WRONG_TYPE, "This must be a list, even of one entry.")
            return ()
        if len(value) > shape.at_most:
            message = f"At most {shape.at_most} entries; put the rest in incident.summary."
            self.reject(place, ProblemCode.TOO_MANY, message)
        read = (
            self.single(entry, shape, f"{place}[{number}]")
            for number, entry in enumerate(value[: shape.at_most])
        )
        return tuple(entry for entry in read if entry is not None)

    def single(self, value: object, shape: Shape, place: str) -> object:
        """Return one value as its rule or its part reads it."""
        if shape.part is not None:
            return self.part(value, shape.part, place)
        if shape.rule is None:
            return None
        try:
            kept = shape.rule.read(value, self.now)
        except WrongValueError as error:
            self.reject(place, error.code, error.message)
            return None
        if isinstance(shape.rule, FreeText) and shape.rule.changes(value):
            message = "Characters that cannot be shown were taken out; read it through once."
            self.warn(place, WarningCode.TEXT_CLEANED, message)
        return kept

    def choices(self, kept: dict[str, Any], model: type[Value], place: str) -> None:
        """Note that none of two fields was given, of which a report needs one."""
        pair: tuple[str, ...] = getattr(model, "at_least_one", ())
        wrong = {problem.field for problem in self.problems}
        if not pair or any(name in kept or _join(place, name) in wrong for name in pair):
            return
        message = f"Give {' or '.join(_join(place, name) for name in pair)}."
        self.reject(_join(place, pair[0]), ProblemCode.MISSING, message)

    def order_of_times(self, kept: dict[str, Any]) -> None:
        """Note times that cannot follow each other; what is unknown is in order."""
        source, incident = kept.get("source", {}), kept.get("incident", {})
        received, discovered = source.get("received_at"), incident.get("discovered_at")
        began = incident.get("believed_start_at")
        if received and discovered and discovered > received:
            message = "The incident was discovered after the report of it came; check both times."
            self.reject("incident.discovered_at", ProblemCode.TIME_ORDER, message)
        if discovered and began and began > discovered:
            message = "The incident began after it was discovered; check both times."
            self.reject("incident.believed_start_at", ProblemCode.TIME_ORDER, message)

    def reject(self, place: str, code: ProblemCode, message: str) -> None:
        """Note a problem; the reading goes on, so that all of them are found."""
        self.problems.append(Problem(field=place, code=code, message=message))

    def warn(self, place: str, code: WarningCode, message: str) -> None:
        """Note something a person should know."""
        self.warnings.append(ReportWarning(field=place, code=code, message=message))


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _report_order(found: Problem | ReportWarning) -> tuple[tuple[int, int], ...]:
    return place_in_report(found.field, Report)
