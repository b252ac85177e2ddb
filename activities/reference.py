"""Reading the registers again for a case that is open: what it knows of them may have changed."""

from typing import Protocol

from temporalio import activity

from domain.reference import Reference


class References(Protocol):
    """The registers, as a case reads them."""

    async def reference(self, council: str) -> Reference:
        """Return the providers in configured order, and the council of that code."""
        ...


class Refreshing:
    """The activity that reads the registers for a case."""

    def __init__(self, references: References) -> None:
        self._references = references

    @activity.defn(name="read-reference")
    async def read_reference(self, council: str) -> Reference:
        """Return what the registers say now."""
        return await self._references.reference(council)
