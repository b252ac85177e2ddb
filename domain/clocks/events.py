"""The facts that clocks, ladders, alarms and windows make of themselves."""

from datetime import timedelta
from typing import ClassVar

from domain.case import FOLDS, Case, Event
from domain.clock_run import AlarmRun, Breach, ClockRun, ClockState, Paging, Pause, Step, Window
from domain.personal import PersonalText
from domain.phase import Phase
from domain.value import Instant

BREACHES_KEPT = 100
"""Breaches that a case shows, the latest ones [our default]; the record has them all."""


def replaced(case: Case, run: ClockRun) -> Case:
    """Return ``case`` with ``run`` in the place of the run of the same id."""
    return case.but(clocks=tuple(run if run.id == old.id else old for old in case.clocks))


class ClockEvent(Event):
    """Something that happened to one run of one clock."""

    clock: str
    instance: int

    def run(self, case: Case) -> ClockRun:
        """Return the run this is about."""
        about = f"{self.clock}#{self.instance}"
        return next(run for run in case.clocks if run.id == about)


class ClockStarted(Event):
    """A clock started; its deadline is computed here, once."""

    type: ClassVar[str] = "clock-started"
    run: ClockRun

    def apply(self, case: Case) -> Case:
        """Add the run; earlier runs of the clock that are over are folded away."""
        keep = tuple(r for r in case.clocks if r.clock != self.run.clock or not r.ended)
        ico = case.ico_started or self.run.clock == "ico-report"
        return case.but(clocks=(*keep, self.run), ico_started=ico)


class ClockMet(ClockEvent):
    """What the clock waited for occurred, in time or late.

    ``withdraws`` says that evidence put it before the deadline of a clock that stood breached.
    """

    type: ClassVar[str] = "clock-met"
    met_at: Instant
    late_by_s: int | None = None
    withdraws: bool = False

    def apply(self, case: Case) -> Case:
        """End the run; a breach stays for ever unless it is withdrawn on evidence."""
        run = self.run(case)
        breached = run.state is ClockState.BREACHED and not self.withdraws
        ended = run.but(
            state=ClockState.BREACHED if breached else ClockState.MET,
            ended=True,
            met_at=self.met_at,
            late_by_s=self.late_by_s,
            agenda=(),
            pause=None,
            paging=run.paging.but(next_at=None, unacknowledged=False),
        )
        case = replaced(case, ended)
        mine = [b for b in case.breaches if (b.clock, b.instance) == (run.clock, run.instance)]
        if not mine:
            return case
        others = tuple(b for b in case.breaches if b not in mine)
        if self.withdraws:
            withdrawn = (*case.breaches_withdrawn, run.id)
            return case.but(breaches=others, breaches_withdrawn=withdrawn)
        late = mine[0].but(late_by_s=self.late_by_s)
        return case.but(breaches=tuple(late if b in mine else b for b in case.breaches))


class ClockCancelled(ClockEvent):
    """The clock stopped counting without being met; one that was breached stays breached."""

    type: ClassVar[str] = "clock-cancelled"

    def apply(self, case: Case) -> Case:
        """End the run and its ladder."""
        run = self.run(case)
        stays = run.state is ClockState.BREACHED
        ended = run.but(
            state=run.state if stays else ClockState.CANCELLED,
            ended=True,
            agenda=(),
            pause=None,
            paging=run.paging.but(next_at=None, unacknowledged=False),
        )
        return replaced(case, ended)


class ClockStepped(ClockEvent):
    """The clock did the first thing on its agenda."""

    step: Step

    def stepped(self, case: Case, **changes: object) -> Case:
        """Return the case with that thing taken off the agenda."""
        run = self.run(case)
        return replaced(case, run.but(agenda=run.agenda[1:], **changes))

    def apply(self, case: Case) -> Case:
        """Take it off the agenda."""
        return self.stepped(case)


class ClockWarned(ClockStepped):
    """The warning before the deadline."""

    type: ClassVar[str] = "clock-warned"


class ClockReminded(ClockStepped):
    """A reminder on the way went out."""

    type: ClassVar[str] = "clock-reminded"


