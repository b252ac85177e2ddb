"""How a notice is declared: one entry names template, recipient, channels and cause."""

from collections.abc import Callable
from dataclasses import dataclass

from domain.notice import Address, Channel, Context, Moment, Notice
from domain.notice_addresses import main_contact
from domain.notice_words import common, engaged, nothing_more

MAIL: tuple[Channel, ...] = ("email",)
MAIL_AND_SMS: tuple[Channel, ...] = ("email", "sms")
PAGE_AND_MAIL: tuple[Channel, ...] = ("page", "email")
SIGNED: tuple[Channel, ...] = ("provider-message",)
SIGNED_AND_PAGE: tuple[Channel, ...] = ("provider-message", "page")

PAGE_TEMPLATES = ("clock-warning", "clock-breached", "alarm", "escalation-digest")
"""What a person on a rung is sent by the pager; one message with every row not yet sent."""

NOTICE_BY_PAGE = "notice-by-page"
"""What the pager sends when the only row is a notice to staff; it is *once*, as the notice is."""

MUST_ARRIVE = frozenset(
    {*PAGE_TEMPLATES, "call-out", "stand-down", "provider-changed", "activation-confirmed"}
)
"""Sent even when the ledger cannot be written, and again when the outcome is unknown."""

STEPS = ("clock-reminded", "clock-repeated", "clock-marked", "clock-breached")
"""Steps of a clock; each may name a notice."""

SPEND = ("work-logged", "work-resolved")
"""Facts that may take a ledger past a threshold."""

When = Callable[[Moment], bool]
Words = Callable[[Moment], Context]
Whom = Callable[[Moment], tuple[Address, ...]]
Which = Callable[[Moment], str | None]


def always(m: Moment) -> bool:  # noqa: ARG001  (every condition has one signature)
    """Say yes."""
    return True


@dataclass(frozen=True)
class Entry:
    """One notice to one recipient role.

    Attributes:
        notice: Its name, and the folder of its template.
        to: The role that is told.
        on: The types of event that cause it; a step of a clock causes it only when it names it.
        says: What it tells, in one sentence, for people.
        channels: They go out together.
        words: What the template is given besides what every notice says.
        when: What narrows the events down.
        whom: For the council: which safe contacts.
        provider: For a provider: which one.
        person: For one member of staff and not a whole role: the event's field with the staff id.
        texted_before: The generation of rules before which it was texted as well.
    """

    notice: str
    to: str
    on: tuple[str, ...]
    says: str
    channels: tuple[Channel, ...] = MAIL_AND_SMS
    words: Words = nothing_more
    when: When = always
    whom: Whom = main_contact
    provider: Which = engaged
    person: str = ""
    texted_before: int = 0

    @property
    def must_arrive(self) -> bool:
        """Tell whether it goes out come what may."""
        return self.notice in MUST_ARRIVE

    def is_caused_by(self, m: Moment) -> bool:
        """Tell whether the event causes it."""
        if m.event.type not in self.on:
            return False
        if m.event.type in STEPS and m.step_notice != self.notice:
            return False
        return self.when(m)

    def made_of(self, m: Moment) -> Notice:
        """Return the notice as a value."""
        return Notice(
            notice=self.notice,
            role=self.to,
            channels=self._ways(m),
            must_arrive=self.must_arrive,
            exercise=m.after.exercise,
            provider=self.provider(m) if self.to == "provider" else None,
            person=(m.text(self.person) or None) if self.person else None,
            addresses=self.whom(m) if self.to == "council" else (),
            context={**common(m), **self.words(m)},
        )

    def _ways(self, m: Moment) -> tuple[Channel, ...]:
        texted = m.after.rules < self.texted_before
        return (*self.channels, "sms") if texted else self.channels
