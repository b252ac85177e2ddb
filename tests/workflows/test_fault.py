"""A fault of ours in a case's own code: found by the comparison, paged, counted, and mended."""

import asyncio

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

from adapters.database.figures import DatabaseFigures
from adapters.database.findings import Findings
from tests import live
from tests.databases import Database
from tests.workflows.test_watched import look, pages
from workflows.start import WORKFLOW, CaseStart

pytestmark = pytest.mark.server


@workflow.defn(name=WORKFLOW, sandboxed=False)
class Raising:
    """A release that raises where it should go on."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        """Fail every workflow task."""
        del start
        raise RuntimeError("planted by a test")


@workflow.defn(name=WORKFLOW, sandboxed=False)
class Otherwise:
    """A release that does something else than the history says."""

    @workflow.run
    async def run(self, start: CaseStart) -> None:
        """Begin with a timer of its own: no history of a case begins so."""
        del start
        await asyncio.sleep(3600)
        await workflow.wait_condition(lambda: False)


@pytest.mark.parametrize("broken", [Raising, Otherwise])
async def test_a_workflow_task_that_fails_is_paged_counted_and_over_once_mended(
    client: Client, database: Database, broken: type
) -> None:
    async with live.office(client, database) as there:
        async with live.worker_of(there):
            case = await there.open()
            await case.settled()
        findings = Findings(there.engine, live.utc_now)

        async def is_found() -> bool:
            return await look(there) == 1

        async with Worker(client, task_queue=there.queue, workflows=[broken]):
            await case.handle.signal("renew")
            await live.until(is_found, "the failing task to be found", limit=90)
            (one,) = await findings.standing()
            assert (one["case"], one["about"]) == (case.reference, "alarm:case-fault")
            assert one["rung"] == 1
            assert [mail["To"].split()[0] for mail in pages(there, case.reference)] == ["Priya"]
            assert (await DatabaseFigures(there.engine, live.utc_now).now()).findings == 1

        async def is_over() -> bool:
            await look(there)
            return not await findings.standing()

        async with live.worker_of(there):
            await live.until(is_over, "the finding to be over", limit=90)
            assert (await case.give("acknowledge")).phase == "assessment"
        assert (await DatabaseFigures(there.engine, live.utc_now).now()).findings == 0
