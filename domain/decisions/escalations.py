"""A person says "I have it": what ends the paging of a clock or an alarm."""

from datetime import datetime
from functools import partial
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event
from domain.clocks.ladders import (
    EscalationAcknowledged,
    unacknowledged,
    waiting_for_a_person,
)
from domain.command import Command, Form
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

    @classmethod
    def forms(cls, case: Case) -> tuple[Form, ...]:
        """Return one for each clock and alarm whose page waits."""
        return tuple(
            Form({"about": name}, partial(_check_waits, about=name), follows=True)
            for name in waiting_for_a_person(case)
        )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take the pages that wait; a second acknowledgement finds none."""
        _check_waits(case, at, self.about)
        return (EscalationAcknowledged(at=at, about=self.about, acknowledged_by=self.by),)


def _check_waits(case: Case, at: datetime, about: str) -> None:
    """Refuse to take pages where none waits."""
    if not unacknowledged(case, about):
        raise Refused(
            Code.NOTHING_TO_ACKNOWLEDGE,
            f"No page about {about} waits for an acknowledgement in {case.reference}. "
            f"To see what does: cir case show {case.reference}.",
        )
