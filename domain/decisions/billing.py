"""Billing: a numbered pack goes to finance, and only finance's answer ends it."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from domain.case import FOLDS, Case, Event
from domain.command import Command, Form
from domain.errors import Code, Refused
from domain.money.pack import document, number_of_next, totals
from domain.money.succession import held_back
from domain.people import F, M, Role, S
from domain.personal import Personal, PersonalText
from domain.phase import CLS, OFF, REC, Phase
from domain.said import OneLine
from domain.work import BilledItem, Money, Pack, PackTotals, WorkItem

BILLABLE = frozenset({OFF, REC, CLS})

HOLDS_RETURNED = 5
"""The generation of rules from which on what finance returned waits for a successor's order."""


class HandOffBilling(Command):
    """Hand the payable items off to finance as the next pack."""

    name: ClassVar[str] = "hand-off-billing"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = BILLABLE
    desk_only: ClassVar[bool] = True

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> None:
        """Refuse while a pack waits, with nothing to bill, or over the authority."""
        flight = case.money.pack_in_flight
        if flight is not None:
            raise Refused(
                Code.BILLING_IN_FLIGHT,
                f"Pack {flight.pack} of {case.reference} waits for finance's answer: "
                "cir money billing-acknowledged or billing-rejected.",
            )
        if not case.money.unpacked:
            raise Refused(
                Code.NOTHING_TO_BILL,
                f"{case.reference} has no payable item outside a pack. What is held or disputed: "
                "cir money resolve-work.",
            )
        payable, authority = case.money.payable_pence("A"), case.money.authority_pence
        if payable > authority:
            raise Refused(
                Code.OVER_AUTHORITY,
                f"Ledger A of {case.reference} is {payable} pence and its authority {authority}: "
                "cir money request-spend.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Make pack n; one is in flight at a time, and never over the authority."""
        self.check_case(case, at)
        number = number_of_next(case)
        return (
            BillingHandedOff(
                at=at,
                pack=number,
                A=totals(case, "A"),
                B=totals(case, "B"),
                document=document(case, number),
            ),
        )


class BillingAcknowledged(Command):
    """Record that finance has taken a pack."""

    name: ClassVar[str] = "billing-acknowledged"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({F, S})
    phases: ClassVar[frozenset[Phase]] = BILLABLE
    desk_only: ClassVar[bool] = True

    pack: Annotated[int, Field(description="The number of the pack.")]
    finance_ref: Annotated[OneLine, Field(description="Finance's own reference.")]

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return it for the pack that waits, else for the last one there is."""
        number = max((one.pack for one in case.money.packs), default=1)
        return (Form({"pack": number}, partial(_check_waits, number=number), follows=True),)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take finance's answer about the pack in flight."""
        pack = waiting_pack(case, self.pack)
        return (BillingTaken(at=at, pack=pack.pack, finance_ref=self.finance_ref),)


class BillingRejected(Command):
    """Record that finance rejected a pack; its items go in the next one."""

    name: ClassVar[str] = "billing-rejected"
    group: ClassVar[str] = "money"
    who: ClassVar[frozenset[Role]] = frozenset({F, S})
    phases: ClassVar[frozenset[Phase]] = BILLABLE
    reasoned: ClassVar[bool] = True
    desk_only: ClassVar[bool] = True

    pack: Annotated[int, Field(description="The number of the pack.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Unpack the items."""
        pack = waiting_pack(case, self.pack)
        return (BillingReturned(at=at, pack=pack.pack, reason=self.words()),)


def waiting_pack(case: Case, number: int) -> Pack:
    """Return the pack that waits for an answer, or refuse."""
    pack = next((one for one in case.money.packs if one.pack == number), None)
    if pack is None:
        raise Refused(Code.UNKNOWN_PACK, f"{case.reference} has no pack {number}.")
    if pack.state != "handed-off":
        raise Refused(
            Code.ALREADY_ACKNOWLEDGED, f"Pack {number} of {case.reference} is {pack.state} already."
        )
    return pack


def _check_waits(case: Case, at: datetime, number: int) -> None:
    """Refuse an answer about a pack that waits for none."""
    waiting_pack(case, number)


class BillingHandedOff(Event):
    """Pack n went to finance.

    Attributes:
        document: The whole pack, as finance gets it.
    """

    type: ClassVar[str] = "billing-handed-off"
    pack: int
    A: PackTotals | None = None
    B: PackTotals | None = None
    document: Annotated[dict[str, Any], Personal(under=("description", "worker"))]

    def apply(self, case: Case) -> Case:
        """Put the payable items into the pack."""
        unpacked = case.money.unpacked
        items = tuple(i.but(pack=self.pack) if i in unpacked else i for i in case.money.items)
        pack = Pack(pack=self.pack, state="handed-off", handed_off_at=self.at, A=self.A, B=self.B)
        return case.but(money=case.money.but(items=items, packs=(*case.money.packs, pack)))


class BillingTaken(Event):
    """Finance has the pack."""

    type: ClassVar[str] = "billing-acknowledged"
    pack: int
    finance_ref: str

    def apply(self, case: Case) -> Case:
        """The items are billed: what no rule reads any more is on the record only."""
        answer = {"state": "acknowledged", "finance_ref": self.finance_ref}
        taken = tuple(_billed(i, self.pack) for i in case.money.items if i.pack == self.pack)
        left = tuple(i for i in case.money.items if i.pack != self.pack)
        money = case.money.but(items=left, billed=(*case.money.billed, *taken))
        money = _folded(money) if case.rules >= FOLDS else money
        return _answered(case.but(money=money), self.pack, answer)


class BillingReturned(Event):
    """Finance rejected the pack."""

    type: ClassVar[str] = "billing-rejected"
    pack: int
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """The items wait for the next pack, or for an order that a successor has to confirm."""
        items = tuple(i.but(pack=None) if i.pack == self.pack else i for i in case.money.items)
        case = case.but(money=case.money.but(items=items))
        if case.rules >= HOLDS_RETURNED:
            case = case.but(money=held_back(case))
        return _answered(case, self.pack, {"state": "rejected"})


def _billed(item: WorkItem, pack: int) -> BilledItem:
    return BilledItem(
        item=item.item,
        content=item.content,
        ledger=item.ledger,
        amount_pence=item.amount_pence,
        pack=pack,
    )


def _folded(money: Money) -> Money:
    """Return the money with its billed items as ids, fingerprints and a total a ledger."""
    pence = dict(money.taken_pence)
    for item in money.billed:
        pence[item.ledger] = pence.get(item.ledger, 0) + item.amount_pence
    new = {item.item: f"{item.pack}:{item.content}" for item in money.billed}
    return money.but(billed=(), taken={**money.taken, **new}, taken_pence=pence)


def _answered(case: Case, number: int, answer: dict[str, str]) -> Case:
    packs = tuple(p.but(**answer) if p.pack == number else p for p in case.money.packs)
    return case.but(money=case.money.but(packs=packs))
