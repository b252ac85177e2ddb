"""The workflow, as the parts that carry things out see it."""

from typing import Protocol

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.command import Command
    from domain.settling import Settled
    from workflows.outbox import Outbox


class Keeper(Protocol):
    """One running case."""

    @property
    def case(self) -> Case:
        """Return the case as it stands."""
        ...

    @property
    def outbox(self) -> Outbox:
        """Return what is still to be done."""
        ...

    def own_instruction(self, command: Command) -> None:
        """Take an instruction of the case's own."""
        ...

    def absorb(self, settled: Settled) -> None:
        """Take what an activity's answer brought about."""
        ...
