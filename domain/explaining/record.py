"""The facts of a case as an explanation asks them: what started a clock, what moved it since."""

from collections.abc import Iterable

import domain.decisions
import domain.reference
import domain.refusals  # noqa: F401  (with the two above: every fact that a record may hold)
from domain.case import RULES, Case, Event, Moves, evolve
from domain.clock_run import ClockRun
from domain.clocks.catalogue import CATALOGUE
from domain.council import Council
from domain.decisions.intake import Opening, open_case
from domain.explaining.explanation import ChangeLine, Started
from domain.fact import Fact
from domain.policy import Policy
from domain.provider import Provider
from domain.report import Report

CHANGES = (
    "clock-warned",
    "clock-marked",
    "clock-breached",
    "clock-shortened",
    "clock-moved",
    "clock-paused",
    "clock-resumed",
)
"""What is told of a clock's way; a reminder that went out is on the record only."""


class Record:
    """The facts of one case, in order."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = tuple(facts)

    def started(self, run: ClockRun) -> Fact | None:
        """Return the fact whose consequence the start of a run was.

        Each consequence stands right after its cause, so it is the nearest fact before the start
        that the clock's row names, of the same instruction.
        """
        found = self._start(run)
        if found is None:
            return None
        starts = CATALOGUE[run.clock].starts
        enters = any(one.startswith("entering:") for one in starts)
        for fact in reversed(self.facts[:found]):
            if fact.instruction != self.facts[found].instruction:
                return None
            moves = issubclass(Event.registry[fact.type], Moves)
            if fact.type in starts or (enters and moves):
                return fact
        return None

    def changes(self, run: ClockRun) -> tuple[ChangeLine, ...]:
        """Return what moved or marked a run since it started."""
        about = {"clock": run.clock, "instance": run.instance}
        return tuple(
            ChangeLine(type=f.type, at=f.occurred_at, by=f.by)
            for f in self.facts
            if f.type in CHANGES and about.items() <= f.payload.items()
        )

    def latest(self, kind: str, before: int | None = None) -> Fact | None:
        """Return the latest fact of a kind, before number ``before`` where that is given."""
        of_kind = (f for f in reversed(self.facts) if f.type == kind)
        return next((f for f in of_kind if before is None or f.seq < before), None)

    def _start(self, run: ClockRun) -> int | None:
        for place, fact in enumerate(self.facts):
            if fact.type == "clock-started":
                there = fact.payload["run"]
                if (there["clock"], there["instance"]) == (run.clock, run.instance):
                    return place
        return None


def started_line(fact: Fact | None) -> Started | None:
    """Return a fact as what started a clock."""
    if fact is None:
        return None
    return Started(
        type=fact.type, says=words_of(fact.type), at=fact.occurred_at, by=fact.by, seq=fact.seq
    )


def words_of(event: str) -> str:
    """Return an event's own sentence, without its full stop."""
    return sentence_of(Event.registry[event].__doc__) or event


def sentence_of(words: str | None) -> str | None:
    """Return the first sentence of a declaration's own words, without its full stop."""
    first = words.splitlines()[0] if words else None
    return None if first is None else first.split(";")[0].rstrip(".").replace("`", "")


def rebuilt(
    reference: str, facts: tuple[Fact, ...], providers: tuple[Provider, ...], policy: Policy
) -> Case:
    """Return the case as its facts leave it, for when it cannot be asked itself.

    Args:
        reference: The case's.
        facts: Every one from the first on.
        providers: As the register has them: which the case began with is not among the facts.
        policy: Stands in for the policy the case began with, for the same reason; so does the
            newest generation of rules.
    """
    opened = facts[0]
    opening = Opening(
        reference=reference,
        report=Report.model_validate(opened.payload["report"]),
        council=Council.model_validate(opened.payload["council"]),
        providers=providers,
        policy=policy,
        rules=RULES,
    )
    case, _ = open_case(opening, opened.occurred_at)
    for fact in facts:
        case = evolve(case, _event(fact)).but(seq=fact.seq)
    return case


def _event(fact: Fact) -> Event:
    """Return the event of a fact; the record leaves out what is nothing."""
    kind = Event.registry[fact.type]
    nothing = {name: None for name, field in kind.model_fields.items() if field.is_required()}
    return kind.model_validate({**nothing, **fact.payload, "at": fact.occurred_at})
