"""A council that is merged away: who takes over its case, its contacts and its order."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Successor
from domain.command import Command
from domain.errors import Code, Refused
from domain.money.succession import succeeded
from domain.money.thresholds import rearmed
from domain.people import M, Role
from domain.personal import PersonalText
from domain.said import OrderNumber, OrMissing
from domain.work import Order

OrderState = Literal["stands", "re-issued", "unconfirmed"]


class RecordSuccessor(Command):
    """Record which council takes over from the case's council, and what holds of its order."""

    name: ClassVar[str] = "record-successor"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    reasoned: ClassVar[bool] = True

    successor: Annotated[
        str, Field(pattern=r"^[A-Z]{3}$", description="The successor's three-letter code.")
    ]
    from_on: Annotated[date, Field(description="The first day of the successor.")]
    order: Annotated[
        OrderState, Field(description="Whether the order stands, is re-issued or is unconfirmed.")
    ]
    po_number: Annotated[OrderNumber | None, Field(description="The re-issued order's number.")] = (
        None
    )
    po_value_pence: Annotated[
        int | None, OrMissing, Field(description="The re-issued order's value in pence.")
    ] = None

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Record a council on the register; a re-issued order comes with number and value."""
        council = next((c for c in self.rows.councils if c.code == self.successor), None)
        if council is None:
            raise Refused(
                Code.UNKNOWN_COUNCIL,
                f"{self.successor} is not on the register of councils, so it cannot take over "
                f"{case.reference}. To find it: cir councils find.",
            )
        if self._is_known(case):
            raise Refused(
                Code.NOTHING_CHANGED,
                f"{case.reference} has {self.successor} as its council from {self.from_on} "
                f"already; the order: {self.order}.",
            )
        reissued = self.order == "re-issued"
        if reissued and not ((self.po_number or "").strip() and (self.po_value_pence or 0) > 0):
            raise Refused(
                Code.PO_NEEDED,
                f"The order of {case.reference} is re-issued: give its number and its value.",
            )
        return (
            CouncilSucceeded(
                at=at,
                successor=self.successor,
                name=council.name,
                from_on=self.from_on,
                order=self.order,
                po_number=self.po_number if reissued else None,
                po_value_pence=self.po_value_pence if reissued else None,
                reason=self.words(),
            ),
        )

    def _is_known(self, case: Case) -> bool:
        """Tell whether nothing would change: another order of a successor is a change."""
        if self.successor == case.council.code:
            return True
        said = Successor(code=self.successor, from_on=self.from_on.isoformat(), order=self.order)
        order = case.money.order
        same_order = self.order != "re-issued" or (
            order is not None
            and self.po_number in (None, order.po_number)
            and self.po_value_pence in (None, order.value_pence)
        )
        return said == case.successor and same_order


class CouncilSucceeded(Event):
    """Another council takes over; ledger B goes with it, ledger A does not move."""

    type: ClassVar[str] = "council-succeeded"
    successor: str
    name: str
    from_on: date
    order: OrderState
    po_number: str | None = None
    po_value_pence: int | None = None
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Keep the successor; hold recovery it has not confirmed, free what its order covers."""
        taken = Successor(code=self.successor, from_on=self.from_on.isoformat(), order=self.order)
        case = case.but(successor=taken)
        if self.po_number is not None and self.po_value_pence is not None:
            order = Order(po_number=self.po_number, value_pence=self.po_value_pence)
            case = case.but(money=rearmed(case, case.money.but(order=order), "B"))
        return case.but(money=succeeded(case))
