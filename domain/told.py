"""What was told to whom, as facts of the case: notices that go out and the phone task."""

from datetime import datetime
from typing import ClassVar

from domain.case import FOLDS, Case, Event, Told

KEPT = 60
"""Notices that a case keeps besides those it still needs [our default]; the record has them all."""

SUPERSEDES = 2
"""The generation of rules from which on an unsent notice of a reversed decision is superseded."""

RINGS_PROVIDERS = 4
"""The generation of rules from which on a case hears that a provider's desk takes nothing."""

NAMES_COUNCIL_FIRST = 5
"""The generation of rules from which on a name means the council's notice before another's."""

RESTS_ON_DECISION = frozenset(
    {
        "activation-confirmed",
        "call-out",
        "category-changed",
        "commitment",
        "decision-duplicate",
        "decision-false-positive",
        "decision-not-qualified",
        "decision-out-of-scope",
        "failover-advised",
        "ncsc-update",
        "phase-changed",
        "phase-exit-accepted",
        "phase-exit-proposed",
        "phase-exit-rejected",
        "provider-changed",
        "recovery-offer",
        "recovery-reminder",
        "returned-to-containment",
    }
)
"""Notices that say or ask what holds no longer once the decision is reversed."""


class NoticeDue(Event):
    """A notice goes out, by every channel named, to one recipient role."""

    type: ClassVar[str] = "notice-due"
    key: str
    notice: str
    role: str
    channels: tuple[str, ...]

    def apply(self, case: Case) -> Case:
        """Keep as much of it as a later delivery asks for."""
        told = Told(key=self.key, notice=self.notice, role=self.role, channels=self.channels)
        return case.but(notices=(*_still_needed(case), told))


def _still_needed(case: Case) -> tuple[Told, ...]:
    """Return the notices of a case without those that no rule asks for any more.

    A delivery may still come in for a late one, and people name a notice by its latest: so the
    latest ones stay, the latest of each name to each role, and whatever somebody is to ring about.
    """
    notices = case.notices
    if case.rules < FOLDS or len(notices) < KEPT:
        return notices
    newest = {(told.notice, told.role): told.key for told in notices}
    needed = {*newest.values(), *case.phone_task, *(told.key for told in to_ring_about(case))}
    old = tuple(told for told in notices[: 1 - KEPT] if told.key in needed)
    return (*old, *notices[1 - KEPT :])


class PhoneTaskOpened(Event):
    """Notices that nobody could deliver wait for an officer to ring the council."""

    type: ClassVar[str] = "phone-task-opened"
    notices: tuple[str, ...]

    def apply(self, case: Case) -> Case:
        """Open the task; at most one is open in a case."""
        return case.but(phone_task=self.notices)


class PhoneTaskExtended(Event):
    """Another undelivered notice was added to the open phone task."""

    type: ClassVar[str] = "phone-task-extended"
    notices: tuple[str, ...]

    def apply(self, case: Case) -> Case:
        """Add it, once."""
        new = tuple(key for key in self.notices if key not in case.phone_task)
        return case.but(phone_task=(*case.phone_task, *new))


class NoticeSuperseded(Event):
    """A notice that nobody has had is not sent any more: what it says no longer holds.

    It is never cancelled in silence (guide n 9); whoever did have it is told otherwise.

    Attributes:
        by: The type of the fact that overtook it.
    """

    type: ClassVar[str] = "notice-superseded"
    key: str
    notice: str
    role: str
    by: str

    def apply(self, case: Case) -> Case:
        """Mark it; nobody has to be rung about it."""
        notices = tuple(t.but(superseded=True) if t.key == self.key else t for t in case.notices)
        task = tuple(key for key in case.phone_task if key != self.key)
        return case.but(notices=notices, phone_task=task)


