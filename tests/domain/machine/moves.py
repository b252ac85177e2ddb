"""The moves of a case, written down once more by hand from the guide (section d)."""

from collections.abc import Callable

from domain.case import Case
from domain.phase import ACT, ASS, CLS, CON, END, ERA, OFF, REC, REP, Outcome, Phase, RecoveryAnswer

When = Callable[[Case], bool]
"""What must hold of the case just before the move."""

NO = (Outcome.NOT_QUALIFIED, Outcome.OUT_OF_SCOPE, Outcome.FALSE_POSITIVE, Outcome.DUPLICATE)
WITHOUT = (
    RecoveryAnswer.REJECTED, RecoveryAnswer.LAPSED, RecoveryAnswer.STOPPED,
    RecoveryAnswer.NOT_OFFERED,
)  # fmt: skip


def _always(_case: Case) -> bool:
    return True


def _billable(case: Case) -> bool:
    return case.is_billable


def _with_nothing_to_bill(case: Case) -> bool:
    return not case.is_billable


def _said_no(case: Case) -> bool:
    return case.outcome in NO


def _watched(case: Case) -> bool:
    return case.outcome is Outcome.NOT_QUALIFIED and case.window("reassess-watch") is not None


def _may_come_back(case: Case) -> bool:
    return case.outcome is Outcome.DECLINED and case.window("offer-open") is not None


def _within_the_year(case: Case) -> bool:
    return case.window("reopen") is not None


def _reached(case: Case) -> bool:
    call_out = case.engagement.call_out
    return call_out is not None and call_out.contact_at is not None


def _without_recovery(case: Case) -> bool:
    return case.recovery_answer in WITHOUT


def _ends(*commands: str) -> dict[tuple[Phase, Phase], dict[str, When]]:
    """Return the two ends of a round, for ``commands`` from where they are lawful."""
    where = {
        "withdraw": (REP, ASS, ACT, CON, ERA), "decline-service": (ACT, CON, ERA), "decide": (ASS,)
    }  # fmt: skip
    ends: dict[tuple[Phase, Phase], dict[str, When]] = {}
    for command in commands:
        for phase in where[command]:
            ends.setdefault((phase, END), {})[command] = _with_nothing_to_bill
            ends.setdefault((phase, CLS), {})[command] = _billable
    return ends


_ENDS = _ends("withdraw", "decline-service", "decide")

MOVES: dict[tuple[Phase, Phase], dict[str, When]] = {
    **_ENDS,
    (REP, ASS): {"acknowledge": _always},
    (ASS, ACT): {"decide": _always, "approve-discretionary": _always},
    (ACT, CON): {"agree-scope": _reached},
    **{(phase, ASS): {"reverse-decision": _always} for phase in (ACT, CON, ERA)},
    (CON, ERA): {"accept-phase-exit": _always},
    (ERA, OFF): {"accept-phase-exit": lambda case: case.recovery_answer is None},
    (ERA, REC): {
        "accept-phase-exit": lambda case: case.recovery_answer is RecoveryAnswer.ACCEPTED
    },
    (ERA, CLS): {**_ENDS[ERA, CLS], "accept-phase-exit": _without_recovery},
    **{(phase, CON): {"return-to-containment": _always} for phase in (ERA, OFF, REC)},
    (OFF, REC): {"accept-recovery": _always},
    (OFF, CLS): dict.fromkeys(
        ("reject-recovery", "lapse-recovery", "close-without-recovery"), _always
    ),
    (REC, OFF): {"fail-over": _always},
    (REC, CLS): {"accept-phase-exit": _always, "stop-recovery": _always},
    (CLS, OFF): {"offer-recovery": _without_recovery},
    (CLS, ACT): {"re-offer-service": _may_come_back},
    (END, ACT): {"re-offer-service": _may_come_back},
    (CLS, ASS): {"reverse-decision": _said_no, "reassess": _watched, "record-category": _watched},
    (END, ASS): {
        "reverse-decision": _said_no, "reassess": _watched, "record-category": _watched,
        "reopen": _within_the_year,
    },
    (END, CLS): {"reopen": _within_the_year},
    (CLS, END): {"confirm-close": _always},
}  # fmt: skip
"""From, to -> the commands that may, each with what must hold. Nothing else ever moves a case.

``record-category`` takes a not-qualified case back while its watch is open. The guide's row names
closed alone; with something to bill the same case waits in closing, where reassess is lawful too.
"""
