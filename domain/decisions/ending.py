"""How a round ends: in closing when there is something to bill, else closed at once."""

from typing import Any

from domain.case import Case, Moves
from domain.phase import Outcome, Phase


def ended(event: Moves, case: Case, outcome: Outcome) -> Case:
    """Return ``case`` after the round ended by ``event`` with ``outcome``."""
    if case.is_billable:
        return event.moved(case, Phase.CLOSING, outcome=outcome)
    return event.moved(case, Phase.CLOSED, outcome=outcome, **void_when_closed(case))


def void_when_closed(case: Case) -> dict[str, Any]:
    """Return the changes that entering closed brings: requests that nobody will answer are void."""
    return {
        "money": case.money.but(request=None),
        "policy_change": None,
        "close_proposal": None,
    }


def resumed(event: Moves, case: Case, phase: Phase, **changes: Any) -> Case:  # noqa: ANN401
    """Return ``case`` back in an open ``phase``, with nothing left of an earlier closing."""
    return event.moved(case, phase, closed_at=None, close_proposal=None, waived=(), **changes)
