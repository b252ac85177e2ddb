"""What the council told others: the ICO, whose 72 hours we watch, and every other body."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.said import OneLine
from domain.value import Instant, utc_text

IcoResult = Literal["reported", "not-reportable", "not-disclosed"]
OtherBody = Literal[
    "ncsc",
    "report-fraud",
    "nca",
    "warp",
    "dwp",
    "nhs-england",
    "police",
    "insurer",
    "lrf",
    "other",
]

REASON_MIN, REASON_MAX = 10, 2000
"""Length of a reason where one is needed, in characters (guide g)."""


class RecordIco(Command):
    """Record what the council told the ICO, or why it did not; we never report for it."""

    name: ClassVar[str] = "record-ico"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    desk_only: ClassVar[bool] = True
    may_precede_case: ClassVar[bool] = True

    result: Annotated[IcoResult, Field(description="not-disclosed: the council will not tell us.")]
    at: Annotated[Instant, Field(description="When it was reported, decided or asked.")]
    reference: Annotated[OneLine | None, Field(description="The ICO's reference.")] = None
    decided_by: Annotated[
        OneLine | None, Field(description="Who at the council decided that it need not report.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the result, judged by its own instant and not by when we were told."""
        check_not_ahead(case, self.at, at)
        why = self._unexplained(case)
        if why is not None:
            raise Refused(Code.REASON_NEEDED, f"{why} Give it for {case.reference}.")
        return (
            IcoRecorded(
                at=at,
                result=self.result,
                result_at=self.at,
                reference=self.reference,
                decided_by=self.decided_by,
                reason=self.reason,
            ),
        )

    def _unexplained(self, case: Case) -> str | None:
        """Return what has to be explained and is not."""
        explained = REASON_MIN <= len((self.reason or "").strip()) <= REASON_MAX
        if self.result == "not-reportable" and not (explained and (self.decided_by or "").strip()):
            return "Not reportable needs the council's reason, and who decided."
        if self.result == "not-disclosed" and not explained:
            return "That the council does not tell us needs a reason."
        due_at = ico_due_at(case)
        if self.result == "reported" and self.at > due_at and not explained:
            return f"It was due by {utc_text(due_at)}; late needs the council's reason."
        return None


class RecordOtherReport(Command):
    """Record that the council told another body."""

    name: ClassVar[str] = "record-other-report"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    desk_only: ClassVar[bool] = True
    may_precede_case: ClassVar[bool] = True

    body: Annotated[OtherBody, Field(description="Whom the council told.")]
    at: Annotated[Instant, Field(description="When.")]
    reference: Annotated[OneLine | None, Field(description="That body's reference.")] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep it."""
        check_not_ahead(case, self.at, at)
        return (
            OtherReportRecorded(at=at, body=self.body, told_at=self.at, reference=self.reference),
        )


def ico_due_at(case: Case) -> datetime:
    """Return until when the council may tell the ICO: 72 hours from awareness [published].

    The same instant as the deadline of the ``ico-report`` clock, where that ever started.
    """
    return case.aware_at + case.policy.target("ico-report")


def check_not_ahead(case: Case, told: datetime, at: datetime) -> None:
    """Refuse an instant that lies ahead of ``at`` by more than clocks may differ.

    Raises:
        Refused: ``in-the-future``.
    """
    if told > at + case.policy.length("future.tolerance_minutes"):
        raise Refused(
            Code.IN_THE_FUTURE,
            f"{utc_text(told)} lies ahead: what {case.reference} records has happened.",
        )


class IcoRecorded(Event):
    """What became of the council's own report to the ICO.

    Attributes:
        result_at: When it was reported, decided or asked.
        decided_by: Who at the council decided that it need not report.
    """

    type: ClassVar[str] = "ico-recorded"
    result: IcoResult
    result_at: Instant
    reference: str | None = None
    decided_by: PersonalText | None = None
    reason: PersonalText | None = None

    @property
    def judged_at(self) -> datetime:
        """Return the instant by which the tracker is judged."""
        return self.result_at

    def apply(self, case: Case) -> Case:
        """Keep the result."""
        return case.but(ico_result=self.result)


class OtherReportRecorded(Event):
    """The council told another body."""

    type: ClassVar[str] = "other-report-recorded"
    body: OtherBody
    told_at: Instant
    reference: str | None = None
