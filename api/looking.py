"""Having the watchkeeper look at once, without anybody waiting for it."""

import asyncio
import contextlib

from temporalio.client import Client
from temporalio.service import RPCError

from adapters.temporal.schedule import look_now


class Looking:
    """Asks for a look; with Temporal away the next look comes by itself when it is back."""

    def __init__(self, watch: Client) -> None:
        self._watch = watch
        self._asked: set[asyncio.Task[None]] = set()

    def now(self) -> None:
        """Ask."""
        task = asyncio.create_task(self._ask())
        self._asked.add(task)
        task.add_done_callback(self._asked.discard)

    async def end(self) -> None:
        """Give up what is still being asked."""
        for task in self._asked:
            task.cancel()
        await asyncio.gather(*self._asked, return_exceptions=True)

    async def _ask(self) -> None:
        with contextlib.suppress(RPCError, RuntimeError):
            await look_now(self._watch)
