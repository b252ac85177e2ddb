"""The council's yes to recovery, in writing and with an order; and a higher order later."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Moves, Offer
from domain.command import Command
from domain.decisions.offers import waiting_offer
from domain.errors import Code, Refused
from domain.money.thresholds import rearmed
from domain.people import Role, T
from domain.personal import PersonalText
from domain.phase import CLS, ERA, OFF, REC, Phase, RecoveryAnswer
from domain.policy import Policy
from domain.said import Authority, OneLine, OrderNumber, OrMissing, Voice, may_bind
from domain.value import Instant
from domain.work import AcceptedRates, Money, Order


class AcceptRecovery(Command):
    """Record that the council accepts recovery in writing, with its order."""

    name: ClassVar[str] = "accept-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({ERA, OFF})
    leads_on: ClassVar[frozenset[Phase]] = frozenset({OFF})

    said_by: Annotated[
        Voice | None, Field(description="Who accepts, and how they were verified.")
    ] = None
    authority: Annotated[
        Authority | None, Field(description="The post that may bind the council, and how it did.")
    ] = None
    po_number: Annotated[OrderNumber | None, Field(description="The council's order number.")] = (
        None
    )
    po_value_pence: Annotated[
        int | None, OrMissing, Field(description="Its value in pence; later, the new total.")
    ] = None
    scope: Annotated[Literal["all", "part"], Field(description="What of the offer is accepted.")]
    cut_over_at: Annotated[
        Instant | None, Field(description="From when the council pays; else from the acceptance.")
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> Offer:
        """Refuse where no offer waits."""
        return waiting_offer(case)

    def check_inputs(self, case: Case, at: datetime) -> None:
        """Refuse a cut-over from before the offer that waits."""
        if case.offer is None or self.cut_over_at is None:
            return
        if self.cut_over_at < case.offer.offered_at:
            raise Refused(
                Code.INVALID_INPUT,
                f"The cut-over of {case.reference} cannot be before the offer was made.",
                fields=({"field": "cut_over_at", "message": "is before the offer"},),
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the acceptance of whoever may bind the council; it needs an order."""
        offer = self.check_case(case, at)
        if not may_bind(case.policy, self.said_by, self.authority):
            raise Refused(
                Code.AUTHORITY_NEEDED,
                f"Recovery of {case.reference} is accepted in writing by somebody verified, as "
                f"{_posts(case.policy)}; the case stays as it is.",
            )
        order = self._order(case)
        kept = cut_over_of_round(case)
        cut_over_at = kept or self.cut_over_at or at
        accepted = self._accepted(offer, order, cut_over_at, at)
        if kept is not None:
            return (accepted,)
        return (accepted, FundingCutOver(at=at, cut_over_at=cut_over_at))

    def _order(self, case: Case) -> Order:
        """Return the council's order.

        Raises:
            Refused: ``po-needed``, when number or value is missing.
        """
        number, value = (self.po_number or "").strip(), self.po_value_pence or 0
        if not number or value <= 0:
            raise Refused(
                Code.PO_NEEDED,
                f"Recovery of {case.reference} needs the council's order: --po-number, and its "
                "value in pence as --po-value-pence.",
            )
        return Order(po_number=number, value_pence=value)

    def _accepted(
        self, offer: Offer, order: Order, cut_over_at: datetime, at: datetime
    ) -> "RecoveryAccepted":
        return RecoveryAccepted(
            at=at,
            provider=offer.provider,
            card=offer.card,
            rates=offer.rates,
            said_by=self.said_by,
            authority=self.authority,
            po_number=order.po_number,
            po_value_pence=order.value_pence,
            scope=self.scope,
            cut_over_at=cut_over_at,
            reason=self.reason,
        )


