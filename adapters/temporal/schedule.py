"""The watchkeeper's schedule, made once and found ever after."""

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

WATCH_QUEUE = "cir-watch"
SCHEDULE = "watchkeeper"


async def ensure_watch(client: Client, workflow: str, every: timedelta) -> None:
    """Have ``workflow`` run in the client's namespace at every interval; never two at once."""
    action = ScheduleActionStartWorkflow(workflow, id="watchkeeper", task_queue=WATCH_QUEUE)
    schedule = Schedule(
        action=action,
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    try:
        await client.create_schedule(SCHEDULE, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        return
