"""Heartbeats while an activity works, so that a killed worker is noticed within seconds."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

EVERY = 1.0
"""Seconds between two heartbeats; ``workflows/options.py`` misses them after three."""


@asynccontextmanager
async def beating() -> AsyncIterator[None]:
    """Beat until the work inside is done."""
    task = asyncio.create_task(_beat())
    try:
        yield
    finally:
        task.cancel()


async def _beat() -> None:
    while True:
        activity.heartbeat()
        await asyncio.sleep(EVERY)
