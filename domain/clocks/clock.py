"""What a clock is: the row that declares one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.case import Case, Event
from domain.clocks.conditions import Condition, always, occurred
from domain.phase import Phase


class Ladder(StrEnum):
    """How pages climb: urgent, steady, office."""

    URGENT = "U"
    STEADY = "S"
    OFFICE = "O"


class Kind(StrEnum):
    """Our promise, somebody else's duty that we watch, or a repeating nudge."""

    SERVICE = "service"
    TRACKER = "tracker"
    REMINDER = "reminder"


@dataclass(frozen=True)
class Clock:
    """One row of the guide's table of clocks.

    Attributes:
        name: Its name; wire format.
        says: What it promises, in words that follow "waits for".
        met_by: The command by which a person meets it.
        starts: What starts it; ``starts_when`` narrows that down.
        starts_from: The instant it is counted from.
        stops: What meets it; ``stops_when`` narrows that down.
        cancels: What ends it without meeting it; ``cancels_when`` narrows that down.
        lives_in: The phases it may run in; leaving them cancels it. ``None``: any that is open.
        survives_closing: Whether it runs on when the case enters closing.
        working_time: Whether it counts working time rather than elapsed time.
        ladder: How its pages climb after the deadline; ``None`` pages no ladder.
        first_rung: The first rung paged at the deadline.
        marks: Whether set points (rule f 7) take the place of the ladder at first.
        pausable_for: Reasons for which it may be paused; empty means never.
        reminders: Notice sent at each on-the-way instant, in place of a warning.
        breach_notice: Notice sent at the deadline.
        by_category: Whether its length depends on the category.
        single: Whether a start is ignored while one runs.
        restarts: Events that start it afresh while it runs; other starts are ignored then.
    """

    name: str
    says: str
    met_by: str
    starts: tuple[str, ...]
    stops: tuple[str, ...]
    kind: Kind = Kind.SERVICE
    starts_when: Condition = always
    starts_from: Callable[[Case, Event], datetime] = occurred
    stops_when: Condition = always
    cancels: tuple[str, ...] = ()
    cancels_when: Condition = always
    lives_in: frozenset[Phase] | None = None
    survives_closing: bool = False
    working_time: bool = False
    ladder: Ladder | None = Ladder.URGENT
    first_rung: int = 1
    marks: bool = False
    pausable_for: tuple[str, ...] = ()
    reminders: str | None = None
    breach_notice: str | None = None
    by_category: bool = False
    single: bool = False
    restarts: tuple[str, ...] = ()
