"""What a provider tells of its call-out: taken, tried, reached, or declined."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event
from domain.command import Command
from domain.decisions import fail_over
from domain.decisions.call_outs import closed, waiting_call_out
from domain.engagement import CallOut, Declined, DeclineReason
from domain.errors import Code, Refused
from domain.people import M, P, Role, T
from domain.personal import PersonalText
from domain.phase import ACT, CON, ERA, OFF, REC, Phase
from domain.report import Answer
from domain.said import OneLine, Words

PARTS = (fail_over,)
"""The other module of the group; importing it enters its command in the registry."""

_AT_WORK = frozenset({ACT, CON, ERA, OFF, REC})


class AcknowledgeCallOut(Command):
    """Confirm that the provider has the call-out; the council still waits to be reached."""

    name: ClassVar[str] = "provider-acknowledged"
    group: ClassVar[str] = "provider"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = _AT_WORK

    responder: Annotated[
        OneLine | None, Field(description="The provider's own code for its responder.")
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> CallOut:
        """Refuse where no call-out waits, or it was confirmed already."""
        call_out = waiting_call_out(case)
        if call_out.acknowledged_at is not None:
            raise Refused(
                Code.ALREADY_ACKNOWLEDGED,
                f"{call_out.provider} has confirmed the call-out of {case.reference} already.",
            )
        return call_out

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the confirmation of an open call-out, once."""
        call_out = self.check_case(case, at)
        return (
            ProviderAcknowledged(
                at=at,
                provider=call_out.provider,
                responder=self.responder,
                by_staff=self.by != call_out.provider,
            ),
        )


class AttemptContact(Command):
    """Record that the provider tried to reach the council; this stops no clock."""

    name: ClassVar[str] = "contact-attempted"
    group: ClassVar[str] = "provider"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = _AT_WORK

    channel: Annotated[OneLine, Field(description="By which channel.")]
    result: Annotated[Words, Field(description="What came of it.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> CallOut:
        """Refuse where no call-out waits for contact."""
        return waiting_call_out(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Keep the attempt of an open call-out."""
        call_out = self.check_case(case, at)
        return (
            ContactAttempted(
                at=at,
                provider=call_out.provider,
                channel=self.channel,
                result=self.result,
                by_staff=self.by != call_out.provider,
            ),
        )


class MakeContact(Command):
    """Record that the provider spoke with a named person at the council."""

    name: ClassVar[str] = "contact-made"
    group: ClassVar[str] = "provider"
    who: ClassVar[frozenset[Role]] = frozenset({P, T})
    phases: ClassVar[frozenset[Phase]] = _AT_WORK

    with_whom: Annotated[OneLine, Field(description="The person's name.")]
    channel: Annotated[OneLine, Field(description="By which channel.")]
    council_confirms: Annotated[
        Answer | None, Field(description="Whether the council confirms it.")
    ] = None

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> CallOut:
        """Refuse where no call-out waits for contact."""
        return waiting_call_out(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """End the wait of an open call-out."""
        call_out = self.check_case(case, at)
        return (
            ContactMade(
                at=at,
                provider=call_out.provider,
                with_whom=self.with_whom,
                channel=self.channel,
                council_confirms=self.council_confirms,
                by_staff=self.by != call_out.provider,
            ),
        )


class DeclineCallOut(Command):
    """Record that the provider cannot help; the other one is called out at once."""

    name: ClassVar[str] = "provider-declined"
    group: ClassVar[str] = "provider"
    who: ClassVar[frozenset[Role]] = frozenset({P, M})
    phases: ClassVar[frozenset[Phase]] = _AT_WORK
    reasoned: ClassVar[bool] = True

    why: Annotated[DeclineReason, Field(description="Why it declines.")]

    @classmethod
    def check_case(cls, case: Case, at: datetime) -> CallOut:
        """Refuse where no call-out waits for contact."""
        return waiting_call_out(case)

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the provider of an open call-out off the case; its turn is given back."""
        call_out = self.check_case(case, at)
        return (
            ProviderDeclined(
                at=at,
                provider=call_out.provider,
                why=self.why,
                by_staff=self.by != call_out.provider,
                reason=self.words(),
            ),
        )


class _OfProvider(Event):
    """A fact of the provider's own call-out.

    Attributes:
        by_staff: Whether staff recorded it for the provider.
    """

    provider: str
    by_staff: bool = False


class ProviderAcknowledged(_OfProvider):
    """The provider has the call-out."""

    type: ClassVar[str] = "provider-acknowledged"
    responder: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Keep when."""
        was = case.engagement
        call_out = None if was.call_out is None else was.call_out.but(acknowledged_at=self.at)
        return case.but(engagement=was.but(call_out=call_out))


class ContactAttempted(_OfProvider):
    """The provider tried to reach the council."""

    type: ClassVar[str] = "contact-attempted"
    channel: str
    result: str


class ContactMade(_OfProvider):
    """The provider spoke with a named person at the council."""

    type: ClassVar[str] = "contact-made"
    with_whom: PersonalText
    channel: str
    council_confirms: PersonalText | None = None

    def apply(self, case: Case) -> Case:
        """Close the call-out; the first contact of the activation is kept."""
        was = case.engagement
        call_out = closed(was, self.provider)
        engagement = was.but(
            call_out=None if call_out is None else call_out.but(contact_at=self.at),
            contacted_at=was.contacted_at or self.at,
            contact_ever=True,
        )
        return case.but(engagement=engagement)


class ProviderDeclined(_OfProvider):
    """The provider cannot help on this case."""

    type: ClassVar[str] = "provider-declined"
    why: DeclineReason
    reason: PersonalText

    def apply(self, case: Case) -> Case:
        """Take it off the case; a conflict of interest counts in every later activation too."""
        was = case.engagement
        conflicted = self.why == "conflict-of-interest" and self.provider not in was.conflicted
        engagement = was.but(
            provider=None,
            call_out=closed(was, self.provider),
            declined=(*was.declined, Declined(provider=self.provider, why=self.why)),
            conflicted=(*was.conflicted, self.provider) if conflicted else was.conflicted,
        )
        return case.but(engagement=engagement)
