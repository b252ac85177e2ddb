"""One Update and one Signal for each command, made from its declaration."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from domain.command import Command
    from domain.decider import Receipt
    from domain.errors import Refused


class TakesInstructions(Protocol):
    """What a workflow must offer for its handlers."""

    def would_take(self, command: Command) -> None:
        """Raise ``Refused`` when the command would be refused."""
        ...

    def take(self, command: Command) -> Receipt:
        """Carry the command out."""
        ...

    def note_refusal(self, command: Command, refused: Refused) -> None:
        """Keep a refused signal on the record."""
        ...


W = TypeVar("W", bound=TakesInstructions)


def answers(*commands: type[Command]) -> Callable[[type[W]], type[W]]:
    """Give a workflow class one Update and one Signal for each command class."""

    def decorate(workflow_class: type[W]) -> type[W]:
        """Attach an Update and a Signal for each command."""
        for command in commands:
            _attach(workflow_class, command)
        return workflow_class

    return decorate


def _attach(workflow_class: type[Any], kind: type[Command]) -> None:
    """Attach both handlers of one command; a function of its own, because closures bind late."""
    name, says = kind.name, kind.__doc__ or kind.name

    def update(self: TakesInstructions, command: Command) -> Receipt:
        """Carry the instruction out and answer it."""
        info = workflow.current_update_info()
        return _carried_out(self, _keyed(command, info.id if info is not None else ""))

    def validate(self: TakesInstructions, command: Command) -> None:
        """Refuse what the rules refuse; nothing is written."""
        info = workflow.current_update_info()
        try:
            self.would_take(_keyed(command, info.id if info is not None else ""))
        except Refused as refused:
            raise refusal(refused) from None

    def signal(self: TakesInstructions, command: Command) -> None:
        """Carry the instruction out; what is refused becomes a fact."""
        keyed = _keyed(command, f"signal-{workflow.uuid4()}")
        try:
            self.take(keyed)
        except Refused as refused:
            self.note_refusal(keyed, refused)

    place = f"{name.replace('-', '_')}"
    for handler, returns in ((update, Receipt), (validate, None), (signal, None)):
        handler.__annotations__ = {"command": kind, "return": returns}
        handler.__doc__ = says
    update.__name__ = place
    updater = workflow.update(name=name, description=says)(update)
    updater.validator(validate)
    signal.__name__ = f"{place}_signal"
    setattr(workflow_class, update.__name__, updater)
    signaller = workflow.signal(name=name, description=says)(signal)
    setattr(workflow_class, signal.__name__, signaller)


def _keyed(command: Command, key: str) -> Command:
    """Return the command with a key: its own, else the update's id, or one made for the signal.

    Two signals may arrive in one workflow task, and a run begins its count of events anew: the
    length of the history would give two of them one key, and the second would be lost.
    """
    return command if command.idempotency_key else command.but(idempotency_key=key)


def _carried_out(case: TakesInstructions, command: Command) -> Receipt:
    """Take the command; a bug in a rule becomes an answer, never a stuck workflow task."""
    try:
        return case.take(command)
    except Refused as refused:
        raise refusal(refused) from None
    except Exception as error:  # noqa: BLE001  (the edge: unhandled, it would hang every caller)
        workflow.logger.exception("internal-error", extra={"command": command.name})
        raise ApplicationError(
            f"{command.name} met a fault of ours ({type(error).__name__}); nothing changed. "
            "Give it again with the same key after the mend.",
            type="internal-error",
            non_retryable=True,
        ) from None


def refusal(refused: Refused) -> ApplicationError:
    """Return a refusal as Temporal carries it: code as type, details for programs."""
    details = {"kind": refused.kind.value, **refused.details}
    return ApplicationError(
        refused.message[:500], details, type=refused.code.value, non_retryable=True
    )
