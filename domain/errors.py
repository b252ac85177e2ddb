"""What the rules answer when they say no.

Tree::

    Exception
    ├── Refused                   a rule said no and nothing changed; shown, never retried
    └── ValueError
        ├── InvalidReportError        a report with problems, all at once (report_problems)
        ├── InvalidCouncilListError   a list of councils with problems (council_csv)
        ├── InvalidRegisterError      a register's file with problems, all at once (registers)
        └── PolicyError               a policy, or a change, that cannot stand (policy_settings)
"""

from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """How an answer is counted at the edges (``cir`` exits 4, 6 and 5 for these)."""

    NOT_ALLOWED = "not-allowed"
    CONFLICT = "conflict"
    REFUSED = "refused"


class Code(StrEnum):
    """The rule that said no. Wire format: stable, never renamed."""

    # before any rule: how the instruction reached the case
    SEALED_ONLY = "sealed-only"
    # what every command shares, in the order in which it is asked
    UNKNOWN_PERSON = "unknown-person"
    ROLE_NOT_ALLOWED = "role-not-allowed"
    KEY_REUSED = "key-reused"
    DESK_ONLY = "desk-only"
    INVALID_INPUT = "invalid-input"
    REASON_NEEDED = "reason-needed"
    STALE_VERSION = "stale-version"
    CASE_ARCHIVED = "case-archived"
    CASE_CLOSED = "case-closed"
    WRONG_PHASE = "wrong-phase"
    NOT_THE_PROVIDER = "not-the-provider"
    SAME_PERSON = "same-person"
    IN_THE_FUTURE = "in-the-future"
    BEFORE_CASE = "before-case"
    EVIDENCE_NEEDED = "evidence-needed"
    # intake and triage
    INVALID_REPORT = "invalid-report"
    USE_OTHER_COMMAND = "use-other-command"
    NOTHING_CHANGED = "nothing-changed"
    UNKNOWN_COUNCIL = "unknown-council"
    NO_SAFE_CONTACT = "no-safe-contact"
    CATEGORY_SOURCE_NOT_ALLOWED = "category-source-not-allowed"
    APPROVAL_PENDING = "approval-pending"
    BELOW_THRESHOLD = "below-threshold"
    COUNCIL_NOT_ELIGIBLE = "council-not-eligible"
    CATEGORY_QUALIFIES = "category-qualifies"
    UNKNOWN_CASE = "unknown-case"
    NO_PROPOSAL = "no-proposal"
    NOT_YOURS = "not-yours"
    NOTHING_TO_REASSESS = "nothing-to-reassess"
    WATCH_ENDED = "watch-ended"
    NOTHING_TO_REVERSE = "nothing-to-reverse"
    # activation and provider
    UNKNOWN_PROVIDER = "unknown-provider"
    ALREADY_CALLED_OUT = "already-called-out"
    PROVIDER_NOT_ELIGIBLE = "provider-not-eligible"
    NOT_DECLINED = "not-declined"
    OFFER_ENDED = "offer-ended"
    CONTACT_NOT_MADE = "contact-not-made"
    NO_CALL_OUT = "no-call-out"
    ALREADY_ACKNOWLEDGED = "already-acknowledged"
    NO_PROVIDER = "no-provider"
    NO_OTHER_PROVIDER = "no-other-provider"
    # response and recovery
    EXIT_PENDING = "exit-pending"
    CRITERIA_INCOMPLETE = "criteria-incomplete"
    NO_EXIT_PROPOSED = "no-exit-proposed"
    COUNCIL_NOT_AGREED = "council-not-agreed"
    CRITERIA_NOT_MET = "criteria-not-met"
    NO_REVIEW_RUNNING = "no-review-running"
    ALREADY_ACCEPTED = "already-accepted"
    OFFER_PENDING = "offer-pending"
    NO_RATE_CARD = "no-rate-card"
    NO_OFFER = "no-offer"
    AUTHORITY_NEEDED = "authority-needed"
    PO_NEEDED = "po-needed"
    TOO_EARLY_TO_LAPSE = "too-early-to-lapse"
    AMOUNT_NOT_HIGHER = "amount-not-higher"
    # money
    UNKNOWN_GRADE = "unknown-grade"
    BAD_MINUTES = "bad-minutes"
    DATE_OUT_OF_RANGE = "date-out-of-range"
    NO_RATE = "no-rate"
    RECOVERY_NOT_ACCEPTED = "recovery-not-accepted"
    ITEM_EXISTS = "item-exists"
    UNKNOWN_ITEM = "unknown-item"
    ITEM_BILLED = "item-billed"
    ALREADY_DISPUTED = "already-disputed"
    NOT_HELD = "not-held"
    SUCCESSOR_UNCONFIRMED = "successor-unconfirmed"
    OVER_ORDER_VALUE = "over-order-value"
    REQUEST_PENDING = "request-pending"
    NO_REQUEST = "no-request"
    BILLING_IN_FLIGHT = "billing-in-flight"
    NOTHING_TO_BILL = "nothing-to-bill"
    OVER_AUTHORITY = "over-authority"
    UNKNOWN_PACK = "unknown-pack"
    # closing
    CHECKLIST_INCOMPLETE = "checklist-incomplete"
    NO_CLOSE_PROPOSED = "no-close-proposed"
    REOPEN_WINDOW_CLOSED = "reopen-window-closed"
    # handling
    LINKS_TO_ITSELF = "links-to-itself"
    ALREADY_LINKED = "already-linked"
    NOT_LINKED = "not-linked"
    NOT_STAFF = "not-staff"
    NOT_THE_OWNER = "not-the-owner"
    HAND_OVER_PENDING = "hand-over-pending"
    NO_HAND_OVER = "no-hand-over"
    NOT_FOR_YOU = "not-for-you"
    RUNG_NOT_YOURS = "rung-not-yours"
    NOTHING_TO_ACKNOWLEDGE = "nothing-to-acknowledge"
    CLOCK_NOT_RUNNING = "clock-not-running"
    NEVER_PAUSABLE = "never-pausable"
    REASON_NOT_ACCEPTED = "reason-not-accepted"
    PAUSE_TOO_LONG = "pause-too-long"
    ALREADY_BREACHED = "already-breached"
    NOT_PAUSED = "not-paused"
    VERIFICATION_NEEDED = "verification-needed"
    COMPROMISED_CONTACT = "compromised-contact"
    UNKNOWN_NOTICE = "unknown-notice"
    CHANGE_PENDING = "change-pending"
    UNKNOWN_SETTING = "unknown-setting"
    NO_CHANGE_PROPOSED = "no-change-proposed"
    ALREADY_EXERCISE = "already-exercise"
    OUTSIDE_TOLD = "outside-told"
    # registers and tokens
    NOT_REGISTERED = "not-registered"
    ALREADY_CONFIRMED = "already-confirmed"
    CHANGE_WITHDRAWN = "change-withdrawn"
    CHANGE_LAPSED = "change-lapsed"
    # acts on a case, by two people
    CASE_RUNS = "case-runs"
    NOT_ARCHIVED = "not-archived"
    UNDER_LEGAL_HOLD = "under-legal-hold"
    KEPT_STILL = "kept-still"


NOT_ALLOWED = frozenset(
    {
        Code.UNKNOWN_PERSON,
        Code.ROLE_NOT_ALLOWED,
        Code.SAME_PERSON,
        Code.RUNG_NOT_YOURS,
        Code.NOT_FOR_YOU,
        Code.NOT_YOURS,
        Code.NOT_THE_OWNER,
        Code.NOT_THE_PROVIDER,
    }
)
CONFLICTS = frozenset({Code.STALE_VERSION, Code.KEY_REUSED})


class Refused(Exception):
    """A rule said no. Nothing changed.

    Attributes:
        code: The rule, stable for programs.
        message: One or two sentences a person can act on; no personal data.
        details: What a program may want besides, JSON-ready (``missing``, ``fields``, ``phase``).
    """

    def __init__(self, code: Code, message: str, **details: Any) -> None:  # noqa: ANN401
        super().__init__(message)
        self.code = code
        self.message = message
        self.details = details

    @property
    def kind(self) -> Kind:
        """Return whether this is about the person, a conflict, or a rule."""
        if self.code in NOT_ALLOWED:
            return Kind.NOT_ALLOWED
        return Kind.CONFLICT if self.code in CONFLICTS else Kind.REFUSED
