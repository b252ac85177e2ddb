"""Tries what the settings name, for real: ``python trial.py`` prints one JSON line for each part.

It connects, secures the line, signs in, and sends nothing to anybody. It runs where the settings
and their secrets are; ``cir doctor`` runs it and shows what it says.
"""

import asyncio
import json
import os
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import httpx2
from aiosmtplib import SMTPException
from temporalio.converter import DataConverter
from temporalio.service import RPCError

from adapters.database.engine import create_engine
from adapters.database.policy_start import differing
from adapters.database.readiness import check_ready, revision_of
from adapters.database.registers import Registers
from adapters.mail.smtp import SmtpNotifier
from adapters.policies import read_policy
from adapters.temporal.bootstrap import (
    SEARCH_ATTRIBUTES,
    listed_search_attributes,
    watch_namespace,
)
from adapters.temporal.connect import connect
from adapters.temporal.presence import server_time
from outward import mail_server, notify_of, signed_line
from settings import PartnerSettings, Settings, SettingsError, load

WITHIN = 20.0
"""Seconds one part may take [our default]."""

SKEW = timedelta(seconds=2)
"""How far this machine's clock may be from the Temporal server's [our default]: deadlines are
counted by the server's clock and late pages by ours."""


WRONG = (OSError, RuntimeError, ValueError, SMTPException, RPCError, httpx2.HTTPError)
"""What may go wrong with a part; our own bugs are not among it."""


class Row(NamedTuple):
    """What a part says: how it stands, or what to mend."""

    part: str
    ok: bool
    says: str


def utc_now() -> datetime:
    """Return the instant; a command line is an edge."""
    return datetime.now(UTC)  # noqa: TID251


async def tried(part: str, asking: Awaitable[str], mend: str) -> Row:
    """Return what one part says; whatever goes wrong is said with what to mend, and no secret."""
    try:
        return Row(part, ok=True, says=await asyncio.wait_for(asking, WITHIN))
    except TimeoutError:
        return Row(part, ok=False, says=f"no answer within {WITHIN:.0f} s. {mend}")
    except WRONG as error:
        words = (str(error).strip().splitlines() or [""])[0] or type(error).__name__
        return Row(part, ok=False, says=f"{words}. {mend}")


async def parts(settings: Settings) -> AsyncIterator[Row]:
    """Try every part that the settings name."""
    yield await tried("outbox", _outbox(settings), "Let this account write there.")
    yield await tried("policy", _policy(settings), "Mend it: cir policy check FILE.")
    if settings.mail is not None:
        yield await tried("mail", _mail(settings), "Mend [mail] in cir.toml, or the server.")
    if settings.notify is not None:
        yield await tried("notify", _notify(settings), "Mend [notify] in cir.toml: key, templates.")
    for name, desk in settings.providers.items():
        mend = f"Mend [providers.{name}] in cir.toml, or ask the provider."
        yield await tried(f"provider {name}", _partner(desk), mend)
    if settings.finance is not None:
        mend = "Mend [finance] in cir.toml, or ask finance."
        yield await tried("finance", _partner(settings.finance), mend)
    yield await tried("temporal", _temporal(settings), "cir local up; else CIR_TEMPORAL_ADDRESS.")
    yield await tried("clock", _clock(settings), "Set the clock of this machine by NTP.")


async def _outbox(settings: Settings) -> str:
    """Write to the sink and take it back; a sink that is not there yet is not made."""
    if not settings.outbox.exists():
        return f"{settings.outbox} is made with the first message"
    probe = settings.outbox / f".doctor.{secrets.token_hex(4)}"
    await asyncio.to_thread(probe.write_text, "doctor\n")
    await asyncio.to_thread(probe.unlink)
    return f"{settings.outbox} can be written"


async def _policy(settings: Settings) -> str:
    """Compare the file with the policy on record; a database that is not there yet is not made."""
    path, url = settings.policy_file, settings.database
    if await asyncio.to_thread(revision_of, url) is not None:
        await asyncio.to_thread(check_ready, url)
        engine = create_engine(url)
        try:
            words = await differing(Registers(engine, utc_now), path)
        finally:
            await engine.dispose()
        if words is not None:
            return words or f"the one on record is in force, and {path} says the same"
    await asyncio.to_thread(read_policy, path)
    return f"{path} goes on record at the first start"


async def _mail(settings: Settings) -> str:
    chosen = settings.mail
    assert chosen is not None  # noqa: S101  (asked before)
    server = mail_server(chosen)
    await SmtpNotifier(server, settings.sender).greet()
    who = f"signed in as {chosen.user}" if chosen.user else "not signed in"
    return f"{chosen.host}:{chosen.port} answers ({chosen.security}, {who})"


async def _notify(settings: Settings) -> str:
    engine = create_engine(settings.database)
    try:
        notify = notify_of(settings, engine, utc_now)
        assert notify is not None  # noqa: S101  (asked before)
        await notify.greet()
    finally:
        await engine.dispose()
    return "signed in, both templates are there"


async def _partner(desk: PartnerSettings) -> str:
    """Reach a desk and read our own secret; a signed message would be taken for a real one."""
    signed_line(desk, utc_now)
    async with httpx2.AsyncClient(timeout=desk.timeout_s, trust_env=False) as client:
        answer = await client.options(str(desk.url))
    if answer.status_code == httpx2.codes.NOT_FOUND:
        raise ValueError(f"{desk.url} answered 404: there is no desk")
    is_broken = httpx2.codes.is_server_error(answer.status_code)
    if is_broken and answer.status_code != httpx2.codes.NOT_IMPLEMENTED:  # of the question only
        raise ValueError(f"{desk.url} answered {answer.status_code}")
    return f"{desk.url} is reached (answered {answer.status_code}); nothing was sent"


async def _temporal(settings: Settings) -> str:
    address, namespace = settings.temporal_address, settings.temporal_namespace
    converter = DataConverter.default  # no payload is sent
    client = await connect(address, namespace, converter)
    listed = await listed_search_attributes(client, namespace)
    missing = [name for name, kind in SEARCH_ATTRIBUTES.items() if listed.get(name) != kind]
    if missing:
        said = f"namespace {namespace} lacks {', '.join(missing)}"
        raise ValueError(f"{said}: python -m adapters.temporal.bootstrap {address} {namespace}")
    watch = await connect(address, watch_namespace(namespace), converter)
    await listed_search_attributes(watch, watch.namespace)
    return f"{address} answers, namespace {namespace} and its search attributes are there"


async def _clock(settings: Settings) -> str:
    address, namespace = settings.temporal_address, settings.temporal_namespace
    client = await connect(address, namespace, DataConverter.default)  # no payload is sent
    before = utc_now()
    theirs = await server_time(client)
    after = utc_now()
    skew = max(before - theirs, theirs - after, timedelta(0))
    if skew > SKEW:
        raise ValueError(f"{skew.total_seconds():.1f} s away from the Temporal server's")
    return f"within {SKEW.total_seconds():.0f} s of the Temporal server's"


async def main() -> None:
    """Try everything and print it."""
    async for row in parts(load()):
        sys.stdout.write(json.dumps(row._asdict()) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except SettingsError as error:
        sys.exit(str(error))
    sys.stdout.flush()
    os._exit(0)  # an ordinary exit of a short process that used the SDK may crash
