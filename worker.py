"""The composition root: settings -> adapters -> activities -> worker."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import SandboxImportNotificationPolicy

import logs
from activities.billing import Billing, FinanceDesk
from activities.comparing import SILENT_AFTER, Comparing
from activities.meeting import Meeting
from activities.notice_ports import Notifier
from activities.notices import Notices
from activities.paging import Paging
from activities.receipts import Receipts, ReceiptSource
from activities.records import Recording
from activities.reference import Refreshing
from activities.rejected import RejectedPaging
from activities.turns import Rotation
from activities.watching import Watching
from adapters.channels import ByChannel
from adapters.check_words import CheckWords
from adapters.database.addresses import RegisterAddresses
from adapters.database.chains import sign_once
from adapters.database.engine import create_engine
from adapters.database.findings import Findings
from adapters.database.intake import Intake
from adapters.database.migrate import prepare
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.pager import DatabasePager
from adapters.database.policy_start import begin
from adapters.database.quarantine import Quarantine
from adapters.database.readiness import DatabaseNotReadyError
from adapters.database.receipts import DatabaseReceipts
from adapters.database.register_news import RegisterNews
from adapters.database.registers import Registers
from adapters.database.turns import DatabaseTurns
from adapters.desk_key import DeskKey
from adapters.finance.file_desk import FileFinanceDesk
from adapters.finance.http_desk import HttpFinanceDesk
from adapters.mail.file_outbox import FileOutboxNotifier
from adapters.mail.page_sender import MessagePageSender
from adapters.mail.smtp import SmtpNotifier
from adapters.pager_notifier import PagerNotifier
from adapters.provider.desk import ProviderDesks
from adapters.rendering import Templates
from adapters.temporal.bootstrap import bootstrap, watch_namespace
from adapters.temporal.case_runs import TemporalCaseRuns
from adapters.temporal.connect import connect, connect_when_up, runtime_of
from adapters.temporal.running_cases import RunningCases
from adapters.temporal.schedule import WATCH_QUEUE, ensure_watch
from domain.notice import Address, Channel
from outward import mail_server, notify_of, signed_line
from settings import (
    Settings,
    load,
)
from starter import PendingStarter, case_keys_of, converter_of, records_of
from workflows.incident_case import IncidentCaseWorkflow
from workflows.options import exercise_queue
from workflows.watchkeeper import WATCHKEEPER, WatchkeeperWorkflow

STICKY = timedelta(seconds=1)
"""After a worker was killed the next task waits this long; the default is 10 s (measured)."""

WORKFLOW_TASKS = 5
"""Workflow tasks at once: updates stay quick while a backlog drains (measured)."""

GRACE = timedelta(seconds=10)
"""Longer than the longest send of the embedded default; past it activities run again elsewhere."""


def workflow_runner() -> SandboxedWorkflowRunner:
    """Return the sandbox that workers, tests and the replayer share."""
    restrictions = SandboxRestrictions.default.with_import_notification_policy(
        SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
        | SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
    )
    return SandboxedWorkflowRunner(restrictions=restrictions)


def utc_now() -> datetime:
    """Return the instant: the clock enters here."""
    return datetime.now(UTC)


class Doors(NamedTuple):
    """The ways out that one kind of case has.

    Attributes:
        notifier: Carries messages.
        finance: Takes packs.
        receipts: Can be asked what became of messages, when any channel can.
        exercises: Whether they are those of exercises.
    """

    notifier: Notifier
    finance: FinanceDesk
    receipts: ReceiptSource | None
    exercises: bool


def real_doors(settings: Settings, engine: AsyncEngine) -> Doors:
    """Return what the settings choose; without a choice messages and packs are files."""
    files = FileOutboxNotifier(settings.outbox, settings.sender)
    files.sweep()
    chosen: dict[Channel, Notifier] = {}
    notify = notify_of(settings, engine, utc_now)
    if notify is not None:
        chosen.update({"email": notify, "sms": notify, "page": notify})
    if settings.mail is not None:
        chosen["email"] = SmtpNotifier(mail_server(settings.mail), settings.sender)
    if settings.providers:
        lines = {name: signed_line(desk, utc_now) for name, desk in settings.providers.items()}
        chosen["provider-message"] = ProviderDesks(lines, files)
    finance: FinanceDesk = FileFinanceDesk(settings.outbox)
    if settings.finance is not None:
        line = signed_line(settings.finance, utc_now)
        finance = HttpFinanceDesk(line, FileFinanceDesk(settings.outbox), settings.outbox)
    return Doors(ByChannel(chosen, files), finance, notify, exercises=False)


def exercise_doors(outbox: Path, sender: str) -> Doors:
    """Return the sinks of exercises: files beside the outbox. No other way can be named here."""
    sink = outbox.with_name(outbox.name + "-exercises")
    files = FileOutboxNotifier(sink, sender)
    files.sweep()
    return Doors(files, FileFinanceDesk(sink), None, exercises=True)


def build_notices(
    settings: Settings,
    engine: AsyncEngine,
    doors: Doors,
    pager: DatabasePager,
    meeting: Meeting | None = None,
) -> Notices:
    """Return what tells people, over the doors it may use; pages to staff are the pager's."""
    desks = {
        "finance": Address(name="MHCLG finance", email=settings.finance_email),
        "ncsc": Address(name="NCSC incident management", email=settings.ncsc_email),
    }
    return Notices(
        PagerNotifier(pager, doors.notifier),
        DatabaseNoticeBook(engine, utc_now),
        RegisterAddresses(Registers(engine, utc_now), desks),
        templates_of(settings),
        meeting,
    )