class TopUpRecovery(Command):
    """Record a higher order of the council; work that was held waits for a person."""

    name: ClassVar[str] = "top-up-recovery"
    group: ClassVar[str] = "recovery"
    who: ClassVar[frozenset[Role]] = frozenset({T})
    phases: ClassVar[frozenset[Phase]] = frozenset({REC, CLS})

    po_number: Annotated[OneLine, Field(description="The council's order number.")]
    po_value_pence: Annotated[int, Field(description="The new total in pence.")]
    authority: Annotated[
        Authority | None, Field(description="The post that may bind the council, and how it did.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Raise the order; where there is none, there is nothing to raise."""
        authority = self.authority or Authority()
        written = bool((authority.how or "").strip())
        if not written or authority.post not in case.policy.authority_posts:
            raise Refused(
                Code.AUTHORITY_NEEDED,
                f"A higher order of {case.reference} is given in writing, as "
                f"{_posts(case.policy)}.",
            )
        former = case.money.order
        if former is None or self.po_value_pence <= former.value_pence:
            stands = "no order" if former is None else f"an order of {former.value_pence} pence"
            raise Refused(
                Code.AMOUNT_NOT_HIGHER,
                f"{case.reference} has {stands}; a top-up gives a new, higher total. A first order "
                "comes with cir recovery accept-recovery.",
            )
        return (
            RecoveryToppedUp(
                at=at,
                po_number=self.po_number,
                po_value_pence=self.po_value_pence,
                former=former,
                authority=authority,
                reason=self.reason,
            ),
        )


def cut_over_of_round(case: Case) -> datetime | None:
    """Return the cut-over of the present round; ``None`` until recovery is accepted in it.

    One from before the first call-out of the latest activation belongs to an earlier round, which
    keeps it for its own work until the new round has one.
    """
    cut_over_at, began_at = case.money.cut_over_at, case.engagement.first_called_at
    if cut_over_at is None or (began_at is not None and cut_over_at < began_at):
        return None
    return cut_over_at


def _posts(policy: Policy) -> str:
    return " or ".join(policy.authority_posts)


def _with_order(case: Case, order: Order) -> Money:
    """Return the money under a new order; thresholds above what is logged of it fire again."""
    return rearmed(case, case.money.but(order=order), "B")


class RecoveryAccepted(Moves):
    """The council accepted recovery in writing.

    Attributes:
        rates: Pence a day by grade, as they were offered.
        cut_over_at: From when recovery is the council's to pay for.
    """

    type: ClassVar[str] = "recovery-accepted"
    provider: str
    card: str
    rates: dict[str, int]
    said_by: Voice | None = None
    authority: Authority | None = None
    po_number: str
    po_value_pence: int
    scope: Literal["all", "part"]
    cut_over_at: Instant
    reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Take order and rates, and begin recovery unless eradication still goes on."""
        order = Order(po_number=self.po_number, value_pence=self.po_value_pence)
        rates = AcceptedRates(provider=self.provider, card=self.card, rates=self.rates)
        money = _with_order(case, order)
        others = tuple(one for one in money.accepted if one.provider != self.provider)
        changes = {
            "offer": None,
            "recovery_answer": RecoveryAnswer.ACCEPTED,
            "money": money.but(accepted=(*others, rates)),
        }
        return self.moved(case, REC, **changes) if case.phase is OFF else case.but(**changes)


class FundingCutOver(Event):
    """From here recovery work is the council's to pay for."""

    type: ClassVar[str] = "funding-cut-over"
    cut_over_at: Instant

    def apply(self, case: Case) -> Case:
        """Keep the instant; a later acceptance of the round does not move it."""
        return case.but(money=case.money.but(cut_over_at=self.cut_over_at))


class RecoveryToppedUp(Event):
    """The council raised its order.

    Attributes:
        po_value_pence: The new total.
        former: The order before.
    """

    type: ClassVar[str] = "recovery-topped-up"
    po_number: str
    po_value_pence: int
    former: Order
    authority: Authority
    reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Raise the limit of what is billed; held items stay held until a person resolves them."""
        order = Order(po_number=self.po_number, value_pence=self.po_value_pence)
        return case.but(money=_with_order(case, order))
