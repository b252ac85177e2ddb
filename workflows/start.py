"""What a run of a case starts with, and what it leaves behind."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.decisions.intake import Opening
    from domain.fact import Fact
    from domain.reviving import CaseRevived
    from domain.value import Value
    from workflows.outbox import Contents

WORKFLOW = "IncidentCase"
"""Name of the workflow type; wire format."""


class CaseStart(Value):
    """The input of a run: a report to open, or a case carried over from the run before.

    Attributes:
        opening: Set for the first run of a case.
        instruction: Id of the opening instruction; its effects are keyed by it.
        case: Set when carried over.
        outbox: What was not done yet.
        last_facts: The facts the details show.
        refresh: Whether the registers changed and were not read again yet.
        revived: Set when the run before was ended by hand; ``by`` is then who confirmed it.
    """

    opening: Opening | None = None
    instruction: str = "open"
    by: str = "system"
    case: Case | None = None
    outbox: Contents = Contents()
    last_facts: tuple[Fact, ...] = ()
    refresh: bool = False
    revived: CaseRevived | None = None


class CaseEnd(Value):
    """What a completed run says of its case."""

    case: str
    outcome: str | None
    facts: int
    version: int
