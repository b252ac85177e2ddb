"""Asking a running case how it stands, by its query; nothing changes and nothing is written."""

import asyncio
from datetime import timedelta

from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError, RPCStatusCode

from domain.case import Case

PATIENCE = timedelta(seconds=3)
"""How long a case is given to answer [our default]; without a worker it never does."""


class CaseSilentError(Exception):
    """The case did not answer: Temporal or the worker is away."""


class CaseGoneError(Exception):
    """Temporal no longer holds the case: it was archived longer ago than Temporal remembers."""


class CaseAsker:
    """Asks cases over one connection."""

    def __init__(self, client: Client, patience: timedelta = PATIENCE) -> None:
        self._client = client
        self._patience = patience

    async def state(self, case: str) -> Case:
        """Return the case as its workflow holds it.

        Raises:
            CaseSilentError, CaseGoneError: See there.
        """
        handle = self._client.get_workflow_handle(case)
        asked = handle.query("case", result_type=Case, rpc_timeout=self._patience)
        try:
            found: Case = await asyncio.wait_for(asked, 2 * self._patience.total_seconds())
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise CaseGoneError(case) from error
            raise CaseSilentError(case) from error
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError) as error:
            raise CaseSilentError(case) from error
        except (RuntimeError, TimeoutError) as error:  # a lazy client that never connected
            raise CaseSilentError(case) from error
        return found
