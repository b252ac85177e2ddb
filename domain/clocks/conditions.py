"""When a declared event really starts or stops a clock."""

from collections.abc import Callable
from datetime import datetime

from domain.case import Case, Event
from domain.category import Category, meets_threshold
from domain.phase import ACT, CLS, CON, END, ERA, OFF, REC, Phase

Condition = Callable[[Case, Case, Event], bool]
"""``(before, after, event)``: whether the declared event really starts or stops the clock."""


def always(before: Case, after: Case, event: Event) -> bool:  # noqa: ARG001  (one signature)
    """Say yes."""
    return True


def occurred(after: Case, event: Event) -> datetime:  # noqa: ARG001  (one signature)
    """Return the instant the starting fact occurred."""
    return event.at


def uncategorised(_before: Case, after: Case, _event: Event) -> bool:
    """Nobody has categorised the incident."""
    return after.category is Category.UNCATEGORISED


def in_response(before: Case, _after: Case, _event: Event) -> bool:
    """The case was in activation, containment or eradication."""
    return before.phase in (ACT, CON, ERA)


def inside(*phases: Phase) -> Condition:
    """Return the condition that the case was and is in one of ``phases``."""
    return lambda before, after, _event: before.phase in phases and after.phase in phases


def no_offer(_before: Case, after: Case, _event: Event) -> bool:
    """An offer of recovery is wanted and none is open."""
    return after.phase is OFF and after.offer is None


def fell_below(before: Case, after: Case, _event: Event) -> bool:
    """The category fell below the threshold after activation."""
    fell = meets_threshold(before.category) and not meets_threshold(after.category)
    return fell and after.phase in (ACT, CON, ERA, OFF, REC)


def passes_authority(before: Case, after: Case, _event: Event) -> bool:
    """What is logged on ledger A has just passed its authority."""
    was = before.money.logged_pence("A") > before.money.authority_pence
    return after.money.logged_pence("A") > after.money.authority_pence and not was


def covered(_before: Case, after: Case, _event: Event) -> bool:
    """The authority covers what is logged on ledger A."""
    return after.money.logged_pence("A") <= after.money.authority_pence


def report_due(_before: Case, after: Case, _event: Event) -> bool:
    """Scope was agreed and there is no final report yet."""
    return after.engagement.scope_ever and after.final_report is None


def to_bill(_before: Case, after: Case, event: Event) -> bool:
    """A payable item is in no pack, or finance rejected one."""
    if event.type == "billing-rejected":
        return True
    unbilled = after.phase is CLS and bool(after.money.unpacked)
    return unbilled and after.money.pack_in_flight is None


def task_done(before: Case, after: Case, _event: Event) -> bool:
    """The last notice on the phone task was spoken, or nobody has to hear it any more."""
    return bool(before.phone_task) and not after.phone_task


def confirmed(_before: Case, after: Case, event: Event) -> bool:
    """``activation-confirmed`` was delivered or spoken; accepted is not told."""
    told = next((t for t in after.notices if t.key == getattr(event, "notice", None)), None)
    arrived = getattr(event, "state", None) in ("delivered", "spoken")
    return arrived and told is not None and told.notice == "activation-confirmed"


def ico_starts(before: Case, after: Case, event: Event) -> bool:
    """The council may owe the ICO a report, and no answer is known."""
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


def ico_stops(before: Case, after: Case, event: Event) -> bool:
    """An answer is known, or no personal data was concerned."""
    if event.type == "ico-recorded":
        return True
    return before.report.personal_data != "no" and after.report.personal_data == "no"


def phase_review(_before: Case, _after: Case, event: Event) -> bool:
    """The review is about the phase."""
    return getattr(event, "about", "phase") == "phase"


def category_review(_before: Case, _after: Case, event: Event) -> bool:
    """The review is about the category."""
    return getattr(event, "about", "category") == "category"
