"""The category of an incident: who gives it, and what a new one moves (guide e)."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event
from domain.category import CATEGORY_GIVERS, Category, meets_threshold
from domain.command import Command
from domain.decisions.lapses import lapsed_proposal
from domain.decisions.reassessment import ReassessmentOpened
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.phase import CLS, END, Outcome, Phase
from domain.said import OneLine
from domain.value import Instant


class RecordCategory(Command):
    """Record the category that the NCSC or law enforcement gave."""

    name: ClassVar[str] = "record-category"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    may_precede_case: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({END})

    category: Annotated[
        Literal["C1", "C2", "C3", "C4", "C5", "C6"],
        Field(description="The category; C1 is the worst."),
    ]
    given_by: Annotated[OneLine, Field(description="Who gave it: ncsc or law-enforcement.")]
    reference: Annotated[OneLine | None, Field(description="Their reference.")] = None
    given_at: Annotated[Instant | None, Field(description="When they gave it.")] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse a closed case that ended otherwise than not-qualified."""
        if case.phase is END and case.outcome is not Outcome.NOT_QUALIFIED:
            raise Refused(
                Code.CASE_CLOSED,
                f"{case.reference} is closed ({case.outcome}) and its category stays as it was. "
                "To open it again: cir closing reopen.",
                phase=case.phase,
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Put the category on the case, and say what it moves."""
        if self.given_by not in CATEGORY_GIVERS:
            raise Refused(
                Code.CATEGORY_SOURCE_NOT_ALLOWED,
                f"Only the NCSC or law enforcement give the category of {case.reference}. "
                "Write down what others say with cir handling add-note.",
            )
        if self.category == case.category:
            raise Refused(Code.NOTHING_CHANGED, f"{case.reference} is {self.category} already.")
        self.check_case(case, at)
        recorded = CategoryRecorded(
            at=at,
            category=Category(self.category),
            former=case.category,
            given_by=self.given_by,
            reference=self.reference,
            given_at=self.given_at,
            reason=self.reason,
        )
        return (recorded, *_moved_by(case, recorded.category, at))


def _moved_by(case: Case, category: Category, at: datetime) -> tuple[Event, ...]:
    """Return what a category that meets the threshold moves besides the clocks."""
    if not meets_threshold(category):
        return ()
    if case.proposal is not None and case.council.eligible:
        return lapsed_proposal(case, at)
    watched = case.outcome is Outcome.NOT_QUALIFIED and case.window("reassess-watch") is not None
    if watched and case.phase in (CLS, END):
        return (ReassessmentOpened(at=at, why="category"),)
    return ()


class CategoryRecorded(Event):
    """The case was given a category; every one stays in the record with its time and giver."""

    type: ClassVar[str] = "category-recorded"
    category: Category
    former: Category = Category.UNCATEGORISED
    given_by: str
    reference: str | None = None
    given_at: Instant | None = None
    reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Set the category."""
        return case.but(category=self.category)
