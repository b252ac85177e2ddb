"""Letting a clock stand still for a reason of its row, and letting it count on."""

from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from domain.case import Case, Event
from domain.category import Category
from domain.clock_run import ClockRun, ClockState
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Clock
from domain.clocks.due import resume
from domain.clocks.events import ClockPaused
from domain.clocks.timing import left_of
from domain.command import Command
from domain.errors import Code, Refused
from domain.people import M, Role, S
from domain.phase import OPEN, Phase
from domain.value import Instant, Line


class PauseClock(Command):
    """Let a clock stand still, for a reason that its row allows, until a given time."""

    name: ClassVar[str] = "pause-clock"
    group: ClassVar[str] = "clock"
    verb: ClassVar[str] = "pause"
    who: ClassVar[frozenset[Role]] = frozenset({M})
    phases: ClassVar[frozenset[Phase]] = OPEN
    reasoned: ClassVar[bool] = True

    clock: Annotated[Line, Field(description="The clock's name.")]
    why: Annotated[Line, Field(description="The reason, from the clock's row.")]
    until: Annotated[Instant, Field(description="When it counts on by itself.")]

    def check_inputs(self, case: Case, at: datetime) -> None:
        """Refuse a pause that is over before it begins."""
        if self.until <= at:
            raise Refused(
                Code.INVALID_INPUT,
                f"A pause of {self.clock} ends after it begins: give a later --until.",
            )

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Pause a running clock of a pausable row, within the limit of its ladder."""
        run = _counting(case, self.clock)
        clock = CATALOGUE[run.clock]
        self._check_allowed(case, clock, at)
        if run.state is ClockState.BREACHED:
            raise Refused(
                Code.ALREADY_BREACHED,
                f"{self.clock} of {case.reference} is breached: it runs on and cannot be paused. "
                f"It is met by {clock.met_by}.",
            )
        left = left_of(case, clock, at, run.due_at)
        return (
            ClockPaused(
                at=at,
                clock=run.clock,
                instance=run.instance,
                why=self.why,
                until=self.until,
                left=left,
                reason=self.words(),
            ),
        )

    def _check_allowed(self, case: Case, clock: Clock, at: datetime) -> None:
        reasons = pausable_for(case, clock)
        if not reasons:
            raise Refused(
                Code.NEVER_PAUSABLE,
                f"{self.clock} of {case.reference} cannot be paused. It is met by {clock.met_by}.",
            )
        if self.why not in reasons:
            allowed = ", ".join(reasons)
            raise Refused(
                Code.REASON_NOT_ACCEPTED,
                f"{self.clock} of {case.reference} may be paused only for: {allowed}.",
            )
        longest = case.policy.ladder(clock.ladder or "U").pause_limit
        if self.until - at > longest:
            raise Refused(
                Code.PAUSE_TOO_LONG,
                f"{self.clock} of {case.reference} may stand still for at most {longest}: give an "
                "earlier --until; it may be paused again.",
            )


class ResumeClock(Command):
    """Let a paused clock count on now, before its pause ends by itself."""

    name: ClassVar[str] = "resume-clock"
    group: ClassVar[str] = "clock"
    verb: ClassVar[str] = "resume"
    who: ClassVar[frozenset[Role]] = frozenset({S, M})
    phases: ClassVar[frozenset[Phase]] = OPEN

    clock: Annotated[Line, Field(description="The clock's name.")]

    def decide(self, case: Case, at: datetime) -> tuple[Event, ...]:
        """Count on from here with what was left."""
        paused = (run for run in case.live_clocks(self.clock) if run.pause is not None)
        run = next(paused, None)
        if run is None:
            raise Refused(
                Code.NOT_PAUSED,
                f"{self.clock} of {case.reference} is not paused. "
                f"To see the clocks: cir case show {case.reference}.",
            )
        return (resume(case, run, at),)


def _counting(case: Case, name: str) -> ClockRun:
    """Return the latest run of a clock that counts, breached or not.

    Raises:
        Refused: ``clock-not-running``, for a paused one too.
    """
    runs = [run for run in case.live_clocks(name) if run.pause is None]
    if not runs:
        raise Refused(
            Code.CLOCK_NOT_RUNNING,
            f"{name} does not run in {case.reference}. "
            f"To see the clocks: cir case show {case.reference}.",
        )
    return max(runs, key=lambda run: run.instance)


def pausable_for(case: Case, clock: Clock) -> tuple[str, ...]:
    """Return what a clock may be paused for; the decision never at C1, C2 or with life at risk."""
    grave = case.category in (Category.C1, Category.C2) or case.report.life_risk
    return () if clock.name == "decision" and grave else clock.pausable_for
