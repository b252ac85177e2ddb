"""Fail-over: another provider takes the case, and what becomes of offers and orders (guide j 8)."""

from datetime import date, datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event, Moves
from domain.command import Command
from domain.decisions.call_outs import call_out, stood_down
from domain.decisions.lapses import lapsed_exit, withdrawn_offer
from domain.errors import Code, Refused
from domain.people import M, Role
from domain.personal import PersonalText
from domain.phase import ACT, CON, ERA, OFF, REC, Phase, RecoveryAnswer
from domain.provider import Provider, RateCard
from domain.rotation import eligible
from domain.said import Authority, OneLine, Voice, Words, may_bind
from domain.value import Value
from domain.work import AcceptedRates


class OrderStands(Value):
    """The council's agreement, in writing, that its order holds for the new provider."""

    said_by: Voice | None = None
    authority: Authority | None = None
    card: OneLine | None = None


class FailOver(Command):
    """Stand the provider down and call the other one out."""

    name: ClassVar[str] = "fail-over"
    group: ClassVar[str] = "provider"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = frozenset({ACT, CON, ERA, OFF, REC})
    reasoned: ClassVar[bool] = True
    leads_on: ClassVar[frozenset[Phase]] = frozenset({REC})

    evidence_transfer: Annotated[
        Words | None, Field(description="What evidence is handed over, and how.")
    ] = None
    order_stands: Annotated[
        OrderStands | None,
        Field(description="The council's agreement in writing that its order stands."),
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> tuple[str, Provider]:
        """Refuse where nobody is on the case, or nobody else could be."""
        former = case.engagement.provider
        if former is None:
            raise Refused(
                Code.NO_PROVIDER,
                f"No provider is on {case.reference} to be failed over from. "
                "To call one out: cir activation assign-provider.",
            )
        return former, _other(case, at)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Change providers; an accepted order stands only by the council's own word."""
        former, to = self.check_case(case, at)
        rates = self._rates(case, to, at)
        failed = ProviderFailedOver(
            at=at,
            former=former,
            to=to.id,
            evidence_transfer=self.evidence_transfer,
            order_stands=self.order_stands,
            rates=rates,
            reason=self.words(),
        )
        return (
            failed,
            *lapsed_exit(case, at),
            *withdrawn_offer(case, at),
            *stood_down(case, at, self.words()),
            *call_out(case, to.id, "fail-over", at, self.reason),
        )

    def _rates(self, case: Case, to: Provider, at: datetime) -> AcceptedRates | None:
        """Return the rates under which the order stands; ``None`` when it does not.

        Raises:
            Refused: ``authority-needed`` or ``no-rate-card``.
        """
        said = self.order_stands
        if said is None:
            return None
        if not may_bind(case.policy, said.said_by, said.authority):
            raise Refused(
                Code.AUTHORITY_NEEDED,
                f"That the order of {case.reference} stands must be said in writing by somebody "
                f"verified, as {' or '.join(case.policy.authority_posts)}.",
            )
        card = _recovery_card(to, said.card, case.policy.day_of(at))
        if card is None:
            raise Refused(
                Code.NO_RATE_CARD,
                f"{to.id}, who would take over {case.reference}, has no recovery card "
                f"{said.card or ''} in force today. Its cards: cir provider list.",
            )
        return AcceptedRates(provider=to.id, card=card.id, rates=card.rates)


def _other(case: Case, at: datetime) -> Provider:
    """Return whom the case goes to: who neither declined nor was failed over from comes first.

    Raises:
        Refused: ``no-other-provider``.
    """
    on, engagement = case.policy.day_of(at), case.engagement
    able = [
        one
        for one in case.providers
        if one.id != engagement.provider and eligible(case, one, on, override=True) is None
    ]
    if not able:
        raise Refused(
            Code.NO_OTHER_PROVIDER,
            f"No other provider can take {case.reference}: each has a conflict, has declined or "
            f"is outside its contract. {engagement.provider} stays on it.",
        )
    return min(
        able,
        key=lambda one: (eligible(case, one, on) is not None, one.id in engagement.failed_over),
    )


def _recovery_card(provider: Provider, card_id: str | None, on: date) -> RateCard | None:
    """Return the provider's own recovery card of that id, when it is in force on that day."""
    card = None if card_id is None else provider.card(card_id)
    is_usable = card is not None and card.kind == "recovery" and card.holds_on(on)
    return card if is_usable else None


class ProviderFailedOver(Moves):
    """Another provider takes over.

    Attributes:
        former: The provider that was on the case.
        to: The one that is called out now.
        order_stands: The council's word that its order holds, if it gave it.
        rates: The new provider's rates, copied in when the order stands.
    """

    type: ClassVar[str] = "provider-failed-over"
    former: str
    to: str
    evidence_transfer: PersonalText | None = None
    order_stands: OrderStands | None = None
    rates: AcceptedRates | None = None
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Take rates or acceptance over or away; recovery without an order is offered anew."""
        was = case.engagement
        known = self.former in was.failed_over
        failed = was.failed_over if known else (*was.failed_over, self.former)
        case = case.but(engagement=was.but(failed_over=failed))
        if case.recovery_answer is not RecoveryAnswer.ACCEPTED:
            return case
        if self.rates is not None:
            others = tuple(one for one in case.money.accepted if one.provider != self.to)
            return case.but(money=case.money.but(accepted=(*others, self.rates)))
        case = case.but(recovery_answer=None)
        return self.moved(case, OFF) if case.phase is REC else case
