"""What was told to whom, as facts of the case: notices that go out and the phone task."""

from typing import ClassVar

from domain.case import Case, Event, Told


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
        return case.but(notices=(*case.notices, told))


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


def latest(case: Case, notice: str) -> Told | None:
    """Return the notice of that key, or the latest of that name."""
    by_key = next((told for told in case.notices if told.key == notice), None)
    return by_key or next((t for t in reversed(case.notices) if t.notice == notice), None)


def onto_phone_task(case: Case, told: Told, event: Event) -> tuple[Event, ...]:
    """Return the fact that puts ``told`` onto the case's phone task."""
    if told.key in case.phone_task:
        return ()
    kind = PhoneTaskExtended if case.phone_task else PhoneTaskOpened
    return (kind(at=event.at, notices=(told.key,)),)


def unconfirmed(case: Case, event: Event) -> tuple[Event, ...]:
    """Return what follows when the council was not told in time: somebody rings it (guide f)."""
    breached = event.type == "clock-breached"
    if not breached or getattr(event, "clock", "") != "council-confirmation":
        return ()
    told = latest(case, "activation-confirmed")
    return () if told is None else onto_phone_task(case, told, event)


def wants_to_hear(case: Case, key: str, state: str) -> bool:
    """Tell whether a delivery matters to a rule: it failed, or a clock or the phone task waits.

    Everything else stays in the ledger of notices and never comes to the case (guide i).
    """
    told = next((one for one in case.notices if one.key == key), None)
    if told is None:
        return False
    if state == "failed":
        return told.role == "council"
    waits = told.notice == "activation-confirmed" and bool(case.live_clocks("council-confirmation"))
    return state == "delivered" and (waits or key in case.phone_task)
