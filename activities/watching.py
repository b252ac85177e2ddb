"""What the watchkeeper does each minute: nothing that was accepted stays behind."""

from typing import Protocol

from temporalio import activity


class Watched(Protocol):
    """What is watched."""

    async def start_pending(self) -> int:
        """Start every report that is on disk and has no case yet; return how many were."""
        ...

    async def tell_registers(self) -> int:
        """Tell open cases of registers that changed since; return how many were told."""
        ...


class Watching:
    """The activities of the watchkeeper."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched

    @activity.defn(name="start-pending")
    async def start_pending(self) -> int:
        """Start what a crash or an outage left behind."""
        return await self._watched.start_pending()

    @activity.defn(name="tell-registers")
    async def tell_registers(self) -> int:
        """Let open cases read registers that changed, if nobody told them yet."""
        return await self._watched.tell_registers()
