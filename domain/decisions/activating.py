"""What an activation begins with: nobody on the case yet, and money agreed for the first time."""

from typing import Any

from domain.case import Case, Moves
from domain.decisions.ending import resumed
from domain.engagement import Engagement
from domain.phase import Phase


def fresh(engagement: Engagement, chosen: str | None = None) -> Engagement:
    """Return the engagement at the start of an activation: what ever happened in the case stays.

    Args:
        engagement: As it stands; a provider that was on the case is remembered as the last one.
        chosen: The provider that the decision asks for.
    """
    return engagement.but(
        provider=None,
        last_provider=engagement.provider or engagement.last_provider,
        call_out=None,
        assigned=False,
        chosen=chosen,
        first_called_at=None,
        contacted_at=None,
        declined=(),
        failed_over=(),
        scope_agreed=False,
    )


def activated(event: Moves, case: Case, chosen: str | None = None, **changes: Any) -> Case:  # noqa: ANN401
    """Return ``case`` in activation.

    MHCLG's authority to spend begins with the first activation; a later one does not raise it.
    """
    authority = case.money.authority_pence or case.policy.initial_authority_pence
    return resumed(
        event,
        case,
        Phase.ACTIVATION,
        engagement=fresh(case.engagement, chosen),
        money=case.money.but(authority_pence=authority),
        **changes,
    )