def latest(case: Case, notice: str, channel: str | None = None) -> Told | None:
    """Return the notice of that key, or the latest of that name.

    Several people may have been told by one instruction under one name. Then it is the council's,
    for which alone somebody may have to ring, unless the ``channel`` says that it was another's.
    """
    by_key = next((told for told in case.notices if told.key == notice), None)
    named = [told for told in case.notices if told.notice == notice]
    if by_key is not None or not named:
        return by_key
    newest = named[-1]
    if case.rules < NAMES_COUNCIL_FIRST or channel is None:
        return newest
    together = [told for told in reversed(named) if _instruction(told) == _instruction(newest)]
    together.sort(key=lambda told: told.role != "council")
    return next((told for told in together if _goes_by(told, channel)), newest)


def _instruction(told: Told) -> str:
    return told.key.rpartition("/")[0]


def _goes_by(told: Told, channel: str) -> bool:
    """Tell whether a notice goes by the channel, or may: a council is texted and rung besides."""
    return channel in told.channels or (told.role == "council" and channel in ("sms", "phone"))


def onto_phone_task(case: Case, told: Told, event: Event) -> tuple[Event, ...]:
    """Return the fact that puts ``told`` onto the case's phone task, unless it holds no longer."""
    if told.key in case.phone_task or told.superseded:
        return ()
    if told.overtaken:
        return (superseded(told, event.at, "decision-reversed"),)
    kind = PhoneTaskExtended if case.phone_task else PhoneTaskOpened
    return (kind(at=event.at, notices=(told.key,)),)


def unconfirmed(case: Case, event: Event) -> tuple[Event, ...]:
    """Return what follows when the council was not told in time: somebody rings it (guide f)."""
    breached = event.type == "clock-breached"
    if not breached or getattr(event, "clock", "") != "council-confirmation":
        return ()
    told = latest(case, "activation-confirmed")
    return () if told is None else onto_phone_task(case, told, event)


def is_overtaken(case: Case, notice: str, event: str) -> bool:
    """Tell whether a notice of that name, not sent yet, says what ``event`` took back."""
    reverses = event == "decision-reversed" and case.rules >= SUPERSEDES
    return reverses and notice in RESTS_ON_DECISION


def overtaken(case: Case, event: Event) -> tuple[Event, ...]:
    """Return what ``event`` supersedes of the notices that no channel got through.

    What is still on its way is not known here: the outbox adds it.
    """
    return tuple(
        superseded(told, event.at, event.type)
        for told in case.notices
        if is_overtaken(case, told.notice, event.type)
        and not told.superseded
        and not told.arrived
        and set(told.channels) <= set(told.failed)
    )


def with_overtaken(case: Case, event: str) -> tuple[Told, ...]:
    """Return the notices of ``case``, those marked that say what ``event`` takes back."""
    return tuple(
        t.but(overtaken=True) if is_overtaken(case, t.notice, event) else t for t in case.notices
    )


def superseded(told: Told, at: datetime, by: str) -> NoticeSuperseded:
    """Return the fact that a notice is not sent any more."""
    return NoticeSuperseded(at=at, key=told.key, notice=told.notice, role=told.role, by=by)


def wants_to_hear(case: Case, key: str, state: str) -> bool:
    """Tell whether a delivery matters to a rule: it failed, or a clock or the phone task waits.

    Everything else stays in the ledger of notices and never comes to the case (guide i). In an
    exercise that is played the story itself tells what became of a message: a sink delivers all.
    """
    if case.policy.is_played:
        return False
    told = next((one for one in case.notices if one.key == key), None)
    if told is None or told.superseded:
        return False
    to_provider = told.role == "provider" and case.rules >= RINGS_PROVIDERS
    if state == "failed":
        return told.role == "council" or to_provider
    if to_provider and told.failed:
        return state == "delivered"
    waits = told.notice == "activation-confirmed" and bool(case.live_clocks("council-confirmation"))
    return state == "delivered" and (waits or key in case.phone_task)


def to_ring_about(case: Case) -> tuple[Told, ...]:
    """Return what a provider's desk did not take and nobody has told it: its duty line is rung."""
    return tuple(
        told
        for told in case.notices
        if told.stuck_at is not None
        and not told.superseded
        and not {"provider-message", "phone"} & set(told.arrived)
    )
