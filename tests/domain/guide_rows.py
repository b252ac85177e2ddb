"""The guide's table of commands (section g) written down once more, by hand, for the tests."""

from dataclasses import dataclass, field
from typing import Any

from domain.people import Role
from domain.phase import ACT, ANY, ASS, CLS, CON, END, ERA, OFF, OPEN, REC, REP, Phase
from tests.builders import ANSWERS, OTHER, SAID_BY

LETTERS = {
    "T": Role.TRIAGE_OFFICER,
    "M": Role.INCIDENT_MANAGER,
    "A": Role.SENIOR_APPROVER,
    "H": Role.HEAD_OF_SERVICE,
    "D": Role.ON_CALL_DIRECTOR,
    "P": Role.PROVIDER,
    "F": Role.FINANCE,
    "U": Role.AUDITOR,
    "S": Role.SYSTEM,
}
STANDS_IN = {"T": "TMH", "M": "MH", "A": "AHD"}
"""Section c: whoever may do what asks for that least role, itself included."""

OWN_HAND = ("open-case",)
"""Given by a verb written by hand, ``cir case open``: a report is not an option."""

DESK_ONLY = {
    "record-ico", "record-other-report", "record-final-report", "propose-close", "confirm-close",
    "record-feedback", "reopen", "log-work", "dispute-work", "resolve-work", "request-spend",
    "authorise-spend", "reject-spend", "hand-off-billing", "billing-acknowledged",
    "billing-rejected", "decide", "reverse-decision", "propose-discretionary",
    "approve-discretionary", "reject-discretionary", "withdraw-proposal", "propose-phase-exit",
    "accept-phase-exit", "reject-phase-exit", "change-policy", "confirm-policy",
}  # fmt: skip
"""All of ``cir money`` and ``cir closing``, and what the note under the table names."""


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        group: The noun it is under at ``cir``.
        who: Letters of the least roles.
        phases: Where it is lawful.
        reasoned: Marked **R**.
        events: What it puts on the record, of its own column.
        inputs: The least it can be given.
        only: Whether nobody stands in.
    """

    group: str
    who: str
    phases: frozenset[Phase]
    reasoned: bool
    events: tuple[str, ...]
    inputs: dict[str, Any] = field(default_factory=dict)
    only: bool = False


R, PLAIN = True, False
ASSESSING = frozenset({ASS})
ACTIVE = frozenset({ACT})
CALLED = frozenset({ACT, CON, ERA, OFF, REC})
SPENDING = CALLED | {CLS}
ITEMS = SPENDING - {ACT}
WORKING = frozenset({CON, ERA, REC})
RESPONDING = frozenset({ACT, CON, ERA})
OFFERING = frozenset({OFF})
BILLING = frozenset({OFF, REC, CLS})
CLOSING = frozenset({CLS})
AFTER = frozenset({CLS, END})
CALL_OUT = ("provider-assigned", "provider-called-out")
VOICE = {"said_by": SAID_BY}
AUTHORITY = {"authority": {"post": "s151", "how": "signed letter"}}
ORDER = {"po_number": "EM-1", "po_value_pence": 10_000_000}
LATER, TOMORROW = "2026-11-23T13:00:00Z", "2026-11-24T13:00:00Z"

ROWS: dict[str, Row] = {
    # intake and triage
    "open-case": Row(
        "case", "ST", ANY, PLAIN, ("case-opened", "category-recorded", "report-repeated"),
        {"report": {}},
    ),
    "amend-report": Row(
        "triage", "ST", OPEN, PLAIN, ("report-amended",),
        {"changes": {"impact.risk_to_life": "yes"}},
    ),
    "correct-council": Row(
        "triage", "M", frozenset({REP, ASS}), R, ("council-corrected",), {"code": "XWM"}
    ),
    "acknowledge": Row("triage", "T", frozenset({REP}), PLAIN, ("case-acknowledged",)),
    "request-info": Row(
        "triage", "T", ASSESSING, PLAIN, ("information-requested",), {"questions": ["Backups?"]}
    ),
    "record-info": Row(
        "triage", "T", OPEN, PLAIN, ("information-recorded",), {"answers": "Unknown."}
    ),
    "record-category": Row(
        "triage", "T", ANY, PLAIN, ("category-recorded",), {"category": "C3", "given_by": "ncsc"}
    ),
    "decide": Row(
        "triage", "T", ASSESSING, R, ("decision-recorded", "case-linked"),
        {"result": "qualifies", "tests": ANSWERS},
    ),
    "propose-discretionary": Row(
        "triage", "T", ASSESSING, R, ("discretionary-proposed",), {"tests": ANSWERS}
    ),
    "approve-discretionary": Row(
        "triage", "A", ASSESSING, R, ("discretionary-approved", "decision-recorded")
    ),
    "reject-discretionary": Row("triage", "A", ASSESSING, R, ("discretionary-rejected",)),
    "withdraw-proposal": Row("triage", "T", ASSESSING, R, ("discretionary-withdrawn",)),
    "reassess": Row("triage", "T", AFTER, R, ("reassessment-opened",)),
    "reverse-decision": Row(
        "triage", "M", RESPONDING | AFTER, R, ("decision-reversed", "provider-stood-down")
    ),
    # activation
    "assign-provider": Row(
        "activation", "SM", CALLED, PLAIN, CALL_OUT, {"provider": "alder", "why": "rotation"}
    ),
    "decline-service": Row(
        "activation", "T", RESPONDING, R, ("service-declined", "provider-stood-down"),
        {**VOICE, "why": "insurer-panel"},
    ),
    "re-offer-service": Row("activation", "T", AFTER, R, ("service-re-offered",), VOICE),
    "withdraw": Row(
        "activation", "T", RESPONDING | {REP, ASS}, R, ("case-withdrawn", "provider-stood-down"),
        VOICE,
    ),
    "agree-scope": Row(
        "activation", "PT", ACTIVE, PLAIN, ("scope-agreed",),
        {"summary": "Servers.", "agreed_by": "Joanna Hale, Head of ICT"},
    ),
    # provider
    "provider-acknowledged": Row("provider", "PT", CALLED, PLAIN, ("provider-acknowledged",)),
    "contact-attempted": Row(
        "provider", "PT", CALLED, PLAIN, ("contact-attempted",),
        {"channel": "phone", "result": "no answer"},
    ),
    "contact-made": Row(
        "provider", "PT", CALLED, PLAIN, ("contact-made",),
        {"with_whom": "Joanna Hale", "channel": "phone"},
    ),
    "provider-declined": Row(
        "provider", "PM", CALLED, R, ("provider-declined", *CALL_OUT), {"why": "no-capacity"}
    ),
    "fail-over": Row(
        "provider", "M", CALLED, R, ("provider-failed-over", "provider-stood-down", *CALL_OUT)
    ),
    # response
    "provider-update": Row(
        "response", "PT", WORKING, PLAIN, ("provider-update-recorded",), {"summary": "Isolated."}
    ),
    "propose-phase-exit": Row(
        "response", "PM", WORKING, PLAIN, ("phase-exit-proposed",), {"summary": "Contained."}
    ),
    "accept-phase-exit": Row("response", "M", WORKING, PLAIN, ("phase-exit-accepted",)),
    "reject-phase-exit": Row("response", "M", WORKING, R, ("phase-exit-rejected",)),
    "return-to-containment": Row(
        "response", "M", frozenset({ERA, OFF, REC}), R, ("returned-to-containment",),
        {"trigger": "spread"},
    ),
    "record-review": Row(
        "response", "M", WORKING | {OFF}, PLAIN, ("review-recorded",),
        {"about": "phase", "result": "continue", "notes": "It goes on."},
    ),
    # recovery
    "offer-recovery": Row(
        "recovery", "M", frozenset({ERA, OFF, CLS}), PLAIN, ("recovery-offered",),
        {"card": "alder-recovery", "estimate_pence": 1_800_000},
    ),
    "accept-recovery": Row(
        "recovery", "T", frozenset({ERA, OFF}), PLAIN, ("recovery-accepted", "funding-cut-over"),
        {"scope": "all"},
    ),
    "reject-recovery": Row(
        "recovery", "T", frozenset({ERA, OFF}), R, ("recovery-rejected",), VOICE
    ),
    "lapse-recovery": Row("recovery", "M", OFFERING, R, ("recovery-lapsed",)),
    "close-without-recovery": Row(
        "recovery", "M", OFFERING, R, ("recovery-not-offered",), {"why": "no-rate-card"}
    ),
    "stop-recovery": Row("recovery", "M", frozenset({REC}), R, ("recovery-stopped",), VOICE),
    "top-up-recovery": Row(
        "recovery", "T", frozenset({REC, CLS}), PLAIN, ("recovery-topped-up",), ORDER
    ),
    # money
    "log-work": Row(
        "money", "PT", SPENDING, PLAIN, ("work-logged",),
        {"item": "W-1", "date": "2026-11-23", "phase": "containment", "description": "Lead"},
    ),
    "dispute-work": Row(
        "money", "TF", ITEMS, R, ("work-disputed",), {"item": "W-1", "raised_by": "council"}
    ),
    "resolve-work": Row(
        "money", "MF", ITEMS, R, ("work-resolved",), {"item": "W-1", "result": "accept"}
    ),
    "request-spend": Row(
        "money", "T", SPENDING, R, ("spend-requested",), {"amount_pence": 9_000_000}
    ),
    "authorise-spend": Row("money", "A", SPENDING, R, ("spend-authorised",)),
    "reject-spend": Row("money", "A", SPENDING, R, ("spend-refused",)),
    "hand-off-billing": Row("money", "M", BILLING, PLAIN, ("billing-handed-off",)),
    "billing-acknowledged": Row(
        "money", "FS", BILLING, PLAIN, ("billing-acknowledged",),
        {"pack": 1, "finance_ref": "FIN-EX-1"},
    ),
    "billing-rejected": Row("money", "FS", BILLING, R, ("billing-rejected",), {"pack": 1}),
    # closing
    "record-final-report": Row(
        "closing", "PT", BILLING | {ERA}, PLAIN, ("final-report-recorded",),
        {"reference": "FR-1", "data_return": "confirmed"},
    ),
    "record-ico": Row(
        "closing", "T", ANY, PLAIN, ("ico-recorded",), {"result": "reported", "at": LATER}
    ),
    "record-other-report": Row(
        "closing", "T", ANY, PLAIN, ("other-report-recorded",), {"body": "warp", "at": LATER}
    ),
    "propose-close": Row(
        "closing", "T", CLOSING, PLAIN, ("close-proposed",),
        {"lessons": "Test the number.", "data_return": "confirmed"},
    ),
    "confirm-close": Row("closing", "MA", CLOSING, R, ("case-closed",)),
    "record-feedback": Row(
        "closing", "T", AFTER, PLAIN, ("feedback-recorded",), {"text": "Quick.", **VOICE}
    ),
    "reopen": Row(
        "closing", "M", frozenset({END}), R, ("case-reopened",),
        {"to": "assessment", "trigger": "new-activity"},
    ),
    # handling
    "link-case": Row(
        "handling", "T", ANY, PLAIN, ("case-linked",), {"case": OTHER, "kind": "same-event"}
    ),
    "unlink-case": Row("handling", "T", ANY, PLAIN, ("case-unlinked",), {"case": OTHER}),
    "assign-owner": Row("handling", "M", OPEN, R, ("owner-assigned",), {"owner": "tomas"}),
    "hand-over": Row(
        "handling", "T", OPEN, PLAIN, ("hand-over-started",),
        {"to": "tomas", "open_actions": ["Ring the council."]},
    ),
    "accept-hand-over": Row("handling", "T", OPEN, PLAIN, ("hand-over-accepted",)),
    "acknowledge-escalation": Row(
        "escalation", "MHD", ANY, PLAIN, ("escalation-acknowledged",), {"about": "decision"},
        only=True,
    ),
    "pause-clock": Row(
        "clock", "M", OPEN, R, ("clock-paused",),
        {"clock": "decision", "why": "awaiting-council-information", "until": TOMORROW},
    ),
    "resume-clock": Row("clock", "SM", OPEN, PLAIN, ("clock-resumed",), {"clock": "decision"}),
    "set-contact": Row(
        "handling", "T", ANY, PLAIN, ("contact-set",), {"post": "cio", "name": "Joanna Hale"}
    ),
    "record-delivery": Row(
        "handling", "ST", ANY, PLAIN, ("delivery-recorded", "phone-task-opened"),
        {"notice": "report-receipt", "channel": "phone", "state": "spoken"},
    ),
    "legal-hold": Row(
        "handling", "M", ANY, R, ("legal-hold-set", "legal-hold-lifted"),
        {"on": True, "authority": "The legal director"},
    ),
    "record-successor": Row(
        "handling", "M", ANY, R, ("council-succeeded",),
        {"successor": "XWM", "from_on": "2027-04-01", "order": "stands"},
    ),
    "change-policy": Row(
        "handling", "H", OPEN, R, ("policy-change-proposed",),
        {"settings": {"decision.target_minutes": 90}},
    ),
    "confirm-policy": Row("handling", "A", OPEN, R, ("policy-changed",)),
    "mark-exercise": Row("handling", "M", frozenset({REP, ASS}), R, ("exercise-marked",)),
    "add-note": Row("handling", "TMAHDF", ANY, PLAIN, ("note-added",), {"text": "A note."}),
}  # fmt: skip
"""Every command by its name, in the guide's order."""
