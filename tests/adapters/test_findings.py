"""What the watchkeeper found, on both databases."""

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.comparing import Found, Kept
from activities.paging import PageAnswer, PageBatch, PageRow
from activities.records import FactBatch
from adapters.database.findings import Findings
from adapters.database.pager import DatabasePager
from adapters.database.records import DatabaseRecords
from adapters.database.registers import Registers
from domain.effects import Page
from domain.phase import Phase
from domain.view import ClockLine, OpenAction, view_of
from tests.adapters.test_cases import a_fact
from tests.builders import DAY, MINUTE, NOON, REFERENCE, a_case
from tests.databases import Clock, run_sql
from tests.fakes import FakePageSender
from tests.sealing import case_keys, desk_key

DUE = NOON + 20 * MINUTE
TAMPERED = Found(
    key=f"{REFERENCE}/watch/tampered/run-1",
    case=REFERENCE,
    about="alarm:record-tampered",
    rung=2,
    says="the run of this case is terminated",
    exercise=False,
)


@pytest.fixture
def findings(engine: AsyncEngine, clock: Clock) -> Findings:
    return Findings(engine, clock)


async def keep(records: DatabaseRecords, state: str, *, live: bool = True) -> None:
    """Put a case on record with one clock, due at 12:20."""
    line = ClockLine(
        clock="triage-acknowledgement", instance=1, state=state, started_at=NOON, due_at=DUE
    )
    what = "triage-acknowledgement waits for an officer"
    action = OpenAction(who="triage-officer", what=what, by=DUE, command="cir triage acknowledge")
    view = view_of(a_case(Phase.REPORTED)).but(
        case=REFERENCE, seq=1, clocks=(line,), open_actions=(action,) if live else ()
    )
    await records.append(FactBatch(case=REFERENCE, facts=(a_fact(),), view=view))


async def paged(engine: AsyncEngine, clock: Clock, at: datetime, key: str) -> None:
    """Write a page row about the clock, to somebody who can be found."""
    pager = DatabasePager(engine, Registers(engine, clock), FakePageSender(), clock)
    about = "triage-acknowledgement#1"
    page = Page(about=about, rung=1, at=at, due_at=DUE, owner=None, exercise=False)
    rows = (PageRow(key=key, case=REFERENCE, page=page, says="it waits"),)
    assert await pager.enter(PageBatch(rows=rows)) == (
        PageAnswer(key=key, rung=1, people=("priya",)),
    )


class TestLateClocks:
    @pytest.fixture
    async def records(self, engine: AsyncEngine) -> DatabaseRecords:
        await run_sql(
            engine,
            'INSERT INTO person (id, document) VALUES (\'priya\', \'{"id": "priya", "name":'
            ' "Priya", "roles": ["incident-manager"], "email": "priya@example.org"}\')',
        )
        return DatabaseRecords(engine, case_keys(), desk_key())

    @pytest.mark.parametrize("state", ["running", "breached"])
    async def test_a_deadline_that_passed_without_a_page_is_found(
        self, findings: Findings, records: DatabaseRecords, clock: Clock, state: str
    ) -> None:
        await keep(records, state)
        assert [one.late for one in await findings.open_cases()] == [()]
        clock.move(21 * MINUTE)
        (one,) = await findings.open_cases()
        assert [(late.clock, late.due_at) for late in one.late] == [("triage-acknowledgement", DUE)]
        assert not one.behind

    async def test_a_clock_that_ended_late_or_is_paused_is_not_waited_for(
        self, findings: Findings, records: DatabaseRecords, clock: Clock
    ) -> None:
        await keep(records, "breached", live=False)
        clock.move(DAY)
        assert [one.late for one in await findings.open_cases()] == [()]

    async def test_only_a_page_of_the_case_itself_since_the_deadline_counts(
        self, findings: Findings, records: DatabaseRecords, clock: Clock, engine: AsyncEngine
    ) -> None:
        await keep(records, "breached")
        clock.move(DAY)
        await paged(engine, clock, DUE - MINUTE, f"{REFERENCE}/warning/1")
        await paged(engine, clock, DUE, f"{REFERENCE}/watch/triage-acknowledgement#1/0")
        assert [len(one.late) for one in await findings.open_cases()] == [1]
        await paged(engine, clock, DUE, f"{REFERENCE}/breach/1")
        assert [len(one.late) for one in await findings.open_cases()] == [0]

    async def test_a_list_entry_that_is_behind_its_facts_is_found(
        self, findings: Findings, records: DatabaseRecords, engine: AsyncEngine
    ) -> None:
        await keep(records, "running")
        await run_sql(engine, "UPDATE case_view SET seq = 0")
        assert [one.behind for one in await findings.open_cases()] == [True]


async def test_a_finding_waits_until_somebody_has_it(findings: Findings) -> None:
    (kept,) = await findings.keep((TAMPERED,))
    assert kept == Kept(TAMPERED, NOON, 0)
    await findings.paged(TAMPERED.key, 1, 2)
    (kept,) = await findings.keep((TAMPERED,))
    assert kept.pages == 1
    assert await findings.acknowledge(REFERENCE, TAMPERED.about, "helen")
    assert not await findings.acknowledge(REFERENCE, TAMPERED.about, "helen")
    assert await findings.keep((TAMPERED,)) == ()
    (line,) = await findings.standing()
    assert (line["rung"], line["acknowledged_by"]) == (2, "helen")


async def test_what_is_mended_is_over_and_comes_again_when_it_is_found_again(
    findings: Findings,
) -> None:
    await findings.keep((TAMPERED,))
    assert await findings.keep(()) == ()
    assert await findings.standing() == []
    assert len(await findings.keep((TAMPERED,))) == 1
    assert len(await findings.standing()) == 1


async def test_what_only_a_person_can_end_stays_over_once_somebody_has_it(
    findings: Findings,
) -> None:
    lasting = TAMPERED.but(lasting=True)
    await findings.keep((lasting,))
    await findings.acknowledge(REFERENCE, lasting.about, "helen")
    await findings.keep((lasting,))
    assert await findings.standing() == []
    assert await findings.keep((lasting,)) == ()


async def test_the_stamp_says_when_the_watchkeeper_looked_last(
    findings: Findings, clock: Clock
) -> None:
    assert await findings.stamped() is None
    await findings.stamp()
    clock.move(MINUTE)
    await findings.stamp()
    assert await findings.stamped() == NOON + MINUTE
