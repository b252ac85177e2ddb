"""One moment for every entry of the catalogue of notices: a case on both sides of a fact."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import ConfigDict

from domain.case import Case, Contact, Decision, Event, Offer, PhaseExit, Told
from domain.category import Category
from domain.clock_run import ClockRun, Step
from domain.council import Council, CouncilRegister
from domain.engagement import CallOut, Engagement
from domain.notice import Moment
from domain.notice_entry import Words
from domain.notice_money_words import spent_of_authority, spent_of_order
from domain.notices import CATALOGUE, Entry
from domain.phase import Outcome, Phase
from domain.policy import Policy
from domain.provider import Provider
from domain.report_content import with_changes
from domain.report_reading import check_report
from domain.work import Money, Order, SpendRequest

ROOT = Path(__file__).resolve().parents[1]
NOON = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
REASON = "Two departments cannot work.\nNo other help can start today."
COUNCIL_NAME = "Eastmere District Council"
SAID_BY = {"name": "Joanna Hale", "post": "cio", "verified": {"how": "call-back", "by": "tomas"}}


class Happened(Event):
    """An event of any type with any facts: the catalogue reads no more of one than that."""

    model_config = ConfigDict(frozen=True, extra="allow")


def happened(name: str, /, **facts: object) -> Event:
    """Return an event of that type; it stays out of the registry of real ones."""
    kind = type("Happened", (Happened,), {})
    kind.type = name  # type: ignore[attr-defined]
    made: Event = kind(at=NOON, **facts)
    return made


def a_policy() -> Policy:
    """Return the shipped policy."""
    return Policy.from_toml((ROOT / "policy" / "default.toml").read_text())


def a_case(report_changes: Mapping[str, object] | None = None, **changes: object) -> Case:
    """Return the example's case in containment, with everything a notice may speak of."""
    data = json.loads((ROOT / "examples" / "report.json").read_text())
    first = {
        "source.received_at": "2026-10-01T01:40:00Z",
        "contacts": [
            {"post": "s151", "name": "Peter Lund", "email": "p.lund@personal.example.org"},
            {"post": "dpo", "name": "Amira Sayed", "email": "a.sayed@personal.example.org"},
        ],
        "reporter.contact_email": "jo.hale@personal.example.org",
        "reporter.company_email": "joanna.hale@eastmere.example.gov.uk",
        "reporter.name": "Joanna Hale",
        "reporter.phone": "07700 900101",
        "ncsc.reference": "NCSC-EX-004821",
        "data.personal_data": "unknown",
        **(report_changes or {}),
    }
    council = Council(code="XEA", name=COUNCIL_NAME, gss="E07000999", warp="Eastern WARP")
    register = CouncilRegister(councils=(council,))
    report = check_report(with_changes(data, first), now=NOON, councils=register).report
    providers = json.loads((ROOT / "examples" / "world" / "providers.json").read_text())
    case = Case(
        reference="CIR-2026-000123",
        policy=a_policy(),
        council=council,
        providers=tuple(Provider.model_validate(one) for one in providers),
        report=report,
        phase=Phase.CONTAINMENT,
        entered_at=NOON - timedelta(hours=2),
        received_at=datetime(2026, 10, 1, 1, 40, tzinfo=UTC),
        opened_at=datetime(2026, 10, 1, 1, 41, tzinfo=UTC),
        category=Category.C2,
        decision=Decision(result="qualifies", people=("kaya",)),
        owner="kaya",
        aware_at=datetime(2026, 10, 1, 0, 55, tzinfo=UTC),
        engagement=Engagement(
            provider="alder",
            call_out=CallOut(provider="alder", why="rotation", called_at=NOON - timedelta(hours=3)),
            assigned=True,
            scope_agreed=True,
            scope_ever=True,
        ),
        exit=PhaseExit(phase=Phase.CONTAINMENT, by="alder", not_met=("hosts-identified",)),
        offer=Offer(
            provider="alder",
            card="alder-recovery-example",
            rates={"lead": 152000, "senior": 119900},
            offered_at=NOON - timedelta(days=2),
        ),
        money=Money(
            authority_pence=6000000,
            request=SpendRequest(by="kaya", amount_pence=7500000),
            order=Order(po_number="EDC-900412", value_pence=4000000),
            cut_over_at=NOON,
        ),
        notices=(Told(key="k1", notice="report-receipt", role="council", channels=("email",)),),
        clocks=tuple(
            ClockRun(
                clock=clock,
                instance=1,
                started_at=NOON - timedelta(hours=1),
                due_at=NOON + timedelta(hours=23),
            )
            for clock in (
                "decision",
                "information-reply",
                "recovery-reply",
                "final-report",
                "ico-report",
                "spend-authority",
            )
        ),
    )
    return case.but(**changes)


