"""Giving an instruction to a running case: an Update, and a Signal when no worker answers.

Tree::

    Exception
    ├── UnknownCaseError      no such case is running
    ├── NotReachedError       the server was not reached; nothing was sent on
    ├── QueuedError           kept as a signal; it is answered when a worker is back
    ├── OutcomeUnknownError   sent, and no answer came; the same key is safe
    └── CaseFaultError        a fault of ours in the case; nothing changed
"""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.command import Command
from domain.decider import Receipt
from domain.errors import Code, Refused
from domain.keys import content_of

SILENCE = timedelta(seconds=3)
"""With no answer for this long the instruction is sent as a Signal too [our default]."""


class UnknownCaseError(Exception):
    """No case of that reference runs."""


class NotReachedError(Exception):
    """Temporal was not reached and nothing was sent on."""


class QueuedError(Exception):
    """No worker answered; the instruction is kept durably as a signal."""


class OutcomeUnknownError(Exception):
    """The instruction was sent and no answer came."""


class CaseFaultError(Exception):
    """The case met a fault of ours; nothing changed."""


class Instructor:
    """Gives instructions to cases over one connection."""

    def __init__(self, client: Client, silence: timedelta = SILENCE) -> None:
        self._client = client
        self._silence = silence

    async def instruct(self, case: str, command: Command, patience: timedelta) -> Receipt:
        """Give ``command`` to ``case`` and wait for its answer up to ``patience``.

        Raises:
            Refused: A rule said no.
            UnknownCaseError, NotReachedError, QueuedError, OutcomeUnknownError, CaseFaultError: See
                the module.
        """
        handle = self._client.get_workflow_handle(case)
        asked = asyncio.create_task(self._update(handle, command, patience))
        done, _ = await asyncio.wait((asked,), timeout=self._silence.total_seconds())  # noqa: TID251
        if done:
            return asked.result()
        queued = await self._signal(handle, command)
        left = (patience - self._silence).total_seconds()
        done, _ = await asyncio.wait((asked,), timeout=max(left, 0.1))  # noqa: TID251  (no workflow)
        if done and not (queued and isinstance(asked.exception(), OutcomeUnknownError)):
            return asked.result()
        if not done:
            asked.cancel()
            await asyncio.gather(asked, return_exceptions=True)
        if queued:
            raise QueuedError(case)
        raise OutcomeUnknownError(case)

    async def _update(
        self, handle: WorkflowHandle[Any, Any], command: Command, patience: timedelta
    ) -> Receipt:
        key = f"{command.idempotency_key}:{command.name}:{content_of(command)}"
        try:
            receipt: Receipt = await handle.execute_update(
                command.name, command, id=key, result_type=Receipt, rpc_timeout=patience
            )
        except WorkflowUpdateFailedError as error:
            raise _failure(error) from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            raise OutcomeUnknownError(handle.id) from error
        except RPCError as error:
            raise _fault(error, handle.id) from error
        except RuntimeError as error:  # the first connection of a lazy client failed
            raise NotReachedError(str(error)) from error
        return receipt

    async def _signal(self, handle: WorkflowHandle[Any, Any], command: Command) -> bool:
        """Send the instruction as a signal; tell whether the server has it."""
        try:
            await asyncio.wait_for(
                handle.signal(command.name, command), timeout=self._silence.total_seconds()
            )
        except (RPCError, RuntimeError, TimeoutError):
            return False
        return True


def _failure(error: WorkflowUpdateFailedError) -> Exception:
    """Return a refusal as the rules raised it; anything else is a fault of ours."""
    cause = error.cause
    if not isinstance(cause, ApplicationError) or cause.type not in set(Code):
        return CaseFaultError(str(cause))
    details = dict(cause.details[0]) if cause.details else {}
    details.pop("kind", None)
    return Refused(Code(cause.type), cause.message, **details)


def _fault(error: RPCError, case: str) -> Exception:
    if error.status is RPCStatusCode.NOT_FOUND:
        return UnknownCaseError(case)
    if error.status is RPCStatusCode.UNAVAILABLE:
        return NotReachedError(error.message)
    if error.status in (RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED):
        return OutcomeUnknownError(case)
    return CaseFaultError(error.message)
