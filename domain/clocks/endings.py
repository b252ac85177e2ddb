"""What ends while a case is open: its provider's contract, its council. Some days before, an alarm.

Time alone raises these alarms, once for each cause: what ends and on which day. A contract that is
extended, or a council that ends on another day, is a new cause.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar, NamedTuple

from domain.case import Case, Event
from domain.phase import END
from domain.value import Instant

CONTRACT_ENDING = "contract-ending"
COUNCIL_ENDING = "council-ending"

TELLS_ENDINGS = 2
"""The generation of rules from which on a case looks out for what ends."""


class Ending(NamedTuple):
    """Something that ends, of which nobody was told yet.

    Attributes:
        alarm: The alarm it raises.
        about: The provider's id or the council's code.
        ends_on: Its last day.
        notice_at: From when the alarm is raised.
    """

    alarm: str
    about: str
    ends_on: date
    notice_at: datetime

    @property
    def cause(self) -> str:
        """Return the name under which it is remembered."""
        return cause_of(self.alarm, self.about, self.ends_on)


def cause_of(alarm: str, about: str, ends_on: date) -> str:
    """Return the name of one cause: the same thing ending on another day is another one."""
    return f"{alarm}/{about}/{ends_on.isoformat()}"


def endings(case: Case) -> tuple[Ending, ...]:
    """Return what ends on an open case and was not told yet; on a closed one nothing matters.

    Source:
        The days before are settings [our default]. They are days of the calendar, not divided by
        ``time_scale``: a contract's last day is a date, whatever the speed of an exercise. One that
        is played has the dates of its story.
    """
    if case.rules < TELLS_ENDINGS or case.phase is END:
        return ()
    provider, council = case.provider(case.engagement.provider), case.council
    found = []
    if provider is not None:
        found.append(_ending(case, CONTRACT_ENDING, provider.id, provider.contract_to))
    if council.ends_on is not None:
        found.append(_ending(case, COUNCIL_ENDING, council.code, council.ends_on))
    return tuple(ending for ending in found if ending.cause not in case.endings_told)


def _ending(case: Case, alarm: str, about: str, ends_on: date) -> Ending:
    days = timedelta(days=case.policy.setting(f"{alarm}.notice_days"))
    return Ending(alarm, about, ends_on, case.policy.working_hours.midnight(ends_on - days))


def came_near(before: Case, after: Case, event: Event) -> tuple[Event, ...]:
    """Return what ``event`` brings inside the days before: a case that opens late, a provider.

    Whatever time alone brings near is found by ``next_due``.
    """
    was = () if event.type == "case-opened" else _near(before, event.at)
    return tuple(noted(one, event.at) for one in _near(after, event.at) if one not in was)


def _near(case: Case, at: datetime) -> tuple[Ending, ...]:
    return tuple(ending for ending in endings(case) if ending.notice_at <= at)


def noted(ending: Ending, at: datetime) -> "EndCameNear":
    """Return the fact that an ending is near."""
    return EndCameNear(
        at=at,
        alarm=ending.alarm,
        about=ending.about,
        ends_on=ending.ends_on,
        notice_at=ending.notice_at,
    )


class EndCameNear(Event):
    """A contract or a council of an open case is about to end.

    Attributes:
        alarm: The alarm this raises.
        about: The provider's id or the council's code.
        ends_on: The last day.
        notice_at: From when it was to be told; earlier than the fact when it was learned late.
    """

    type: ClassVar[str] = "end-came-near"
    alarm: str
    about: str
    ends_on: date
    notice_at: Instant

    def apply(self, case: Case) -> Case:
        """Remember the cause, so that it is told once."""
        cause = cause_of(self.alarm, self.about, self.ends_on)
        return case.but(endings_told=(*case.endings_told, cause))
