"""A case on the real server: real adapters over an empty database, a worker in this process."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.activity import _Definition as ActivityDefinition
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Worker

from adapters.database.cases import Cases
from adapters.database.engine import create_engine, upsert, writing
from adapters.database.policy_start import begin
from adapters.database.registers import Registers
from adapters.database.seed import fill
from adapters.database.tables import CaseNumberRow
from adapters.desk_key import DeskKey
from adapters.temporal.sealing import refuses_clear
from domain.case import RULES, Case
from domain.command import Command, Rows
from domain.decider import Receipt, build
from domain.decisions.intake import Opening
from domain.people import SYSTEM, Role
from domain.policy import Policy
from domain.report_reading import read_report
from settings import ROOT, Settings
from starter import case_keys_of, start_case
from tests.databases import Database
from worker import (
    build_activities,
    build_exercise_worker,
    build_worker,
    real_doors,
    workflow_runner,
)
from workflows.incident_case import IncidentCaseWorkflow

WORLD = ROOT / "examples" / "world"
LIMIT = 30.0
"""Seconds a condition is waited for."""

PATIENCE = timedelta(seconds=20)
"""How long an answer is waited for."""

QUALIFIES = {
    "result": "qualifies",
    "tests": {
        "operations": "yes",
        "critical-services": "yes",
        "data-integrity": "unknown",
        "may-spread": "unknown",
        "public-interest": "no",
    },
    "reason": "Housing is down and staff cannot sign in.",
}
"""A decision that the incident qualifies."""

_numbers = itertools.count(1)
_blocks = itertools.count(700_000, 1_000)


def utc_now() -> datetime:
    """Return the instant: a live case lives in real time."""
    return datetime.now(UTC)  # noqa: TID251


async def until(condition: Callable[[], Awaitable[Any]], what: str, limit: float = LIMIT) -> Any:
    """Return the first true answer of ``condition``; fail with ``what`` when none comes in time."""
    end = asyncio.get_running_loop().time() + limit
    while True:
        found = await condition()
        if found:
            return found
        assert asyncio.get_running_loop().time() < end, f"Waited {limit:.0f} s for {what}."
        await asyncio.sleep(0.03)


@dataclass(frozen=True)
class Ask:
    """Who asks, and how the instruction is marked.

    Attributes:
        key: Idempotency key; a fresh one when there is none.
        by_desk: Whether the desk stamps it.
        more: Further fields every command has.
    """

    by: str = "kaya"
    key: str | None = None
    by_desk: bool = True
    more: dict[str, Any] = field(default_factory=dict)


class LiveCase:
    """One running case, as the desk and an auditor see it."""

    def __init__(self, office: "Office", reference: str, handle: WorkflowHandle[Any, Any]) -> None:
        self._office = office
        self.reference = reference
        self.handle = handle

    def command(self, name: str, ask: Ask | None = None, **inputs: Any) -> Command:
        """Return a command as the desk sends it on."""
        asked = ask or Ask()
        key = asked.key or f"key-{next(_numbers)}"
        told = {"by": asked.by, "idempotency_key": key, **asked.more, **inputs}
        command = build(name, told)
        return self._office.stamped(self.reference, command) if asked.by_desk else command

    async def give(self, name: str, ask: Ask | None = None, **inputs: Any) -> Receipt:
        """Give an instruction and return its answer."""
        return await self.send(self.command(name, ask, **inputs))

    async def send(self, command: Command) -> Receipt:
        """Send a command as an update of its own."""
        receipt: Receipt = await self.handle.execute_update(
            command.name,
            command,
            id=f"{command.idempotency_key}:{next(_numbers)}",
            result_type=Receipt,
            rpc_timeout=PATIENCE,
        )
        return receipt

    async def decide(self, **inputs: Any) -> Receipt:
        """Decide that the incident qualifies."""
        return await self.give("decide", **{**QUALIFIES, **inputs})

    async def state(self) -> Case:
        """Return the case as its workflow holds it."""
        shown: Case = await self.handle.query("case", result_type=Case)
        return shown

    async def facts(self) -> list[dict[str, Any]]:
        """Return the facts on record."""
        return await self._office.cases.history(self.reference)

    async def fact(self, kind: str, **payload: Any) -> dict[str, Any]:
        """Wait for a fact of that kind on the record, and return the first."""

        async def found() -> dict[str, Any] | None:
            facts = await self.facts()
            fits = (f for f in facts if f["type"] == kind and payload.items() <= _flat(f).items())
            return next(fits, None)

        said: dict[str, Any] = await until(found, f"{kind} {payload} of {self.reference}")
        return said

    async def settled(self, besides: str = "") -> None:
        """Wait until every fact of the case is on record and no activity ``besides`` is pending."""

        async def is_quiet() -> bool:
            seq = (await self.state()).seq
            facts = await self.facts()
            raw = (await self.handle.describe()).raw_description
            pending = [one for one in raw.pending_activities if one.activity_type.name != besides]
            return len(facts) == seq and not (pending or raw.HasField("pending_workflow_task"))

        await until(is_quiet, f"{self.reference} to have nothing left to do")

    async def events(self) -> list[HistoryEvent]:
        """Return the history of the run the handle names, else of the newest."""
        return [event async for event in self.handle.fetch_history_events()]


@dataclass(frozen=True)
class Office:
    """Everything around the cases of one test."""

    client: Client
    queue: str
    settings: Settings
    engine: AsyncEngine
    registers: Registers
    cases: Cases
    key: DeskKey
    roles: dict[str, tuple[Role, ...]]

    async def open(
        self, policy: Policy | None = None, rules: int = RULES, **changes: Any
    ) -> LiveCase:
        """Open a case from the example report, with its fields changed as in ``changes``."""
        raw = json.loads((ROOT / "examples" / "report.json").read_text())
        body = json.dumps({**raw, **changes}).encode()
        register = await self.registers.councils()
        reference = f"CIR-2026-{next(_numbers):06d}"
        opening = Opening.of(
            reference=reference,
            report=read_report(body, now=utc_now(), councils=register).report,
            register=register,
            providers=await self.registers.providers(),
            policy=policy or slow(),
            desk_keys=await self.registers.desk_keys(),
        ).but(sealed=refuses_clear(self.client), rules=rules)
        await start_case(self.client, self.queue, opening, f"intake-{reference}")
        return LiveCase(self, reference, self.client.get_workflow_handle(reference))

    def stamped(self, case: str, command: Command) -> Command:
        """Return the command with the desk's word for who asks."""
        roles = self.roles.get(command.by, (Role.PROVIDER,))
        rows = Rows(staff=self.roles)
        return self.key.stamped(case, command, roles, rows, utc_now(), 1)

    def mails(self, folder: str) -> list[str]:
        """Return the mails in one folder of the outbox, each as its text."""
        found = sorted((self.settings.outbox / folder).rglob("*.eml"))
        return [path.read_text() for path in found]

    def activities(self) -> list[Callable[..., Any]]:
        """Return the activities as the composition root builds them."""
        return build_activities(self.settings, self.engine, real_doors(self.settings, self.engine))


