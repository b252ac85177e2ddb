"""Who must act in an open case, by which command they can, and which clock finds them if not."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from domain.case import Case
from domain.clocks.catalogue import CATALOGUE
from domain.decisions.checklist import missing
from domain.people import SYSTEM, Role, may
from domain.phase import ACT, ASS, CLS, CON, CRITERIA, END, ERA, OFF, REC, REP, Phase
from domain.work import ItemState
from tests.builders import ANSWERS, ROLES, SAID_BY, WHY

Way = tuple[str, dict[str, Any]]
"""A command, and inputs by which it ought to be taken."""

AUTHORITY = {"post": "s151", "how": "Signed letter."}
VERIFIED = {**SAID_BY, "post": "s151"}
SPOKEN = {"channel": "phone", "state": "spoken"}

WAITS: dict[Phase, frozenset[str]] = {
    REP: frozenset({"triage-acknowledgement"}),
    ASS: frozenset({"decision"}),
    ACT: frozenset({"provider-assignment", "provider-contact", "scope-agreement"}),
    CON: frozenset({"containment-update"}),
    ERA: frozenset({"eradication-update"}),
    OFF: frozenset({"recovery-offer-issue", "recovery-reply"}),
    REC: frozenset({"recovery-update"}),
    CLS: frozenset({"closure"}),
}
"""The clocks that time what a phase is for: one of them always runs there (guide d and f)."""


def ways(case: Case, at: datetime) -> Iterator[Way]:
    """Yield what may take the case on, the plainest way first."""
    return _WAYS[case.phase](case, at)


def givers(name: str, least: frozenset[Role], case: Case) -> tuple[str, ...]:
    """Return who must give it: everybody whose roles may, the case's own provider among them."""
    people = [who for who, roles in ROLES.items() if may(roles, least) and who != SYSTEM]
    proposers = [] if case.proposal is None else [case.proposal.by]
    return (*proposers, *people) if name == "withdraw-proposal" else tuple(people)


def is_found(case: Case) -> bool:
    """Tell whether a clock of the phase is yet to wake somebody, or to climb on."""
    waits = WAITS[case.phase]
    return any(
        run.pause is not None
        or run.paging.next_at is not None
        or any(step.does in ("breach", "mark") for step in run.agenda)
        for run in case.live_clocks()
        if run.clock in waits and CATALOGUE[run.clock].ladder is not None
    )


def _of_report(_case: Case, _at: datetime) -> Iterator[Way]:
    yield "acknowledge", {}


def _of_assessment(case: Case, _at: datetime) -> Iterator[Way]:
    if case.proposal is not None:
        yield "approve-discretionary", {"reason": WHY}
        yield "reject-discretionary", {"reason": WHY}
        return
    yield "decide", {"result": "qualifies", "tests": ANSWERS, "reason": WHY}
    yield "propose-discretionary", {"tests": ANSWERS, "reason": WHY}
    yield "decide", {"result": "not-qualified", "tests": ANSWERS, "reason": WHY}
    yield "decide", {"result": "out-of-scope", "tests": ANSWERS, "reason": WHY}


def _of_activation(case: Case, _at: datetime) -> Iterator[Way]:
    if case.engagement.provider is None:
        for one in case.providers:
            yield "assign-provider", {"provider": one.id, "why": "by-choice"}
        for one in case.providers:
            why = {"why": "override", "reason": WHY}
            yield "assign-provider", {"provider": one.id, **why}
        yield "reverse-decision", {"reason": WHY}
        yield "withdraw", {"said_by": SAID_BY, "reason": WHY}
        return
    yield "agree-scope", {"summary": "All servers.", "agreed_by": "Joanna Hale, Head of ICT"}
    yield "contact-made", {"with_whom": "Joanna Hale", "channel": "phone"}


def _of_response(case: Case, _at: datetime) -> Iterator[Way]:
    if case.exit is not None:
        yield "accept-phase-exit", {"council_agreed_by": "Joanna Hale", "not_met_reason": WHY}
        return
    criteria = dict.fromkeys(CRITERIA[case.phase], "met")
    yield "propose-phase-exit", {"criteria": criteria, "summary": "It is over."}


def _of_recovery(case: Case, at: datetime) -> Iterator[Way]:
    yield from _of_response(case, at)
    yield "stop-recovery", {"said_by": SAID_BY, "reason": WHY}


def _of_offer(case: Case, _at: datetime) -> Iterator[Way]:
    if case.offer is None:
        for provider in case.providers:
            yield "offer-recovery", {"card": f"{provider.id}-recovery", "estimate_pence": 1_800_000}
        yield "close-without-recovery", {"why": "no-rate-card", "reason": WHY}
        return
    order = {"po_number": "EM-1", "po_value_pence": 9_000_000}
    spoken = {"said_by": VERIFIED, "authority": AUTHORITY}
    yield "accept-recovery", {**spoken, **order, "scope": "all"}
    yield "reject-recovery", {"said_by": SAID_BY, "reason": WHY}


def _of_closing(case: Case, at: datetime) -> Iterator[Way]:
    proposal = case.close_proposal
    said = "confirmed" if proposal is None else proposal.data_return
    lacks = missing(case, said, ())
    if not lacks:
        yield "confirm-close", {"reason": WHY}
        yield "propose-close", {"lessons": "Ring earlier.", "data_return": "confirmed"}
        return
    if "final-report" in lacks or "data-return" in lacks:
        yield "record-final-report", {"reference": "FR-1", "data_return": "confirmed"}
    if "ico-outcome" in lacks:
        yield "record-ico", {"result": "not-disclosed", "at": at, "reason": WHY}
    if "open-escalations" in lacks:
        yield from _of_escalations(case)
    if "held-work" in lacks:
        yield from _of_held_work(case)
    if "billing" in lacks:
        yield from _of_billing(case)


def _of_escalations(case: Case) -> Iterator[Way]:
    waits = [run.clock for run in case.clocks if run.paging.unacknowledged]
    alarms = [run.about for run in case.alarms if run.paging.unacknowledged]
    for about in (*waits, *alarms):
        yield "acknowledge-escalation", {"about": about}
    for key in case.phone_task:
        yield "record-delivery", {"notice": key, **SPOKEN}


def _of_held_work(case: Case) -> Iterator[Way]:
    for item in case.money.items:
        if item.state in (ItemState.HELD, ItemState.DISPUTED):
            yield "resolve-work", {"item": item.item, "result": "accept", "reason": WHY}
            yield "resolve-work", {"item": item.item, "result": "void", "reason": WHY}


def _of_billing(case: Case) -> Iterator[Way]:
    flight = case.money.pack_in_flight
    if flight is not None:
        yield "billing-acknowledged", {"pack": flight.pack, "finance_ref": "FIN-1"}
        return
    yield "hand-off-billing", {}
    yield "authorise-spend", {"reason": WHY}
    more = max(case.money.payable_pence("A"), case.money.authority_pence) + 1
    yield "authorise-spend", {"amount_pence": more, "reason": WHY}
    yield "request-spend", {"amount_pence": more, "reason": WHY}


_WAYS: dict[Phase, Callable[[Case, datetime], Iterator[Way]]] = {
    REP: _of_report,
    ASS: _of_assessment,
    ACT: _of_activation,
    CON: _of_response,
    ERA: _of_response,
    OFF: _of_offer,
    REC: _of_recovery,
    CLS: _of_closing,
    END: lambda _case, _at: iter(()),
}
