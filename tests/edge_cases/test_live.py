"""What only a running case shows of edge cases 8, 9 and 29."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import ActivityEnvironment

from adapters.database.findings import Findings
from tests import live
from tests.builders import SAID_BY, WHY
from tests.databases import Database
from tests.live import Ask
from worker import build_comparing, real_doors

pytestmark = pytest.mark.server


@pytest.fixture
async def office(client: Client, database: Database) -> AsyncIterator[live.Office]:
    async with live.at_work(client, database) as there:
        yield there


async def test_edge_08_an_attempt_on_a_closed_case_is_on_its_record(office: live.Office) -> None:
    """A refused signal leaves a fact with who, what and case-closed; the version stays."""
    case = await office.open()
    await case.give("withdraw", said_by=SAID_BY, reason=WHY)
    version = (await case.state()).version
    command = case.command("acknowledge")
    await case.handle.signal(command.name, command)
    fact = await case.fact("instruction-refused")
    said = fact["payload"]
    assert (fact["by"], said["command"], said["code"]) == ("kaya", "acknowledge", "case-closed")
    state = await case.state()
    assert (state.phase, state.version) == ("closed", version)


async def test_edge_29_a_case_cancelled_by_hand_wakes_l2_and_runs_on(office: live.Office) -> None:
    """A hand in the Web UI raises record-tampered at L2; the case keeps its clocks."""
    case = await office.open()
    await case.settled()
    await case.handle.cancel()
    await case.fact("alarm-raised", alarm="record-tampered")
    page = await case.fact("page-due", about="alarm:record-tampered#1")
    assert page["payload"]["rung"] == 2
    assert (await case.handle.describe()).status is WorkflowExecutionStatus.RUNNING
    assert (await case.state()).live_clocks("triage-acknowledgement")


async def test_edge_29_a_case_terminated_by_hand_is_found_by_comparison(
    office: live.Office,
) -> None:
    """The watchkeeper wakes L2 for a case that cannot page any more."""
    case = await office.open()
    await case.settled()
    await case.handle.terminate("a hand in the Web UI")
    doors = real_doors(office.settings, office.engine)
    comparing = build_comparing(office.client, office.settings, office.engine, doors)
    await ActivityEnvironment().run(comparing.compare)
    (found,) = await Findings(office.engine, live.utc_now).standing()
    assert (found["about"], found["rung"]) == ("alarm:record-tampered", 2)


async def test_edge_09_a_confirmation_on_its_way_is_superseded_and_never_sent(
    client: Client, database: Database
) -> None:
    """What had not gone when the decision was reversed never goes; the reversal does."""
    async with live.office(client, database) as there:
        there.settings.outbox.mkdir(parents=True)
        in_the_way = there.settings.outbox / "council"
        in_the_way.write_text("not a folder\n")
        async with live.worker_of(there):
            case = await there.open()
            await case.give("acknowledge")
            await case.decide()
            await case.fact("notice-due", notice="activation-confirmed")
            why = "It was activated by mistake: the wrong council."
            await case.give("reverse-decision", Ask(by="priya"), reason=why)
            gone = await case.fact("notice-superseded", notice="activation-confirmed")
            assert (gone["by"], gone["payload"]["by"]) == ("system", "decision-reversed")
            in_the_way.unlink()

            async def told() -> bool:
                return len(there.mails("council")) == 2

            await live.until(told, "the receipt and the reversal to reach the council")
            await case.settled()
            shown = await there.cases.show(case.reference)
            assert shown is not None
            states = {
                line["state"]
                for line in shown["notices"]
                if (line["notice"], line["to_role"]) == ("activation-confirmed", "council")
            }
            assert states == {"superseded"}
            mails = there.mails("council")
            assert any("no longer holds" in mail for mail in mails)
            assert not any("qualifies for the Cyber" in mail for mail in mails)
