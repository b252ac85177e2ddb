"""A report becomes a running case, safe to repeat. ``python starter.py examples/report.json``."""

import asyncio
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.converter import DataConverter
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from adapters.database.case_keys import CaseKeys
from adapters.database.engine import create_engine
from adapters.database.intake import Intake, Taken
from adapters.database.migrate import prepare
from adapters.database.policy_start import begin
from adapters.database.readiness import DatabaseNotReadyError
from adapters.database.records import DatabaseRecords
from adapters.database.register_news import RegisterNews
from adapters.database.registers import Registers
from adapters.desk_key import DeskKey
from adapters.keyring import Keyring
from adapters.temporal.bootstrap import bootstrap
from adapters.temporal.connect import connect
from adapters.temporal.instructing import Instructor
from adapters.temporal.sealing import data_converter, refuses_clear
from adapters.temporal.telling import tell_registers_changed
from domain.command import Rows
from domain.decisions.intake import OpenCase, Opening
from domain.people import SYSTEM, Role, may
from domain.policy import Policy
from domain.report_problems import InvalidReportError
from domain.report_reading import read_report
from settings import Settings, load
from workflows import tracking
from workflows.start import WORKFLOW, CaseStart

PATIENCE = timedelta(seconds=10)
"""How long a case is waited for; less would cut into continue-as-new."""

TELL_WITHIN = 3.0
"""Seconds that telling open cases of a register may take [our default]."""

AWAY = (RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED)


def converter_of(settings: Settings) -> DataConverter:
    """Return the converter of a process with these settings; its keyring is made when missing."""
    keys = Keyring.from_file(settings.payload_keys)
    return data_converter(keys, refuses_clear=settings.payloads == "sealed")


def case_keys_of(settings: Settings) -> CaseKeys:
    """Return the keys of cases, for a process with these settings."""
    return CaseKeys(Keyring.from_file(settings.payload_keys), utc_now)


def records_of(settings: Settings, engine: AsyncEngine) -> DatabaseRecords:
    """Return the record of facts, its ends signed by the desk's key."""
    return DatabaseRecords(engine, case_keys_of(settings), DeskKey.from_file(settings.desk_key))


def case_workflow_id(reference: str) -> str:
    """Return the workflow id of a case: its reference and nothing else."""
    return reference


class ServerAwayError(Exception):
    """Temporal was not reached; the report is kept and will start by itself."""


class CaseRunsError(Exception):
    """A case that was to be started again runs, or ended by itself."""


async def start_case(
    client: Client, task_queue: str, opening: Opening, instruction: str, by: str = SYSTEM
) -> None:
    """Start the workflow of a case; a case that runs already is left alone.

    Args:
        client: The connection.
        task_queue: Where workers wait for cases.
        opening: The report with everything the case carries from its start.
        instruction: Id of the opening; effects are keyed by it, so it is the same each time.
        by: Who brought the report.

    Raises:
        ServerAwayError: The server was not reached.
    """
    try:
        await client.start_workflow(
            WORKFLOW,
            CaseStart(opening=opening, instruction=instruction, by=by),
            id=case_workflow_id(opening.reference),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            static_summary=f"{opening.reference} {opening.report.source.channel}",
            search_attributes=tracking.at_start(opening.received_at, exercise=opening.exercise),
        )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:
            return
        if error.status in AWAY:
            raise ServerAwayError(error.message) from error
        raise
    except RuntimeError as error:
        raise ServerAwayError(str(error)) from error


async def start_again(client: Client, task_queue: str, start: CaseStart) -> None:
    """Start a case whose run was ended by hand, from where its record stands.

    Args:
        client: The connection.
        task_queue: Where workers wait for cases.
        start: The case, and who revived it.

    Raises:
        CaseRunsError: It runs, or its run ended by itself; nothing was started.
        ServerAwayError: The server was not reached.
    """
    case = start.case
    if case is None:
        raise ValueError("A case is revived from the case itself.")
    try:
        await client.start_workflow(
            WORKFLOW,
            start,
            id=case_workflow_id(case.reference),
            task_queue=task_queue,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
            id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
            static_summary=f"{case.reference} {case.report.source.channel}",
            search_attributes=tracking.at_start(case.opened_at, exercise=case.exercise),
        )
    except WorkflowAlreadyStartedError as error:
        raise CaseRunsError(case.reference) from error
    except RPCError as error:
        if error.status in AWAY:
            raise ServerAwayError(error.message) from error
        raise
    except RuntimeError as error:
        raise ServerAwayError(str(error)) from error


async def start_taken(
    client: Client,
    task_queue: str,
    intake: Intake,
    registers: Registers,
    taken: Taken,
    *,
    policy: Policy | None = None,
) -> None:
    """Start the case of a report that is on disk, and mark it as started.

    It begins with the policy in force, unless another one is given.

    Raises:
        ServerAwayError: The server was not reached; the report stays pending.
    """
    opening = Opening.of(
        reference=taken.reference,
        report=taken.report,
        register=await registers.councils(),
        providers=await registers.providers(),
        policy=policy or await registers.policy(),
        desk_keys=await registers.desk_keys(),
    ).but(follows=taken.follows, sealed=refuses_clear(client))
    await start_case(client, task_queue, opening, f"intake-{taken.number}", taken.by)
    await intake.mark(taken.number, "started")


