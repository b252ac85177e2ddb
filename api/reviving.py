"""Reviving a case whose run was ended by hand: from its record, by two people (guide n 29)."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.database.case_acts import CaseActs
from adapters.database.records import ChainBrokenError, DatabaseRecords, ErasedError
from adapters.database.registers import Registers
from adapters.temporal.case_runs import TemporalCaseRuns
from adapters.temporal.sealing import refuses_clear
from api.answers import Answer
from domain.case import RULES, Case
from domain.decisions.intake import Begun
from domain.errors import Code, Refused
from domain.fact import Fact
from domain.people import Role
from domain.registers.change import Change, may_confirm
from domain.reviving import CaseRevived, LastWord, Rebuilt, may_revive, rebuilt
from starter import AWAY, CaseRunsError, ServerAwayError, start_again
from workflows.outbox import Contents
from workflows.start import CaseStart
from workflows.tracking import LAST_FACTS

PATIENCE = timedelta(seconds=10)
"""How long an ended run is waited for [our default]: a worker has to play its history again."""


class Ready(NamedTuple):
    """A case that can be revived.

    Attributes:
        built: The case.
        contents: What is to be done yet.
        last_facts: For the details in the Web UI.
        runs: The runs that ended otherwise than by themselves, the last one first.
    """

    built: Rebuilt
    contents: Contents
    last_facts: tuple[Fact, ...]
    runs: tuple[str, ...]


class Reviver:
    """Builds cases again from their record and starts them."""

    def __init__(
        self,
        *,
        client: Client,
        task_queue: str,
        records: DatabaseRecords,
        registers: Registers,
        acts: CaseActs,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._task_queue = task_queue
        self._records = records
        self._registers = registers
        self._acts = acts
        self._now = now

    async def check(self, case: str) -> None:
        """Refuse a case that there is nothing to revive of.

        Raises:
            Refused: ``case-runs`` or ``case-archived``.
            Answer: Temporal is away, or the record does not verify.
        """
        await self._ended(case)
        await self._facts(case)

    async def confirm(self, change: Change, by: str, roles: tuple[Role, ...]) -> Change:
        """Revive the case of a change, as its second person.

        Raises:
            Refused, Answer: As ``check``, and as the rules on changes say; nothing was started.
        """
        may_confirm(change, by, roles, self._now())
        case = str(change.case)
        if await self._was_done(case, change.number):  # killed before it was written down
            return await self._acts.confirm(change.number, by, roles, _nothing)
        ready = await self._ready(case)
        return await self._acts.confirm(
            change.number, by, roles, lambda _, done: self._start(ready, done)
        )

    async def _was_done(self, case: str, change: int) -> bool:
        """Tell whether the record has it that this change revived the case."""
        facts = await self._facts(case)
        revived = (fact for fact in facts if fact.type == CaseRevived.type)
        return any(fact.payload["change"] == change for fact in revived)

    async def _ready(self, case: str) -> Ready:
        """Build a case again; nothing is changed yet."""
        runs = await self._ended(case)
        said = await self._said(case, runs[0])
        facts = await self._facts(case)
        word = None if said is None else LastWord(said[0], said[1].facts)
        built = rebuilt(case, facts, word, await self._begun())
        contents = said[1] if said is not None and built.agrees else Contents()
        return Ready(
            built=built,
            contents=contents.but(facts=built.unrecorded),
            last_facts=(*facts, *built.unrecorded)[-LAST_FACTS:],
            runs=runs,
        )

    async def _start(self, ready: Ready, change: Change) -> None:
        """Start the case again; what happened meanwhile is found as after an outage."""
        agrees = ready.built.agrees
        revived = CaseRevived(
            at=self._now(),
            runs=ready.runs,
            change=change.number,
            proposed_by=change.proposed_by,
            confirmed_by=str(change.settled_by),
            began_from=ready.built.began_from,
            undone="unknown" if agrees is None else "taken" if agrees else "left",
            reason=str(change.reason),
        )
        start = CaseStart(
            case=ready.built.case.but(rules=RULES),
            outbox=ready.contents,
            last_facts=ready.last_facts,
            refresh=True,
            revived=revived,
        )
        try:
            await start_again(self._client, self._task_queue, start)
        except CaseRunsError:
            may_revive(ready.built.case.reference, "running")
        except ServerAwayError as error:
            raise _away(ready.built.case.reference) from error

    async def _ended(self, case: str) -> tuple[str, ...]:
        try:
            standing = await TemporalCaseRuns(self._client).one(case)
        except (RPCError, RuntimeError) as error:
            raise _away(case) from error
        may_revive(case, standing.status)
        return (standing.run, *standing.cut)

    async def _facts(self, case: str) -> tuple[Fact, ...]:
        try:
            return await self._records.facts(case)
        except ChainBrokenError as error:
            words = f"{error} It cannot be revived from such a record: restore a backup first."
            raise Answer("failed", "record-tampered", words) from error
        except ErasedError as error:
            words = f"{case}: what is personal in it was erased. New harm is a new case."
            raise Refused(Code.CASE_ARCHIVED, words) from error

    async def _said(self, case: str, run: str) -> tuple[Case, Contents] | None:
        """Ask the ended run what it knows; ``None`` when it is gone, or cannot say.

        Raises:
            Answer: No worker answered: it may know of decisions that are on no record yet.
        """
        if run == "gone":
            return None
        handle = self._client.get_workflow_handle(case, run_id=run)
        try:
            async with asyncio.timeout(2 * PATIENCE.total_seconds()):
                stood = await handle.query("case", result_type=Case, rpc_timeout=PATIENCE)
                undone = await handle.query("undone", result_type=Contents, rpc_timeout=PATIENCE)
        except (WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return None
        except (TimeoutError, RuntimeError) as error:
            raise _silent(case) from error
        except RPCError as error:
            if error.status in (*AWAY, RPCStatusCode.CANCELLED):
                raise _silent(case) from error
            return None
        return stood, undone

    async def _begun(self) -> Begun:
        """Return what a case begins with now."""
        return Begun(
            policy=await self._registers.policy(),
            providers=await self._registers.providers(),
            desk_keys=await self._registers.desk_keys(),
            sealed=refuses_clear(self._client),
        )


async def _nothing(_connection: AsyncConnection, _change: Change) -> None:
    """Do nothing: it was done before."""


def _away(case: str) -> Answer:
    words = f"{case}: Temporal was not reached; nothing was started. Try again."
    return Answer("unreachable", "not-reached", words)


def _silent(case: str) -> Answer:
    words = (
        f"{case}: no worker answered for the run that was ended, which may know of decisions that "
        "are not on the record yet. Nothing was started; try again when a worker is there."
    )
    return Answer("unreachable", "not-reached", words)
