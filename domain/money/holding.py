"""Why an item is held, not refused: the first reason that applies (guide k 4)."""

from datetime import date

from domain.case import Case
from domain.money.rates import accepted_rates, ledger_of


def held_why(case: Case, *, provider: str, phase: str, worked_on: date, amount: int) -> str | None:
    """Return the reason that keeps an item out of billing; ``None`` when it is payable.

    Args:
        case: The case, without the item.
        provider: Whose work it is.
        phase: The phase of the work.
        worked_on: The day of the work.
        amount: Its amount in pence.
    """
    if ledger_of(phase) == "A":
        return "after-cut-over" if is_after_cut_over(case, worked_on) else None
    if is_before_cut_over(case, worked_on):
        return "before-cut-over"
    if is_unconfirmed(case, worked_on):
        return "successor-unconfirmed"
    if accepted_rates(case, provider) is None:
        return "order-unconfirmed"
    return "over-order-value" if exceeds_order(case, amount) else None


def cut_over_on(case: Case) -> date | None:
    """Return the UK day of the cut-over; ``None`` when recovery was never accepted."""
    cut_over = case.money.cut_over_at
    return None if cut_over is None else case.policy.day_of(cut_over)


def is_before_cut_over(case: Case, worked_on: date) -> bool:
    """Tell whether recovery of that day is dated before the council began to pay."""
    day = cut_over_on(case)
    return day is not None and worked_on < day


def is_after_cut_over(case: Case, worked_on: date) -> bool:
    """Tell whether containment or eradication of that day is dated after its end.

    A day on which the case was in containment or eradication is never after it: an early
    acceptance, or a return to containment, leaves that work MHCLG's to pay for.
    """
    day = cut_over_on(case)
    return day is not None and worked_on > day and not was_in_response(case, worked_on)


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
