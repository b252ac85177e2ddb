"""What the service reports of itself: figures over cases, which name no council and no person."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median
from typing import Any, NamedTuple

from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Kind
from domain.value import Instant, Value
from domain.view import LedgerLine

CONTACT = "provider-contact"
"""The clock that is published: a provider reaches the council within 30 minutes."""

TOLD = (
    *("clock-started", "clock-met", "clock-breached", "clock-cancelled"),
    *("paged", "escalation-acknowledged"),
)
"""The facts that figures are made of."""


class Told(NamedTuple):
    """A fact as far as figures need it: what happened, in which case, and what it says."""

    case: str
    type: str
    payload: dict[str, Any]


class Line(Value):
    """A case as far as figures need it."""

    case: str
    phase: str
    outcome: str | None
    category: str
    opened_at: Instant
    closed_at: Instant | None
    ledgers: dict[str, LedgerLine]


class ClockFigures(Value):
    """What became of one clock, over all its runs.

    Attributes:
        kind: ``service`` is our own promise, ``tracker`` somebody else's duty.
        in_time: Met by the deadline, on evidence told later too.
        late: Met after it.
        breached: Past it and never met.
        rate: Of those that ended, the part that was met in time; ``None`` when none has ended.
    """

    clock: str
    kind: str
    runs: int = 0
    in_time: int = 0
    late: int = 0
    breached: int = 0
    cancelled: int = 0
    running: int = 0
    rate: float | None = None


class ContactFigures(Value):
    """How long providers took to reach councils, in whole seconds, from being told.

    Attributes:
        within: Reached within the target of its case.
        targets_s: The targets that ran; one, unless the policy was changed.
    """

    reached: int
    within: int
    median_s: int | None
    longest_s: int | None
    targets_s: tuple[int, ...]


class Figures(Value):
    """The figures of some cases, or of one."""

    cases: int
    open: int
    phases: dict[str, int]
    outcomes: dict[str, int]
    categories: dict[str, int]
    clocks: tuple[ClockFigures, ...]
    contact: ContactFigures
    pages: dict[str, int]
    acknowledged: int
    ledgers: dict[str, LedgerLine]


class _Run(NamedTuple):
    """One run of one clock as its facts leave it."""

    clock: str
    started_at: Instant
    target: timedelta
    end: str = "running"
    took: timedelta | None = None


def figures(lines: Iterable[Line], facts: Iterable[Told]) -> Figures:
    """Return the figures of cases.

    Args:
        lines: The cases.
        facts: Of those cases, the ones of ``TOLD``, each case's oldest first.
    """
    lines, facts = tuple(lines), tuple(facts)
    runs = _runs(facts)
    return Figures(
        cases=len(lines),
        open=sum(1 for line in lines if line.phase != "closed"),
        phases=_counted(line.phase for line in lines),
        outcomes=_counted(line.outcome for line in lines if line.outcome is not None),
        categories=_counted(line.category for line in lines),
        clocks=tuple(
            _clock(name, runs) for name in CATALOGUE if any(r.clock == name for r in runs)
        ),
        contact=_contact(runs),
        pages=_counted(f"L{fact.payload['rung']}" for fact in facts if fact.type == "paged"),
        acknowledged=sum(1 for fact in facts if fact.type == "escalation-acknowledged"),
        ledgers={name: _together(line.ledgers[name] for line in lines) for name in ("A", "B")},
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))


def _runs(facts: Iterable[Told]) -> tuple[_Run, ...]:
    """Follow each run of each clock from its start to its end."""
    runs: dict[tuple[str, str, int], _Run] = {}
    for fact in facts:
        said = fact.payload.get("run") or fact.payload
        if fact.type not in TOLD[:4]:
            continue
        key = (fact.case, str(said["clock"]), int(said["instance"]))
        if fact.type == "clock-started":
            started, due = _instant(said["started_at"]), _instant(said["due_at"])
            runs[key] = _Run(key[1], started, due - started)
        elif key in runs:
            runs[key] = _ended(runs[key], fact)
    return tuple(runs.values())


def _ended(run: _Run, fact: Told) -> _Run:
    if fact.type == "clock-breached":
        return run._replace(end="breached")
    if fact.type == "clock-cancelled":
        return run if run.end == "breached" else run._replace(end="cancelled")
    took = _instant(fact.payload["met_at"]) - run.started_at
    return run._replace(end="late" if fact.payload.get("late_by_s") else "in_time", took=took)


def _instant(said: str) -> Instant:
    return datetime.fromisoformat(said)


def _clock(name: str, runs: tuple[_Run, ...]) -> ClockFigures:
    ends = Counter(run.end for run in runs if run.clock == name)
    over = ends["in_time"] + ends["late"] + ends["breached"]
    rate = round(ends["in_time"] / over, 4) if over else None
    kind = CATALOGUE[name].kind
    return ClockFigures(
        clock=name,
        kind=kind.value,
        runs=ends.total(),
        rate=None if kind is Kind.REMINDER else rate,
        **{word: ends[word] for word in ("in_time", "late", "breached", "cancelled", "running")},
    )


def _contact(runs: tuple[_Run, ...]) -> ContactFigures:
    mine = [run for run in runs if run.clock == CONTACT]
    took = [run.took.total_seconds() for run in mine if run.took is not None]
    return ContactFigures(
        reached=len(took),
        within=sum(1 for run in mine if run.end == "in_time"),
        median_s=round(median(took)) if took else None,
        longest_s=round(max(took)) if took else None,
        targets_s=tuple(sorted({round(run.target.total_seconds()) for run in mine})),
    )


def _together(ledgers: Iterable[LedgerLine]) -> LedgerLine:
    there = tuple(ledgers)
    names = LedgerLine.model_fields
    return LedgerLine(**{name: sum(getattr(one, name) for one in there) for name in names})
