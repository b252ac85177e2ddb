"""How long what is known of a case is kept: counted from closure (guide m 2)."""

from datetime import datetime
from typing import Literal

from domain.errors import Code, Refused
from domain.phase import Outcome
from domain.policy import Policy
from domain.value import Instant, Value, utc_text

What = Literal["contacts", "everything"]
"""``contacts``: what is about people, which goes with the case's key. ``everything``: the rest."""


class Closed(Value):
    """A closed case, as far as retention asks.

    Attributes:
        closed_at: When it was closed last; one that was reopened is not closed.
        legal_hold: Whether nothing of it may be disposed of.
    """

    closed_at: Instant
    outcome: Outcome | None
    exercise: bool = False
    legal_hold: bool = False


class Due(Value):
    """Something of a case that was kept for as long as it is to be kept.

    Attributes:
        since: From when on it may go.
    """

    what: What
    since: Instant


def kept_until(case: Closed, policy: Policy) -> dict[What, datetime]:
    """Return until when what is known of a case is kept, a legal hold aside."""
    closed, number = case.closed_at, policy.setting
    if case.exercise:
        until = policy.kept_for(closed, days=number("retention.exercises_days"))
        return {"contacts": until, "everything": until}
    is_negative = case.outcome is not Outcome.SUPPORTED
    kind = "negative_outcomes" if is_negative else "decisions_and_money"
    return {
        "contacts": policy.kept_for(closed, months=number("retention.contacts_months")),
        "everything": policy.kept_for(closed, months=12 * number(f"retention.{kind}_years")),
    }


def may_dispose(case: str, closed: Closed | None, policy: Policy, now: datetime) -> None:
    """Refuse to dispose of what is about people in a case before its time.

    Args:
        case: Its reference.
        closed: How it ended; ``None`` while it is not archived: until then it may be reopened.
        policy: How long it is kept.
        now: The instant.

    Raises:
        Refused: ``not-archived``, ``under-legal-hold`` or ``kept-still``.
    """
    if closed is None:
        raise Refused(
            Code.NOT_ARCHIVED,
            f"{case} is not archived: it is open, or may be reopened still. Nothing of it may go.",
        )
    if closed.legal_hold:
        raise Refused(
            Code.UNDER_LEGAL_HOLD,
            f"{case} is under a legal hold, which stops all disposal: cir case history {case}.",
        )
    until = kept_until(closed, policy)["contacts"]
    if now < until:
        raise Refused(
            Code.KEPT_STILL,
            f"{case} was closed on {closed.closed_at:%d %b %Y}; what is about people in it is kept "
            f"until {until:%d %b %Y}.",
            until=utc_text(until),
        )


def due(case: Closed, policy: Policy, now: datetime) -> tuple[Due, ...]:
    """Return what of a case may go now; a legal hold stops all of it."""
    if case.legal_hold:
        return ()
    until = kept_until(case, policy)
    return tuple(Due(what=what, since=at) for what, at in until.items() if at <= now)
