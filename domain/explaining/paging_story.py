"""Each page with its rung: who was reached and why, and who took it until when."""

from domain.case import Case
from domain.clock_run import AlarmRun, ClockRun
from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Ladder
from domain.clocks.ladders import about, quiet_until
from domain.explaining.explanation import PageLine
from domain.explaining.lengths import length_in_words
from domain.explaining.record import Record
from domain.fact import Fact

ASKED = ("page-due", "page-superseded")
WARNING = "the warning before the deadline; it needs nobody to say that they have it"

SET_POINTS = "its set points still to come page all the same"


def pages(case: Case, record: Record) -> tuple[PageLine, ...]:
    """Return every page of the case, oldest first."""
    story = _Story(case)
    for fact in record.facts:
        story.take(fact)
    runs: tuple[ClockRun | AlarmRun, ...] = (*case.clocks, *case.alarms)
    waiting = {about(run) for run in runs if run.paging.unacknowledged}
    return tuple(
        line.but(waits=line.needs_acknowledgement and line.acknowledged_by is None)
        if line.about in waiting
        else line
        for line in story.lines
    )


class _Story:
    """Facts taken one by one, and the pages they make."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._last: Fact | None = None
        self._silent: dict[str, bool] = {}
        self.lines: list[PageLine] = []

    def take(self, fact: Fact) -> None:
        """Take the next fact."""
        if fact.type in ASKED:
            self._asked(fact)
        elif fact.type == "paged":
            self._reached(fact)
        elif fact.type == "escalation-acknowledged":
            self._acknowledged(fact)
        if fact.type != "notice-due":
            self._last = fact

    def _asked(self, fact: Fact) -> None:
        told, rung = str(fact.payload["about"]), int(fact.payload["rung"])
        ladder = ladder_of(told)
        line = PageLine(
            about=told,
            at=fact.occurred_at,
            wanted_rung=rung,
            why=self._why(told),
            ladder=None if ladder is None else ladder.value,
            superseded=fact.type == "page-superseded",
            needs_acknowledgement=rung > 0 and fact.payload.get("needs_acknowledgement", True),
        )
        self.lines.append(line)
        if rung > 0:
            self._silent[told] = True

    def _why(self, told: str) -> str:
        before = self._last.type if self._last is not None else ""
        name = told.rsplit("#", 1)[0]
        if before == "clock-warned":
            return WARNING
        if before == "clock-marked":
            return "a set point of the clock was passed with nobody reached"
        if before == "alarm-raised" and name.startswith("alarm:"):
            return ALARMS[name.removeprefix("alarm:")].says
        if told not in self._silent:
            return f"the deadline passed; it waits for {CATALOGUE[name].says}"
        if not self._silent[told]:
            taken = next(one for one in reversed(self.lines) if one.about == told)
            return f"what {taken.acknowledged_by} acknowledged ran out; it still waits"
        ladder = ladder_of(told)
        every = self._case.policy.ladder_interval(ladder or Ladder.URGENT)
        words = length_in_words(every, working=ladder is Ladder.OFFICE)
        return f"nobody said that they had it for {words}"

    def _reached(self, fact: Fact) -> None:
        told, wanted = fact.payload["about"], fact.payload["wanted_rung"]
        for place in reversed(range(len(self.lines))):
            line = self.lines[place]
            same = (line.about, line.wanted_rung, line.at) == (told, wanted, fact.occurred_at)
            if same and line.rung is None:
                rung = int(fact.payload["rung"])
                people = tuple(fact.payload.get("people", ()))
                self.lines[place] = line.but(rung=rung, people=people, gap=rung != wanted)
                return

    def _acknowledged(self, fact: Fact) -> None:
        name, by = str(fact.payload["about"]), str(fact.payload["acknowledged_by"])
        ladder = ladder_of(f"{name}#0")
        until = but = None
        if ladder is not None and not name.startswith("alarm:"):
            until = quiet_until(self._case, ladder, fact.occurred_at)
            but = SET_POINTS if CATALOGUE[name].marks else None
        for place, line in enumerate(self.lines):
            mine = line.about.rsplit("#", 1)[0] == name
            if mine and line.needs_acknowledgement and line.acknowledged_by is None:
                taken = {"acknowledged_by": by, "acknowledged_at": fact.occurred_at}
                self.lines[place] = line.but(**taken, quiet_until=until, quiet_but=but)
                self._silent[line.about] = False


def ladder_of(told: str) -> Ladder | None:
    """Return the ladder that the pages of a clock or an alarm climb."""
    name = told.rsplit("#", 1)[0]
    return Ladder.URGENT if name.startswith("alarm:") else CATALOGUE[name].ladder
