"""What a succession does to ledger B: recovery the successor has not confirmed is held."""

from domain.case import Case
from domain.work import ItemState, Money, WorkItem

UNCONFIRMED = "successor-unconfirmed"


def succeeded(case: Case) -> Money:
    """Return the money of a case whose succession was recorded (guide k 8).

    Until the successor confirms the order, unbilled recovery dated from its first day is held;
    ``stands`` and ``re-issued`` free it, in order of logging, as far as the order reaches.
    """
    successor, money = case.successor, case.money
    if successor is None or successor.order == "unconfirmed":
        return held_back(case)
    for item in money.items:
        if item.state is ItemState.HELD and item.held_why == UNCONFIRMED:
            money = _freed(money, item)
    return money


def held_back(case: Case) -> Money:
    """Return the money with all unbilled recovery held that a successor has not confirmed."""
    successor, money = case.successor, case.money
    if successor is None or successor.order != "unconfirmed":
        return money
    return money.but(items=tuple(_held(item, successor.from_on) for item in money.items))


def _held(item: WorkItem, from_on: str) -> WorkItem:
    waits = item.ledger == "B" and item.pack is None and item.state is ItemState.PAYABLE
    if not waits or item.worked_on.isoformat() < from_on:
        return item
    return item.but(state=ItemState.HELD, held_why=UNCONFIRMED)


def _freed(money: Money, item: WorkItem) -> Money:
    """Free one item, or hold it for the next reason that applies."""
    why = _still_held(money, item)
    state = ItemState.PAYABLE if why is None else ItemState.HELD
    now = item.but(state=state, held_why=why)
    return money.but(items=tuple(now if one is item else one for one in money.items))


def _still_held(money: Money, item: WorkItem) -> str | None:
    if not any(rates.provider == item.provider for rates in money.accepted):
        return "order-unconfirmed"
    reach = 0 if money.order is None else money.order.value_pence
    return "over-order-value" if money.payable_pence("B") + item.amount_pence > reach else None
