"""A case that cannot speak for itself: found, paged, shown, and taken by a person."""

from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.comparing import SILENT_AFTER
from adapters.database.findings import Findings
from tests import live
from tests.builders import WHY
from tests.databases import Database
from tests.e2e.house import read_mail
from worker import build_comparing, real_doors

pytestmark = pytest.mark.server


@pytest.fixture
async def office(client: Client, database: Database) -> AsyncIterator[live.Office]:
    async with live.at_work(client, database) as there:
        yield there


async def look(there: live.Office, grace: timedelta = SILENT_AFTER) -> int:
    """Let the watchkeeper compare once; return how many pages were new."""
    doors = real_doors(there.settings, there.engine)
    comparing = build_comparing(there.client, there.settings, there.engine, doors, grace)
    new: int = await ActivityEnvironment().run(comparing.compare)
    return new


def pages(there: live.Office, case: str) -> list[EmailMessage]:
    """Return the mails that page somebody on the watchkeeper's word."""
    start = f"page.{case.replace('-', '.')}.watch."
    return [read_mail(p) for p in there.settings.outbox.rglob("*.eml") if p.name.startswith(start)]


async def test_a_case_that_runs_pages_nobody(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge")
    await case.settled()
    assert await look(office) == 0
    assert await Findings(office.engine, live.utc_now).standing() == []


async def test_a_case_terminated_by_hand_wakes_l2_once_until_somebody_has_it(
    office: live.Office,
) -> None:
    findings = Findings(office.engine, live.utc_now)
    case = await office.open()
    await case.settled()
    await case.handle.terminate(WHY)
    assert [await look(office), await look(office)] == [1, 0]
    (one,) = await findings.standing()
    assert (one["case"], one["about"], one["rung"]) == (
        case.reference,
        "alarm:record-tampered",
        2,
    )
    (told,) = pages(office, case.reference)
    assert told["To"].startswith("Helen")
    words = told.get_content()
    assert "is terminated" in words
    assert f"cir escalation acknowledge {case.reference} --about alarm:record-tampered" in words
    assert await findings.acknowledge(case.reference, "alarm:record-tampered", "helen")
    assert await look(office) == 0
    assert len(await findings.standing()) == 1, "it is shown until the case runs again"


async def test_a_case_that_pages_its_own_deadline_is_no_finding(office: live.Office) -> None:
    case = await office.open(live.fast(1200))
    await case.fact("page-due", about="triage-acknowledgement#1", rung=1)
    await case.fact("paged", about="triage-acknowledgement#1")
    assert await look(office, timedelta(0)) == 0
    assert await Findings(office.engine, live.utc_now).standing() == []


async def test_a_deadline_that_passes_while_its_case_stands_is_paged(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        async with live.worker_of(there):
            case = await there.open(live.fast(300))
            await case.fact("case-opened")
            due = (await case.state()).clocks[0].due_at

        async def is_past() -> bool:
            return live.utc_now() > due

        await live.until(is_past, "the first deadline to pass with no worker")
        assert await look(there, timedelta(0)) == 1
        (one,) = await Findings(there.engine, live.utc_now).standing()
        assert (one["about"], one["rung"]) == ("triage-acknowledgement", 1)


async def test_a_run_that_was_reset_by_hand_is_found_while_the_case_runs_on(
    office: live.Office,
) -> None:
    case = await office.open()
    await case.settled()
    told = await case.handle.describe()
    request = ResetWorkflowExecutionRequest(
        namespace=office.client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=case.reference, run_id=told.run_id),
        reason=WHY,
        workflow_task_finish_event_id=4,
        request_id="by-hand",
    )
    await office.client.workflow_service.reset_workflow_execution(request)
    assert await look(office) == 1
    (one,) = await Findings(office.engine, live.utc_now).standing()
    assert (one["about"], one["rung"]) == ("alarm:record-tampered", 2)
    assert "reset" in one["says"]
