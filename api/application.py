"""Composition of the desk: the one place in ``api/`` that knows ports and adapters."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.exceptions import HTTPException
from temporalio.client import Client

from adapters.database.attempts import Attempts
from adapters.database.audit import Audit
from adapters.database.case_acts import CaseActs
from adapters.database.cases import Cases
from adapters.database.confirmations import Confirmations
from adapters.database.engine import create_engine
from adapters.database.figures import DatabaseFigures
from adapters.database.findings import Findings
from adapters.database.intake import Intake
from adapters.database.policy_start import begin
from adapters.database.quarantine import Quarantine
from adapters.database.receipts import DatabaseReceipts
from adapters.database.register_changes import RegisterChanges
from adapters.database.register_news import RegisterNews
from adapters.database.register_record import RegisterRecord
from adapters.database.registers import Registers
from adapters.database.reporting import Reporting
from adapters.database.retention import Retention
from adapters.database.webhooks import Webhooks
from adapters.desk_key import DeskKey
from adapters.temporal.asking import CaseAsker
from adapters.temporal.bootstrap import watch_namespace
from adapters.temporal.connect import connect
from adapters.temporal.instructing import Instructor
from adapters.temporal.presence import Presence
from adapters.temporal.remote_codec import RemoteCodec
from adapters.temporal.sealing import codec_of
from api import (
    acknowledgements,
    alive,
    audit,
    case_acts,
    changes,
    codec,
    explaining,
    inbox,
    instructions,
    intake,
    metrics,
    paper,
    provider_messages,
    reads,
    receipts,
    registers,
    rejected,
    reporting,
    reports,
    schemas,
)
from api.answers import Answer, database_away, fault, misread, no_door, say
from api.buckets import Buckets
from api.desk import Desk
from api.disposing import Disposer
from api.explaining import Explainer
from api.keys import keys_of
from api.looking import Looking
from api.outside import Keys, Outside
from api.reviving import Reviver
from api.watchdog import Watchdog
from outward import mailer_of
from settings import DoorsSettings, Settings
from starter import case_keys_of, converter_of, records_of, tell_cases_now


def utc_now() -> datetime:
    """Return the instant; the desk is an edge, and time enters here."""
    return datetime.now(UTC)  # noqa: TID251


def watchdog_of(settings: Settings, engine: AsyncEngine, client: Client) -> Watchdog:
    """Return the watchdog over the desk's own ways out."""
    chosen = settings.watchdog
    seconds = {
        "server": chosen.server_s,
        "worker": chosen.worker_s,
        "watchkeeper": chosen.watchkeeper_s,
        "database": chosen.database_s,
    }
    return Watchdog(
        presence=Presence(client, settings.task_queue),
        stamps=Findings(engine, utc_now),
        staff=Registers(engine, utc_now),
        mailer=mailer_of(settings, engine, utc_now),
        also=chosen.also,
        memory=settings.data / "watchdog.json",
        patience={name: timedelta(seconds=length) for name, length in seconds.items()},
        now=utc_now,
    )


STAFF = (
    *(codec, inbox, intake, registers, changes, case_acts),
    *(rejected, reads, explaining, instructions, schemas, metrics, audit, reporting, paper),
)
"""The doors of staff, each with its token."""

OUTSIDE = (alive, reports, provider_messages, receipts, acknowledgements)
"""The doors of those outside, each with a signature or a token of its own."""


def build_application(settings: Settings) -> FastAPI:
    """Return the desk as an application; the doors for those outside too, unless bound apart."""
    app = _application("cir desk", settings, watches=True)
    app.add_middleware(codec.CodecOrigins, origins=codec.origins_of(settings.ui_url))
    outward = OUTSIDE if settings.doors.port is None else (alive,)
    for door in (*outward, *STAFF):
        app.include_router(door.router)
    return app


def build_outside(settings: Settings) -> FastAPI:
    """Return the doors for those outside as an application of their own."""
    app = _application("cir doors for those outside", settings, watches=False)
    for door in OUTSIDE:
        app.include_router(door.router)
    return app