def templates_of(settings: Settings) -> Templates:
    """Return the words of every notice."""
    return Templates(settings.duty_line, CheckWords(settings.check_word_key()))


def build_pager(settings: Settings, engine: AsyncEngine, doors: Doors) -> DatabasePager:
    """Return the pager of one kind of case."""
    return DatabasePager(
        engine,
        Registers(engine, utc_now),
        MessagePageSender(doors.notifier, templates_of(settings), utc_now),
        utc_now,
        exercises=doors.exercises,
    )


def build_outward(
    settings: Settings, engine: AsyncEngine, doors: Doors, meeting: Meeting
) -> list[Callable[..., Any]]:
    """Return the activities that reach people, over the doors they may use."""
    pager = build_pager(settings, engine, doors)
    paging = Paging(pager)
    return [
        build_notices(settings, engine, doors, pager, meeting).deliver_notices,
        paging.enter_pages,
        paging.send_page,
        Billing(doors.finance).hand_off_billing,
    ]


def build_activities(
    settings: Settings, engine: AsyncEngine, doors: Doors
) -> list[Callable[..., Any]]:
    """Return every activity of real cases over its adapter, and what all cases share."""
    meeting = Meeting()
    return [
        Recording(records_of(settings, engine), meeting).record_facts,
        Refreshing(Registers(engine, utc_now)).read_reference,
        Rotation(DatabaseTurns(engine, utc_now)).reserve_turn,
        *build_outward(settings, engine, doors, meeting),
    ]


def build_worker(
    client: Client, task_queue: str, activities: Sequence[Callable[..., Any]]
) -> Worker:
    """Return the worker of the cases."""
    return Worker(
        client,
        task_queue=task_queue,
        workflows=[IncidentCaseWorkflow],
        activities=activities,
        workflow_runner=workflow_runner(),
        max_concurrent_workflow_tasks=WORKFLOW_TASKS,
        sticky_queue_schedule_to_start_timeout=STICKY,
        graceful_shutdown_timeout=GRACE,
    )


def build_exercise_worker(client: Client, settings: Settings, engine: AsyncEngine) -> Worker:
    """Return the worker of what exercises send out: it holds sinks and nothing else.

    An exercise's case asks for its messages on this worker's queue, so whatever is chosen for real
    cases is out of its reach.
    """
    doors = exercise_doors(settings.outbox, settings.sender)
    return Worker(
        client,
        task_queue=exercise_queue(settings.task_queue),
        activities=build_outward(settings, engine, doors, Meeting()),
        graceful_shutdown_timeout=GRACE,
    )


