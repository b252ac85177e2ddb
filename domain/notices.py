"""Who is told what: the notices that a fact of a case causes.

Each is declared once, in ``notices_council`` or ``notices_others``. Pages and alarms are not here:
a case asks for a rung, and the pager tells the people on it.
"""

from domain.case import Case, Event
from domain.notice import Address, Channel, Moment, Notice
from domain.notice_entry import MUST_ARRIVE, NOTICE_BY_PAGE, PAGE_TEMPLATES, Entry
from domain.notices_council import COUNCIL
from domain.notices_others import OUTSIDE, PROVIDER, STAFF

__all__ = [
    "CATALOGUE",
    "MUST_ARRIVE",
    "NOTICE_BY_PAGE",
    "PAGE_TEMPLATES",
    "Address",
    "Channel",
    "Entry",
    "Moment",
    "Notice",
    "notices_for",
]

CATALOGUE: tuple[Entry, ...] = (*COUNCIL, *PROVIDER, *STAFF, *OUTSIDE)
"""Every notice to every recipient role."""


def notices_for(before: Case, after: Case, event: Event) -> tuple[Notice, ...]:
    """Return the notices that ``event`` causes, in the order of the catalogue.

    Args:
        before: The case before the event.
        after: The case after it.
        event: What happened; a step of a clock causes the notice it names.
    """
    m = Moment(before, after, event)
    return tuple(entry.made_of(m) for entry in CATALOGUE if entry.is_caused_by(m))
