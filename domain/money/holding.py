"""Why an item is held, not refused: the first reason that applies (guide k 4)."""

from datetime import date

from domain.case import Case
from domain.money.rates import accepted_rates, ledger_of
from domain.working_hours import LONDON


def held_why(case: Case, *, provider: str, phase: str, worked_on: date, amount: int) -> str | None:
    """Return the reason that keeps an item out of billing; ``None`` when it is payable.

    Args:
        case: The case, without the item.
        provider: Whose work it is.
        phase: The phase of the work.
        worked_on: The day of the work.
        amount: Its amount in pence.
    """
    cut_over = case.money.cut_over_at
    cut_over_on = None if cut_over is None else cut_over.astimezone(LONDON).date()
    if ledger_of(phase) == "A":
        late = cut_over_on is not None and worked_on > cut_over_on
        return "after-cut-over" if late and not was_in_response(case, worked_on) else None
    if cut_over_on is not None and worked_on < cut_over_on:
        return "before-cut-over"
    if is_unconfirmed(case, worked_on):
        return "successor-unconfirmed"
    if accepted_rates(case, provider) is None:
        return "order-unconfirmed"
    return "over-order-value" if exceeds_order(case, amount) else None


def was_in_response(case: Case, day: date) -> bool:
    """Tell whether the case was in containment or eradication on ``day``."""
    return any(
        spell.from_on <= day and (spell.to_on is None or day <= spell.to_on)
        for spell in case.response_spells
    )


def is_unconfirmed(case: Case, worked_on: date) -> bool:
    """Tell whether recovery of that day waits for a successor to confirm the order."""
    successor = case.successor
    if successor is None or successor.order != "unconfirmed":
        return False
    return worked_on.isoformat() >= successor.from_on


def exceeds_order(case: Case, amount: int) -> bool:
    """Tell whether ``amount`` more would take ledger B past the council's order."""
    order = case.money.order
    return case.money.payable_pence("B") + amount > (0 if order is None else order.value_pence)
