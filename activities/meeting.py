"""Two activities of one decision that end together save their case a workflow task.

Each activity that ends makes the case look once. When the record and the notices of a decision end
within the same moment the server lets the case look once for both.
"""

import asyncio

LIMIT = 0.25
"""Seconds one waits for the other [our default]; a stuck mail never holds the record longer."""


class Meeting:
    """Where activities of this worker wait for each other; on another worker nobody comes."""

    def __init__(self) -> None:
        self._waiting: dict[str, asyncio.Event] = {}

    async def other(self, token: str | None) -> None:
        """Wait a moment for the other activity with ``token``; ``None`` is alone."""
        if token is None:
            return
        here = self._waiting.pop(token, None)
        if here is not None:
            here.set()
            return
        event = self._waiting[token] = asyncio.Event()
        try:
            await asyncio.wait_for(event.wait(), LIMIT)
        except TimeoutError:
            self._waiting.pop(token, None)
