"""Handling a case: holds, exercises and notes here, the rest of the group beside it."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from domain.case import Case, Event
from domain.command import Command
from domain.decisions import (
    clock_handling,
    contacts,
    deliveries,
    escalations,
    links,
    ownership,
    policy_change,
    succession,
)
from domain.errors import Code, Refused
from domain.free_text import clean_words, left
from domain.people import STAFF, M, Role
from domain.personal import PersonalText
from domain.phase import ASS, REP, Phase
from domain.value import Line, Prose

PARTS = (
    clock_handling,
    contacts,
    deliveries,
    escalations,
    links,
    ownership,
    policy_change,
    succession,
)
"""The other modules of the group; importing them enters their commands in the registry."""

OUTSIDE = ("council", "ncsc", "provider")
"""The recipients by whom a case is known outside MHCLG."""


class LegalHold(Command):
    """Set a legal hold, which stops erasure and keeps the case, or lift it."""

    name: ClassVar[str] = "legal-hold"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    reasoned: ClassVar[bool] = True

    on: Annotated[bool, Field(description="True sets the hold, false lifts it.")]
    authority: Annotated[Line, Field(description="On whose authority.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Set or lift it; what stands already is no change."""
        if self.on is case.legal_hold:
            stands = "is under a legal hold already" if self.on else "is under no legal hold"
            raise Refused(Code.NOTHING_CHANGED, f"{case.reference} {stands}.")
        kind = LegalHoldSet if self.on else LegalHoldLifted
        return (kind(at=at, authority=self.authority, reason=self.words()),)


class MarkExercise(Command):
    """Mark the case as an exercise, for good: nobody outside can be reached from here on."""

    name: ClassVar[str] = "mark-exercise"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({REP, ASS})
    reasoned: ClassVar[bool] = True

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Mark it while nobody outside has been told more than that we have the report."""
        if case.exercise:
            raise Refused(Code.ALREADY_EXERCISE, f"{case.reference} is an exercise already.")
        told = [t for t in case.notices if t.role in OUTSIDE and t.notice != "report-receipt"]
        if told:
            raise Refused(
                Code.OUTSIDE_TOLD,
                f"{case.reference} has told people outside already ({told[0].notice} to the "
                f"{told[0].role}). For an exercise, open a new case and link the two: "
                "cir handling link-case.",
            )
        return (ExerciseMarked(at=at, reason=self.words()),)


class AddNote(Command):
    """Write something down on the case."""

    name: ClassVar[str] = "add-note"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = STAFF

    text: Annotated[
        Prose, AfterValidator(clean_words), AfterValidator(left), Field(description="The note.")
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the note."""
        return (NoteAdded(at=at, text=self.text),)


class LegalHoldSet(Event):
    """Erasure is stopped."""

    type: ClassVar[str] = "legal-hold-set"
    authority: PersonalText
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Set the hold."""
        return case.but(legal_hold=True)


class LegalHoldLifted(Event):
    """Erasure is allowed again."""

    type: ClassVar[str] = "legal-hold-lifted"
    authority: PersonalText
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Lift the hold."""
        return case.but(legal_hold=False)


class ExerciseMarked(Event):
    """The case is an exercise from here on."""

    type: ClassVar[str] = "exercise-marked"
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Mark it; there is no unmarking."""
        return case.but(exercise=True)


class NoteAdded(Event):
    """Somebody wrote something down."""

    type: ClassVar[str] = "note-added"
    text: PersonalText
