"""What a case knows of the registers and keeps: providers with their cards, and its council.

It is loaded when the case opens and read again when the registers change. What was used before is
in the facts; from here on the rules read what is known now.
"""

from datetime import datetime
from typing import ClassVar

from domain.case import Case, Event
from domain.council import Council
from domain.provider import Provider
from domain.value import Value


class Reference(Value):
    """What the registers say now.

    Attributes:
        providers: In configured order.
        council: The entry of the case's council; ``None`` when the register does not have it.
    """

    providers: tuple[Provider, ...]
    council: Council | None = None


def refreshed(case: Case, reference: Reference, at: datetime) -> tuple[Event, ...]:
    """Return the fact that the registers say something else now; nothing when they do not."""
    providers = _providers(case, reference)
    council = _council(case, reference)
    if providers == case.providers and council == case.council:
        return ()
    old = {one.id: one for one in case.providers}
    changed = tuple(one for one in providers if old.get(one.id) != one)
    return (
        ReferenceRefreshed(
            at=at,
            order=tuple(one.id for one in providers),
            providers=changed,
            council=None if council == case.council else council,
        ),
    )


def _providers(case: Case, reference: Reference) -> tuple[Provider, ...]:
    """Return the providers as they are now; one that ever worked on the case is never forgotten."""
    if not reference.providers:
        return case.providers
    there = {one.id for one in reference.providers}
    worked = case.engagement.ever_called
    kept = tuple(one for one in case.providers if one.id in worked and one.id not in there)
    return (*reference.providers, *kept)


def _council(case: Case, reference: Reference) -> Council:
    """Return the council as it is now; an open case keeps the name it began with (guide l)."""
    now, was = reference.council, case.council
    if now is None or now.code != was.code:
        return was
    return now.but(name=was.name, short_name=was.short_name)


class ReferenceRefreshed(Event):
    """The registers changed in what the case knows of them.

    Attributes:
        order: Every provider the case knows now, in configured order.
        providers: Those that are new or say something else.
        council: The council's entry, when it says something else.
    """

    type: ClassVar[str] = "reference-refreshed"
    order: tuple[str, ...]
    providers: tuple[Provider, ...] = ()
    council: Council | None = None

    def apply(self, case: Case) -> Case:
        """Know it from here on."""
        known = {one.id: one for one in (*case.providers, *self.providers)}
        return case.but(
            providers=tuple(known[one] for one in self.order if one in known),
            council=self.council or case.council,
        )
