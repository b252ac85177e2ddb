"""Assured incident response firms, their contracts and rate cards."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.value import Line, Value

Ledger = Literal["A", "B"]
"""A: work MHCLG pays for. B: work the council pays for."""


class RateCard(Value):
    """Day rates agreed with a provider, pence for an 8-hour day by grade; both days included."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True)

    id: Line
    kind: Literal["response", "recovery"]
    from_on: Annotated[date, Field(alias="from")]
    to_on: Annotated[date, Field(alias="to")]
    rates: dict[str, Annotated[int, Field(ge=0)]]

    def holds_on(self, day: date) -> bool:
        """Tell whether the card is in force on ``day``."""
        return self.from_on <= day <= self.to_on


class Provider(Value):
    """A provider under MHCLG's contract.

    Attributes:
        conflicts: Codes of councils it may not work for, declared in the register.
        vat_basis_points: VAT by ledger; 2000 is 20 % [published, HMRC].
    """

    id: Line
    name: Line
    contract_ref: Line
    contract_from: date
    contract_to: date
    account_lead: Line
    duty_line: Line
    email: Line
    conflicts: tuple[str, ...] = ()
    vat_basis_points: dict[Ledger, Annotated[int, Field(ge=0, le=10000)]]
    cards: tuple[RateCard, ...] = ()

    def in_contract(self, day: date) -> bool:
        """Tell whether ``day`` lies inside the contract, both ends included."""
        return self.contract_from <= day <= self.contract_to

    def card(self, card_id: str) -> RateCard | None:
        """Return the card of that id, if it is this provider's."""
        return next((card for card in self.cards if card.id == card_id), None)
