"""Activation: a provider is put on the case, the council may decline, and scope is agreed."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Moves
from domain.command import Command, Form
from domain.decisions.activating import activated
from domain.decisions.call_outs import call_out, stood_down
from domain.decisions.ending import ended
from domain.decisions.lapses import lapsed_exit, lapsed_proposal, withdrawn_offer
from domain.errors import Code, Refused
from domain.people import SYSTEM, M, P, Role, S, T
from domain.personal import PersonalText
from domain.phase import ACT, ASS, CLS, CON, END, ERA, OFF, REC, REP, Outcome, Phase
from domain.provider import Provider
from domain.rotation import eligible
from domain.said import OneLine, SaidBy, Words

OVERRIDE = "override"


class AssignProvider(Command):
    """Put a provider on the case and call it out."""

    name: ClassVar[str] = "assign-provider"
    group: ClassVar[str] = "activation"
    who: ClassVar[frozenset[Role]] = frozenset({S, M})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA, OFF, REC})

    provider: Annotated[OneLine, Field(description="The provider's id.")]
    why: Annotated[
        Literal["rotation", "by-choice", "mass-event", "override"],
        Field(description="Why this one; override recalls one that had no capacity."),
    ]

    @classmethod
    def least_roles(cls, given: Mapping[str, Any]) -> frozenset[Role]:
        """Return who may give it: an override is a manager's alone."""
        return frozenset({M}) if given.get("why") == OVERRIDE else cls.who

    def needs_reason(self) -> bool:
        """Tell whether a reason is mandatory: an override has one."""
        return self.why == OVERRIDE

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while a provider is on the case."""
        if case.engagement.provider is not None:
            raise Refused(
                Code.ALREADY_CALLED_OUT,
                f"{case.engagement.provider} is on {case.reference} already. "
                "To change providers: cir provider fail-over.",
            )

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return one for each provider, chosen by a person."""
        return tuple(
            Form({"provider": one.id, "why": "by-choice"}, partial(_check_choice, provider=one))
            for one in case.providers
        )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Call out a provider that is eligible, when nobody is on the case."""
        provider = case.provider(self.provider)
        if provider is None:
            known = ", ".join(one.id for one in case.providers)
            raise Refused(
                Code.UNKNOWN_PROVIDER,
                f"{self.provider} is no provider that {case.reference} knows; it knows: {known}.",
            )
        self.check_case(case, at)
        _check_may_come(self._why_not(case, provider, at))
        return call_out(case, self.provider, self.why, at, self.reason)

    def _why_not(self, case: Case, provider: Provider, at: datetime) -> str | None:
        if self.by == SYSTEM and provider.id in case.engagement.failed_over:
            return f"{case.reference} was failed over from {provider.id}; only a person recalls it."
        return eligible(case, provider, case.policy.day_of(at), override=self.why == OVERRIDE)


class DeclineService(Command):
    """Record that the council declines the service; it may come back for a while."""

    name: ClassVar[str] = "decline-service"
    group: ClassVar[str] = "activation"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA})

    said_by: Annotated[SaidBy, Field(description="Who said it, and how they were verified.")]
    why: Annotated[
        Literal["insurer-panel", "own-retainer", "not-needed", "other"],
        Field(description="Why the council declines."),
    ]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """End the round; a provider on the case is stood down."""
        declined = ServiceDeclined(at=at, said_by=self.said_by, why=self.why, reason=self.words())
        return (declined, *_stopped(case, at, self.words()))


class ReOfferService(Command):
    """Offer the service again to a council that had declined it, in the same case."""

    name: ClassVar[str] = "re-offer-service"
    group: ClassVar[str] = "activation"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({CLS, END})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({CLS, END})

    said_by: Annotated[SaidBy, Field(description="Who asked, and how they were verified.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse a council that had not declined, or whose time is over."""
        if case.outcome is not Outcome.DECLINED:
            raise Refused(
                Code.NOT_DECLINED,
                f"{case.reference} ended as {case.outcome}, not declined. "
                "For new harm: cir closing reopen.",
            )
        if case.window("offer-open") is None:
            raise Refused(
                Code.OFFER_ENDED,
                f"The time in which the council of {case.reference} could come back is over: "
                "cir closing reopen, which takes a new decision.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Activate again while the offer is open; nothing is decided anew."""
        self.check_case(case, at)
        return (ServiceReOffered(at=at, said_by=self.said_by, reason=self.words()),)


class Withdraw(Command):
    """Record that the council withdraws its call for help."""

    name: ClassVar[str] = "withdraw"
    group: ClassVar[str] = "activation"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({REP, ASS, ACT, CON, ERA})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({REP, ASS, ACT, CON, ERA})

    said_by: Annotated[SaidBy, Field(description="Who said it, and how they were verified.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """End the round; a provider on the case is stood down."""
        withdrawn = CaseWithdrawn(at=at, said_by=self.said_by, reason=self.words())
        return (withdrawn, *_stopped(case, at, self.words()))


class AgreeScope(Command):
    """Record the scope of work agreed with a named person at the council; containment begins."""

    name: ClassVar[str] = "agree-scope"
    group: ClassVar[str] = "activation"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT})
    leads_on: ClassVar[frozenset[Phase]] = frozenset({ACT})

    summary: Annotated[Words, Field(description="What is to be done.")]
    agreed_by: Annotated[OneLine, Field(description="Who at the council agreed: name and post.")]
    evidence_place: Annotated[
        OneLine | None, Field(description="Where evidence is kept; never the evidence.")
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> str:
        """Refuse while the provider on the case has not reached the council."""
        engagement = case.engagement
        reached = engagement.call_out is not None and engagement.call_out.contact_at is not None
        if engagement.provider is None or not reached:
            raise Refused(
                Code.CONTACT_NOT_MADE,
                f"{engagement.provider or 'No provider'} has not reached the council of "
                f"{case.reference}, so no scope can be agreed: cir provider contact-made.",
            )
        return engagement.provider

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Begin containment once the provider now on the case has reached the council."""
        provider = self.check_case(case, at)
        return (
            ScopeAgreed(
                at=at,
                provider=provider,
                summary=self.summary,
                agreed_by=self.agreed_by,
                evidence_place=self.evidence_place,
                by_staff=self.by != provider,
            ),
        )


def _check_choice(case: Case, at: datetime, provider: Provider) -> None:
    """Refuse a provider that a person may not choose now."""
    AssignProvider.check_case(case, at)
    _check_may_come(eligible(case, provider, case.policy.day_of(at)))


def _check_may_come(why_not: str | None) -> None:
    if why_not is not None:
        raise Refused(
            Code.PROVIDER_NOT_ELIGIBLE,
            f"{why_not} Choose another; an incident manager may recall one that had no "
            "capacity: cir activation assign-provider --why override.",
        )


def _stopped(case: Case, at: datetime, reason: str) -> tuple[Event, ...]:
    """Return what the end of a round makes void, and that the provider on the case stops."""
    return (
        *lapsed_proposal(case, at),
        *lapsed_exit(case, at),
        *withdrawn_offer(case, at),
        *stood_down(case, at, reason),
    )


class ServiceDeclined(Moves):
    """The council does not take the service: a normal ending."""

    type: ClassVar[str] = "service-declined"
    said_by: SaidBy
    why: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """End the round as declined."""
        return ended(self, case, Outcome.DECLINED)


class ServiceReOffered(Moves):
    """A council that had declined comes back."""

    type: ClassVar[str] = "service-re-offered"
    said_by: SaidBy
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Activate again; the decision stands."""
        return activated(self, case)


class CaseWithdrawn(Moves):
    """The council took its call for help back."""

    type: ClassVar[str] = "case-withdrawn"
    said_by: SaidBy
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """End the round as withdrawn."""
        return ended(self, case, Outcome.WITHDRAWN)


class ScopeAgreed(Moves):
    """The scope of work is agreed; MHCLG has bound itself to pay for it.

    Attributes:
        by_staff: Whether staff recorded it for the provider.
    """

    type: ClassVar[str] = "scope-agreed"
    provider: str
    summary: PersonalText
    agreed_by: PersonalText
    evidence_place: PersonalText | None = None
    by_staff: bool = False

    def apply(self, case: Case) -> Case:
        """Begin containment."""
        engagement = case.engagement.but(scope_agreed=True, scope_ever=True)
        return self.moved(case, CON, engagement=engagement)
