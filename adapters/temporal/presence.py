"""Whether the Temporal server answers, and when a worker last asked it for work."""

import asyncio
import secrets
from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeTaskQueueRequest,
    PollWorkflowTaskQueueRequest,
)
from temporalio.client import Client
from temporalio.service import RPCError

WITHIN = timedelta(seconds=5)
"""How long the server may take to answer [our default]."""

LOOKS, LOOK_AGAIN = 100, 0.05
"""How often a question for work is looked for, and the seconds between."""

NOBODYS = "cir-doctor"
"""A queue on which nobody ever puts work."""


class Presence:
    """What the server says of itself and of the workers of one queue."""

    def __init__(self, client: Client, queue: str) -> None:
        self._client = client
        self._queue = queue

    async def last_poll(self) -> datetime | None:
        """Return when a worker last asked for work; ``None`` when the server knows of none.

        A worker asks at least every 70 seconds, because an empty-handed answer comes after 60.

        Raises:
            OSError: The server did not answer.
        """
        try:
            return await _last_poll(self._client, self._queue)
        except (RPCError, RuntimeError) as error:
            raise OSError("the Temporal server did not answer") from error


async def server_time(client: Client) -> datetime:
    """Return what the server's clock said when it was asked for work on a queue nobody uses.

    Temporal tells its time nowhere else without starting something.

    Raises:
        RPCError, RuntimeError: It did not answer.
        ValueError: It does not say.
    """
    me = f"{NOBODYS}-{secrets.token_hex(4)}"
    request = PollWorkflowTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=NOBODYS), identity=me
    )
    asking = asyncio.create_task(
        client.workflow_service.poll_workflow_task_queue(request, timeout=2 * WITHIN)
    )
    try:
        for _ in range(LOOKS):
            at = await _last_poll(client, NOBODYS, me)
            if at is not None:
                return at
            await asyncio.sleep(LOOK_AGAIN)
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
    raise ValueError("the server does not say what time it has")


async def _last_poll(client: Client, queue: str, who: str | None = None) -> datetime | None:
    """Return when somebody, or one who is named, last asked for work on a queue."""
    request = DescribeTaskQueueRequest(
        namespace=client.namespace,
        task_queue=TaskQueue(name=queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    )
    told = await client.workflow_service.describe_task_queue(request, timeout=WITHIN)
    times = [
        one.last_access_time.ToDatetime(UTC) for one in told.pollers if who in (None, one.identity)
    ]
    return max(times, default=None)