def build_receipts(
    client: Client, settings: Settings, engine: AsyncEngine, doors: Doors
) -> Receipts:
    """Return what asks for receipts and tells cases of them."""
    return Receipts(
        DatabaseReceipts(engine, utc_now),
        doors.receipts,
        RunningCases(client, DeskKey.from_file(settings.desk_key), utc_now),
        build_notices(settings, engine, doors, build_pager(settings, engine, doors)),
    )


def build_comparing(
    client: Client,
    settings: Settings,
    engine: AsyncEngine,
    doors: Doors,
    grace: timedelta = SILENT_AFTER,
) -> Comparing:
    """Return what compares cases on record with what runs, and pages on their behalf."""
    sinks = exercise_doors(settings.outbox, settings.sender)
    return Comparing(
        Findings(engine, utc_now),
        TemporalCaseRuns(client),
        {
            False: build_pager(settings, engine, doors),
            True: build_pager(settings, engine, sinks),
        },
        Registers(engine, utc_now).policy,
        utc_now,
        grace,
    )


def build_rejected(settings: Settings, engine: AsyncEngine, doors: Doors) -> RejectedPaging:
    """Return what pages about reports that could not be read."""
    pager = build_pager(settings, engine, doors)
    quarantine = Quarantine(engine, utc_now, case_keys_of(settings))
    return RejectedPaging(quarantine, pager, utc_now, Registers(engine, utc_now).policy)


def build_watchkeeper(
    client: Client, watch: Client, settings: Settings, engine: AsyncEngine, doors: Doors
) -> Worker:
    """Return the worker of the watchkeeper's namespace."""
    pending = PendingStarter(
        client=client,
        task_queue=settings.task_queue,
        intake=Intake(engine, utc_now, case_keys_of(settings)),
        registers=Registers(engine, utc_now),
        key=DeskKey.from_file(settings.desk_key),
        news=RegisterNews(engine),
        now=utc_now,
    )
    watching = Watching(pending)
    return Worker(
        watch,
        task_queue=WATCH_QUEUE,
        workflows=[WatchkeeperWorkflow],
        activities=[
            watching.start_pending,
            watching.tell_registers,
            build_receipts(client, settings, engine, doors).poll,
            build_comparing(client, settings, engine, doors).compare,
            build_rejected(settings, engine, doors).page,
        ],
        workflow_runner=workflow_runner(),
    )


async def run(settings: Settings) -> None:
    """Connect, make sure of namespaces and schedule, and work until told to stop."""
    settings.data.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(prepare, settings.database)
    address, namespace = settings.temporal_address, settings.temporal_namespace
    converter = converter_of(settings)
    runtime = runtime_of(settings.metrics_port)  # held until the end of this process
    client = await connect_when_up(address, namespace, converter, runtime)
    await bootstrap(client, namespace)
    watch = await connect(address, watch_namespace(namespace), converter)
    await ensure_watch(watch, WATCHKEEPER, timedelta(seconds=settings.watch_every_s))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    engine = create_engine(settings.database)
    await sign_once(engine, DeskKey.from_file(settings.desk_key), settings.data)
    await begin(Registers(engine, utc_now), settings.policy_file)
    doors = real_doors(settings, engine)  # one of each: they keep connections, limits and files
    async with (
        build_worker(client, settings.task_queue, build_activities(settings, engine, doors)),
        build_exercise_worker(client, settings, engine),
        build_watchkeeper(client, watch, settings, engine, doors),
    ):
        if settings.worker_ready_file is not None:
            settings.worker_ready_file.write_text("ready\n")
        await stopped.wait()


if __name__ == "__main__":
    logs.begin()
    try:
        asyncio.run(run(load()))
    except DatabaseNotReadyError as error:
        sys.exit(str(error))
    sys.stdout.flush()
    os._exit(0)  # an ordinary exit of a process that used the SDK may crash