async def number_apart(engine: AsyncEngine) -> None:
    """Let intake number cases where no other test of this run does: all share one server."""
    async with writing(engine) as connection:
        await upsert(connection, CaseNumberRow, year=utc_now().year, last=next(_blocks))


def slow() -> Policy:
    """Return the shipped policy at its own speed, at all hours: no clock is due in a test."""
    return fast(1)


def fast(speed: float) -> Policy:
    """Return the shipped policy ``speed`` times as fast."""
    return Policy.from_toml((ROOT / "policy" / "default.toml").read_text()).at_speed(speed, "test")


@asynccontextmanager
async def office(client: Client, database: Database, **chosen: Any) -> AsyncIterator[Office]:
    """Give an office over a database without rows, its registers filled; no worker runs yet.

    Args:
        client: The connection.
        database: The database, and its data directory.
        chosen: Settings that are not those of the embedded default.
    """
    queue = f"cases-{next(_numbers)}"
    settings = Settings(
        data_dir=database.folder,
        database_url=database.url,
        temporal_namespace=client.namespace,
        task_queue=queue,
        policy_file=ROOT / "policy" / "demo.toml",
        **chosen,
    )
    engine = create_engine(settings.database)
    registers = Registers(engine, utc_now)
    await fill(registers, WORLD)
    await begin(registers, settings.policy_file)
    key = DeskKey.from_file(settings.desk_key)
    await registers.publish_desk_key(key.id, key.public)
    roles = {one.id: one.roles for one in await registers.people()} | {SYSTEM: (Role.SYSTEM,)}
    cases = Cases(engine, utc_now, case_keys_of(settings))
    yield Office(client, queue, settings, engine, registers, cases, key, roles)
    await engine.dispose()


def moved(there: Office, client: Client) -> Office:
    """Return the same office over another connection."""
    return replace(there, client=client)


@asynccontextmanager
async def at_work(client: Client, database: Database, **chosen: Any) -> AsyncIterator[Office]:
    """Give an office with its workers; ``chosen`` as for ``office``."""
    async with (
        office(client, database, **chosen) as there,
        worker_of(there),
        build_exercise_worker(client, there.settings, there.engine),
    ):
        yield there


def worker_of(there: Office, *instead: Callable[..., Any], remembers: bool = True) -> Worker:
    """Return a worker of ``there``.

    Args:
        there: Where it works.
        instead: Activities that stand in for those of their names.
        remembers: Whether it keeps cases in memory; else it replays them at each step.
    """
    names = {name_of(one) for one in instead}
    kept = [one for one in there.activities() if name_of(one) not in names]
    activities = [*kept, *instead]
    if remembers:
        return build_worker(there.client, there.queue, activities)
    return Worker(
        there.client,
        task_queue=there.queue,
        workflows=[IncidentCaseWorkflow],
        activities=activities,
        workflow_runner=workflow_runner(),
        max_cached_workflows=0,
    )


def name_of(activity: Callable[..., Any]) -> str:
    """Return the wire name of an activity."""
    return str(ActivityDefinition.must_from_callable(activity).name)


def _flat(fact: dict[str, Any]) -> dict[str, Any]:
    return {**fact, **fact.get("payload", {})}
