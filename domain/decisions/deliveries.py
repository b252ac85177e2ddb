"""What became of a notice on one channel: accepted is not told, spoken is."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Told
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import Role, S, T
from domain.phase import END
from domain.told import latest, onto_phone_task
from domain.value import Line

DeliveryState = Literal["accepted", "delivered", "failed", "spoken"]
Channel = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,49}$")]


class RecordDelivery(Command):
    """Record what became of a notice on one channel."""

    name: ClassVar[str] = "record-delivery"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({S, T})
    moves_version: ClassVar[bool] = False

    notice: Annotated[
        Line, Field(description="The notice's key, or its name for the latest of that name.")
    ]
    channel: Annotated[Channel, Field(description="The channel, such as email, sms or phone.")]
    state: Annotated[DeliveryState, Field(description="What became of it there.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Record it; a council that no channel reached is to be rung."""
        told = latest(case, self.notice, self.channel)
        if told is None:
            raise Refused(
                Code.UNKNOWN_NOTICE,
                f"{case.reference} has sent no notice {self.notice}. "
                f"To see what it sent: cir case show {case.reference}.",
            )
        recorded = DeliveryRecorded(
            at=at, notice=told.key, name=told.notice, channel=self.channel, state=self.state
        )
        if not _nobody_reached(recorded.told(told), case):
            return (recorded,)
        return (recorded, *onto_phone_task(case, told, recorded))


def _nobody_reached(told: Told, case: Case) -> bool:
    """Tell whether every channel to the council failed; a closed case has no phone task."""
    failed = set(told.channels) <= set(told.failed) and not (told.arrived or told.superseded)
    return failed and told.role == "council" and case.phase is not END


class DeliveryRecorded(Event):
    """What became of a notice on one channel.

    Attributes:
        notice: The notice's key.
        name: Its name.
    """

    type: ClassVar[str] = "delivery-recorded"
    notice: str
    name: str
    channel: str
    state: DeliveryState

    def apply(self, case: Case) -> Case:
        """Keep whether it arrived; what was spoken is off the phone task."""
        notices = tuple(self.told(t) if t.key == self.notice else t for t in case.notices)
        task = case.phone_task
        if self.state == "spoken":
            task = tuple(key for key in task if key != self.notice)
        return case.but(notices=notices, phone_task=task)

    def told(self, told: Told) -> Told:
        """Return the notice as it stands after this; the last word on a channel counts.

        A channel that was used besides those named counts like one of them from then on.
        """
        if self.channel not in told.channels:
            told = told.but(channels=(*told.channels, self.channel))
        failed = tuple(one for one in told.failed if one != self.channel)
        arrived = tuple(one for one in told.arrived if one != self.channel)
        if self.state == "failed":
            return told.but(
                failed=(*failed, self.channel), arrived=arrived, stuck_at=self._stuck_at(told)
            )
        if self.state in ("delivered", "spoken"):
            return told.but(failed=failed, arrived=(*arrived, self.channel))
        return told

    def _stuck_at(self, told: Told) -> datetime | None:
        """Return since when a provider's desk is known not to take the notice."""
        is_desk = told.role == "provider" and self.channel == "provider-message"
        return told.stuck_at or (self.at if is_desk else None)
