"""The life of a run: it carries over, is not ended from outside, and ends with the last window."""

from datetime import datetime

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from adapters.policies import read_policy
from domain.case import RULES, Case
from domain.clock_run import ClockState
from tests import live
from tests.databases import Database, run_sql
from tests.live import Ask, LiveCase
from workflows import tracking
from workflows.incident_case import FRESH
from workflows.start import CaseEnd

pytestmark = pytest.mark.server

MAIL_AND_PAGE = 4
"""Each of two officers has the mail of the notice and the pager's."""


async def run_of(case: LiveCase) -> str:
    return str((await case.handle.describe()).run_id)


async def length_of(case: LiveCase) -> int:
    return (await case.handle.describe()).history_length


async def lengthened(case: LiveCase, until: int, besides: str = "") -> None:
    """Give notes until the history is as long as that; an activity ``besides`` may be stuck."""
    while await length_of(case) < until:
        await case.give("add-note", text="The internet link is unplugged.")
        await case.settled(besides)


async def carried_over(case: LiveCase, besides: str = "") -> Case:
    """Ask for a new run, wait for it, and return the case as it stood before."""
    await case.settled(besides)
    first, before = await run_of(case), await case.state()
    await case.handle.signal("renew")
    await live.until(lambda: other_run(case, first), f"{case.reference} to carry over")
    return before


async def other_run(case: LiveCase, than: str) -> bool:
    return await run_of(case) != than


async def test_a_fresh_run_does_not_carry_over(office: live.Office) -> None:
    case = await office.open()
    await case.settled()
    first, length = await run_of(case), await length_of(case)
    assert length < FRESH - 5
    await case.handle.signal("renew")
    await case.settled()
    assert await run_of(case) == first
    assert await length_of(case) > length
    await lengthened(case, FRESH - 12)
    assert await run_of(case) == first


async def test_what_was_asked_of_a_fresh_run_is_done_when_it_has_grown(office: live.Office) -> None:
    case = await office.open()
    await case.settled()
    first = await run_of(case)
    await case.handle.signal("renew")
    for number in range(8):
        await case.give("add-note", text=f"Note {number}.")
    await live.until(lambda: other_run(case, first), f"{case.reference} to carry over")
    await case.settled()
    second = await run_of(case)
    await case.give("add-note", text="One more.")
    await case.settled()
    assert await run_of(case) == second


async def test_a_new_run_carries_the_case_its_clocks_and_its_answers(office: live.Office) -> None:
    case = await office.open()
    taken = case.command("acknowledge", Ask(key="taken"))
    answer = await case.send(taken)
    await lengthened(case, FRESH)
    before = await carried_over(case)
    assert await case.state() == before
    assert before.live_clocks("decision") != ()
    again = await case.send(taken)
    assert (again.repeated, again.version, again.phase) == (True, answer.version, answer.phase)
    await case.settled()
    assert await case.state() == before
    await case.decide()
    await case.fact("provider-called-out")
    facts = [fact["seq"] for fact in await case.facts()]
    assert facts == list(range(1, len(facts) + 1))


async def test_a_case_keeps_to_its_rules_until_it_carries_over(office: live.Office) -> None:
    case = await office.open(rules=1)
    await lengthened(case, FRESH)
    before = await carried_over(case)
    assert before.rules == 1
    assert await case.state() == before.but(rules=RULES)


async def test_a_clock_breaches_in_the_run_after_the_one_that_started_it(
    office: live.Office,
) -> None:
    case = await office.open(live.fast(150))
    await lengthened(case, FRESH)
    (run,) = (await carried_over(case)).live_clocks("triage-acknowledgement")
    assert run.state is ClockState.RUNNING
    breach = await case.fact("clock-breached", clock="triage-acknowledgement")
    assert datetime.fromisoformat(breach["occurred_at"]) == run.due_at
    assert breach["payload"]["found_late_s"] < 3


async def test_a_new_run_carries_what_is_still_to_be_done(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        there.settings.outbox.mkdir(parents=True)
        in_the_way = there.settings.outbox / "staff"
        in_the_way.write_text("not a folder\n")
        async with live.worker_of(there):
            case = await there.open()
            await lengthened(case, FRESH, besides="send-page")
            await carried_over(case, besides="send-page")
            in_the_way.unlink()

            async def told() -> bool:
                return len(there.mails("staff")) >= MAIL_AND_PAGE

            await live.until(told, "the officers to be told by the second run")
            await case.settled()
            assert (len(there.mails("council")), len(there.mails("staff"))) == (1, MAIL_AND_PAGE)


async def test_a_new_run_is_found_as_the_old_one_was(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge")
    await lengthened(case, FRESH)
    await carried_over(case)
    await case.settled()
    shown = (await case.handle.describe()).typed_search_attributes
    found = {key: shown[key] for key in (tracking.PHASE, tracking.OWNER, tracking.NEXT_CLOCK)}
    assert list(found.values()) == ["assessment", "kaya", "decision"]


async def test_a_cancellation_from_outside_raises_an_alarm_and_ends_nothing(
    office: live.Office,
) -> None:
    case = await office.open()
    await case.settled()
    await case.handle.cancel()
    alarm = await case.fact("alarm-raised")
    assert alarm["payload"]["alarm"] == "record-tampered"
    paged = await case.fact("paged")
    assert paged["payload"]["about"] == "alarm:record-tampered#1"
    assert (await case.give("acknowledge")).version == 2
    assert (await case.handle.describe()).status is WorkflowExecutionStatus.RUNNING


async def test_a_record_that_was_altered_is_not_written_on_and_wakes_somebody(
    office: live.Office,
) -> None:
    """What an altered record would have signed waits in the case, which goes on."""
    case = await office.open()
    await case.settled()
    stood = len(await case.facts())
    await run_sql(office.engine, "UPDATE chain_head SET hash = '0' WHERE seq > 0")
    assert (await case.give("acknowledge")).version == 2

    async def alarmed() -> bool:
        return any(run.alarm == "record-tampered" for run in (await case.state()).alarms)

    await live.until(alarmed, f"{case.reference} to say that its record was altered")
    assert len(await case.facts()) == stood


async def test_an_archived_case_ends_its_run(office: live.Office) -> None:
    case = await office.open(read_policy(office.settings.policy_file).at_speed(3000, "test"))
    await case.give("acknowledge")
    assert (await case.decide(result="false-positive")).phase == "closed"
    handle = office.client.get_workflow_handle(case.reference, result_type=CaseEnd)
    end = await handle.result()
    facts = await case.facts()
    assert facts[-1]["type"] == "case-archived"
    assert end == CaseEnd(
        case=case.reference, outcome="false-positive", facts=len(facts), version=3
    )


async def test_a_worker_that_remembers_nothing_does_the_same(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there, live.worker_of(there, remembers=False):
        case = await there.open()
        await case.give("acknowledge")
        await case.decide()
        await case.fact("clock-met", clock="council-confirmation")
        await case.settled()
        state = await case.state()
        assert (state.phase, state.engagement.provider) == ("activation", "alder")
        assert len(there.mails("council")) == 2
