"""What sealing costs a decision's answer, beside bare Temporal in the same run: ``make bench``.

Three cases of the same kind take turns: a workflow that does nothing, a case in clear, a case that
is sealed. Each has a worker of its own in this process, and no command line is in between.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from temporalio import workflow
from temporalio.client import Client, WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from adapters.database.engine import create_engine
from adapters.database.migrate import prepare
from adapters.database.registers import Registers
from adapters.database.seed import fill
from adapters.policies import read_policy
from adapters.temporal.bootstrap import bootstrap
from adapters.temporal.connect import connect_when_up
from domain.decisions.handling import AddNote
from domain.decisions.intake import Opening
from domain.report_reading import read_report
from settings import ROOT, Settings
from stack.local import temporal_server
from starter import converter_of, start_case
from worker import build_activities, build_worker, real_doors, utc_now

RUNS = 200
WARM = 20
"""Answers that are not counted: the first ones pay for what is loaded then."""

QUEUE = "bench"
REFERENCE = "CIR-2026-000001"


@workflow.defn(name="floor")
class Floor:
    """A workflow that answers and does nothing."""

    @workflow.run
    async def run(self) -> None:
        """Stay."""
        await workflow.wait_condition(lambda: False)

    @workflow.update(name="add-note")
    def noted(self, note: str) -> str:
        """Answer."""
        return note


@asynccontextmanager
async def a_floor(address: str) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Give what asks bare Temporal for an answer."""
    client = await _client(address, "floor", pydantic_data_converter)
    worker = Worker(
        client, task_queue=QUEUE, workflows=[Floor], workflow_runner=UnsandboxedWorkflowRunner()
    )
    async with worker:
        handle = await client.start_workflow("floor", id="floor", task_queue=QUEUE)
        yield lambda: handle.execute_update("add-note", "A note.", id=uuid4().hex)


@asynccontextmanager
async def a_case(
    address: str, folder: Path, converter: DataConverter | None
) -> AsyncIterator[Callable[[], Awaitable[Any]]]:
    """Give what asks one case for a decision; without a converter of its own it is sealed."""
    await asyncio.to_thread(folder.mkdir)
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite+aiosqlite:///{folder / 'cir.sqlite'}",
        temporal_address=address,
        temporal_namespace=folder.name,
        task_queue=QUEUE,
    )
    client = await _client(address, folder.name, converter or converter_of(settings))
    await asyncio.to_thread(prepare, settings.database)
    engine = create_engine(settings.database)
    doors = real_doors(settings, engine)
    async with build_worker(client, QUEUE, build_activities(settings, engine, doors)):
        handle = await _opened(client, settings, Registers(engine, utc_now))
        yield lambda: handle.execute_update("add-note", _note(), id=uuid4().hex)
    await engine.dispose()


async def _opened(
    client: Client, settings: Settings, registers: Registers
) -> WorkflowHandle[Any, Any]:
    """Start a case of the example report, which takes instructions as they come."""
    await fill(registers, ROOT / "examples" / "world")
    councils = await registers.councils()
    body = (ROOT / "examples" / "report.json").read_bytes()
    opening = Opening.of(
        reference=REFERENCE,
        report=read_report(body, now=utc_now(), councils=councils).report,
        register=councils,
        providers=await registers.providers(),
        policy=read_policy(settings.policy_file),
        desk_keys=await registers.desk_keys(),
    )
    await start_case(client, settings.task_queue, opening, "bench")
    return client.get_workflow_handle(REFERENCE)


def _note() -> AddNote:
    return AddNote(by="kaya", text="A note.", idempotency_key=uuid4().hex)


async def _client(address: str, namespace: str, converter: DataConverter) -> Client:
    client = await connect_when_up(address, namespace, converter)
    await bootstrap(client, namespace)
    return client


async def measured(address: str, folder: Path) -> dict[str, list[float]]:
    """Return the seconds of each answer, one of each kind in turn."""
    async with AsyncExitStack() as stack:
        kinds = {
            "bare Temporal: an update that does nothing": a_floor(address),
            "a decision of a case in clear": a_case(
                address, folder / "clear", pydantic_data_converter
            ),
            "a decision of a sealed case": a_case(address, folder / "sealed", None),
        }
        asks = {name: await stack.enter_async_context(kind) for name, kind in kinds.items()}
        found: dict[str, list[float]] = {name: [] for name in asks}
        for _ in range(WARM + RUNS):
            for name, ask in asks.items():
                began = time.perf_counter()
                await ask()
                found[name].append(time.perf_counter() - began)
    return {name: times[WARM:] for name, times in found.items()}


def main() -> None:
    """Start a server, measure, and print the medians with what is worst of a hundred."""
    with tempfile.TemporaryDirectory(prefix="cir-bench-") as name:
        folder = Path(name)
        with temporal_server(folder / "server", print) as ports:
            found = asyncio.run(measured(f"127.0.0.1:{ports.temporal}", folder))
    for kind, times in found.items():
        p99 = statistics.quantiles(times, n=100)[98]
        print(
            f"{kind:<46} p50 {statistics.median(times) * 1000:6.1f} ms   p99 {p99 * 1000:6.1f} ms"
        )


if __name__ == "__main__":
    main()
