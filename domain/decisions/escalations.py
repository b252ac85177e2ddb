"""A person says "I have it": what ends the paging of a clock or an alarm."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event
from domain.clocks.ladders import EscalationAcknowledged, unacknowledged
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import A, D, F, H, M, Role, T
from domain.value import Line

_OTHER_STAFF = frozenset({T, A, F})


class AcknowledgeEscalation(Command):
    """Take every unacknowledged page of a clock or an alarm; the clock runs on."""

    name: ClassVar[str] = "acknowledge-escalation"
    group: ClassVar[str] = "escalation"
    verb: ClassVar[str] = "acknowledge"
    who: ClassVar[frozenset[Role]] = frozenset({M, H, D})

    about: Annotated[Line, Field(description="A clock's name, or alarm:NAME.")]

    @classmethod
    def role_code(cls, roles: tuple[Role, ...]) -> Code:
        """Return ``rung-not-yours`` for staff who stand on no rung that may acknowledge."""
        staff = _OTHER_STAFF.intersection(roles)
        return Code.RUNG_NOT_YOURS if staff else Code.ROLE_NOT_ALLOWED

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the pages that wait; a second acknowledgement finds none."""
        if not unacknowledged(case, self.about):
            raise Refused(
                Code.NOTHING_TO_ACKNOWLEDGE,
                f"No page about {self.about} waits for an acknowledgement in {case.reference}. "
                f"To see what does: cir case show {case.reference}.",
            )
        return (EscalationAcknowledged(at=at, about=self.about, acknowledged_by=self.by),)
