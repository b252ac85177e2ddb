"""The notices that providers, staff, the NCSC and finance get, each declared once."""

from dataclasses import replace

from domain import notice_money_words as money
from domain import notice_words as words
from domain.notice import Moment
from domain.notice_entry import (
    MAIL,
    PAGE_AND_MAIL,
    SIGNED,
    SIGNED_AND_PAGE,
    SPEND,
    STEPS,
    Entry,
    When,
    Which,
    Words,
    always,
)

TRIAGE, MANAGER, APPROVER = "triage-officer", "incident-manager", "senior-approver"
NOT_TAKEN = ("recovery-rejected", "recovery-lapsed", "recovery-not-offered")
NCSC_IS_TOLD = (
    "decision-recorded",
    "decision-reversed",
    "service-declined",
    "service-re-offered",
    "case-withdrawn",
    "returned-to-containment",
    "case-closed",
    "case-reopened",
)
"""The rows marked with a dagger in the guide's table of commands."""


def signed(
    notice: str,
    on: tuple[str, ...],
    says: str,
    context: Words,
    *,
    when: When = always,
    provider: Which = words.engaged,
) -> Entry:
    """Return the entry of a signed message to a provider."""
    return Entry(notice, "provider", on, says, SIGNED, context, when, provider=provider)


def paged_too(entry: Entry) -> Entry:
    """Return the entry with a page to the provider's duty line besides."""
    return replace(entry, channels=SIGNED_AND_PAGE)


def waits(
    notice: str,
    to: str,
    on: tuple[str, ...],
    says: str,
    context: Words,
    person: str = "",
) -> Entry:
    """Return the entry of a notice to staff that something waits for them."""
    return Entry(notice, to, on, says, PAGE_AND_MAIL, context, person=person)


def mailed(
    notice: str, to: str, on: tuple[str, ...], says: str, context: Words, when: When = always
) -> Entry:
    """Return the entry of a notice that goes by mail alone."""
    return Entry(notice, to, on, says, MAIL, context, when)


def _provider_engaged(m: Moment) -> bool:
    return m.after.engagement.provider is not None


def _had_provider(m: Moment) -> bool:
    return words.engaged(m) is not None


def _first_scope(m: Moment) -> bool:
    return not m.before.engagement.scope_ever


def _crossed(m: Moment) -> bool:
    return money.crossed(m, "A") > 0


def _used_up(m: Moment) -> bool:
    return money.crossed(m, "A") >= max(m.after.policy.spend_thresholds)


def _order_crossed(m: Moment) -> bool:
    return money.crossed(m, "B") > 0


PROVIDER: tuple[Entry, ...] = (
    paged_too(
        signed(
            "call-out",
            ("provider-called-out",),
            "Which council to ring, whom, and by when.",
            words.asked_to_help,
            provider=words.named,
        )
    ),
    paged_too(
        signed(
            "stand-down",
            ("provider-stood-down",),
            "To stop, keep evidence and send the final bill.",
            words.stopped,
            provider=words.stood_down,
        )
    ),
    paged_too(
        signed(
            "category-changed",
            ("category-recorded",),
            "The new category.",
            words.category_moved,
            when=_provider_engaged,
        )
    ),
    signed(
        "returned-to-containment",
        ("returned-to-containment",),
        "That containment starts again, and why.",
        words.back_to_containment,
    ),
    signed(
        "phase-exit-accepted", ("phase-exit-accepted",), "Which phase follows.", words.phase_moved
    ),
    signed(
        "phase-exit-rejected",
        ("phase-exit-rejected",),
        "Why the phase goes on.",
        words.exit_rejected,
    ),
    signed(
        "recovery-confirmed",
        ("recovery-accepted",),
        "From when recovery is billed, and on which order.",
        money.confirmed,
    ),
    signed(
        "recovery-not-taken",
        NOT_TAKEN,
        "That there is no recovery to do.",
        money.not_taken,
        when=_had_provider,
    ),
    signed(
        "recovery-stopped",
        ("recovery-stopped",),
        "That recovery stops here.",
        money.stopped_recovery,
    ),
    signed(
        "final-report-reminder", STEPS, "Until when the final report is due.", words.at_provider
    ),
    signed(
        "case-closed",
        ("case-closed",),
        "That the case is closed.",
        money.closed,
        when=_had_provider,
    ),
)
"""Every notice to a provider."""

STAFF: tuple[Entry, ...] = (
    waits(
        "new-case", TRIAGE, ("case-opened",), "That a case waits for an officer.", words.case_waits
    ),
    waits(
        "case-assigned",
        TRIAGE,
        ("owner-assigned",),
        "That the case is theirs now.",
        words.case_given,
        "owner",
    ),
    waits(
        "hand-over-request",
        TRIAGE,
        ("hand-over-started",),
        "That a hand-over waits for them.",
        words.hand_over_asked,
        "to",
    ),
    waits(
        "approval-request",
        APPROVER,
        ("discretionary-proposed", "policy-change-proposed"),
        "That something waits for a second person.",
        words.approval_asked,
    ),
    waits(
        "approval-refused",
        TRIAGE,
        ("discretionary-rejected",),
        "That the case is still to be decided.",
        words.approval_refused,
    ),
    waits(
        "spend-request",
        APPROVER,
        ("spend-requested",),
        "That money waits for authority.",
        money.spend_asked,
    ),
    waits(
        "spend-refused",
        MANAGER,
        ("spend-refused",),
        "That the authority stays as it is.",
        money.spend_asked,
    ),
    waits(
        "phase-exit-proposed",
        MANAGER,
        ("phase-exit-proposed",),
        "That a phase exit waits for an answer.",
        words.exit_proposed,
    ),
    waits(
        "failover-advised",
        MANAGER,
        STEPS,
        "That the provider is silent and a fail-over is advised.",
        words.failover_advised,
    ),
    waits(
        "phone-task",
        TRIAGE,
        ("phone-task-opened",),
        "That the council must be rung.",
        words.to_be_rung,
    ),
    mailed(
        "spend-alert",
        MANAGER,
        SPEND,
        "How much of MHCLG's authority is used.",
        money.spent_of_authority,
        _crossed,
    ),
    mailed(
        "spend-alert",
        APPROVER,
        SPEND,
        "That MHCLG's authority is used up.",
        money.spent_of_authority,
        _used_up,
    ),
    mailed(
        "spend-alert",
        MANAGER,
        SPEND,
        "How much of the council's order is used.",
        money.spent_of_order,
        _order_crossed,
    ),
)
"""Every notice to staff; pages and alarms are the pager's."""

OUTSIDE: tuple[Entry, ...] = (
    mailed(
        "category-request",
        "ncsc",
        STEPS,
        "The question which category it is.",
        words.category_asked,
    ),
    mailed("ncsc-update", "ncsc", NCSC_IS_TOLD, "What was decided; never money.", words.told_ncsc),
    mailed(
        "commitment",
        "finance",
        ("scope-agreed",),
        "That MHCLG has bound itself to pay.",
        money.commitment,
        _first_scope,
    ),
    mailed(
        "recovery-confirmed",
        "finance",
        ("recovery-accepted",),
        "From when the council pays, and on which order.",
        money.confirmed,
    ),
    mailed(
        "recovery-stopped",
        "finance",
        ("recovery-stopped",),
        "From when nothing more is chargeable.",
        money.stopped_recovery,
    ),
)
"""Every notice to the NCSC and to finance."""
