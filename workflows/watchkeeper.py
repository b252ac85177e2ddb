"""The watchkeeper: a short workflow each minute, in a namespace of its own."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.watching import Watching

WATCHKEEPER = "Watchkeeper"
"""Name of the workflow type; wire format."""


@workflow.defn(name=WATCHKEEPER)
class WatchkeeperWorkflow:
    """Looks once."""

    @workflow.run
    async def run(self) -> int:
        """Start what is pending and tell what is news; return how many reports were started."""
        started = await workflow.execute_activity_method(
            Watching.start_pending,
            start_to_close_timeout=timedelta(seconds=50),
            summary="start reports that were kept",
        )
        await workflow.execute_activity_method(
            Watching.tell_registers,
            start_to_close_timeout=timedelta(seconds=50),
            summary="tell open cases of changed registers",
        )
        return started
