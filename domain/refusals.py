"""The trace of an instruction that was refused where nobody could be told at once."""

from typing import ClassVar

from domain.case import Event


class InstructionRefused(Event):
    """A signal said no to by a rule. Nothing changed but this trace."""

    type: ClassVar[str] = "instruction-refused"
    command: str
    code: str
    message: str
