"""Fictional cases, people and providers for tests; every builder gives a whole, lawful value."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any, TypeVar

import pytest

from domain.case import RULES, Attempts, Case, Decision, Event, evolve
from domain.category import Category
from domain.command import Command, Rows, Stamp
from domain.council import Council, CouncilRegister
from domain.engagement import CallOut, Engagement
from domain.errors import Code, Refused
from domain.people import A, D, F, H, M, P, Role, S, T, U
from domain.phase import TESTS, Outcome, Phase, RecoveryAnswer
from domain.policy import Policy
from domain.provider import Provider
from domain.report import Report
from domain.report_content import with_changes
from domain.report_reading import check_report
from domain.work import AcceptedRates, Money, Order

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
"""A Monday in winter: UTC is UK local time. Every built case was received and opened then."""

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ONE = NOON + HOUR
"""An hour after the case was opened."""

REFERENCE, OTHER = "CIR-2026-000123", "CIR-2026-000045"
WHY = "Nothing speaks against it."
ANSWERS = dict.fromkeys(TESTS, "yes")
SAID_BY = {
    "name": "Joanna Hale",
    "post": "Head of ICT",
    "verified": {"how": "call-back to the number on the register", "by": "kaya"},
}
STAFF: dict[str, tuple[Role, ...]] = {
    "kaya": (T,),
    "tomas": (T,),
    "priya": (M,),
    "martin": (M,),
    "ruth": (A,),
    "helen": (H,),
    "amory": (D,),
    "sam": (F,),
    "ines": (U,),
}
ROLES: dict[str, tuple[Role, ...]] = {**STAFF, "system": (S,), "alder": (P,), "kestrel": (P,)}
"""Roles of everybody who may give a command."""

AnyCommand = TypeVar("AnyCommand", bound=Command)

RATES = {"lead": 152000, "senior": 119900, "analyst": 88300}
_POLICY_FILE = Path(__file__).parents[1] / "policy" / "default.toml"
_POLICY = Policy.from_toml(_POLICY_FILE.read_text(encoding="utf-8"))


def a_policy(**settings: float) -> Policy:
    """Return the shipped policy, with other numbers where they are given by their name."""
    return _POLICY.with_settings(settings) if settings else _POLICY


def a_council(**changes: Any) -> Council:
    """Return Eastmere, a district that is eligible."""
    entry = {
        "code": "XEA",
        "gss": "E07999001",
        "name": "Eastmere District Council",
        "type": "non-metropolitan-district",
        "region": "East of England",
        "eligible": True,
    }
    return Council.model_validate({**entry, **changes})


def a_raw_report(**changes: Any) -> dict[str, Any]:
    """Return a report as JSON; a field is named by its path, with ``__`` or ``.`` between parts."""
    raw = {
        "schema": "cir-report/1",
        "source": {
            "channel": "ncsc-referral",
            "reference": "NCSC-EX-004821",
            "received_at": "2026-11-23T12:00:00Z",
        },
        "council": {"code": "XEA", "name": "Eastmere District Council"},
        "reporter": {
            "name": "Joanna Hale",
            "post": "Head of ICT",
            "contact_email": "jo.hale@personal.example.org",
            "phone": "01632 960101",
            "company_email": "joanna.hale@eastmere.example.gov.uk",
        },
        "incident": {
            "type": "ransomware",
            "summary": "Servers are locked.",
            "discovered_at": "2026-11-23T11:30:00Z",
        },
    }
    return with_changes(raw, {path.replace("__", "."): new for path, new in changes.items()})


def a_report(**changes: Any) -> Report:
    """Return a report of Eastmere, received at noon, with ``changes`` as in `a_raw_report`."""
    register = CouncilRegister(councils=(a_council(),))
    return check_report(a_raw_report(**changes), now=NOON, councils=register).report


def a_provider(provider: str = "alder", **changes: Any) -> Provider:
    """Return a provider under contract, with a response and a recovery card for 2026 and 2027."""
    names = {
        "alder": "Alder and Finch Response Ltd",
        "kestrel": "Kestrel Row Incident Services LLP",
    }
    cards = [
        {
            "id": f"{provider}-{kind}",
            "kind": kind,
            "from": "2026-04-01",
            "to": "2028-03-31",
            "rates": RATES,
        }
        for kind in ("response", "recovery")
    ]
    entry = {
        "id": provider,
        "name": names.get(provider, f"{provider.title()} Response Ltd"),
        "contract_ref": f"CIR-CALL-OFF-{provider[0].upper()}",
        "contract_from": "2026-04-01",
        "contract_to": "2028-03-31",
        "account_lead": "Moira Tennant",
        "duty_line": "01632 960201",
        "email": f"duty@{provider}.example.org",
        "vat_basis_points": {"A": 2000, "B": 2000},
        "cards": cards,
    }
    return Provider.model_validate({**entry, **changes})


def providers() -> tuple[Provider, ...]:
    """Return both providers, in configured order."""
    return (a_provider("alder"), a_provider("kestrel"))


def called_out(provider: str | None = "alder", **changes: Any) -> Engagement:
    """Return the engagement of a provider that was called out at noon and has not got through."""
    firm = provider or "alder"  # None: alder was, and nobody is any more
    engagement = Engagement(
        provider=provider,
        last_provider=firm,
        call_out=CallOut(provider=firm, why="rotation", called_at=NOON, open=provider is not None),
        assigned=True,
        first_called_at=NOON,
        ever_called=(firm,),
        first_call_out_on=date(2026, 11, 23),
    )
    return engagement.but(**changes)


def in_contact(provider: str | None = "alder", **changes: Any) -> Engagement:
    """Return the engagement of a provider that reached the council at noon; scope is not agreed."""
    firm = provider or "alder"
    call_out = CallOut(provider=firm, why="rotation", called_at=NOON, contact_at=NOON, open=False)
    known = {"call_out": call_out, "contacted_at": NOON, "contact_ever": True}
    return called_out(provider, **{**known, **changes})


def at_work(provider: str | None = "alder", **changes: Any) -> Engagement:
    """Return the engagement of a provider whose scope of work is agreed."""
    return in_contact(provider, **{"scope_agreed": True, "scope_ever": True, **changes})


def ordered() -> Money:
    """Return the money of a case whose council accepted alder's recovery and gave an order."""
    accepted = AcceptedRates(provider="alder", card="alder-recovery", rates=RATES)
    return Money(
        authority_pence=_POLICY.initial_authority_pence,
        order=Order(po_number="EM-1", value_pence=10_000_000),
        cut_over_at=NOON,
        accepted=(accepted,),
    )


