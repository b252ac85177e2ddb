"""What a case holds of time: running clocks, alarms and windows. The rules are in ``clocks/``."""

from datetime import timedelta
from enum import StrEnum
from typing import Literal

from domain.value import Instant, Value


class ClockState(StrEnum):
    """Where one run of a clock stands."""

    RUNNING = "running"
    MET = "met"
    BREACHED = "breached"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Step(Value):
    """One thing a clock does on its way, at a fixed instant.

    Attributes:
        at: When. Moved by a pause, never by anything else but a change of policy or category.
        does: ``warn`` pages L0; ``remind`` sends ``notice``; ``breach`` is the deadline; ``mark``
            pages ``rung``; ``repeat`` sends ``notice`` and sets a reminder's next instant.
        rung: The rung a breach or mark pages; ``None`` pages nobody.
        notice: The notice sent with it, if any.
    """

    at: Instant
    does: Literal["warn", "remind", "breach", "mark", "repeat"]
    rung: int | None = None
    notice: str | None = None


class Pause(Value):
    """A clock standing still.

    Attributes:
        at: When it was paused.
        until: When it resumes by itself.
        why: The reason, from the clock's row.
        left: What was left, in the clock's own time.
    """

    at: Instant
    until: Instant
    why: str
    left: timedelta


class Paging(Value):
    """How far a ladder has been climbed for one clock or alarm.

    Attributes:
        rung: The highest rung really paged so far; ``None`` before the first page of a ladder.
        paged_at: When that was.
        next_at: When the next rung is paged; ``None`` when nothing is to be paged by the ladder.
        next_rung: The rung that is paged then.
        unacknowledged: Whether a page of rung L1 or higher waits for a person.
        acknowledged_by: Who took it last.
        quiet_until: Until when the last acknowledgement buys quiet.
    """

    rung: int | None = None
    paged_at: Instant | None = None
    next_at: Instant | None = None
    next_rung: int = 1
    unacknowledged: bool = False
    acknowledged_by: str | None = None
    quiet_until: Instant | None = None


class ClockRun(Value):
    """One run of one clock.

    Attributes:
        clock: Its name in the catalogue.
        instance: The how manieth run in this case, from 1.
        started_at: When the starting fact occurred.
        due_at: The instant by which it must be met.
        state: ``breached`` is for ever unless evidence withdraws it.
        ended: Whether it has stopped counting (met, cancelled, or met late).
        met_at: When the stopping fact occurred.
        late_by_s: Whole seconds between deadline and stopping fact, for a clock met late.
        agenda: What it still does on its way, earliest first.
        paging: Its ladder.
        pause: Set while it is paused.
    """

    clock: str
    instance: int
    started_at: Instant
    due_at: Instant
    state: ClockState = ClockState.RUNNING
    ended: bool = False
    met_at: Instant | None = None
    late_by_s: int | None = None
    agenda: tuple[Step, ...] = ()
    paging: Paging = Paging()
    pause: Pause | None = None

    @property
    def id(self) -> str:
        """Return ``clock#instance``."""
        return f"{self.clock}#{self.instance}"


class AlarmRun(Value):
    """One raising of an alarm: a page with no clock behind it."""

    alarm: str
    instance: int
    raised_at: Instant
    over: bool = False
    paging: Paging = Paging()

    @property
    def about(self) -> str:
        """Return the name by which people acknowledge it."""
        return f"alarm:{self.alarm}"


class Window(Value):
    """A span in which something is allowed; nothing breaches, the right simply ends."""

    window: str
    opened_at: Instant
    ends_at: Instant


class Breach(Value):
    """A service clock that was not met in time, kept when the run itself is folded away."""

    clock: str
    instance: int
    due_at: Instant
    late_by_s: int | None = None
