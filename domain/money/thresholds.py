"""Thresholds of spending: each fires once; a raise re-arms those above it (guide k 5)."""

from domain.case import Case
from domain.provider import Ledger
from domain.work import Money


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


def alerted(case: Case, money: Money, ledger: Ledger) -> Money:
    """Return the money with the highest threshold told; the notice follows from the rise."""
    told = max(money.alerted.get(ledger, 0), reached(case, money, ledger))
    return money.but(alerted={**money.alerted, ledger: told})


def rearmed(case: Case, money: Money, ledger: Ledger) -> Money:
    """Return the money after a raise: thresholds above the new ratio may fire again."""
    still = min(money.alerted.get(ledger, 0), reached(case, money, ledger))
    return money.but(alerted={**money.alerted, ledger: still})