async def tell_cases(client: Client, news: RegisterNews) -> int:
    """Let every open case read the registers again, when they changed since it was told.

    Safe to repeat, and called each minute by the watchkeeper: whoever changes a register calls it
    too when that should not wait. What is starting just now is told the next time.

    Returns:
        How many cases were told.

    Raises:
        RPCError, RuntimeError: The server was not reached; the watchkeeper tells them later.
    """
    untold = await news.untold()
    if untold is None:
        return 0
    missed = await tell_registers_changed(client, untold.cases)
    if not set(missed) & set(untold.starting):
        await news.told(untold.version)
    return len(untold.cases) - len(missed)


async def tell_cases_now(client: Client, news: RegisterNews) -> None:
    """Let every open case read the registers again at once, for whoever has just changed one.

    A change is in force whether cases were told or not: with the server away, or slow, the
    watchkeeper tells them.
    """
    with suppress(RPCError, RuntimeError, TimeoutError):
        await asyncio.wait_for(tell_cases(client, news), TELL_WITHIN)


class PendingStarter:
    """Starts what was kept: for the watchkeeper, by the same way as the desk."""

    def __init__(  # noqa: PLR0913  (composition)
        self,
        *,
        client: Client,
        task_queue: str,
        intake: Intake,
        registers: Registers,
        key: DeskKey,
        news: RegisterNews,
        now: Callable[[], datetime],
    ) -> None:
        self._client = client
        self._news = news
        self._task_queue = task_queue
        self._intake = intake
        self._registers = registers
        self._key = key
        self._now = now

    async def start_pending(self) -> int:
        """Start every report that has no case yet, and tell cases of reports that came again."""
        pending = await self._intake.pending()
        for taken in pending:
            if taken.repeated:
                await self._tell_again(taken)
            else:
                await start_taken(
                    self._client, self._task_queue, self._intake, self._registers, taken
                )
        return len(pending)

    async def tell_registers(self) -> int:
        """Tell open cases of changed registers."""
        return await tell_cases(self._client, self._news)

    async def _tell_again(self, taken: Taken) -> None:
        by, roles = await bringer(self._registers, taken)
        command = again(taken, by)
        version = await self._registers.version()
        stamped = self._key.stamped(taken.reference, command, roles, Rows(), self._now(), version)
        await Instructor(self._client).instruct(taken.reference, stamped, PATIENCE)
        await self._intake.mark(taken.number, "repeat")


async def bringer(registers: Registers, taken: Taken) -> tuple[str, tuple[Role, ...]]:
    """Return in whose name a report that came again is told, whoever tells it, and their roles.

    It is whoever brought it, while they may; otherwise the system, as for a feed.
    """
    staff = (await registers.rows((taken.by,))).staff
    roles = staff.get(taken.by, ())
    return (taken.by, roles) if may(roles, OpenCase.who) else (SYSTEM, (Role.SYSTEM,))


def again(taken: Taken, by: str) -> OpenCase:
    """Return the instruction that tells a case of a report that came again."""
    return OpenCase(
        by=by,
        idempotency_key=f"intake-{taken.number}",
        report=taken.report.model_dump(mode="json", by_alias=True, exclude_none=True),
    )


def utc_now() -> datetime:
    """Return the instant; a command line is an edge."""
    return datetime.now(UTC)  # noqa: TID251


async def open_file(settings: Settings, body: bytes) -> str:
    """Take a report from a file and start its case; return what to tell the person.

    Raises:
        InvalidReportError: With every problem; nothing was stored.
        DatabaseNotReadyError: Nothing was stored; says what to mend.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(prepare, settings.database)
    engine = create_engine(settings.database)
    registers = Registers(engine, utc_now)
    await begin(registers, settings.policy_file)
    intake = Intake(engine, utc_now, case_keys_of(settings))
    read = read_report(body, now=utc_now(), councils=await registers.councils())
    taken = await intake.take(body, read, "system")
    try:
        client = await connect(
            settings.temporal_address, settings.temporal_namespace, converter_of(settings)
        )
        await bootstrap(client, settings.temporal_namespace)
        await start_taken(client, settings.task_queue, intake, registers, taken)
    except (RuntimeError, ServerAwayError):
        return f"{taken.reference} is kept; it starts by itself when Temporal is back."
    finally:
        await engine.dispose()
    again = " (the same report again)" if taken.repeated else ""
    return f"{taken.reference} is open{again}."


def main(arguments: list[str]) -> int:
    """Open a case from the file named; print its reference."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python starter.py REPORT.json\n")
        return 2
    try:
        said = asyncio.run(open_file(load(), Path(arguments[0]).read_bytes()))
    except InvalidReportError as error:
        for problem in error.problems:
            sys.stderr.write(f"{problem.field}: {problem.code}: {problem.message}\n")
        return 5
    except DatabaseNotReadyError as error:
        sys.stderr.write(f"{error}\n")
        return 7
    sys.stdout.write(f"{said}\n")
    return 0


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # an ordinary exit of a short process that used the SDK may crash
