"""Links between cases: both cases hold the link."""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from domain.case import Case, Event, Link
from domain.command import Command, Reference
from domain.errors import Code, Refused
from domain.people import Role, T
from domain.personal import PersonalText
from domain.refusals import InstructionRefused

LinkKind = Literal["duplicate", "same-event", "shared-host", "supplier", "follow-on"]


class LinkCase(Command):
    """Link the case to another one: a duplicate, the same event, a shared host or supplier."""

    name: ClassVar[str] = "link-case"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({T})

    case: Annotated[Reference, Field(description="The other case.")]
    kind: Annotated[LinkKind, Field(description="What ties the two cases together.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Link to another case that exists, once."""
        if self.case == case.reference:
            raise Refused(Code.LINKS_TO_ITSELF, f"{case.reference} cannot be linked to itself.")
        if self.case not in self.rows.cases:
            raise Refused(
                Code.UNKNOWN_CASE,
                f"{self.case} is not a case we know, so {case.reference} was not linked to it. "
                "To find it: cir case list.",
            )
        link = link_to(case, self.case)
        if link is not None:
            raise Refused(
                Code.ALREADY_LINKED,
                f"{case.reference} is linked to {self.case} already ({link.kind}). For another "
                "kind of link, first: cir handling unlink-case.",
            )
        return (CaseLinked(at=at, case=self.case, kind=self.kind, reason=self.reason),)


class UnlinkCase(Command):
    """Take back a link to another case."""

    name: ClassVar[str] = "unlink-case"
    group: ClassVar[str] = "handling"
    who: ClassVar[frozenset[Role]] = frozenset({T})

    case: Annotated[Reference, Field(description="The other case.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Take back a link that exists."""
        link = link_to(case, self.case)
        if link is None:
            raise Refused(Code.NOT_LINKED, f"{case.reference} is not linked to {self.case}.")
        return (CaseUnlinked(at=at, case=self.case, kind=link.kind, reason=self.reason),)


SEALS_LINKS = 5
"""The generation of rules from which a link told in clear is refused like an instruction."""


def refuses_clear(case: Case) -> bool:
    """Tell whether the case hears of links only what was sealed, as cases tell each other."""
    return case.sealed and case.rules >= SEALS_LINKS


def told_in_clear(case: Case, at: datetime) -> tuple[Event, ...]:
    """Return the trace of a link that somebody told in clear, as if they were another case."""
    message = (
        f"{case.reference} was told in clear of a link, which cases tell each other sealed. "
        "To link it: cir handling link-case."
    )
    code = Code.SEALED_ONLY.value
    return (InstructionRefused(at=at, command="link-told", code=code, message=message),)


def mirrored(case: Case, other: str, kind: str | None, at: datetime) -> tuple[Event, ...]:
    """Return what follows here from a link that stands, or stands no longer, on another case.

    Both cases hold a link (guide g). One that stands here already is left as it is.

    Args:
        case: This case.
        other: The one whose link it is.
        kind: What ties them together there; ``None`` when the link was taken back.
        at: When we were told.
    """
    link = link_to(case, other)
    if other == case.reference or (link is None) is (kind is None):
        return ()
    if kind is not None:
        return (CaseLinked(at=at, case=other, kind=kind, mirrored=True),)
    return (CaseUnlinked(at=at, case=other, kind="" if link is None else link.kind, mirrored=True),)


def link_to(case: Case, reference: str) -> Link | None:
    """Return the link to the case of that reference."""
    return next((link for link in case.links if link.case == reference), None)


class CaseLinked(Event):
    """The case was linked to another one.

    Attributes:
        mirrored: Whether it was linked there, and this case holds the link as well.
    """

    type: ClassVar[str] = "case-linked"
    case: str
    kind: str
    reason: PersonalText | None = None
    mirrored: bool = False

    def apply(self, case: Case) -> Case:
        """Hold the link; a later one to the same case takes the place of the earlier."""
        others = tuple(link for link in case.links if link.case != self.case)
        return case.but(links=(*others, Link(case=self.case, kind=self.kind)))


class CaseUnlinked(Event):
    """A link was taken back; ``mirrored`` as for one that was made."""

    type: ClassVar[str] = "case-unlinked"
    case: str
    kind: str
    reason: PersonalText | None = None
    mirrored: bool = False

    def apply(self, case: Case) -> Case:
        """Let the link go."""
        return case.but(links=tuple(link for link in case.links if link.case != self.case))


class LinkNotMirrored(Event):
    """The other case could not be told: only this one holds the link, unless that one starts yet.

    One that is archived is past being told.
    """

    type: ClassVar[str] = "link-not-mirrored"
    case: str
