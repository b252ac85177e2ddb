"""Ending without recovery, or stopping it: both lead to closing, and the case was supported."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.case import Case, Event, Moves
from domain.command import Command
from domain.decisions.lapses import lapsed_exit
from domain.decisions.offers import no_recovery
from domain.errors import Code, Refused
from domain.people import M, Role
from domain.personal import PersonalText
from domain.phase import OFF, REC, Phase, RecoveryAnswer
from domain.said import SaidBy

REFUSED_IN_ADVANCE = "council-refused-in-advance"


class CloseWithoutRecovery(Command):
    """Record that no recovery will be offered, and why."""

    name: ClassVar[str] = "close-without-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({OFF})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({OFF})

    why: Annotated[
        Literal["council-refused-in-advance", "no-rate-card", "contract-ended", "other"],
        Field(description="Why there is no offer."),
    ]
    said_by: Annotated[
        SaidBy | None,
        Field(description="Who refused in advance, and how they were verified."),
    ] = None

    @model_validator(mode="after")
    def _says_whose_word(self) -> Self:
        if self.why == REFUSED_IN_ADVANCE and self.said_by is None:
            raise ValueError(f"{REFUSED_IN_ADVANCE} needs said_by: whose word is it?")
        return self

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while an offer waits."""
        if case.offer is not None:
            raise Refused(
                Code.OFFER_PENDING,
                f"An offer by {case.offer.provider} waits for the council of {case.reference}: "
                "cir recovery reject-recovery or lapse-recovery.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Close while no offer waits; one that does is answered or lapses instead."""
        self.check_case(case, at)
        return (RecoveryNotOffered(at=at, why=self.why, said_by=self.said_by, reason=self.words()),)


class StopRecovery(Command):
    """Record that the council stops recovery; nothing more is chargeable from here."""

    name: ClassVar[str] = "stop-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({REC})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({REC})

    said_by: Annotated[SaidBy, Field(description="Who said it, and how they were verified.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Close; a proposed exit of recovery is void."""
        stopped = RecoveryStopped(at=at, said_by=self.said_by, reason=self.words())
        return (stopped, *lapsed_exit(case, at))


class RecoveryNotOffered(Moves):
    """No recovery was offered."""

    type: ClassVar[str] = "recovery-not-offered"
    why: str
    said_by: SaidBy | None = None
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Close without recovery."""
        return no_recovery(self, case, RecoveryAnswer.NOT_OFFERED)


class RecoveryStopped(Moves):
    """The council stopped recovery."""

    type: ClassVar[str] = "recovery-stopped"
    said_by: SaidBy
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Close; work up to here stays under the order."""
        return no_recovery(self, case, RecoveryAnswer.STOPPED)
