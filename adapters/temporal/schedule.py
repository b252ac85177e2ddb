"""The watchkeeper's schedule, made once and found ever after."""

import asyncio
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
)
from temporalio.service import RPCError, RPCStatusCode

WATCH_QUEUE = "cir-watch"
SCHEDULE = "watchkeeper"
LOOKS = 60
"""How often a namespace just made is looked for, half a second apart."""


async def look_now(client: Client) -> None:
    """Have the watchkeeper look now and not at the end of its minute.

    Raises:
        RPCError: The server was not reached; it looks within the minute all the same.
    """
    await client.get_schedule_handle(SCHEDULE).trigger()


async def ensure_watch(client: Client, workflow: str, every: timedelta) -> None:
    """Have ``workflow`` run in the client's namespace at every interval; never two at once."""
    action = ScheduleActionStartWorkflow(workflow, id="watchkeeper", task_queue=WATCH_QUEUE)
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    for look in range(LOOKS):
        try:
            await client.create_schedule(SCHEDULE, schedule, trigger_immediately=True)
        except ScheduleAlreadyRunningError:
            return
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND or look == LOOKS - 1:
                raise
            await asyncio.sleep(0.5)
        else:
            return
