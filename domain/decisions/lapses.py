"""What is void because something else happened: facts of their own, never a silent change."""

from datetime import datetime
from typing import ClassVar

from domain.case import Case, Event
from domain.phase import Phase


def lapsed_exit(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the fact that a pending phase exit is void; nothing when none is pending."""
    if case.exit is None:
        return ()
    return (PhaseExitLapsed(at=at, phase=case.exit.phase, proposed_by=case.exit.by),)


def withdrawn_offer(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the fact that an unanswered offer of recovery is withdrawn; nothing without one."""
    if case.offer is None:
        return ()
    return (RecoveryOfferWithdrawn(at=at, provider=case.offer.provider, card=case.offer.card),)


def lapsed_proposal(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the fact that a pending discretionary proposal is void; nothing without one."""
    if case.proposal is None:
        return ()
    return (DiscretionaryLapsed(at=at, proposed_by=case.proposal.by),)


class PhaseExitLapsed(Event):
    """A phase exit that waited for its answer is void."""

    type: ClassVar[str] = "phase-exit-lapsed"
    phase: Phase
    proposed_by: str

    def apply(self, case: Case) -> Case:
        """Let the proposal go."""
        return case.but(exit=None)


class RecoveryOfferWithdrawn(Event):
    """An offer of recovery that the council had not answered no longer stands."""

    type: ClassVar[str] = "recovery-offer-withdrawn"
    provider: str
    card: str

    def apply(self, case: Case) -> Case:
        """Let the offer go; it must be made again."""
        return case.but(offer=None)


class DiscretionaryLapsed(Event):
    """A proposed discretionary activation is void: the case can be decided without it."""

    type: ClassVar[str] = "discretionary-lapsed"
    proposed_by: str

    def apply(self, case: Case) -> Case:
        """Let the proposal go."""
        return case.but(proposal=None)
