"""The closing checklist: what still stands between a case and its end (guide g)."""

from collections.abc import Collection
from typing import Literal, get_args

from domain.case import Case
from domain.errors import Code, Refused
from domain.phase import Outcome
from domain.work import ItemState

DataReturn = Literal["confirmed", "not-applicable"]
"""What the proposal to close says of the council's data at the provider."""

Waivable = Literal["final-report", "data-return", "ico-outcome"]
"""The items a senior person may let go; money, disputes and open pages never."""

SETTLED_BY = {
    "final-report": ("record-final-report",),
    "data-return": ("record-final-report",),
    "billing": ("hand-off-billing", "billing-acknowledged"),
    "held-work": ("resolve-work",),
    "ico-outcome": ("record-ico",),
    "open-escalations": ("acknowledge-escalation", "record-delivery"),
}
"""Every item, and the commands that settle it."""

CONFIRMED: DataReturn = "confirmed"
_KEPT_OUT = (ItemState.HELD, ItemState.DISPUTED)


def missing(case: Case, data_return: str, waived: Collection[str]) -> tuple[str, ...]:
    """Return what the checklist lacks, in its own order.

    Args:
        case: A case in closing.
        data_return: What the proposal to close says of the council's data.
        waived: Items let go, by name; only the waivable ones are ever left out.
    """
    checks = {
        "final-report": case.engagement.scope_ever and case.final_report is None,
        "data-return": case.engagement.scope_ever and not _is_settled(case, data_return),
        "billing": any(item.state is ItemState.PAYABLE for item in case.money.items),
        "held-work": any(item.state in _KEPT_OUT for item in case.money.items),
        "ico-outcome": _lacks_ico_outcome(case),
        "open-escalations": _is_anything_open(case),
    }
    let_go = set(waived) & set(get_args(Waivable))
    return tuple(name for name, lacks in checks.items() if lacks and name not in let_go)


def waivable(case: Case, data_return: str) -> tuple[Waivable, ...]:
    """Return what the checklist lacks and a senior person may let go."""
    lacks = missing(case, data_return, ())
    return tuple(name for name in get_args(Waivable) if name in lacks)


def check_complete(case: Case, data_return: str, waived: Collection[str]) -> None:
    """Refuse to go on while anything is missing.

    Raises:
        Refused: ``checklist-incomplete`` with ``details.missing``.
    """
    lacks = missing(case, data_return, waived)
    if lacks:
        raise Refused(
            Code.CHECKLIST_INCOMPLETE,
            f"{case.reference} cannot be closed yet; missing: {', '.join(lacks)}. What can be "
            "waived must be asked for in cir closing propose-close and given in confirm-close.",
            missing=lacks,
        )


def _is_settled(case: Case, data_return: str) -> bool:
    """Tell whether the provider has given the council's data back, or never had any.

    Our reading of the guide's scenarios: the proposal's ``confirmed`` settles it by itself; its
    ``not-applicable`` does not, since work on an agreed scope may always have moved data. Then the
    provider's final report must say so (``confirmed`` or ``not-applicable``); without a report, or
    while it says ``pending``, the item is missing and may be waived.
    """
    return data_return == CONFIRMED or case.data_return in get_args(DataReturn)


def _lacks_ico_outcome(case: Case) -> bool:
    """Tell whether a supported case whose ICO tracker ever started has no result of it."""
    started = case.ico_started or case.latest_clock("ico-report") is not None
    answered = case.ico_result is not None or case.report.personal_data == "no"
    return case.outcome is Outcome.SUPPORTED and started and not answered


def _is_anything_open(case: Case) -> bool:
    return bool(case.phone_task) or any(paging.unacknowledged for paging in case.ladders)