class ClockMarked(ClockStepped):
    """A set point on the clock was passed."""

    type: ClassVar[str] = "clock-marked"


class ClockRepeated(ClockStepped):
    """A reminder clock nudged again and set its next instant."""

    type: ClassVar[str] = "clock-repeated"
    next_at: Instant

    def apply(self, case: Case) -> Case:
        """Set the next instant."""
        again = self.step.but(at=self.next_at)
        run = self.run(case)
        return replaced(case, run.but(due_at=self.next_at, agenda=(*run.agenda[1:], again)))


class ClockSuperseded(ClockStepped):
    """A warning or reminder that time had gone past when we found it; nobody is told."""

    type: ClassVar[str] = "clock-step-superseded"


class ClockBreached(ClockStepped):
    """The deadline passed unmet.

    Attributes:
        counts: Whether it counts among our breaches; a tracker's does not.
        found_late_s: How much later we found it, in whole seconds.
        page_at: When the first rung is paged; on ladder O a deadline at night pages at the opening.
    """

    type: ClassVar[str] = "clock-breached"
    counts: bool
    found_late_s: int = 0
    page_at: Instant

    def apply(self, case: Case) -> Case:
        """Keep the breach; only a service clock's counts as ours."""
        run = self.run(case)
        paging = run.paging.but(next_at=self.page_at, next_rung=self.step.rung or 1)
        case = self.stepped(case, state=ClockState.BREACHED, paging=paging)
        if not self.counts:
            return case
        breach = Breach(clock=run.clock, instance=run.instance, due_at=run.due_at)
        older = case.breaches if case.rules < FOLDS else case.breaches[1 - BREACHES_KEPT :]
        return case.but(breaches=(*older, breach))


class ClockShortened(ClockEvent):
    """A more severe category brought a running deadline forward."""

    type: ClassVar[str] = "clock-shortened"
    due_at: Instant
    agenda: tuple[Step, ...]

    def apply(self, case: Case) -> Case:
        """Move the deadline."""
        return replaced(case, self.run(case).but(due_at=self.due_at, agenda=self.agenda))


class ClockMoved(ClockEvent):
    """A change of policy moved a running deadline; ``left`` is set when the clock stands still."""

    type: ClassVar[str] = "clock-moved"
    due_at: Instant
    agenda: tuple[Step, ...]
    left: timedelta | None = None

    def apply(self, case: Case) -> Case:
        """Move the deadline; a paused clock counts on later with what is left now."""
        run = self.run(case)
        pause = run.pause
        if pause is not None and self.left is not None:
            pause = pause.but(left=self.left)
        return replaced(case, run.but(due_at=self.due_at, agenda=self.agenda, pause=pause))


class ClockPaused(ClockEvent):
    """A person let the clock stand still."""

    type: ClassVar[str] = "clock-paused"
    why: str
    until: Instant
    left: timedelta
    reason: PersonalText = ""

    def apply(self, case: Case) -> Case:
        """Keep what was left."""
        pause = Pause(at=self.at, until=self.until, why=self.why, left=self.left)
        return replaced(case, self.run(case).but(state=ClockState.PAUSED, pause=pause))


class ClockResumed(ClockEvent):
    """The clock counts on from here, with the deadline that what was left gives."""

    type: ClassVar[str] = "clock-resumed"
    due_at: Instant
    agenda: tuple[Step, ...]

    def apply(self, case: Case) -> Case:
        """Count on."""
        run = self.run(case)
        resumed = run.but(
            state=ClockState.RUNNING, pause=None, due_at=self.due_at, agenda=self.agenda
        )
        return replaced(case, resumed)


