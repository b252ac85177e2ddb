"""Telling running cases that the registers changed; each then reads them again by itself."""

import asyncio
from collections.abc import Iterable

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

REGISTERS_CHANGED = "registers-changed"
"""Name of the signal; wire format."""

AT_ONCE = 20
"""Signals under way at once [our default]."""


async def tell_registers_changed(client: Client, cases: Iterable[str]) -> tuple[str, ...]:
    """Signal every case that runs; return those that do not.

    Raises:
        RPCError, RuntimeError: The server was not reached; some may have been told. Safe to repeat.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def told(case: str) -> bool:
        """Signal one case; tell whether it runs."""
        async with gate:
            try:
                await client.get_workflow_handle(case).signal(REGISTERS_CHANGED)
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                return False
            return True

    wanted = tuple(cases)
    found = await asyncio.gather(*(told(case) for case in wanted))
    return tuple(case for case, is_told in zip(wanted, found, strict=True) if not is_told)
