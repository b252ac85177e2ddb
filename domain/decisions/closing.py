"""Closing a case: the final report, and the two people it takes to end it."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import Field

from domain.case import Case, CloseProposal, Event, Moves
from domain.command import Command, Form
from domain.decisions import outside_reports, reopening
from domain.decisions.checklist import (
    CONFIRMED,
    DataReturn,
    Waivable,
    check_complete,
    waivable,
)
from domain.decisions.ending import void_when_closed
from domain.errors import Code, Refused
from domain.people import A, M, P, Role, T
from domain.personal import PersonalText
from domain.phase import CLS, END, ERA, OFF, REC, Outcome, Phase
from domain.said import OneLine, SaidBy, Words

PARTS = (outside_reports, reopening)
"""The other modules of the group; importing them enters their commands in the registry."""


class RecordFinalReport(Command):
    """Record the provider's final report, and what became of the council's data."""

    name: ClassVar[str] = "record-final-report"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF, REC, CLS})
    desk_only: ClassVar[bool] = True
    formerly: ClassVar[bool] = True

    reference: Annotated[OneLine, Field(description="Reference of the report; never the report.")]
    data_return: Annotated[
        Literal["confirmed", "pending", "not-applicable"],
        Field(description="Whether the council's data was given back or destroyed."),
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the report; a later one takes its place."""
        return (
            FinalReportRecorded(
                at=at,
                reference=self.reference,
                data_return=self.data_return,
                by_staff=case.provider(self.by) is None,
            ),
        )


class ProposeClose(Command):
    """Propose to close the case, with what was learnt."""

    name: ClassVar[str] = "propose-close"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({CLS})
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CLS})
    answered_by: ClassVar[str] = "confirm-close"

    lessons: Annotated[Words, Field(description="What was learnt; no council is named in it.")]
    data_return: Annotated[
        DataReturn, Field(description="Whether the council's data was given back.")
    ]
    waive: Annotated[
        tuple[Waivable, ...], Field(description="Items of the checklist asked to be let go.")
    ] = ()

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return it for each word on the data: as it is, and with all waived that could be."""
        found = []
        for said in get_args(DataReturn):
            asked = waivable(case, said)
            for waive in ((), asked) if asked else ((),):
                check = partial(_check_proposal, data_return=said, waive=waive)
                found.append(Form({"data_return": said, "waive": waive}, check))
        return tuple(found)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the proposal when the checklist lacks nothing but what is asked to be waived."""
        _check_proposal(case, at, self.data_return, self.waive)
        return (
            CloseProposed(
                at=at,
                lessons=self.lessons,
                data_return=self.data_return,
                waive=self.waive,
                proposed_by=self.by,
            ),
        )


class ConfirmClose(Command):
    """Close the case, as a second person; a waiver takes a senior one."""

    name: ClassVar[str] = "confirm-close"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({M, A})
    phases: ClassVar[frozenset[Phase]] = frozenset({CLS})
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CLS})

    waive: Annotated[
        tuple[Waivable, ...], Field(description="Items of the checklist let go, by name.")
    ] = ()

    @classmethod
    def least_roles(cls, given: Mapping[str, Any]) -> frozenset[Role]:
        """Return who may give it: whoever waives anything is a senior approver or above."""
        return frozenset({A}) if given.get("waive") else cls.who

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return who proposed it."""
        return () if case.close_proposal is None else (case.close_proposal.by,)

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return it with nothing waived, and with all that was asked for."""
        proposal = case.close_proposal
        if proposal is None or not proposal.waive:
            return (Form({}, partial(_check_confirmed, waive=())),)
        return tuple(
            Form({"waive": waive}, partial(_check_confirmed, waive=waive))
            for waive in ((), proposal.waive)
        )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Close; a waiver counts when one person asked for it and this one gives it."""
        proposal = _proposed(case)
        waived = tuple(name for name in proposal.waive if name in self.waive)
        _check_confirmed(case, at, waived)
        return (
            CaseClosed(
                at=at,
                outcome=case.outcome,
                data_return=proposal.data_return,
                waived=waived,
                proposed_by=proposal.by,
                closed_by=self.by,
                reason=self.words(),
            ),
        )


class RecordFeedback(Command):
    """Record what the council thought of the service."""

    name: ClassVar[str] = "record-feedback"
    group: ClassVar[str] = "closing"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({CLS, END})
    desk_only: ClassVar[bool] = True

    score: Annotated[int | None, Field(ge=1, le=5, description="1 (poor) to 5 (very good).")] = None
    text: Annotated[Words, Field(description="In their own words.")]
    said_by: Annotated[SaidBy, Field(description="Who said it, and how they were verified.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep it; nothing about it is refused."""
        return (FeedbackRecorded(at=at, score=self.score, text=self.text, said_by=self.said_by),)


def _proposed(case: Case) -> CloseProposal:
    """Return the proposal that waits.

    Raises:
        Refused: ``no-close-proposed``.
    """
    proposal = case.close_proposal
    if proposal is None:
        raise Refused(
            Code.NO_CLOSE_PROPOSED,
            f"Nobody has proposed to close {case.reference}: cir closing propose-close.",
        )
    return proposal


def _check_proposal(
    case: Case, at: datetime, data_return: DataReturn, waive: tuple[str, ...]
) -> None:
    """Refuse a proposal while the checklist lacks more than is asked to be waived."""
    check_complete(case, data_return, waive)


def _check_confirmed(case: Case, at: datetime, waive: tuple[str, ...]) -> None:
    """Refuse to close without a proposal, or while the checklist lacks more than is waived."""
    check_complete(case, _proposed(case).data_return, waive)


class FinalReportRecorded(Event):
    """The provider's final report is there."""

    type: ClassVar[str] = "final-report-recorded"
    reference: str
    data_return: Literal["confirmed", "pending", "not-applicable"]
    by_staff: bool = False

    def apply(self, case: Case) -> Case:
        """Keep its reference and its word on the data."""
        return case.but(final_report=self.reference, data_return=self.data_return)


class CloseProposed(Event):
    """Somebody says that everything is done."""

    type: ClassVar[str] = "close-proposed"
    lessons: PersonalText
    data_return: DataReturn
    waive: tuple[str, ...] = ()
    proposed_by: str

    def apply(self, case: Case) -> Case:
        """Let it wait for another person; it takes the place of an earlier proposal."""
        proposal = CloseProposal(
            by=self.proposed_by, data_return=self.data_return, waive=self.waive
        )
        return case.but(close_proposal=proposal)


class CaseClosed(Moves):
    """The case ended.

    Attributes:
        data_return: What the proposal said; where work was done, only ``confirmed`` takes the place
            of the provider's own word.
        waived: Items of the checklist let go by ``closed_by`` for ``reason``.
    """

    type: ClassVar[str] = "case-closed"
    outcome: Outcome | None = None
    data_return: str
    waived: tuple[str, ...] = ()
    proposed_by: str
    closed_by: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Close it; a spend request and a change of policy that waited are void."""
        settles = self.data_return == CONFIRMED or not case.engagement.scope_ever
        return self.moved(
            case,
            END,
            data_return=self.data_return if settles else case.data_return,
            waived=self.waived,
            **void_when_closed(case),
        )


class FeedbackRecorded(Event):
    """What the council thought of the service."""

    type: ClassVar[str] = "feedback-recorded"
    score: int | None = None
    text: PersonalText
    said_by: SaidBy
