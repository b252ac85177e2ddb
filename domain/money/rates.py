"""Which rate a work item is priced at."""

from datetime import date

from domain.case import Case
from domain.provider import Ledger, Provider
from domain.work import AcceptedRates


def ledger_of(phase: str) -> Ledger:
    """Return who pays for work of a phase: recovery is the council's (guide k 3)."""
    return "B" if phase == "recovery" else "A"


def accepted_rates(case: Case, provider: str) -> AcceptedRates | None:
    """Return the recovery rates the council accepted with a provider."""
    return next((one for one in case.money.accepted if one.provider == provider), None)


def day_rate(case: Case, provider: Provider, phase: str, grade: str, on: date) -> int | None:
    """Return the day rate in pence; ``None`` when there is none for that grade and day.

    Ledger A: the response card in force on the day. Ledger B: what was copied at the offer,
    whatever the card says later; without accepted rates, for now, the recovery card of the day.
    """
    if ledger_of(phase) == "B":
        accepted = accepted_rates(case, provider.id)
        if accepted is not None:
            return accepted.rates.get(grade)
    kind = "recovery" if ledger_of(phase) == "B" else "response"
    cards = (c for c in provider.cards if c.kind == kind and c.holds_on(on))
    return next((card.rates[grade] for card in cards if grade in card.rates), None)


def grades(provider: Provider) -> tuple[str, ...]:
    """Return every grade a provider has a rate for, in the order of its cards."""
    return tuple(dict.fromkeys(grade for card in provider.cards for grade in card.rates))
