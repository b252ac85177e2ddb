"""The offer of recovery: made by a manager, refused by the council, or let go unanswered."""

from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event, Moves, Offer
from domain.clocks.working_time import add_working
from domain.command import Command, Form
from domain.decisions import acceptance, recovery_end
from domain.decisions.ending import resumed
from domain.decisions.offers import no_recovery, waiting_offer
from domain.errors import Code, Refused
from domain.people import M, Role, T
from domain.personal import PersonalText
from domain.phase import CLS, ERA, OFF, Phase, RecoveryAnswer
from domain.provider import Provider, RateCard
from domain.said import OneLine, SaidBy
from domain.value import utc_text

PARTS = (acceptance, recovery_end)
"""The other modules of the group; importing them enters their commands in the registry."""

ANY_CARD = "of any name"
"""Stands for a card where the provider has none."""


class OfferRecovery(Command):
    """Offer the council recovery by its provider, at agreed rates that the council pays."""

    name: ClassVar[str] = "offer-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF, CLS})
    leads_on: ClassVar[frozenset[Phase]] = frozenset({OFF, CLS})
    answered_by: ClassVar[str] = "accept-recovery"

    card: Annotated[OneLine, Field(description="The provider's rate card for recovery.")]
    estimate_pence: Annotated[int, Field(ge=0, description="What it may cost, in pence.")]
    terms: Annotated[OneLine | None, Field(description="Reference of the terms.")] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse where recovery is answered, or never came to be offered."""
        if _never_got_so_far(case):
            raise Refused(
                Code.WRONG_PHASE,
                f"{case.reference} ended as {case.outcome} before recovery was ever to be "
                "offered. For new harm: cir closing reopen.",
                phase=case.phase,
            )
        if case.recovery_answer is RecoveryAnswer.ACCEPTED:
            raise Refused(
                Code.ALREADY_ACCEPTED,
                f"The council of {case.reference} has accepted recovery already. For a higher "
                "order: cir recovery top-up-recovery.",
            )
        if case.offer is not None:
            raise Refused(
                Code.OFFER_PENDING,
                f"An offer by {case.offer.provider} waits for the council of {case.reference}: "
                "cir recovery accept-recovery, reject-recovery or lapse-recovery.",
            )

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return one for each recovery card of whoever would make the offer."""
        provider = _offering(case)
        cards = () if provider is None else provider.cards
        known = [card.id for card in cards if card.kind == "recovery"] or [ANY_CARD]
        return tuple(Form({"card": one}, partial(_check_offer, card=one)) for one in known)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Put the card's rates before the council, once at a time."""
        self.check_case(case, at)
        provider, card = _card(case, at, self.card)
        return (
            RecoveryOffered(
                at=at,
                provider=provider,
                card=card.id,
                rates=card.rates,
                estimate_pence=self.estimate_pence,
                terms=self.terms,
            ),
        )


class RejectRecovery(Command):
    """Record that the council does not take the recovery it was offered."""

    name: ClassVar[str] = "reject-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({OFF})

    said_by: Annotated[SaidBy, Field(description="Who said it, and how they were verified.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Offer:
        """Refuse where no offer waits."""
        return waiting_offer(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the answer to an offer; anybody verified at the council may refuse."""
        offer = self.check_case(case, at)
        return (
            RecoveryRejected(
                at=at, provider=offer.provider, said_by=self.said_by, reason=self.words()
            ),
        )


class LapseRecovery(Command):
    """Record that the offer of recovery lapsed: the council never answered."""

    name: ClassVar[str] = "lapse-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({OFF})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({OFF})

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Offer:
        """Refuse where no offer waits, or it has not waited long enough."""
        offer = waiting_offer(case)
        lapses_at = add_working(
            offer.offered_at, case.policy.lapse_from(), case.policy.working_hours
        )
        if at < lapses_at:
            raise Refused(
                Code.TOO_EARLY_TO_LAPSE,
                f"The offer of {case.reference} cannot lapse before {utc_text(lapses_at)}. "
                "A no from the council: cir recovery reject-recovery.",
                from_at=utc_text(lapses_at),
            )
        return offer

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Let an offer go once it has waited long enough in working time; silence is no yes."""
        offer = self.check_case(case, at)
        return (RecoveryLapsed(at=at, provider=offer.provider, reason=self.words()),)


def _check_offer(case: Case, at: datetime, card: str) -> None:
    """Refuse an offer on that card."""
    OfferRecovery.check_case(case, at)
    _card(case, at, card)


def _offering(case: Case) -> Provider | None:
    """Return who makes an offer: the provider on the case; in closing the last one that was."""
    engagement = case.engagement
    last = engagement.last_provider if case.phase is CLS else None
    return case.provider(engagement.provider or last)


def _card(case: Case, at: datetime, card_id: str) -> tuple[str, RateCard]:
    """Return whose card it is, and the card.

    Raises:
        Refused: ``no-rate-card``, also when no provider ever came.
    """
    provider, day = _offering(case), case.policy.day_of(at)
    card = None if provider is None else provider.card(card_id)
    usable = card is not None and card.kind == "recovery" and card.holds_on(day)
    if provider is None or card is None or not usable:
        whose = "Nobody" if provider is None else provider.id
        raise Refused(
            Code.NO_RATE_CARD,
            f"{whose} on {case.reference} has no recovery card {card_id} in force on "
            f"{day.isoformat()}. Cards: cir providers list. To end without recovery: "
            "cir recovery close-without-recovery.",
        )
    return provider.id, card


def _never_got_so_far(case: Case) -> bool:
    """Tell whether a case in closing has no answer about recovery that the council could revise.

    The guide's moves lead from closing to recovery-offer only after an offer was rejected, lapsed,
    stopped or not made. Where no provider ever came, the missing card is the plainer answer.
    """
    over = case.phase is CLS and case.recovery_answer is None
    return over and case.engagement.last_provider is not None


class RecoveryOffered(Moves):
    """Recovery was offered; the rates are those of this moment, whatever the card says later."""

    type: ClassVar[str] = "recovery-offered"
    provider: str
    card: str
    rates: dict[str, int]
    estimate_pence: int
    terms: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Let the offer wait for its answer; a case in closing goes back to where that is due."""
        offer = Offer(provider=self.provider, card=self.card, rates=self.rates, offered_at=self.at)
        changes = {"offer": offer, "recovery_answer": None}
        if case.phase is CLS:
            return resumed(self, case, OFF, **changes)
        return case.but(**changes)


class RecoveryRejected(Moves):
    """The council does not take recovery. An early no waits for the end of eradication."""

    type: ClassVar[str] = "recovery-rejected"
    provider: str
    said_by: SaidBy
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Keep the answer, and close when nothing else is waited for."""
        return no_recovery(self, case, RecoveryAnswer.REJECTED)


class RecoveryLapsed(Moves):
    """The council never answered; a person ended the wait."""

    type: ClassVar[str] = "recovery-lapsed"
    provider: str
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Close without recovery."""
        return no_recovery(self, case, RecoveryAnswer.LAPSED)