def _application(title: str, settings: Settings, *, watches: bool) -> FastAPI:
    keys = keys_of(settings)  # what is wrong with them is said before anything is served

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        """Hold what the doors stand on for as long as they are served."""
        async with _held(app, settings, keys), _watched(app, settings, watches=watches):
            yield

    app = FastAPI(title=title, version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_exception_handler(Answer, say)
    app.add_exception_handler(RequestValidationError, misread)
    app.add_exception_handler(HTTPException, no_door)
    for away in (OperationalError, ProgrammingError, NoConnectionError):
        app.add_exception_handler(away, database_away)
    app.add_exception_handler(Exception, fault)
    return app


@asynccontextmanager
async def _held(app: FastAPI, settings: Settings, keys: Keys) -> AsyncIterator[None]:
    """Connect to database and Temporal, and put what stands on them where the doors find it."""
    engine = create_engine(settings.database)
    converter = converter_of(settings)
    namespace = settings.temporal_namespace
    client = await connect(settings.temporal_address, namespace, converter, lazy=True)
    app.state.engine = engine
    app.state.client = client
    app.state.codec = RemoteCodec(codec_of(converter), namespace)
    app.state.task_queue = settings.task_queue
    app.state.explainer = Explainer(CaseAsker(client))
    app.state.desk = await _desk(settings, engine, client)
    await begin(app.state.desk.registers, settings.policy_file)
    desk_key = DeskKey.from_file(settings.desk_key)
    app.state.audit = Audit(engine, case_keys_of(settings), desk_key, utc_now)
    app.state.reporting = Reporting(engine)
    app.state.figures = DatabaseFigures(engine, utc_now)
    watch = watch_namespace(namespace)
    looking = Looking(await connect(settings.temporal_address, watch, converter, lazy=True))
    app.state.outside = _outside(settings.doors, keys, engine, client, app.state.desk, looking.now)
    yield
    await looking.end()
    await engine.dispose()


@asynccontextmanager
async def _watched(app: FastAPI, settings: Settings, *, watches: bool) -> AsyncIterator[None]:
    """Let the watchdog look on meanwhile, where it is to."""
    watchdog = watchdog_of(settings, app.state.engine, app.state.client)
    watching = asyncio.create_task(watchdog.watch(settings.watchdog.every_s)) if watches else None
    yield
    if watching is not None:
        watching.cancel()


async def _desk(settings: Settings, engine: AsyncEngine, client: Client) -> Desk:
    known, key = Registers(engine, utc_now), DeskKey.from_file(settings.desk_key)
    news, keys = RegisterNews(engine), case_keys_of(settings)
    acts = CaseActs(engine, utc_now, keys)
    reviver = Reviver(
        client=client,
        task_queue=settings.task_queue,
        records=records_of(settings, engine),
        registers=known,
        acts=acts,
        now=utc_now,
    )
    await known.publish_desk_key(key.id, key.public)
    return Desk(
        registers=known,
        changes=RegisterChanges(engine, utc_now),
        register_record=RegisterRecord(engine),
        cases=Cases(engine, utc_now, keys),
        confirmations=Confirmations(engine, utc_now, keys),
        intake=Intake(engine, utc_now, keys),
        attempts=Attempts(engine, utc_now),
        findings=Findings(engine, utc_now),
        quarantine=Quarantine(engine, utc_now, keys),
        instructor=Instructor(client),
        tell_cases=lambda: tell_cases_now(client, news),
        acts=acts,
        doing={
            "case-revive": reviver,
            "case-dispose": Disposer(engine, keys, known, acts, utc_now),
        },
        retention=Retention(engine, utc_now),
        key=key,
        now=utc_now,
    )


def _outside(
    doors: DoorsSettings,
    keys: Keys,
    engine: AsyncEngine,
    client: Client,
    desk: Desk,
    look_now: Callable[[], None],
) -> Outside:
    return Outside(
        keys=keys,
        desk=desk,
        webhooks=Webhooks(engine, utc_now),
        receipts=DatabaseReceipts(engine, utc_now),
        asker=CaseAsker(client),
        buckets=Buckets(doors.burst, doors.per_second, asyncio.get_running_loop().time),
        look_now=look_now,
        now=utc_now,
    )
