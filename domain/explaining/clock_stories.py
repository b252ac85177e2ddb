"""A clock in words: what started it, its rule, its number with its source, what stops it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from domain.case import Case
from domain.clock_run import ClockRun
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Clock, Kind, Ladder
from domain.clocks.conditions import always
from domain.decisions.clock_handling import pausable_for
from domain.explaining.explanation import (
    Basis,
    ClockStory,
    EndedClock,
    LadderRule,
    Standstill,
    StepLine,
    StoppingFact,
    Target,
)
from domain.explaining.lengths import in_words, length_in_words
from domain.explaining.record import Record, sentence_of, started_line, words_of
from domain.fact import Fact
from domain.policy_file import Setting
from domain.policy_settings import RULES


class ClockTeller:
    """Tells the clocks of one case."""

    def __init__(self, case: Case, record: Record, numbers: Iterable[Setting]) -> None:
        """Take what it tells from.

        Args:
            case: The case.
            record: Its facts.
            numbers: The policy file's lines, each with its source; the case keeps only numbers.
        """
        self._case = case
        self._record = record
        self._numbers = {one.name: one for one in numbers}

    def running(self, now: datetime) -> tuple[ClockStory, ...]:
        """Return every clock that counts, by deadline."""
        live = sorted(self._case.live_clocks(), key=lambda run: run.due_at)
        return tuple(self._story(run, now) for run in live)

    def ended(self) -> tuple[EndedClock, ...]:
        """Return every clock that no longer counts, by deadline."""
        over = sorted((r for r in self._case.clocks if r.ended), key=lambda run: run.due_at)
        return tuple(
            EndedClock(
                clock=run.clock,
                instance=run.instance,
                state=run.state,
                started_at=run.started_at,
                due_at=run.due_at,
                met_at=run.met_at,
                late_by_s=run.late_by_s,
            )
            for run in over
        )

    def _story(self, run: ClockRun, now: datetime) -> ClockStory:
        row, started = CATALOGUE[run.clock], self._record.started(run)
        setting = setting_of(self._case, run, started, self._record)
        return ClockStory(
            clock=run.clock,
            instance=run.instance,
            kind=row.kind,
            waits_for=row.says,
            state=run.state,
            ended=run.ended,
            overdue=run.pause is None and run.state == "running" and run.due_at < now,
            started_at=run.started_at,
            started_by=started_line(started),
            rule=self._rule(row, setting),
            calendar="working" if row.working_time else "elapsed",
            target=self._target(setting),
            due_at=run.due_at,
            met_at=run.met_at,
            late_by_s=run.late_by_s,
            still_to_come=tuple(
                StepLine(at=s.at, does=s.does, rung=s.rung, notice=s.notice) for s in run.agenda
            ),
            ladder=None if row.ladder is None else _ladder(self._case, row, row.ladder),
            stops_on=tuple(StoppingFact(type=one, says=words_of(one)) for one in row.stops),
            stops_when=None if row.stops_when is always else sentence_of(row.stops_when.__doc__),
            met_by=row.met_by,
            pausable_for=pausable_for(self._case, row),
            paused=_standstill(run),
            changes=self._record.changes(run),
            next_page_at=run.paging.next_at,
            next_rung=None if run.paging.next_at is None else run.paging.next_rung,
        )

    def _rule(self, row: Clock, setting: str) -> str:
        policy = self._case.policy
        working = row.working_time and not policy.working_hours.all_hours
        length = in_words(policy.setting(setting), working=working)
        if policy.time_scale != 1:
            real = length_in_words(policy.length(setting))
            length += f" ({real} here: the policy runs {policy.time_scale:g} times as fast)"
        if row.kind is Kind.REMINDER:
            return f"at once, then every {length.removeprefix('1 ')}"
        if row.name.endswith("-review") and setting.endswith("every_minutes"):
            return f"every {length}, counted from entering the phase"
        return f"within {length}"

    def _target(self, setting: str) -> Target:
        policy, value = self._case.policy, self._case.policy.setting(setting)
        basis, source = self._source(setting, value)
        return Target(
            setting=setting,
            value=value,
            unit=RULES[setting].unit,
            basis=basis,
            source=source,
            time_scale=policy.time_scale,
            length_s=policy.length(setting).total_seconds(),
        )

    def _source(self, setting: str, value: int) -> tuple[Basis, str]:
        """Return where a number comes from: the policy's own words, or what changed it."""
        changes = (f for f in reversed(self._record.facts) if f.type == "policy-changed")
        change = next((f for f in changes if setting in f.payload["settings"]), None)
        if change is not None:
            who = f"{change.payload['proposed_by']} and {change.by}"
            return "this case", f"changed for this case by {who}: {change.payload['reason']}"
        known = self._numbers.get(setting)
        if known is None or known.value != value:
            return "its start", "the case began with it; the policy file has another number now"
        basis, _, words = known.source.partition(":")
        return ("published" if basis == "published" else "our default"), words.strip()


def setting_of(case: Case, run: ClockRun, started: Fact | None, record: Record) -> str:
    """Return the name of the setting that a run's deadline was computed from."""
    row = CATALOGUE[run.clock]
    if row.by_category:
        given = record.latest("category-recorded", None if started is None else started.seq)
        category = None if given is None else str(given.payload["category"])
        return case.policy.update_setting(category, run.started_at - case.entered_at)
    if f"{run.clock}.target_minutes" not in RULES:
        return _review_setting(case, run)
    if started is not None and started.type == "billing-rejected":
        return f"{run.clock}.after_rejection_minutes"
    return f"{run.clock}.target_minutes"


def _review_setting(case: Case, run: ClockRun) -> str:
    """Return which number of its series a review counts by: the last that is not past its due."""
    numbers = ("first_minutes", "second_minutes", "every_minutes")
    due = [
        n for n in range(2) if run.started_at + case.policy.review(run.clock, n + 1) <= run.due_at
    ]
    return f"{run.clock}.{numbers[len(due)]}"


def _ladder(case: Case, row: Clock, ladder: Ladder) -> LadderRule:
    times = case.policy.ladder(ladder)
    return LadderRule(
        name=ladder,
        first_rung=row.first_rung,
        top_rung=times.top_rung,
        every_s=times.every.total_seconds(),
        acknowledgement_s=times.acknowledgement.total_seconds(),
        calendar="working" if ladder is Ladder.OFFICE else "elapsed",
    )


def _standstill(run: ClockRun) -> Standstill | None:
    pause = run.pause
    if pause is None:
        return None
    left: timedelta = pause.left
    return Standstill(why=pause.why, at=pause.at, until=pause.until, left_s=left.total_seconds())
