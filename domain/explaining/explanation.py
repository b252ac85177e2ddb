"""What an explanation of a case says: the shape of ``cir case explain --json``, stable."""

from typing import Any, Literal

from domain.phase import Phase
from domain.value import Instant, Value


class RefusalLine(Value):
    """A refusal that a command would meet now.

    Attributes:
        inputs: The inputs with which it would; empty when it would however it is given.
    """

    command: str
    inputs: dict[str, Any] = {}
    code: str
    message: str
    details: dict[str, Any] = {}


class CommandLine(Value):
    """A command that is waited for, or that leads out of the phase.

    Attributes:
        who: The least roles.
        person: The one who would give it: the owner, the provider on the case, who was asked.
        only: Whether nobody else may.
        not_by: Who took the first of two steps and may not take this one.
        clocks: The running clocks that it meets, ``clock#n``.
        lawful: Whether the case would take it in at least one form.
        refusals: One for each form that it would refuse.
    """

    command: str
    line: str
    says: str
    who: tuple[str, ...]
    person: str | None = None
    only: bool = False
    not_by: tuple[str, ...] = ()
    clocks: tuple[str, ...] = ()
    leads_on: bool = False
    lawful: bool
    refusals: tuple[RefusalLine, ...] = ()


class NextAct(Value):
    """Something that a person must do next.

    Attributes:
        by: The deadline; ``None`` when only a page or another person's proposal waits.
        late: Whether the deadline has passed.
        about: What waits: ``clock#n``, ``page:<name>`` or the command itself.
        lawful: Whether the case would take it; else ``refused`` says why not.
        refused: Code of the refusal that stands in the way.
    """

    who: tuple[str, ...]
    person: str | None = None
    only: bool = False
    not_by: tuple[str, ...] = ()
    what: str
    by: Instant | None = None
    late: bool = False
    about: str
    command: str
    line: str
    lawful: bool = True
    refused: str | None = None


class Started(Value):
    """The fact that started a clock."""

    type: str
    says: str
    at: Instant
    by: str
    seq: int


Basis = Literal["published", "our default", "this case", "its start"]
"""Where a number comes from: a public source, our default, a change for this case by two people, or
the policy that the case began with, where the policy file says another number now."""


class Target(Value):
    """A clock's number and where it comes from.

    Attributes:
        setting: Its name in the policy; ``value`` is in ``unit``, not divided by ``time_scale``.
        source: The policy's own words on it, or who changed it and why.
        length_s: What it comes to on this case, in seconds of the clock's own time.
    """

    setting: str
    value: int
    unit: str
    basis: Basis
    source: str
    time_scale: float
    length_s: float


class LadderRule(Value):
    """How a clock's pages climb."""

    name: str
    first_rung: int
    top_rung: int
    every_s: float
    acknowledgement_s: float
    calendar: Literal["elapsed", "working"]


class StoppingFact(Value):
    """A fact that meets a clock, by name and in words."""

    type: str
    says: str


class StepLine(Value):
    """Something a clock still does on its way."""

    at: Instant
    does: str
    rung: int | None = None
    notice: str | None = None


class Standstill(Value):
    """A pause."""

    why: str
    at: Instant
    until: Instant
    left_s: float


class ChangeLine(Value):
    """A fact that moved or marked a clock after it started."""

    type: str
    at: Instant
    by: str


class ClockStory(Value):
    """One clock: what started it, its rule, and where it stands.

    Attributes:
        started_at: The instant it is counted from.
        started_by: ``None`` while that fact is not on the record yet.
        rule: Its rule in words.
        stops_on: The facts that meet it; ``stops_when`` narrows them down, in words.
        pausable_for: What it may be paused for on this case now; empty means never.
        overdue: Whether it is due and its breach is not on the record yet.
    """

    clock: str
    instance: int
    kind: str
    waits_for: str
    state: str
    ended: bool
    overdue: bool = False
    started_at: Instant
    started_by: Started | None = None
    rule: str
    calendar: Literal["elapsed", "working"]
    target: Target
    due_at: Instant
    met_at: Instant | None = None
    late_by_s: int | None = None
    still_to_come: tuple[StepLine, ...] = ()
    ladder: LadderRule | None = None
    stops_on: tuple[StoppingFact, ...]
    stops_when: str | None = None
    met_by: str
    pausable_for: tuple[str, ...] = ()
    paused: Standstill | None = None
    changes: tuple[ChangeLine, ...] = ()
    next_page_at: Instant | None = None
    next_rung: int | None = None


class EndedClock(Value):
    """A clock that no longer counts, in short; the latest of its name."""

    clock: str
    instance: int
    state: str
    started_at: Instant
    due_at: Instant
    met_at: Instant | None = None
    late_by_s: int | None = None


class PageLine(Value):
    """One page: the rung, who was reached, and why.

    Attributes:
        about: ``clock#n`` or ``alarm:<name>#n``.
        wanted_rung: The rung whose turn it was.
        rung: The rung reached; ``None`` while the pager has not answered.
        why: In words.
        superseded: Time had gone past it when we found it: nobody was paged.
        gap: Whether empty rungs were passed over.
        waits: Whether it still waits for a person; it does not once its clock has ended.
        acknowledged_by: Who took it, if anybody; ``quiet_until`` is what that buys.
        quiet_but: What pages nevertheless, in words.
    """

    about: str
    at: Instant
    wanted_rung: int
    rung: int | None = None
    people: tuple[str, ...] = ()
    why: str
    ladder: str | None = None
    superseded: bool = False
    gap: bool = False
    needs_acknowledgement: bool = True
    waits: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: Instant | None = None
    quiet_until: Instant | None = None
    quiet_but: str | None = None


class WindowLine(Value):
    """A right that still exists, what it is for, and its end."""

    window: str
    opened_at: Instant
    ends_at: Instant


class Explanation(Value):
    """Why a case stands where it stands.

    Attributes:
        as_of: The instant it is told for.
        told_by: ``case`` when the case itself was asked, ``record`` when it could not be.
        note: What to bear in mind, when there is anything.
        next: Who must act, what is waited for first coming first.
        clocks: What counts, breached and paused clocks among it, by deadline.
        ended_clocks: What no longer counts, by deadline.
        commands: What is awaited and what leads out of the phase, with every refusal.
    """

    case: str
    version: int
    seq: int
    as_of: Instant
    told_by: Literal["case", "record"]
    note: str | None = None
    phase: Phase
    outcome: str | None
    exercise: bool
    archived: bool
    category: str
    owner: str | None
    provider: str | None
    next: tuple[NextAct, ...]
    clocks: tuple[ClockStory, ...]
    ended_clocks: tuple[EndedClock, ...]
    pages: tuple[PageLine, ...]
    windows: tuple[WindowLine, ...]
    commands: tuple[CommandLine, ...]