def a_case(phase: Phase = Phase.REPORTED, **changes: Any) -> Case:
    """Return a case as it stands after the plainest way into ``phase``, opened at noon.

    From assessment on kaya owns it. From activation on it is C2, decided by kaya, and alder was
    called out; from containment on alder is at work. In recovery the council has accepted alder's
    rates and given an order; in closing and closed it had rejected recovery (supported).
    """
    case = Case(
        reference=REFERENCE,
        rules=RULES,
        policy=_POLICY,
        council=a_council(),
        providers=providers(),
        report=a_report(),
        version=3,
        moved_by="kaya",
        entered_at=NOON,
        received_at=NOON,
        opened_at=NOON,
        aware_at=datetime(2026, 11, 23, 11, 30, tzinfo=UTC),
    )
    return case.but(**{**_plain(phase), **changes})


def _plain(phase: Phase) -> dict[str, Any]:
    known: dict[str, Any] = {"phase": phase}
    if phase is Phase.REPORTED:
        return known
    known["owner"] = "kaya"
    if phase is Phase.ASSESSMENT:
        return known
    known |= {
        "category": Category.C2,
        "decision": Decision(result="qualifies", people=("kaya",)),
        "money": Money(authority_pence=_POLICY.initial_authority_pence),
        "engagement": called_out() if phase is Phase.ACTIVATION else at_work(),
        "attempts": _attempts(phase),
    }
    if phase is Phase.RECOVERY:
        known |= {"recovery_answer": RecoveryAnswer.ACCEPTED, "money": ordered()}
    if phase in (Phase.CLOSING, Phase.CLOSED):
        known |= {"recovery_answer": RecoveryAnswer.REJECTED, "outcome": Outcome.SUPPORTED}
    if phase is Phase.CLOSED:
        known |= {"closed_at": NOON, "final_report": "FR-1", "data_return": "confirmed"}
    return known


def _attempts(phase: Phase) -> Attempts:
    order = list(Phase)
    reached = order.index(phase)
    return Attempts(
        containment=int(reached >= order.index(Phase.CONTAINMENT)),
        eradication=int(reached >= order.index(Phase.ERADICATION)),
        recovery=int(phase is Phase.RECOVERY),
    )


def registers() -> Rows:
    """Return the rows of the registers: the staff, Eastmere and one other case."""
    return Rows(staff=STAFF, councils=(a_council(),), cases=(REFERENCE, OTHER))


def stamped(
    command: type[AnyCommand],
    by: str = "kaya",
    roles: tuple[Role, ...] | None = None,
    rows: Rows | None = None,
    **inputs: Any,
) -> AnyCommand:
    """Return the command with the desk's word for who asks; roles default to those of ``by``."""
    known = ROLES.get(by, ()) if roles is None else roles
    stamp = Stamp(person=by, roles=known, rows=rows or registers(), at=NOON)
    return command.model_validate({"by": by, "stamp": stamp, **inputs})


def applied(case: Case, events: Iterable[Event]) -> Case:
    """Return the case after ``events``."""
    return reduce(evolve, events, case)


def types(events: Iterable[Event]) -> tuple[str, ...]:
    """Return the names of ``events``, in order."""
    return tuple(event.type for event in events)


def refusal(command: Command, case: Case, at: datetime = ONE) -> Refused:
    """Return how the command's own row refuses it; a test fails when it does not."""
    with pytest.raises(Refused) as caught:
        _asked_of_its_row(command, case, at)
    refused = caught.value
    assert case.reference in refused.message or refused.code is Code.INVALID_REPORT
    assert len(refused.message) <= 500
    return refused


def _asked_of_its_row(command: Command, case: Case, at: datetime) -> None:
    command.check_inputs(case, at)
    command.decide(case, at)


def code_of(command: Command, case: Case, at: datetime = ONE) -> Code:
    """Return the code by which the command's own row refuses it."""
    return refusal(command, case, at).code
