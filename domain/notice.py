"""What a notice is: a message we owe somebody, as a value."""

from typing import Literal, NamedTuple

from pydantic import JsonValue

from domain.case import Case, Event
from domain.value import Value

Channel = Literal["email", "sms", "phone", "page", "provider-message"]
"""A way to somebody. The channels named with a notice go out together."""

Context = dict[str, JsonValue]
"""What a template is given: instants as UTC text ending in Z, amounts in pence."""


class Address(Value):
    """Somebody who is told: a name, and the safe ways to reach them.

    Attributes:
        name: For the greeting, the only personal data a notice carries.
        email: Never one that the attacker may read.
        phone: A number outside the affected systems.
        person: Staff id of a member of staff, whom the pager knows by it.
    """

    name: str
    email: str | None = None
    phone: str | None = None
    person: str | None = None

    @property
    def is_reachable(self) -> bool:
        """Tell whether there is any way at all."""
        return self.email is not None or self.phone is not None


class Notice(Value):
    """One message to one recipient role, by every channel named.

    Attributes:
        notice: Its name: the folder of its template.
        role: Who is told: council, provider, ncsc, finance, or a role of the staff.
        channels: They go out together.
        must_arrive: Sent even when the ledger cannot be written, and again when in doubt.
        exercise: Goes to a sink, and says EXERCISE. ``exercise-notice`` says so and still goes out.
        provider: Which provider, where one is told.
        person: Staff id, where one person and not a whole role is told.
        addresses: For the council, the safe contacts it goes to; else looked up by role.
        context: What the template needs.
    """

    notice: str
    role: str
    channels: tuple[Channel, ...]
    must_arrive: bool = False
    exercise: bool = False
    provider: str | None = None
    person: str | None = None
    addresses: tuple[Address, ...] = ()
    context: Context = {}

    @property
    def is_for_sink(self) -> bool:
        """Tell whether nobody outside may get it: an exercise's, save the word that it is one."""
        return self.exercise and self.notice != "exercise-notice"


class Moment(NamedTuple):
    """A fact with the case on both sides of it: all that a notice may be made of."""

    before: Case
    after: Case
    event: Event

    @property
    def facts(self) -> Context:
        """Return what the event carries, JSON-ready."""
        dumped: Context = self.event.model_dump(mode="json", exclude_none=True)
        return dumped

    def text(self, field: str) -> str:
        """Return a field of the event as text; empty when it has none."""
        value = self.facts.get(field)
        return "" if value is None else str(value)

    @property
    def step_notice(self) -> str | None:
        """Return the notice that a clock's step names, if the event is one."""
        step = getattr(self.event, "step", None)
        notice = getattr(step, "notice", None)
        return None if notice is None else str(notice)
