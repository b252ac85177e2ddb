"""Whose turn it is: which provider may be called out on a case, and which the system chooses."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from domain.case import Case
from domain.provider import Provider


def eligible(case: Case, provider: Provider, on: date, *, override: bool = False) -> str | None:
    """Return ``None`` when ``provider`` may be called out on the case, else why it may not.

    Args:
        case: The case; who declined counts within its present activation, a conflict for ever.
        provider: As the case knows it.
        on: The UK day of the call-out.
        override: Whether a manager recalls one that declined for want of capacity. A conflict, a
            contract and a decline for any other reason are never overridden (guide j 3).
    """
    if not provider.in_contract(on):
        return f"{provider.id} has no contract with MHCLG on {on.isoformat()}."
    if case.council.code in provider.conflicts or provider.id in case.engagement.conflicted:
        return f"{provider.id} has a conflict of interest with the council of {case.reference}."
    reasons = [d.why for d in case.engagement.declined if d.provider == provider.id]
    recalled = override and all(why == "no-capacity" for why in reasons)
    if reasons and not recalled:
        return f"{provider.id} declined {case.reference} in this activation ({reasons[-1]})."
    return None


def candidates(case: Case, at: datetime) -> tuple[str, ...]:
    """Return whom the system may call out now, in configured order; empty when nobody is left.

    The one that the decision asked for comes alone; so does the one the case had before, if it is
    eligible (guide j 2). One that was failed over from in this activation is left to people.
    """
    engagement, on = case.engagement, case.policy.day_of(at)
    able = tuple(
        one.id
        for one in case.providers
        if eligible(case, one, on) is None and one.id not in engagement.failed_over
    )
    for first in (engagement.chosen, engagement.provider or engagement.last_provider):
        if first in able:
            return (first,)
    return able


def choose(candidates: Sequence[str], turns: Mapping[str, int], last: str | None) -> str:
    """Return whose turn it is: fewer turns, then the older last turn, then configured order.

    Args:
        candidates: In configured order; at least one.
        turns: Turns counted or reserved so far.
        last: Who had the latest turn of all; with two providers the other one's is older.
    """
    return min(candidates, key=lambda one: (turns.get(one, 0), one == last))
