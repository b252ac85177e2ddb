"""Telling a running case what became of a notice, and asking it what it waits for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from temporalio.client import Client, WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from activities.receipts import Word
from adapters.desk_key import DeskKey
from adapters.temporal.instructing import Instructor, UnknownCaseError
from domain.case import Case
from domain.command import Rows
from domain.decisions.deliveries import RecordDelivery
from domain.errors import Refused
from domain.notice import Notice
from domain.people import SYSTEM, Role
from domain.told import wants_to_hear

PATIENCE = timedelta(seconds=10)
"""How long a case is waited for."""


class RunningCases:
    """Running cases, as receipts see them. A case that runs no more wants nothing."""

    def __init__(self, client: Client, key: DeskKey, now: Callable[[], datetime]) -> None:
        self._client = client
        self._key = key
        self._now = now

    async def held_notice(self, case: str, key: str) -> Notice | None:
        """Return a notice that still waits for its receipt."""
        held: Notice | None = await self._asked(case, "held-notice", Notice, key)
        return held

    async def wants_to_hear(self, case: str, key: str, state: str) -> bool:
        """Tell whether a rule of the case waits for this, or it failed."""
        shown: Case | None = await self._asked(case, "case", Case)
        return shown is not None and not shown.archived and wants_to_hear(shown, key, state)

    async def tell(self, word: Word) -> None:
        """Record the delivery; a case that ended or refuses has moved on."""
        command = RecordDelivery.model_validate(
            {
                "by": SYSTEM,
                "idempotency_key": f"{word.key}/{word.channel}/{word.state}",
                "notice": word.key,
                "channel": word.channel,
                "state": word.state,
            }
        )
        stamped = self._key.stamped(word.case, command, (Role.SYSTEM,), Rows(), self._now(), 0)
        try:
            await Instructor(self._client).instruct(word.case, stamped, PATIENCE)
        except (Refused, UnknownCaseError):
            return

    async def _asked(self, case: str, query: str, kind: type, *arguments: str) -> Any:  # noqa: ANN401
        handle = self._client.get_workflow_handle(case)
        try:
            return await handle.query(
                query,
                args=list(arguments),
                result_type=cast("type", kind | None),
                rpc_timeout=PATIENCE,
            )
        except WorkflowQueryFailedError:  # a run of a release that did not know the question
            return None
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
