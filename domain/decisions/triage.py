"""Triage: taking a case and asking for what is missing here; the rest of the group beside it."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Moves
from domain.command import Command
from domain.decisions import (
    amending,
    categories,
    decision,
    discretion,
    intake,
    reassessment,
    reversal,
)
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.phase import ASS, OPEN, REP, Phase
from domain.report import is_compromised
from domain.said import SaidBy, Words

PARTS = (amending, categories, decision, discretion, intake, reassessment, reversal)
"""The other modules of the group; importing them enters their commands in the registry."""

_REPORTED, _ASSESSED = frozenset({REP}), frozenset({ASS})


class Acknowledge(Command):
    """Take the case: you own it, and its assessment begins."""

    name: ClassVar[str] = "acknowledge"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = _REPORTED
    leads_on: ClassVar[frozenset[Phase]] = frozenset({REP})

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Make the officer the owner."""
        return (CaseAcknowledged(at=at, owner=self.by),)


class RequestInfo(Command):
    """Ask the council for what is missing; at C1 or C2 help does not wait for the answers."""

    name: ClassVar[str] = "request-info"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = _ASSESSED

    questions: Annotated[
        tuple[Words, ...], Field(min_length=1, max_length=50, description="The questions.")
    ]
    channel: Annotated[
        Literal["email", "sms", "phone"] | None, Field(description="How they are asked.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Ask a council that can be reached outside its affected systems."""
        if not _is_reachable(case):
            raise Refused(
                Code.NO_SAFE_CONTACT,
                f"{case.reference} has no safe contact to ask. Find and verify one first: "
                "cir handling set-contact.",
            )
        return (InformationRequested(at=at, questions=self.questions, channel=self.channel),)


class RecordInfo(Command):
    """Record what the council answered."""

    name: ClassVar[str] = "record-info"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = OPEN

    answers: Annotated[Words, Field(description="The answers; unknown is one.")]
    said_by: Annotated[
        SaidBy | None, Field(description="Who said it, and how they were verified.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the answers."""
        return (InformationRecorded(at=at, answers=self.answers, said_by=self.said_by),)


def _is_reachable(case: Case) -> bool:
    """Tell whether anybody at the council can be asked without the attacker reading it."""
    emails = (one.email for one in case.contacts if one.email is not None)
    return (
        case.report.has_safe_contact
        or any(one.phone is not None for one in case.contacts)
        or any(not is_compromised(email, case.report) for email in emails)
        or bool(case.council.safe_contacts)
    )


class CaseAcknowledged(Moves):
    """An officer took the case."""

    type: ClassVar[str] = "case-acknowledged"
    owner: str

    def apply(self, case: Case) -> Case:
        """Begin the assessment under its owner."""
        return self.moved(case, ASS, owner=self.owner)


class InformationRequested(Event):
    """The council was asked."""

    type: ClassVar[str] = "information-requested"
    questions: tuple[PersonalText, ...]
    channel: str | None = None


class InformationRecorded(Event):
    """The council answered."""

    type: ClassVar[str] = "information-recorded"
    answers: PersonalText
    said_by: SaidBy | None = None
