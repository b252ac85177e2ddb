"""Assessing again what did not qualify: the facts changed, the decision was not wrong."""

from datetime import datetime
from typing import ClassVar, Literal

from domain.case import Case, Moves
from domain.command import Command
from domain.decisions.ending import resumed
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.phase import ASS, CLS, END, Outcome, Phase


class Reassess(Command):
    """Assess a case again that did not qualify, because new facts came."""

    name: ClassVar[str] = "reassess"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({CLS, END})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CLS, END})

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse a case that ended otherwise, and one whose watch is over."""
        if case.outcome is not Outcome.NOT_QUALIFIED:
            raise Refused(
                Code.NOTHING_TO_REASSESS,
                f"{case.reference} ended as {case.outcome}; only a case that did not qualify is "
                "assessed again. A wrong decision: cir triage reverse-decision. New harm: "
                "cir closing reopen.",
            )
        if case.window("reassess-watch") is None:
            raise Refused(
                Code.WATCH_ENDED,
                f"The time in which {case.reference} could be assessed again is over. "
                "For new harm: cir closing reopen, or a new case.",
            )

    def decide(self, case: Case, at: datetime) -> tuple["ReassessmentOpened", ...]:
        """Go back to assessment while the watch over a case that did not qualify is open."""
        self.check_case(case, at)
        return (ReassessmentOpened(at=at, why="new-facts", reason=self.words()),)


class ReassessmentOpened(Moves):
    """A case that did not qualify is assessed again.

    Attributes:
        why: ``new-facts`` that a person told, or a ``category`` that meets the threshold.
    """

    type: ClassVar[str] = "reassessment-opened"
    why: Literal["new-facts", "category"]
    reason: PersonalText = ""

    def apply(self, case: Case) -> Case:
        """Go back to assessment; everything known is kept."""
        return resumed(self, case, ASS)
