"""Cases with work to bill, and the money commands as tests give them."""

from datetime import UTC, date, datetime
from typing import Any

from domain.case import Case, Successor
from domain.decisions.billing import BillingAcknowledged, BillingRejected, HandOffBilling
from domain.decisions.disputes import DisputeWork, ResolveWork
from domain.decisions.spending import AuthoriseSpend, RejectSpend, RequestSpend
from domain.decisions.work import LogWork
from domain.phase import Phase
from domain.work import AcceptedRates, Order, WorkItem
from tests.builders import RATES, a_case, applied, stamped

FIRST = date(2026, 11, 23)
"""The UK day of the first call-out."""

CUT_OVER = datetime(2026, 12, 1, 10, tzinfo=UTC)
LATER = datetime(2026, 12, 10, 12, tzinfo=UTC)
BEFORE, AFTER = date(2026, 11, 30), date(2026, 12, 2)
"""The days on either side of the cut-over."""

DISAGREED = "It is not on the provider's own log."
AN_HOUR = 14_988
"""60 minutes of a senior: 119,900 pence for 480 minutes, 14,987.5 rounded half up."""


def working(authority: int = 6_000_000, **changes: Any) -> Case:
    """Return a case in eradication with alder at work and money to spend."""
    case = a_case(Phase.ERADICATION, **changes)
    return case.but(money=case.money.but(authority_pence=authority))


def recovering(order: int = 10_000_000, phase: Phase = Phase.RECOVERY, **changes: Any) -> Case:
    """Return a case whose council accepted alder's recovery from the cut-over day on."""
    case = a_case(phase, **changes)
    money = case.money.but(
        authority_pence=6_000_000,
        accepted=(AcceptedRates(provider="alder", card="alder-recovery", rates=RATES),),
        order=Order(po_number="PO-1", value_pence=order),
        cut_over_at=CUT_OVER,
    )
    return case.but(money=money)


def unconfirmed(case: Case, from_on: date = AFTER) -> Case:
    """Return the case with a successor that has not confirmed the order."""
    successor = Successor(code="XHD", from_on=from_on.isoformat(), order="unconfirmed")
    return case.but(successor=successor)


def both_called(case: Case) -> Case:
    """Return the case after kestrel has taken over from alder."""
    engagement = case.engagement.but(provider="kestrel", ever_called=("alder", "kestrel"))
    return case.but(engagement=engagement)


def work(by: str = "alder", **inputs: Any) -> LogWork:
    """Return log-work: an hour of a senior, on the first day, in containment."""
    said = {
        "item": "I-1",
        "date": FIRST.isoformat(),
        "grade": "senior",
        "minutes": 60,
        "phase": "containment",
        "description": "Isolating hosts.",
    }
    return stamped(LogWork, by, **{**said, **inputs})


def logged(case: Case, item: str = "I-1", at: datetime = LATER, **inputs: Any) -> Case:
    """Return the case with one more line of work."""
    return applied(case, work(item=item, **inputs).decide(case, at))


def recovery(case: Case, item: str = "I-1", on: date = AFTER, **inputs: Any) -> Case:
    """Return the case with one more line of recovery."""
    return logged(case, item, **{"phase": "recovery", "date": on.isoformat(), **inputs})


def item(case: Case, name: str = "I-1") -> WorkItem:
    """Return a work item that finance has not taken."""
    found = case.money.item(name)
    assert found is not None
    return found


def dispute(by: str = "sam", name: str = "I-1", raised_by: str = "mhclg") -> DisputeWork:
    return stamped(DisputeWork, by, item=name, raised_by=raised_by, reason=DISAGREED)


def disputed(case: Case, name: str = "I-1") -> Case:
    return applied(case, dispute(name=name).decide(case, LATER))


def resolve(result: str, by: str = "priya", name: str = "I-1", **inputs: Any) -> ResolveWork:
    said = {"item": name, "result": result, "reason": "Seen on the provider's own log."}
    return stamped(ResolveWork, by, **{**said, **inputs})


def resolved(case: Case, result: str, name: str = "I-1", **inputs: Any) -> Case:
    return applied(case, resolve(result, name=name, **inputs).decide(case, LATER))


def request(amount: int = 7_000_000, by: str = "kaya") -> RequestSpend:
    return stamped(RequestSpend, by, amount_pence=amount, reason="Three more days of work.")


def authorise(amount: int | None = None, by: str = "ruth") -> AuthoriseSpend:
    return stamped(AuthoriseSpend, by, amount_pence=amount, reason="The spread is not over.")


def reject(by: str = "ruth") -> RejectSpend:
    return stamped(RejectSpend, by, reason="Tell me first what it buys.")


def hand_off() -> HandOffBilling:
    return stamped(HandOffBilling, "priya")


def handed_off(case: Case) -> Case:
    return applied(case, hand_off().decide(case, LATER))


def acknowledge(pack: int = 1, by: str = "sam") -> BillingAcknowledged:
    return stamped(BillingAcknowledged, by, pack=pack, finance_ref=f"FIN-{pack}")


def acknowledged(case: Case, pack: int = 1) -> Case:
    return applied(case, acknowledge(pack).decide(case, LATER))


def return_pack(pack: int = 1, by: str = "system") -> BillingRejected:
    return stamped(BillingRejected, by, pack=pack, reason="The reference is not ours.")


def returned(case: Case, pack: int = 1) -> Case:
    return applied(case, return_pack(pack).decide(case, LATER))
