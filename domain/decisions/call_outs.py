"""Calling a provider out and standing it down: the facts that several commands share."""

from datetime import datetime
from typing import ClassVar

from domain.case import Case, Event
from domain.engagement import KNOWS_DECLINERS, CallOut, Engagement
from domain.errors import Code, Refused
from domain.personal import PersonalText


def call_out(
    case: Case, provider: str, why: str, at: datetime, reason: str | None = None
) -> tuple[Event, ...]:
    """Return the facts that put ``provider`` on the case and call it out."""
    assigned = ProviderAssigned(
        at=at,
        provider=provider,
        former=case.engagement.provider or case.engagement.last_provider,
        why=why,
        reason=reason,
    )
    return (assigned, ProviderCalledOut(at=at, provider=provider, why=why))


def stood_down(case: Case, at: datetime, reason: str) -> tuple[Event, ...]:
    """Return the fact that the provider on the case is stood down; nothing when nobody is."""
    engagement = case.engagement
    if engagement.provider is None:
        return ()
    return (
        ProviderStoodDown(
            at=at,
            provider=engagement.provider,
            turn_given_back=engagement.open_call_out is not None,
            reason=reason,
        ),
    )


def waiting_call_out(case: Case) -> CallOut:
    """Return the call-out that waits for contact.

    Raises:
        Refused: ``no-call-out``.
    """
    waiting = case.engagement.open_call_out
    if waiting is None:
        raise Refused(
            Code.NO_CALL_OUT,
            f"No call-out of {case.reference} waits for contact with the council. "
            f"Who is on it: cir case show {case.reference}.",
        )
    return waiting


def closed(engagement: Engagement, provider: str) -> CallOut | None:
    """Return the latest call-out, no longer open if it was this provider's."""
    latest = engagement.call_out
    mine = latest is not None and latest.provider == provider
    return latest.but(open=False) if latest is not None and mine else latest


def _with(case: Case, stood_down: tuple[str, ...], provider: str) -> tuple[str, ...]:
    if case.rules < KNOWS_DECLINERS:
        return stood_down
    return tuple(dict.fromkeys((*stood_down, provider)))


class ProviderAssigned(Event):
    """A provider is on the case.

    Attributes:
        former: The one that was on it before, if any.
        why: ``rotation``, ``by-choice``, ``mass-event``, ``override`` or ``fail-over``.
    """

    type: ClassVar[str] = "provider-assigned"
    provider: str
    former: str | None = None
    why: str
    reason: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Put it on the case."""
        engagement = case.engagement.but(
            provider=self.provider, last_provider=self.provider, assigned=True, chosen=None
        )
        return case.but(engagement=engagement)


class ProviderCalledOut(Event):
    """The provider was told to help; it has to reach the council."""

    type: ClassVar[str] = "provider-called-out"
    provider: str
    why: str

    def apply(self, case: Case) -> Case:
        """Open the call-out."""
        was = case.engagement
        known = self.provider in was.ever_called
        engagement = was.but(
            call_out=CallOut(provider=self.provider, why=self.why, called_at=self.at),
            first_called_at=was.first_called_at or self.at,
            ever_called=was.ever_called if known else (*was.ever_called, self.provider),
            first_call_out_on=was.first_call_out_on or case.policy.day_of(self.at),
        )
        return case.but(engagement=engagement)


class ProviderStoodDown(Event):
    """A provider is off the case: it stops, keeps evidence and sends its final bill.

    Attributes:
        turn_given_back: Whether it had not reached the council, so that its turn does not count.
    """

    type: ClassVar[str] = "provider-stood-down"
    provider: str
    turn_given_back: bool
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Take it off the case."""
        was = case.engagement
        engagement = was.but(
            provider=None,
            last_provider=self.provider,
            call_out=closed(was, self.provider),
            chosen=None,
            stood_down=_with(case, was.stood_down, self.provider),
        )
        return case.but(engagement=engagement)
