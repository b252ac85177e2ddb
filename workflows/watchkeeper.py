"""The watchkeeper: a short workflow each minute, in a namespace of its own."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.comparing import Comparing
    from activities.receipts import Receipts
    from activities.rejected import RejectedPaging
    from activities.watching import Watching

WATCHKEEPER = "Watchkeeper"
"""Name of the workflow type; wire format."""

WITHIN = timedelta(seconds=50)
"""A look ends before the next begins."""


@workflow.defn(name=WATCHKEEPER)
class WatchkeeperWorkflow:
    """Looks once."""

    @workflow.run
    async def run(self) -> int:
        """Look at everything side by side; return how many reports were started."""
        compares = [self._compare()] if workflow.patched("compare-cases") else []
        pages = [self._page_rejected()] if workflow.patched("rejected-reports") else []
        started, *_ = await asyncio.gather(
            workflow.execute_activity_method(
                Watching.start_pending,
                start_to_close_timeout=WITHIN,
                summary="start reports that were kept",
            ),
            workflow.execute_activity_method(
                Watching.tell_registers,
                start_to_close_timeout=WITHIN,
                summary="tell open cases of changed registers",
            ),
            workflow.execute_activity_method(
                Receipts.poll,
                start_to_close_timeout=WITHIN,
                summary="ask what became of messages",
            ),
            *compares,
            *pages,
        )
        return started

    async def _compare(self) -> int:
        """Find what cases cannot say of themselves, and page about it."""
        return await workflow.execute_activity_method(
            Comparing.compare,
            start_to_close_timeout=WITHIN,
            summary="compare cases with what runs",
        )

    async def _page_rejected(self) -> int:
        """Page about reports that could not be read, until somebody has them."""
        return await workflow.execute_activity_method(
            RejectedPaging.page,
            start_to_close_timeout=WITHIN,
            summary="page about rejected reports",
        )