class AboutPaging(Event):
    """Something that happened to the ladder of a clock (``clock#n``) or alarm (``alarm:x#n``)."""

    about: str
    rung: int

    @property
    def name(self) -> str:
        """Return the clock's name, or ``alarm:<name>``."""
        return self.about.rsplit("#", 1)[0]

    def paging(self, case: Case) -> Paging:
        """Return the ladder this is about."""
        clocks = [run.paging for run in case.clocks if run.id == self.about]
        found = [*clocks, *(alarm.paging for alarm in self._alarms(case))]
        return found[0] if found else Paging()

    def with_paging(self, case: Case, paging: Paging) -> Case:
        """Return the case with that ladder replaced; a run that was folded away has none."""
        clocks = tuple(r.but(paging=paging) if r.id == self.about else r for r in case.clocks)
        mine = self._alarms(case)
        alarms = tuple(a.but(paging=paging) if a in mine else a for a in case.alarms)
        return case.but(clocks=clocks, alarms=alarms)

    def _alarms(self, case: Case) -> tuple[AlarmRun, ...]:
        return tuple(a for a in case.alarms if f"{a.about}#{a.instance}" == self.about)


class PageDue(AboutPaging):
    """A rung is to be paged; the pager answers which rung it really reached."""

    type: ClassVar[str] = "page-due"
    next_at: Instant | None = None
    next_rung: int = 1
    needs_acknowledgement: bool = True

    def apply(self, case: Case) -> Case:
        """Set the next rung of the ladder."""
        old = self.paging(case)
        if self.rung == 0:
            return case  # a warning is one page and climbs nothing
        paging = old.but(
            rung=max(self.rung, old.rung or 0),
            paged_at=self.at,
            next_at=self.next_at,
            next_rung=self.next_rung,
            unacknowledged=old.unacknowledged or self.needs_acknowledgement,
        )
        return self.with_paging(case, paging)


class PageSuperseded(PageDue):
    """A rung that time has already gone past when we found it; nobody is paged for it."""

    type: ClassVar[str] = "page-superseded"


class Paged(AboutPaging):
    """The rung that was really reached, and who was paged there."""

    type: ClassVar[str] = "paged"
    wanted_rung: int
    people: tuple[str, ...] = ()
    top: int = 3

    def apply(self, case: Case) -> Case:
        """The ladder carries on from the rung really paged."""
        old = self.paging(case)
        if self.rung <= self.wanted_rung or old.rung is None:
            return case
        next_rung = min(max(old.next_rung, self.rung + 1), self.top)
        return self.with_paging(case, old.but(rung=max(self.rung, old.rung), next_rung=next_rung))


class AlarmRaised(Event):
    """A page without a clock behind it."""

    type: ClassVar[str] = "alarm-raised"
    alarm: str
    instance: int
    climbs: bool = True

    def apply(self, case: Case) -> Case:
        """Add it; earlier ones of the name that are over are folded away."""
        keep = tuple(a for a in case.alarms if a.alarm != self.alarm or not a.over)
        over = not self.climbs
        raised = AlarmRun(alarm=self.alarm, instance=self.instance, raised_at=self.at, over=over)
        return case.but(alarms=(*keep, raised))


class AlarmEnded(Event):
    """An alarm that is over without an acknowledgement: the case closed."""

    type: ClassVar[str] = "alarm-ended"
    alarm: str
    instance: int

    def apply(self, case: Case) -> Case:
        """End it and its pages."""
        quiet = Paging()
        alarms = (
            a.but(over=True, paging=quiet)
            if (a.alarm, a.instance) == (self.alarm, self.instance)
            else a
            for a in case.alarms
        )
        return case.but(alarms=tuple(alarms))


class WindowOpened(Event):
    """A right began."""

    type: ClassVar[str] = "window-opened"
    window: str
    ends_at: Instant

    def apply(self, case: Case) -> Case:
        """Open it, in place of an older one of the name."""
        others = tuple(w for w in case.windows if w.window != self.window)
        opened = Window(window=self.window, opened_at=self.at, ends_at=self.ends_at)
        return case.but(windows=(*others, opened))


class WindowEnded(Event):
    """A right ended: its time is over, or it was used."""

    type: ClassVar[str] = "window-ended"
    window: str

    def apply(self, case: Case) -> Case:
        """Close it."""
        return case.but(windows=tuple(w for w in case.windows if w.window != self.window))


class CaseArchived(Event):
    """Closed, and the last window has ended: the run is over, the record stays."""

    type: ClassVar[str] = "case-archived"

    def apply(self, case: Case) -> Case:
        """Archive it; the phase stays closed."""
        return case.but(archived=True, phase=Phase.CLOSED)
