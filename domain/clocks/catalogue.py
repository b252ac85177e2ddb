"""Every clock a case runs, each declared once: what starts it, what stops it, how it is timed.

An entry of ``starts``, ``stops`` and ``cancels`` is the ``type`` of an event, or
``entering:<phase>``. Lengths are in the policy, under the clock's name.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case import Case, Event
from domain.category import Category, meets_threshold
from domain.phase import ACT, ASS, CLS, CON, END, ERA, OFF, REC, REP, Phase

Condition = Callable[[Case, Case, Event], bool]
"""``(before, after, event)``: whether the declared event really starts or stops the clock."""


class Ladder(StrEnum):
    """How pages climb: urgent, steady, office."""

    URGENT = "U"
    STEADY = "S"
    OFFICE = "O"


class Kind(StrEnum):
    """Our promise, somebody else's duty that we watch, or a repeating nudge."""

    SERVICE = "service"
    TRACKER = "tracker"
    REMINDER = "reminder"


def always(before: Case, after: Case, event: Event) -> bool:  # noqa: ARG001  (one signature)
    """Say yes."""
    return True


def occurred(after: Case, event: Event) -> datetime:  # noqa: ARG001  (one signature)
    """Return the instant the starting fact occurred."""
    return event.at


@dataclass(frozen=True)
class Clock:
    """One row of the guide's table of clocks.

    Attributes:
        name: Its name; wire format.
        says: What it promises, in words that follow "waits for".
        met_by: The command by which a person meets it.
        starts: What starts it; ``starts_when`` narrows that down.
        starts_from: The instant it is counted from.
        stops: What meets it; ``stops_when`` narrows that down.
        cancels: What ends it without meeting it.
        lives_in: The phases it may run in; leaving them cancels it. ``None``: any that is open.
        survives_closing: Whether it runs on when the case enters closing.
        working_time: Whether it counts working time rather than elapsed time.
        ladder: How its pages climb after the deadline; ``None`` pages no ladder.
        first_rung: The first rung paged at the deadline.
        marks: Whether set points (rule f 7) take the place of the ladder at first.
        pausable_for: Reasons for which it may be paused; empty means never.
        reminders: Notice sent at each on-the-way instant, in place of a warning.
        breach_notice: Notice sent at the deadline.
        by_category: Whether its length depends on the category.
        single: Whether a start is ignored while one runs.
        restarts: Events that start it afresh while it runs; other starts are ignored then.
    """

    name: str
    says: str
    met_by: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    kind: Kind = Kind.SERVICE
    starts_when: Condition = always
    starts_from: Callable[[Case, Event], datetime] = occurred
    stops_when: Condition = always
    cancels: tuple[str, ...] = ()
    lives_in: frozenset[Phase] | None = None
    survives_closing: bool = False
    working_time: bool = False
    ladder: Ladder | None = Ladder.URGENT
    first_rung: int = 1
    marks: bool = False
    pausable_for: tuple[str, ...] = ()
    reminders: str | None = None
    breach_notice: str | None = None
    by_category: bool = False
    single: bool = False
    restarts: tuple[str, ...] = ()


def _uncategorised(_before: Case, after: Case, _event: Event) -> bool:
    return after.category is Category.UNCATEGORISED


def _in_response(before: Case, _after: Case, _event: Event) -> bool:
    return before.phase in (ACT, CON, ERA)


def _in(*phases: Phase) -> Condition:
    return lambda before, after, _event: before.phase in phases and after.phase in phases


def _no_offer(_before: Case, after: Case, _event: Event) -> bool:
    return after.phase is OFF and after.offer is None


def _fell_below(before: Case, after: Case, _event: Event) -> bool:
    fell = meets_threshold(before.category) and not meets_threshold(after.category)
    return fell and after.phase in (ACT, CON, ERA, OFF, REC)


def _passes_authority(before: Case, after: Case, _event: Event) -> bool:
    was = before.money.logged_pence("A") > before.money.authority_pence
    return after.money.logged_pence("A") > after.money.authority_pence and not was


