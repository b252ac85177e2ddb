"""Whether the Temporal server answers, and when a worker last asked it for work."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

WITHIN = timedelta(seconds=5)
"""How long the server may take to answer [our default]."""


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
        request = DescribeTaskQueueRequest(
            namespace=self._client.namespace,
            task_queue=TaskQueue(name=self._queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
        try:
            told = await self._client.workflow_service.describe_task_queue(request, timeout=WITHIN)
        except (RPCError, RuntimeError) as error:
            raise OSError("the Temporal server did not answer") from error
        times = [one.last_access_time.ToDatetime(UTC) for one in told.pollers]
        return max(times, default=None)
