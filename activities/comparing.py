"""Comparing cases on record with what runs: what a case cannot say of itself, because it stands.

A case that was ended by hand, that fails in its own code, or that let a deadline pass in silence
pages nobody. The watchkeeper finds it and climbs ladder U on its behalf until a person has it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from temporalio import activity

from activities.paging import PageBatch, Pager, PageRow
from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Ladder
from domain.clocks.working_time import next_working_instant
from domain.effects import Page
from domain.policy import Policy
from domain.value import Instant, Value

TAMPERED = "alarm:record-tampered"
FAULT = "alarm:case-fault"

TOP = 3
"""The top rung of ladder U."""

SILENT_AFTER = timedelta(minutes=2)
"""How long after a deadline a case may take to page by itself [our default]."""

SEND_WITHIN = 40.0
"""Seconds a message may take in one look; what is owed then goes at the next [our default]."""


class LateClock(Value):
    """A live clock past its deadline about which no page was ever written since."""

    clock: str
    instance: int
    due_at: Instant


class OnRecord(Value):
    """A case that is not archived, as the record has it.

    Attributes:
        behind: Whether the read model is behind the facts on record.
        late: Its clocks that nobody was paged about.
        answered: Runs that were ended by hand and that two people answered for, by reviving it.
    """

    case: str
    exercise: bool
    owner: str | None
    behind: bool
    late: tuple[LateClock, ...] = ()
    answered: tuple[str, ...] = ()


class Standing(Value):
    """How a case stands at the Temporal server.

    Attributes:
        status: ``running``; else how its last run ended, ``gone`` when there is none any more.
        run: That run.
        cut: Earlier runs that somebody ended by hand, or that failed.
        fails: Whether its workflow task fails again and again: a fault of ours.
    """

    case: str
    status: str
    run: str
    cut: tuple[str, ...] = ()
    fails: bool = False


class Found(Value):
    """Something about a case that it does not say itself.

    Attributes:
        key: The same for the same cause; a cause is paged as one.
        about: What its pages are about and are acknowledged by, without the number.
        due_at: The deadline; ``None`` for an alarm.
        lasting: Whether it cannot mend by itself: it is over once somebody has it.
    """

    key: str
    case: str
    about: str
    number: int = 1
    rung: int
    says: str
    due_at: Instant | None = None
    exercise: bool
    owner: str | None = None
    lasting: bool = False


class Kept(NamedTuple):
    """A finding that nobody has yet, and how far its paging has come."""

    found: Found
    at: datetime
    pages: int


class WatchedCases(Protocol):
    """The record, as the watchkeeper compares it."""

    async def open_cases(self) -> tuple[OnRecord, ...]:
        """Return every case that is not archived."""
        ...

    async def keep(self, found: tuple[Found, ...]) -> tuple[Kept, ...]:
        """Write what was found, end what is no longer; return what nobody has yet."""
        ...

    async def paged(self, key: str, pages: int, rung: int) -> None:
        """Keep how far the paging about a finding has come."""
        ...

    async def owed(self) -> tuple[tuple[str, bool], ...]:
        """Return whom a page was written for and not sent to, and whether it is an exercise's."""
        ...

    async def stamp(self) -> None:
        """Write that the watchkeeper has looked."""
        ...


class CaseRuns(Protocol):
    """The runs of cases at the server."""

    async def standing(self, cases: tuple[str, ...]) -> tuple[Standing, ...]:
        """Return how each case stands."""
        ...