def _covered(_before: Case, after: Case, _event: Event) -> bool:
    return after.money.logged_pence("A") <= after.money.authority_pence


def _report_due(_before: Case, after: Case, _event: Event) -> bool:
    return after.engagement.scope_ever and after.final_report is None


def _to_bill(_before: Case, after: Case, event: Event) -> bool:
    if event.type == "billing-rejected":
        return True
    unbilled = after.phase is CLS and bool(after.money.unpacked)
    return unbilled and after.money.pack_in_flight is None


def _task_done(before: Case, after: Case, _event: Event) -> bool:
    return bool(before.phone_task) and not after.phone_task


def _confirmed(_before: Case, after: Case, event: Event) -> bool:
    """``activation-confirmed`` was delivered or spoken; accepted is not told."""
    told = next((t for t in after.notices if t.key == getattr(event, "notice", None)), None)
    arrived = getattr(event, "state", None) in ("delivered", "spoken")
    return arrived and told is not None and told.notice == "activation-confirmed"


def _ico_starts(before: Case, after: Case, event: Event) -> bool:
    if event.type == "case-reopened" and getattr(event, "aware_at", None) is not None:
        return True  # data was published, whatever the report said
    if after.report.personal_data == "no" or after.ico_result is not None:
        return False
    if event.type == "report-amended":
        moved = before.aware_at != after.aware_at
        return moved or before.report.personal_data == "no"
    if event.type == "case-opened":
        return True
    came_back = before.phase in (CLS, END) and after.phase not in (CLS, END)
    return came_back or event.type == "case-reopened"


def _ico_stops(before: Case, after: Case, event: Event) -> bool:
    if event.type == "ico-recorded":
        return True
    return before.report.personal_data != "no" and after.report.personal_data == "no"


def _phase_review(_before: Case, _after: Case, event: Event) -> bool:
    return getattr(event, "about", "phase") == "phase"


def _category_review(_before: Case, _after: Case, event: Event) -> bool:
    return getattr(event, "about", "category") == "category"


_ENTERING_ANY = tuple(f"entering:{phase}" for phase in Phase)
_UPDATES = ("provider-update-recorded", "phase-exit-proposed")
_HOLDS = ("police-request", "forensic-hold")
_COUNCIL = ("council-request", "council-closure")

