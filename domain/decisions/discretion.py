"""Support below the threshold: proposed by one person, agreed by another (guide e 3)."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event, Proposal
from domain.category import meets_threshold
from domain.command import Command
from domain.decisions.decision import AnsweredTests, DecisionRecorded
from domain.errors import Code, Refused
from domain.people import A, Role, T
from domain.personal import PersonalText
from domain.phase import ASS, Phase

_IN_ASSESSMENT = frozenset({ASS})


class ProposeDiscretionary(Command):
    """Propose support below the threshold, with the reason and an answer to each test."""

    name: ClassVar[str] = "propose-discretionary"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = _IN_ASSESSMENT
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ASS})
    answered_by: ClassVar[str] = "approve-discretionary"

    tests: Annotated[AnsweredTests, Field(description="Every test with yes, no or unknown.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse where one person decides, or a proposal waits."""
        if meets_threshold(case.category) and case.council.eligible:
            raise Refused(
                Code.CATEGORY_QUALIFIES,
                f"{case.reference} is {case.category} and qualifies without a second person: "
                "cir triage decide.",
            )
        if case.proposal is not None:
            raise Refused(
                Code.APPROVAL_PENDING,
                f"A proposal by {case.proposal.by} waits on {case.reference} already: "
                "cir triage approve-discretionary, reject-discretionary or withdraw-proposal.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Ask a senior approver, where one person cannot decide it."""
        self.check_case(case, at)
        return (
            DiscretionaryProposed(
                at=at,
                proposed_by=self.by,
                category=case.category,
                tests=self.tests.answers,
                reason=self.words(),
            ),
        )


class ApproveDiscretionary(Command):
    """Agree to a proposed discretionary activation, as a second person; the case qualifies."""

    name: ClassVar[str] = "approve-discretionary"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({A})
    phases: ClassVar[frozenset[Phase]] = _IN_ASSESSMENT
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ASS})

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return who proposed it."""
        return _proposer(case)

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Proposal:
        """Refuse where no proposal waits."""
        return pending(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Activate at the discretion of two people, on the record for ever."""
        proposal = self.check_case(case, at)
        return (
            DiscretionaryApproved(
                at=at, proposed_by=proposal.by, approved_by=self.by, reason=self.words()
            ),
            DecisionRecorded(
                at=at,
                result="qualifies",
                people=(proposal.by, self.by),
                category=case.category,
                discretionary=True,
                reason=self.words(),
            ),
        )


class RejectDiscretionary(Command):
    """Refuse a proposed discretionary activation, as a second person; it is still to be decided."""

    name: ClassVar[str] = "reject-discretionary"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({A})
    phases: ClassVar[frozenset[Phase]] = _IN_ASSESSMENT
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    @classmethod
    def first_people(cls, case: Case) -> tuple[str, ...]:
        """Return who proposed it."""
        return _proposer(case)

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Proposal:
        """Refuse where no proposal waits."""
        return pending(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Let the proposal go."""
        proposal = self.check_case(case, at)
        return (DiscretionaryRejected(at=at, proposed_by=proposal.by, reason=self.words()),)


class WithdrawProposal(Command):
    """Take back your own proposal of a discretionary activation."""

    name: ClassVar[str] = "withdraw-proposal"
    group: ClassVar[str] = "triage"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = _IN_ASSESSMENT
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Proposal:
        """Refuse where no proposal waits."""
        return pending(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Let only the proposer take it back."""
        proposal = self.check_case(case, at)
        if proposal.by != self.by:
            raise Refused(
                Code.NOT_YOURS,
                f"{proposal.by} proposed the discretionary activation of {case.reference}, and "
                "only they may take it back. A senior approver may refuse it: "
                "cir triage reject-discretionary.",
            )
        return (DiscretionaryWithdrawn(at=at, proposed_by=self.by, reason=self.words()),)


def pending(case: Case) -> Proposal:
    """Return the proposal that waits.

    Raises:
        Refused: ``no-proposal``.
    """
    if case.proposal is None:
        raise Refused(
            Code.NO_PROPOSAL,
            f"No discretionary activation of {case.reference} waits for an answer. "
            "To propose one: cir triage propose-discretionary.",
        )
    return case.proposal


def _proposer(case: Case) -> tuple[str, ...]:
    return () if case.proposal is None else (case.proposal.by,)


class DiscretionaryProposed(Event):
    """Support below the threshold was proposed."""

    type: ClassVar[str] = "discretionary-proposed"
    proposed_by: str
    category: str
    tests: dict[str, str]
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Let it wait for its second person."""
        return case.but(proposal=Proposal(by=self.proposed_by))


class _Answered(Event):
    """The proposal no longer waits."""

    proposed_by: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Take it off the case."""
        return case.but(proposal=None)


class DiscretionaryApproved(_Answered):
    """A second person agreed."""

    type: ClassVar[str] = "discretionary-approved"
    approved_by: str


class DiscretionaryRejected(_Answered):
    """A second person refused."""

    type: ClassVar[str] = "discretionary-rejected"


class DiscretionaryWithdrawn(_Answered):
    """The proposer took it back."""

    type: ClassVar[str] = "discretionary-withdrawn"
