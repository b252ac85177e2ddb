"""Thresholds of spending: each fires once; a raise re-arms those above it (guide k 5)."""

from domain.case import Case
from domain.provider import Ledger
from domain.work import Money

Crossing = tuple[Ledger, int]
"""A ledger, and the highest threshold in percent that it has just reached."""


def limit_of(money: Money, ledger: Ledger) -> int:
    """Return what a ledger may spend, in pence: the authority, or the council's order."""
    if ledger == "A":
        return money.authority_pence
    return 0 if money.order is None else money.order.value_pence


def reached(case: Case, money: Money, ledger: Ledger) -> int:
    """Return the highest threshold in percent that what is logged has reached; 0 for none."""
    limit, logged = limit_of(money, ledger), money.logged_pence(ledger)
    if not limit:
        return 0
    crossed = (t for t in case.policy.spend_thresholds if logged * 100 >= t * limit)
    return max(crossed, default=0)


def crossings(case: Case, money: Money, ledger: Ledger) -> tuple[Crossing, ...]:
    """Return the highest threshold that ``money`` reaches and that was not told yet, if any."""
    now = reached(case, money, ledger)
    return ((ledger, now),) if now > money.alerted.get(ledger, 0) else ()


def alerted(money: Money, ledger: Ledger, crossed: tuple[Crossing, ...]) -> Money:
    """Return the money with ``crossed`` told; the notice follows from the rise."""
    told = {ledger: money.alerted.get(ledger, 0), **dict(crossed)}
    return money.but(alerted={**money.alerted, **told})


def rearmed(case: Case, money: Money, ledger: Ledger) -> Money:
    """Return the money after a raise: thresholds above the new ratio may fire again."""
    still = min(money.alerted.get(ledger, 0), reached(case, money, ledger))
    return money.but(alerted={**money.alerted, ledger: still})
