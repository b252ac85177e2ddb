"""Opening a closed case again: for new harm, or for paperwork."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Moves
from domain.command import Command
from domain.decisions.ending import resumed
from domain.decisions.outside_reports import check_not_ahead
from domain.errors import Code, Refused
from domain.people import M, Role
from domain.personal import PersonalText
from domain.phase import ASS, CLS, END, Phase
from domain.value import Instant

DATA_PUBLISHED = "data-published"


class Reopen(Command):
    """Open a closed case again, within a year: new harm is assessed anew, paperwork is not."""

    name: ClassVar[str] = "reopen"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({END})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({END})

    to: Annotated[
        Literal["assessment", "closing"],
        Field(description="assessment for new harm, closing for paperwork."),
    ]
    trigger: Annotated[
        Literal["new-activity", "data-published", "audit", "late-bill", "other"],
        Field(description="What makes it necessary."),
    ]
    aware_at: Annotated[
        Instant | None,
        Field(description="For data-published: when the council became aware; else now."),
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse once the time for it is over."""
        if case.window("reopen") is None:
            raise Refused(
                Code.REOPEN_WINDOW_CLOSED,
                f"The time in which {case.reference} could be opened again is over. New harm is a "
                "new case, linked follow-on: cir case open, cir handling link-case.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Begin another round while the window is open."""
        if self.aware_at is not None:
            check_not_ahead(case, self.aware_at, at)
        self.check_case(case, at)
        published = self.trigger == DATA_PUBLISHED
        return (
            CaseReopened(
                at=at,
                to=Phase(self.to),
                trigger=self.trigger,
                aware_at=(self.aware_at or at) if published else None,
                owner=self.by,
                reason=self.words(),
            ),
        )


class CaseReopened(Moves):
    """Another round began.

    Attributes:
        aware_at: From when a new ICO tracker counts; ``None`` unless data was published.
        owner: Who reopened it, and so owns it.
    """

    type: ClassVar[str] = "case-reopened"
    to: Phase
    trigger: PersonalText
    aware_at: Instant | None = None
    owner: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Begin the round; money and whatever else is known stays.

        For new harm there will be another final report, and recovery has to be offered anew. For
        paperwork the round ends as the one before, unless that changes.
        """
        changes = {"round": case.round + 1, "owner": self.owner}
        if self.aware_at is not None:
            changes |= {"aware_at": self.aware_at, "ico_result": None}
        if self.to is CLS:
            return resumed(self, case, CLS, **changes)
        anew = {"final_report": None, "data_return": None, "offer": None, "recovery_answer": None}
        return resumed(self, case, ASS, **changes, **anew)
