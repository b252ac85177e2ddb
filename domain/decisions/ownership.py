"""Whose case it is: assigning it, and handing it over from person to person."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field, ValidationInfo, field_validator

from domain.case import Case, Event
from domain.case import HandOver as PendingHandOver
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import M, Role, T, may
from domain.personal import PersonalText
from domain.phase import OPEN, Phase
from domain.value import Line, Prose


class AssignOwner(Command):
    """Make somebody the owner of the case; a pending hand-over ends."""

    name: ClassVar[str] = "assign-owner"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = OPEN
    reasoned: ClassVar[bool] = True

    owner: Annotated[Line, Field(description="Staff id of the new owner.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Give the case to an officer on the register."""
        check_staff(self, case, self.owner)
        return (
            OwnerAssigned(at=at, owner=self.owner, former_owner=case.owner, reason=self.words()),
        )


class HandOver(Command):
    """Ask a colleague to take over the case; you own it until it is accepted."""

    name: ClassVar[str] = "hand-over"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = OPEN
    answered_by: ClassVar[str] = "accept-hand-over"

    to: Annotated[Line, Field(description="Staff id of who is to take over.")]
    open_actions: Annotated[
        tuple[Prose, ...], Field(max_length=50, description="What is still to be done, in words.")
    ]

    @field_validator("to")
    @classmethod
    def _to_somebody_else(cls, to: str, info: ValidationInfo) -> str:
        if to == info.data.get("by"):
            raise ValueError("a hand-over goes to somebody else")
        return to

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Only the owner hands over, to an officer, one hand-over at a time."""
        if self.by != case.owner:
            raise Refused(
                Code.NOT_THE_OWNER,
                f"{case.reference} belongs to {case.owner or 'nobody'}, not to {self.by}. "
                "An incident manager can give it to somebody: cir handling assign-owner.",
            )
        check_staff(self, case, self.to)
        if case.hand_over is not None:
            raise Refused(
                Code.HAND_OVER_PENDING,
                f"{case.reference} waits for {case.hand_over.to} to accept it already: "
                "cir handling accept-hand-over, or cir handling assign-owner to end that.",
            )
        return (HandOverStarted(at=at, giver=self.by, to=self.to, open_actions=self.open_actions),)


class AcceptHandOver(Command):
    """Accept the case that a colleague hands over to you."""

    name: ClassVar[str] = "accept-hand-over"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = OPEN

    @classmethod
    def only_person(cls, case: Case) -> str | None:
        """Return who was asked to take over."""
        return None if case.hand_over is None else case.hand_over.to

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> PendingHandOver:
        """Refuse where no hand-over waits."""
        if case.hand_over is None:
            raise Refused(
                Code.NO_HAND_OVER,
                f"No hand-over of {case.reference} waits to be accepted; {case.owner or 'nobody'} "
                "owns it. The owner starts one: cir handling hand-over.",
            )
        return case.hand_over

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Make the person who was asked, and nobody else, the owner."""
        waiting = self.check_case(case, at)
        if self.by != self.only_person(case):
            raise Refused(
                Code.NOT_FOR_YOU,
                f"{case.reference} is handed over to {waiting.to}, not to {self.by}. "
                "An incident manager can change that: cir handling assign-owner.",
            )
        return (HandOverAccepted(at=at, giver=waiting.giver, owner=self.by),)


def check_staff(command: Command, case: Case, person: str) -> None:
    """Refuse somebody who is not an officer (or above) on the staff register.

    Raises:
        Refused: ``not-staff``.
    """
    if not may(command.rows.staff.get(person, ()), frozenset({T})):
        raise Refused(
            Code.NOT_STAFF,
            f"{person} is not a triage officer or above on the staff register, so "
            f"{case.reference} cannot be given to them. To see who is: cir people list.",
        )


class OwnerAssigned(Event):
    """Somebody was made the owner."""

    type: ClassVar[str] = "owner-assigned"
    owner: str
    former_owner: str | None = None
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Change the owner and end a pending hand-over."""
        return case.but(owner=self.owner, hand_over=None)


class HandOverStarted(Event):
    """The owner asked a colleague to take over."""

    type: ClassVar[str] = "hand-over-started"
    giver: str
    to: str
    open_actions: tuple[PersonalText, ...]

    def apply(self, case: Case) -> Case:
        """Let the hand-over wait; the giver stays the owner."""
        return case.but(hand_over=PendingHandOver(giver=self.giver, to=self.to))


class HandOverAccepted(Event):
    """The colleague took over."""

    type: ClassVar[str] = "hand-over-accepted"
    giver: str
    owner: str

    def apply(self, case: Case) -> Case:
        """Change the owner."""
        return case.but(owner=self.owner, hand_over=None)
