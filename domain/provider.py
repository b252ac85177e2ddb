"""Assured incident response firms, their contracts and rate cards."""

from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from domain.people import P, Person
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
        account_lead: Who answers for the contract at the firm, by name.
        account_lead_email: Where that person is reached; ``None``: by the firm's duty desk.
        account_lead_phone: As ``account_lead_email``.
        conflicts: Codes of councils it may not work for, declared in the register.
        vat_basis_points: VAT by ledger; 2000 is 20 % [published, HMRC].
    """

    id: Line
    name: Line
    contract_ref: Line
    contract_from: date
    contract_to: date
    account_lead: Line
    account_lead_email: Line | None = None
    account_lead_phone: Line | None = None
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


def lead_id(provider: str) -> str:
    """Return the name under which a provider's account lead is paged."""
    return f"{provider}:account-lead"


def lead_of(provider: Provider) -> Person:
    """Return a provider's account lead as somebody to page; in care of the duty desk if need be."""
    return Person(
        id=lead_id(provider.id),
        name=provider.account_lead,
        roles=(P,),
        email=provider.account_lead_email or provider.email,
        phone=provider.account_lead_phone or provider.duty_line,
    )