def step(notice: str, kind: str = "clock-reminded") -> Event:
    """Return a step of a clock that names a notice."""
    one = Step(at=NOON, does="mark" if kind == "clock-marked" else "remind", notice=notice)
    return happened(kind, clock="c", instance=1, step=one)


def _facts() -> dict[str, dict[str, Any]]:
    """Return what each type of event carries, as its command's row says."""
    words = {"reason": REASON, "said_by": SAID_BY}
    tests = {"operations": "yes", "may-spread": "unknown"}
    return {
        "information-requested": {"questions": ("Is payroll affected?", "Are backups safe?")},
        "decision-recorded": {"result": "not-qualified", "tests": tests, **words},
        "provider-assigned": {"provider": "kestrel", "why": "rotation"},
        "provider-called-out": {"provider": "kestrel"},
        "provider-stood-down": {"provider": "alder", **words},
        "service-declined": {"why": "insurer-panel", **words},
        "recovery-offered": {"estimate_pence": 3600000, "terms": "CIR-RECOVERY-TERMS-1"},
        "recovery-accepted": {"scope": "part", "po_number": "EDC-900412"},
        "returned-to-containment": {"trigger": "missed-host", **words},
        "contact-set": {"post": "cio", "name": "Sorcha Byrne"},
        "owner-assigned": {"owner": "kaya", **words},
        "hand-over-started": {"to": "priya", "open_actions": ("watch the 16:40 update",)},
        "phone-task-opened": {"notices": ("k1",)},
        "case-reopened": {"trigger": "data-published", "to": "assessment", **words},
        "policy-change-proposed": {"settings": {"final-report.target_minutes": 7200}, **words},
        "spend-requested": {"amount_pence": 7500000, **words},
    }


_SUBJECTS = {
    "decision-out-of-scope": {"result": "out-of-scope"},
    "decision-false-positive": {"result": "false-positive"},
    "decision-duplicate": {"result": "duplicate"},
}


def moment_of(entry: Entry) -> Moment:
    """Return a moment that causes the entry's notice."""
    before = _before(entry)
    event = _event(entry)
    return Moment(before, _after(entry, before), event)


def _event(entry: Entry) -> Event:
    first = entry.on[0]
    if first.startswith("clock-"):
        return step(entry.notice)
    facts = _facts().get(first, {"reason": REASON, "said_by": SAID_BY})
    return happened(first, **{**facts, **_SUBJECTS.get(entry.notice, {})})


def _before(entry: Entry) -> Case:
    case = a_case()
    if entry.notice == "activation-confirmed":
        return case.but(phase=Phase.ACTIVATION, engagement=Engagement())
    if entry.notice == "commitment":
        return case.but(engagement=case.engagement.but(scope_ever=False))
    if entry.notice == "category-changed":
        return case.but(category=Category.C3)
    if entry.notice == "case-closing":
        return case.but(phase=Phase.RECOVERY)
    return case


def _after(entry: Entry, before: Case) -> Case:
    if entry.notice == "spend-alert":
        ledger = "B" if entry.words is spent_of_order else "A"
        return before.but(money=before.money.but(alerted={ledger: 100}))
    cio = Contact(post="cio", name="Sorcha Byrne", phone="07700 900188")
    closing = {"phase": Phase.CLOSING, "outcome": Outcome.SUPPORTED, "ico_started": True}
    closed = {"phase": Phase.CLOSED, "data_return": "confirmed", "waived": ("ico-outcome",)}
    changes: dict[str, dict[str, object]] = {
        "category-changed": {"category": Category.C2},
        "case-closing": closing,
        "final-report-reminder": closing,
        "case-closed": {**closing, **closed},
        "case-reopened": {"phase": Phase.ASSESSMENT},
        "phase-exit-accepted": {"phase": Phase.ERADICATION},
        "contact-changed": {"contacts": (cio,)},
        "call-out": {"contacts": (cio,)},
    }
    return before.but(**changes.get(entry.notice, {}))


def name_of(entry: Entry) -> str:
    """Return a name for the entry that no other has."""
    about: dict[Words, str] = {spent_of_order: "-order", spent_of_authority: "-authority"}
    return f"{entry.notice}-to-{entry.to}{about.get(entry.words, '')}"


MOMENTS = {name_of(entry): entry for entry in CATALOGUE}
"""Every entry of the catalogue by a name of its own."""
