"""What the notices about recovery, money, the ICO and closing say: see ``notice_words``."""

from datetime import datetime

from domain.harmless import harmless_line
from domain.notice import Context, Moment
from domain.notice_words import (
    engaged,
    ico_due,
    instant,
    provider_name,
    reason,
    running_due,
    window_end,
    working_due,
)
from domain.phase import Phase
from domain.provider import Ledger


def commitment(m: Moment) -> Context:
    """Say what MHCLG has bound itself to, with whom, and on whose authority."""
    provider = m.after.provider(engaged(m))
    decision = m.after.decision
    return {
        "authority_pence": m.after.money.authority_pence,
        "discretionary": decision is not None and decision.discretionary,
        "provider": provider_name(m, engaged(m)),
        "contract_ref": "" if provider is None else provider.contract_ref,
    }


def offered(m: Moment) -> Context:
    """Say rates, estimate and terms, until when to answer, and who may accept."""
    offer = m.after.offer
    return {
        "provider": provider_name(m, engaged(m)),
        "rates": {} if offer is None else dict(offer.rates),
        "estimate_pence": _whole(m, "estimate_pence"),
        "terms": harmless_line(m.text("terms")),
        "due_at": working_due(m, "recovery-reply"),
        "posts": list(m.after.policy.authority_posts),
        "day_hours": m.after.policy.setting("rate.day_minutes") / 60,
    }


def offer_waits(m: Moment) -> Context:
    """Say the same of an offer that has not been answered; the estimate was in the offer."""
    offer = m.after.offer
    return {
        "provider": provider_name(m, engaged(m)),
        "rates": {} if offer is None else dict(offer.rates),
        "offered_at": instant(m.event.at if offer is None else offer.offered_at),
        "due_at": running_due(m, "recovery-reply"),
        "posts": list(m.after.policy.authority_posts),
        "day_hours": m.after.policy.setting("rate.day_minutes") / 60,
    }


def confirmed(m: Moment) -> Context:
    """Say from when recovery is the council's to pay for, on which order and up to what value."""
    money = m.after.money
    return {
        "provider": provider_name(m, engaged(m)),
        "cut_over_at": m.text("cut_over_at") or instant(_cut_over(m)),
        "po_number": harmless_line(
            m.text("po_number") or ("" if money.order is None else money.order.po_number)
        ),
        "po_value_pence": _whole(m, "po_value_pence")
        or (0 if money.order is None else money.order.value_pence),
        "scope": m.text("scope"),
    }


def not_taken(m: Moment) -> Context:
    """Say how the offer ended, and that nothing is chargeable from here."""
    how = {
        "recovery-rejected": "rejected",
        "recovery-lapsed": "lapsed",
        "recovery-not-offered": "not-offered",
    }
    return {"how": how.get(m.event.type, ""), "provider": provider_name(m, engaged(m))}


def stopped_recovery(m: Moment) -> Context:
    """Say from when nothing more is chargeable, and the order that work until then falls under."""
    order = m.after.money.order
    return {
        "provider": provider_name(m, engaged(m)),
        "po_number": "" if order is None else harmless_line(order.po_number),
        "logged_pence": m.after.money.logged_pence("B"),
    }


def spent_of_authority(m: Moment) -> Context:
    """Say which threshold of MHCLG's authority was crossed."""
    return _spent(m, "A")


def spent_of_order(m: Moment) -> Context:
    """Say which threshold of the council's order was crossed."""
    return _spent(m, "B")


def crossed(m: Moment, ledger: Ledger) -> int:
    """Return the threshold in percent that a ledger has just crossed; 0 when it has not."""
    reached = m.after.money.alerted.get(ledger, 0)
    return reached if reached > m.before.money.alerted.get(ledger, 0) else 0


def _spent(m: Moment, ledger: Ledger) -> Context:
    money = m.after.money
    order = 0 if money.order is None else money.order.value_pence
    return {
        "ledger": ledger,
        "percent": money.alerted.get(ledger, 0),
        "logged_pence": money.logged_pence(ledger),
        "limit_pence": money.authority_pence if ledger == "A" else order,
    }


def spend_asked(m: Moment) -> Context:
    """Say the total asked for, the authority there is, and until when an answer is due."""
    request = m.after.money.request or m.before.money.request
    return {
        "amount_pence": _whole(m, "amount_pence")
        or (0 if request is None else request.amount_pence),
        "authority_pence": m.after.money.authority_pence,
        "logged_pence": m.after.money.logged_pence("A"),
        "reason": reason(m),
        "due_at": running_due(m, "spend-authority") if _spend_runs(m) else "",
    }


def ico(m: Moment) -> Context:
    """Say how many hours are left of the council's own 72."""
    run = m.after.latest_clock("ico-report")
    left = 0.0 if run is None else (run.due_at - m.event.at).total_seconds() / 3600
    return {
        "due_at": running_due(m, "ico-report"),
        "hours_left": max(round(left), 0),
        "aware_at": instant(m.after.aware_at),
    }


def closing(m: Moment) -> Context:
    """Say how the response ended and what still remains."""
    engagement = m.after.engagement
    return {
        "outcome": "" if m.after.outcome is None else m.after.outcome.value,
        "final_report_due": engagement.scope_ever and m.after.final_report is None,
        "ico_open": m.after.ico_started and m.after.ico_result is None,
        "recovery_paid": m.after.money.order is not None,
    }


def closed(m: Moment) -> Context:
    """Say the outcome, the state of the data, when we would meet, and until when it may reopen."""
    return {
        "outcome": "" if m.after.outcome is None else m.after.outcome.value,
        "data_return": m.after.data_return or "",
        "waived": list(m.after.waived),
        "reopen_until": window_end(m, "reopen"),
        "review_from_days": m.after.policy.setting("closing-review.earliest_working_days"),
        "review_to_days": m.after.policy.setting("closing-review.latest_working_days"),
    }


def reopened(m: Moment) -> Context:
    """Say why, and whether it begins with a new decision or with paperwork."""
    return {
        "trigger": m.text("trigger"),
        "to": m.text("to") or m.after.phase.value,
        "new_decision": m.after.phase is Phase.ASSESSMENT,
        "ico_due_at": ico_due(m) if m.text("trigger") == "data-published" else "",
    }


def _spend_runs(m: Moment) -> bool:
    return bool(m.after.live_clocks("spend-authority"))


def _cut_over(m: Moment) -> datetime:
    return m.after.money.cut_over_at or m.event.at


def _whole(m: Moment, field: str) -> int:
    value = m.facts.get(field)
    return value if isinstance(value, int) else 0