_ROWS = (
    Clock(
        "triage-acknowledgement",
        met_by="acknowledge",
        says="an officer who takes the case",
        starts=("case-opened",),
        starts_from=lambda after, _event: after.received_at,
        stops=("case-acknowledged",),
        lives_in=frozenset({REP}),
    ),
    Clock(
        "decision",
        met_by="decide",
        says="MHCLG's decision",
        starts=(f"entering:{ASS}",),
        stops=("decision-recorded",),
        lives_in=frozenset({ASS}),
        pausable_for=("awaiting-council-information",),
    ),
    Clock(
        "category-chase",
        met_by="record-category",
        says="a category from the NCSC",
        kind=Kind.REMINDER,
        starts=(f"entering:{ASS}",),
        starts_when=_uncategorised,
        stops=("category-recorded",),
        lives_in=frozenset({ASS}),
        ladder=None,
        reminders="category-request",
    ),
    Clock(
        "information-reply",
        met_by="record-info",
        says="the council's answers",
        starts=("information-requested",),
        stops=("information-recorded",),
        lives_in=frozenset({ASS}),
        ladder=Ladder.STEADY,
        pausable_for=("council-request",),
        reminders="information-reminder",
    ),
    Clock(
        "council-confirmation",
        met_by="record-delivery",
        says="the confirmation to reach the council",
        starts=(f"entering:{ACT}",),
        stops=("delivery-recorded",),
        stops_when=_confirmed,
        cancels=("decision-reversed",),
    ),
    Clock(
        "provider-assignment",
        met_by="assign-provider",
        says="a provider to be called out",
        starts=(f"entering:{ACT}", "provider-declined"),
        starts_when=lambda before, after, event: (
            event.type != "provider-declined" or _in_response(before, after, event)
        ),
        stops=("provider-called-out",),
        lives_in=frozenset({ACT, CON, ERA}),
        first_rung=2,
        single=True,
    ),
    Clock(
        "provider-acknowledgement",
        met_by="provider-acknowledged",
        says="the provider to confirm the call-out",
        starts=("provider-called-out",),
        stops=("provider-acknowledged", "contact-made"),
        cancels=("provider-declined", "provider-failed-over", "provider-stood-down"),
    ),
    Clock(
        "provider-contact",
        met_by="contact-made",
        says="the provider to reach the council",
        starts=("provider-called-out",),
        stops=("contact-made",),
        cancels=("provider-declined", "provider-failed-over", "provider-stood-down"),
        marks=True,
    ),
    Clock(
        "scope-agreement",
        met_by="agree-scope",
        says="the scope of work to be agreed",
        starts=("contact-made",),
        starts_when=_in(ACT),
        stops=("scope-agreed",),
        cancels=("provider-declined", "provider-failed-over"),
        lives_in=frozenset({ACT}),
        pausable_for=("council-request",),
    ),
    Clock(
        "containment-update",
        met_by="provider-update",
        says="the provider's next update",
        starts=(f"entering:{CON}", *_UPDATES),
        starts_when=lambda _before, after, _event: after.phase is CON,
        stops=_UPDATES,
        lives_in=frozenset({CON}),
        by_category=True,
    ),
    Clock(
        "containment-review",
        met_by="record-review",
        says="a review of containment",
        starts=(f"entering:{CON}", "review-recorded"),
        starts_when=lambda before, after, event: (
            after.phase is CON and _phase_review(before, after, event)
        ),
        starts_from=lambda after, _event: after.entered_at,
        stops=("review-recorded",),
        stops_when=_phase_review,
        lives_in=frozenset({CON}),
        ladder=Ladder.OFFICE,
    ),
    Clock(
        "eradication-update",
        met_by="provider-update",
        says="the provider's next update",
        starts=(f"entering:{ERA}", *_UPDATES),
        starts_when=lambda _before, after, _event: after.phase is ERA,
        stops=_UPDATES,
        lives_in=frozenset({ERA}),
        ladder=Ladder.STEADY,
        pausable_for=_HOLDS,
    ),
    Clock(
        "eradication-review",
        met_by="record-review",
        says="a review of eradication",
        starts=(f"entering:{ERA}", "review-recorded"),
        starts_when=lambda before, after, event: (
            after.phase is ERA and _phase_review(before, after, event)
        ),
        starts_from=lambda after, _event: after.entered_at,
        stops=("review-recorded",),
        stops_when=_phase_review,
        lives_in=frozenset({ERA}),
        ladder=Ladder.OFFICE,
        pausable_for=_HOLDS,
    ),
    Clock(
        "phase-exit-answer",
        met_by="accept-phase-exit",
        says="an answer to the proposed phase exit",
        starts=("phase-exit-proposed",),
        stops=("phase-exit-accepted", "phase-exit-rejected"),
        cancels=("phase-exit-lapsed",),
        lives_in=frozenset({CON, ERA, REC}),
        ladder=Ladder.STEADY,
    ),
    Clock(
        "recovery-offer-issue",
        met_by="offer-recovery",
        says="an offer of recovery",
        starts=(f"entering:{OFF}", "provider-failed-over", "recovery-offer-withdrawn"),
        starts_when=_no_offer,
        stops=("recovery-offered",),
        lives_in=frozenset({OFF}),
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=("council-request",),
        single=True,
    ),
    Clock(
        "recovery-reply",
        met_by="accept-recovery",
        says="the council's answer to the offer",
        starts=("recovery-offered",),
        stops=("recovery-accepted", "recovery-rejected"),
        cancels=("recovery-offer-withdrawn", "recovery-lapsed"),
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=_COUNCIL,
        reminders="recovery-reminder",
    ),
    Clock(
        "recovery-update",
        met_by="provider-update",
        says="the provider's next update",
        starts=(f"entering:{REC}", *_UPDATES),
        starts_when=lambda _before, after, _event: after.phase is REC,
        stops=_UPDATES,
        lives_in=frozenset({REC}),
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=(*_COUNCIL, "police-request"),
    ),
    Clock(
        "recovery-stall",
        met_by="provider-update",
        says="any sign of progress",
        starts=(f"entering:{REC}", *_UPDATES),
        starts_when=lambda _before, after, _event: after.phase is REC,
        stops=_UPDATES,
        lives_in=frozenset({REC}),
        working_time=True,
        ladder=Ladder.OFFICE,
        first_rung=2,
        pausable_for=(*_COUNCIL, "police-request"),
    ),
    Clock(
        "support-review",
        met_by="record-review",
        says="a review of support below the threshold",
        starts=("category-recorded",),
        starts_when=_fell_below,
        stops=("review-recorded",),
        stops_when=_category_review,
        cancels=("decision-reversed",),
        working_time=True,
        ladder=Ladder.OFFICE,
        single=True,
    ),
    Clock(
        "spend-authority",
        met_by="authorise-spend",
        says="more authority to spend",
        starts=("work-logged", "work-resolved"),
        starts_when=_passes_authority,
        stops=("spend-authorised",),
        stops_when=_covered,
        survives_closing=True,
        ladder=Ladder.STEADY,
        first_rung=2,
        single=True,
    ),
    Clock(
        "final-report",
        met_by="record-final-report",
        says="the provider's final report",
        starts=(f"entering:{CLS}",),
        starts_when=_report_due,
        stops=("final-report-recorded",),
        lives_in=frozenset({CLS}),
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=(*_HOLDS, "dispute"),
        reminders="final-report-reminder",
    ),
    Clock(
        "billing-hand-off",
        met_by="hand-off-billing",
        says="a pack to be handed to finance",
        starts=(
            f"entering:{CLS}",
            "work-logged",
            "work-resolved",
            "billing-acknowledged",
            "billing-rejected",
        ),
        starts_when=_to_bill,
        stops=("billing-handed-off",),
        lives_in=frozenset({OFF, REC, CLS}),
        survives_closing=True,
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=("dispute",),
        single=True,
    ),
    Clock(
        "billing-acknowledgement",
        met_by="billing-acknowledged",
        says="finance to take the pack",
        starts=("billing-handed-off",),
        stops=("billing-acknowledged", "billing-rejected"),
        survives_closing=True,
        working_time=True,
        ladder=Ladder.OFFICE,
        reminders="pack-again",
    ),
    Clock(
        "closure",
        met_by="confirm-close",
        says="the case to be closed",
        starts=(f"entering:{CLS}",),
        stops=("case-closed",),
        lives_in=frozenset({CLS}),
        working_time=True,
        ladder=Ladder.OFFICE,
        pausable_for=("police-request", "dispute"),
    ),
    Clock(
        "hand-over",
        met_by="accept-hand-over",
        says="the hand-over to be accepted",
        starts=("hand-over-started",),
        stops=("hand-over-accepted",),
        cancels=("owner-assigned",),
        survives_closing=True,
    ),
    Clock(
        "phone-task",
        met_by="record-delivery",
        says="the council to be rung",
        starts=("phone-task-opened",),
        stops=("delivery-recorded",),
        stops_when=_task_done,
        survives_closing=True,
    ),
    Clock(
        "ico-report",
        met_by="record-ico",
        says="the council's own report to the ICO",
        kind=Kind.TRACKER,
        starts=("case-opened", "report-amended", "case-reopened", *_ENTERING_ANY),
        starts_when=_ico_starts,
        starts_from=lambda after, _event: after.aware_at,
        stops=("ico-recorded", "report-amended"),
        stops_when=_ico_stops,
        survives_closing=True,
        ladder=None,
        reminders="ico-reminder",
        breach_notice="ico-overdue",
        restarts=("report-amended", "case-reopened"),
    ),
)

CATALOGUE: dict[str, Clock] = {row.name: row for row in _ROWS}
"""Every clock by its name, in the guide's order."""
