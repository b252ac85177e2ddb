"""One case explained: who must act, its clocks, its pages, and what it would refuse."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from domain.case import Case
from domain.explaining.clock_stories import ClockTeller
from domain.explaining.commands import awaited
from domain.explaining.explanation import Explanation, WindowLine
from domain.explaining.next_acts import next_acts
from domain.explaining.paging_story import pages
from domain.explaining.record import Record
from domain.fact import Fact
from domain.policy_file import Setting
from domain.settling import advance


def explained(
    case: Case,
    facts: Iterable[Fact],
    numbers: Iterable[Setting],
    now: datetime,
    *,
    told_by: Literal["case", "record"] = "case",
    note: str | None = None,
) -> Explanation:
    """Return why ``case`` stands where it stands.

    Args:
        case: The case as it stands.
        facts: Its facts, oldest first; those after the case's own last one do not count.
        numbers: The policy file's lines, each with its source.
        now: The instant it is told for. A command given then would find what is due before it
            done already, so what would be refused is asked of the case after that.
        told_by: Whether the case itself was asked, or put together from its record.
        note: What to bear in mind.
    """
    record = Record(fact for fact in facts if fact.seq <= case.seq)
    commands = awaited(advance(case, now, through=False).case, now)
    teller = ClockTeller(case, record, numbers)
    return Explanation(
        case=case.reference,
        version=case.version,
        seq=case.seq,
        as_of=now,
        told_by=told_by,
        note=note,
        phase=case.phase,
        outcome=case.outcome,
        exercise=case.exercise,
        archived=case.archived,
        category=case.category,
        owner=case.owner,
        provider=case.engagement.provider,
        next=next_acts(case, commands, now),
        clocks=teller.running(now),
        ended_clocks=teller.ended(),
        pages=pages(case, record),
        windows=tuple(
            WindowLine(window=w.window, opened_at=w.opened_at, ends_at=w.ends_at)
            for w in sorted(case.windows, key=lambda w: w.ends_at)
        ),
        commands=commands,
    )
