"""A fact as it goes on the record: an event with who, when it was told, and its number."""

from typing import Annotated, Any

from pydantic import Field

from domain.case import Event
from domain.people import Role
from domain.personal import PersonalText
from domain.value import Instant, Value


class Cause(Value):
    """What brought facts about: one instruction, or time.

    Attributes:
        id: Id of the instruction (its key), or of the instant for time; effects are keyed by it.
        command: The command's name; empty for time.
        by: Who gave it, ``system`` for time, ``direct:<claimed>`` without the desk's stamp.
        roles: The roles of that person at the moment.
        at: When we were told, or acted.
        backdated: Whether the facts occurred notably earlier, on evidence.
        evidence: What proves it.
        content: Fingerprint of what the instruction said; ``None`` for what is none.
    """

    id: str
    command: str = ""
    by: str
    roles: tuple[Role, ...] = ()
    at: Instant
    backdated: bool = False
    evidence: str | None = None
    content: str | None = None


class Fact(Value):
    """One row of the record.

    Attributes:
        seq: Its number in the case, from 1.
        type: The event's type.
        occurred_at: When it happened.
        recorded_at: When we were told or found it.
        content: Fingerprint of what the instruction said, on the first fact of each; about people,
            because short words could be found again by trying.
        payload: The event itself, JSON-ready.
    """

    seq: int
    type: str
    occurred_at: Instant
    recorded_at: Instant
    by: str
    roles: tuple[Role, ...] = ()
    command: str = ""
    instruction: str = ""
    backdated: bool = False
    evidence: PersonalText | None = None
    content: Annotated[PersonalText | None, Field(exclude_if=lambda said: said is None)] = None
    payload: dict[str, Any]

    @property
    def event(self) -> Event:
        """Return what happened, read back from the record."""
        kind = Event.registry[self.type]
        return kind.model_validate({**self.payload, "at": self.occurred_at})


def fact_of(event: Event, seq: int, cause: Cause) -> Fact:
    """Return ``event`` as fact number ``seq``."""
    return Fact(
        seq=seq,
        type=event.type,
        occurred_at=event.at,
        recorded_at=cause.at,
        by=cause.by,
        roles=cause.roles,
        command=cause.command,
        instruction=cause.id,
        backdated=cause.backdated,
        evidence=cause.evidence,
        content=cause.content,
        payload=event.model_dump(mode="json", exclude={"at"}, exclude_none=True),
    )
