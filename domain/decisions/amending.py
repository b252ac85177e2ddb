"""Putting right what a case began with: fields of its report, and its council."""

from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import Field, JsonValue

from domain.case import Case, Event
from domain.command import Command
from domain.council import Council, CouncilRegister
from domain.decisions.intake import invalid_report
from domain.errors import Code, Refused
from domain.people import M, Role, S, T
from domain.personal import PERSONAL, PersonalText
from domain.phase import ASS, OPEN, REP, Phase
from domain.report import Report
from domain.report_content import changed_fields, report_content, with_changes
from domain.report_problems import InvalidReportError
from domain.report_reading import check_report

_OTHER_COMMAND = {
    "council": "cir triage correct-council",
    "contacts": "cir handling set-contact",
    "reporter.contact_email": "cir handling set-contact",
    "reporter.phone": "cir handling set-contact",
    "reporter.out_of_hours_phone": "cir handling set-contact",
    "ncsc": "cir triage record-category",
    "exercise": "cir handling mark-exercise",
}
"""Fields, or parts of the report, that only another command may change."""


class AmendReport(Command):
    """Change fields of the report to what we know now; old and new values are kept."""

    name: ClassVar[str] = "amend-report"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({S, T})
    phases: ClassVar[frozenset[Phase]] = OPEN

    changes: Annotated[
        dict[str, JsonValue],
        Field(min_length=1, description="New values by field path, such as impact.risk_to_life."),
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the changes if the report is still one that could be taken."""
        self._check_fields(case)
        report = self._amended(case, at)
        paths = changed_fields(case.report, report)
        if not paths:
            raise Refused(
                Code.NOTHING_CHANGED, f"The report of {case.reference} says all of that already."
            )
        old, new = report_content(case.report), report_content(report)
        return (
            ReportAmended(
                at=at,
                old={path: _value_at(old, path) for path in paths},
                new={path: _value_at(new, path) for path in paths},
                reason=self.reason,
            ),
        )

    def _check_fields(self, case: Case) -> None:
        named = {path: _other_command(path) for path in self.changes}
        wrong = {path: other for path, other in named.items() if other is not None}
        if wrong:
            fields = ", ".join(sorted(wrong))[:200]
            others = " or ".join(sorted(set(wrong.values())))
            raise Refused(
                Code.USE_OTHER_COMMAND,
                f"{fields} of {case.reference} cannot be amended in the report: use {others}.",
                fields=tuple(
                    {"field": path, "code": Code.USE_OTHER_COMMAND.value, "message": f"use {other}"}
                    for path, other in sorted(wrong.items())
                ),
            )

    def _amended(self, case: Case, at: datetime) -> Report:
        """Return the report with the changes, judged as of when we were told."""
        told_at = at if self.stamp is None else max(at, self.stamp.at)
        register = CouncilRegister(councils=self.rows.councils)
        try:
            data = with_changes(case.report.model_dump(mode="json"), self.changes)
            return check_report(data, now=told_at, councils=register).report
        except InvalidReportError as error:
            raise invalid_report(error) from None


class CorrectCouncil(Command):
    """Put the case under the council that it is really about."""

    name: ClassVar[str] = "correct-council"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({REP, ASS})
    reasoned: ClassVar[bool] = True

    code: Annotated[
        str, Field(pattern=r"^[A-Z]{3}$", description="The council's three-letter code.")
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take another council of the register; clocks run on."""
        council = next((one for one in self.rows.councils if one.code == self.code), None)
        if council is None:
            raise Refused(
                Code.UNKNOWN_COUNCIL,
                f"{self.code} is not on the register, so {case.reference} stays as it is. "
                "To find the council: cir councils find.",
            )
        if council.code == case.council.code:
            raise Refused(
                Code.NOTHING_CHANGED, f"{case.reference} is about {council.code} already."
            )
        return (CouncilCorrected(at=at, former=case.council, council=council, reason=self.words()),)


def _other_command(path: str) -> str | None:
    """Return the command that may change the field; ``None`` when amending may."""
    part = path.split(".", maxsplit=1)[0]
    return _OTHER_COMMAND.get(path) or _OTHER_COMMAND.get(part)


def _value_at(content: dict[str, Any], path: str) -> JsonValue:
    value: JsonValue = content
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


class ReportAmended(Event):
    """Fields of the report say something else now.

    Attributes:
        old: What each changed field said, by path.
        new: What it says now.
    """

    type: ClassVar[str] = "report-amended"
    old: Annotated[dict[str, JsonValue], PERSONAL]
    new: Annotated[dict[str, JsonValue], PERSONAL]
    reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Take the new values; what arrived under the key stays as it arrived."""
        data = with_changes(case.report.model_dump(mode="json"), self.new)
        report = Report.model_validate(data)
        return case.but(
            report=report,
            received=case.received or case.report,
            aware_at=_aware_at(case, report),
        )


def _aware_at(case: Case, report: Report) -> datetime:
    """Return from when the ICO tracker counts: moved by a new ``data.aware_at`` alone.

    While no personal data was touched the tracker never ran: then all that is known now counts.
    """
    old = case.report
    if report.data.aware_at != old.data.aware_at:
        return report.aware_from
    if old.personal_data == "no" and case.aware_at == old.aware_from:
        return report.aware_from
    return case.aware_at


class CouncilCorrected(Event):
    """The case is about another council than it began with."""

    type: ClassVar[str] = "council-corrected"
    former: Council
    council: Council
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Put the case under the other council."""
        return case.but(council=self.council)