class Comparing:
    """The activity that compares."""

    def __init__(
        self,
        cases: WatchedCases,
        runs: CaseRuns,
        pagers: Mapping[bool, Pager],
        policy: Callable[[], Awaitable[Policy]],
        now: Callable[[], datetime],
        grace: timedelta = SILENT_AFTER,
    ) -> None:
        """Take what it works with.

        Args:
            cases: The record.
            runs: The server.
            pagers: The pager of exercises under ``True``, that of real cases under ``False``.
            policy: Asked for ladder and working hours at each look.
            now: The clock.
            grace: How long after a deadline a case may take to page by itself.
        """
        self._cases = cases
        self._runs = runs
        self._pagers = pagers
        self._policy = policy
        self._now = now
        self._grace = grace

    @activity.defn(name="compare-cases")
    async def compare(self) -> int:
        """Compare once and page what is due; return how many pages were new."""
        policy = await self._policy()
        found = await self._look(policy)
        every = policy.ladder_interval(Ladder.URGENT)
        new = 0
        for kept in await self._cases.keep(found):
            due = due_page(kept, self._now(), every)
            if due is not None:
                await self._enter(kept, *due)
                new += 1
        await asyncio.gather(*(self._send(*one) for one in await self._cases.owed()))
        await self._cases.stamp()
        return new

    async def _look(self, policy: Policy) -> tuple[Found, ...]:
        """Find; a case that was archived while the server was asked is no finding."""
        before = await self._cases.open_cases()
        runs = {s.case: s for s in await self._runs.standing(tuple(one.case for one in before))}
        after = await self._cases.open_cases()
        return tuple(
            finding
            for one in after
            if one.case in runs
            for finding in compared(one, runs[one.case], self._now() - self._grace, policy)
        )

    async def _enter(self, kept: Kept, number: int, rung: int) -> None:
        found = kept.found
        page = Page(
            about=f"{found.about}#{found.number}",
            rung=rung,
            at=self._now(),
            due_at=found.due_at or kept.at,
            owner=found.owner,
            exercise=found.exercise,
        )
        row = PageRow(key=f"{found.key}/{number}", case=found.case, page=page, says=found.says)
        (answer,) = await self._pagers[found.exercise].enter(PageBatch(rows=(row,)))
        await self._cases.paged(found.key, number + 1, answer.rung)

    async def _send(self, person: str, exercise: bool) -> None:  # noqa: FBT001  (a row of two)
        """Send what is owed; what cannot go now is owed still, and the other duties go on."""
        try:
            await asyncio.wait_for(self._pagers[exercise].send(person), SEND_WITHIN)
        except (OSError, TimeoutError) as error:
            activity.logger.warning("page-not-sent", extra={"error": type(error).__name__})


def due_page(kept: Kept, now: datetime, every: timedelta) -> tuple[int, int] | None:
    """Return number and rung of the page that is due; ``None`` while the last one is enough.

    After an outage it is one page at the rung that time has come to, no burst.
    """
    number = max(0, (now - kept.at) // every)
    if number < kept.pages:
        return None
    return number, min(TOP, kept.found.rung + number)


def compared(
    record: OnRecord, standing: Standing, past: datetime, policy: Policy
) -> tuple[Found, ...]:
    """Return what is wrong with one case.

    Args:
        record: What is on record.
        standing: What runs.
        past: Deadlines before this instant should have been paged about.
        policy: Working hours, for clocks of ladder O.
    """
    return (*_stands(record, standing), *_silent(record, past, policy))


def _stands(record: OnRecord, standing: Standing) -> tuple[Found, ...]:
    found: list[Found] = []
    if standing.status != "running":
        words = f"the run of this case is {standing.status}: it keeps no clock and no decision"
        found.append(_tampered(record, standing.run, words))
    else:
        words = "a run of this case was ended or reset by hand; another one has taken its place"
        cut = (run for run in standing.cut if run not in record.answered)
        found.extend(_tampered(record, run, words).but(lasting=True) for run in cut)
    if record.behind:
        words = "its list entry is behind its facts: the database was written past the service"
        found.append(_tampered(record, "behind", words))
    if standing.fails:
        words = "a fault of ours stops this case; nothing is lost, and mended code takes it up"
        found.append(_finding(record, FAULT, "fault", 1, words))
    return tuple(found)


def _silent(record: OnRecord, past: datetime, policy: Policy) -> tuple[Found, ...]:
    """Return a finding for each deadline that passed and paged nobody."""
    found = []
    for late in record.late:
        clock = CATALOGUE.get(late.clock)
        if clock is None or clock.ladder is None:
            continue
        due = late.due_at
        if clock.ladder is Ladder.OFFICE:
            due = next_working_instant(due, policy.working_hours)
        if due < past:
            words = f"{late.clock} waits for {clock.says}; the case itself paged nobody"
            key = f"{late.clock}#{late.instance}"
            one = _finding(record, late.clock, key, clock.first_rung, words)
            found.append(one.but(due_at=late.due_at, number=late.instance))
    return tuple(found)


def _tampered(record: OnRecord, run: str, words: str) -> Found:
    rung = ALARMS["record-tampered"].rung
    return _finding(record, TAMPERED, f"tampered/{run}", rung, words)


def _finding(record: OnRecord, about: str, cause: str, rung: int, words: str) -> Found:
    return Found(
        key=f"{record.case}/watch/{cause}",
        case=record.case,
        about=about,
        rung=rung,
        says=words,
        exercise=record.exercise,
        owner=record.owner,
    )
