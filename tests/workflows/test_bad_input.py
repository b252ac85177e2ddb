"""Whatever comes to the outside doors has one status, one code, and a trace a person can find."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from adapters.database.engine import reading
from adapters.database.tables import QuarantineRow, RefusedAttemptRow, WebhookRow
from domain.report_json import MAX_BYTES
from logs import Lines
from stack.layout import Ports
from tests.databases import Databases
from tests.outside import SECRETS, signed
from tests.town import Town, a_town

pytestmark = pytest.mark.server

TOO_OLD = timedelta(seconds=310)
LATIN = '{"command": "contact-attempted", "result": "Büro"}'.encode("latin-1")


class Street(NamedTuple):
    """A town with one case that alder was called out to."""

    town: Town
    case: str


class Sent(NamedTuple):
    """One request."""

    path: str
    body: bytes
    headers: dict[str, str]


@pytest.fixture(scope="module")
async def street(
    client: Client,
    temporal: Ports,
    databases: Databases,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Street]:
    """Give the street that every row of the table is tried in."""
    folder = tmp_path_factory.mktemp("street")
    async with a_town(client, temporal, databases, kind, folder) as town:
        case = await town.called_out("alder")
        yield Street(town, case.reference)


def message(case: str, command: str = "provider-acknowledged", **inputs: Any) -> bytes:
    return json.dumps({"command": command, "case": case, **inputs}).encode()


def by_alder(body: bytes, who: str = "alder", age: timedelta = timedelta(0)) -> Sent:
    """Return a request to alder's door."""
    return Sent("/providers/alder/messages", body, signed(body, who, None, age))


def by_kestrel(body: bytes) -> Sent:
    return Sent("/providers/kestrel/messages", body, signed(body, "kestrel"))


def report(body: bytes) -> Sent:
    return Sent("/reports", body, over_bytes(body, "ncsc"))


def over_bytes(body: bytes, who: str) -> dict[str, str]:
    """Return the headers of bytes that are no text; the library signs text only."""
    headers = signed(b"", who)
    told = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode()
    secret = base64.b64decode(SECRETS[who].removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(secret, told + body, hashlib.sha256)).decode()
    return {**headers, "webhook-signature": f"v1,{signature}"}


def unsigned(case: str) -> Sent:
    return Sent("/providers/alder/messages", message(case), {})


def changed_on_the_way(case: str) -> Sent:
    sent = by_alder(message(case))
    return sent._replace(body=sent.body.replace(b"acknowledged", b"declined"))


def half_a_signature(case: str) -> Sent:
    sent = by_alder(message(case))
    return sent._replace(headers={**sent.headers, "webhook-signature": "v1,####"})


def in_no_time(case: str) -> Sent:
    sent = by_alder(message(case))
    return sent._replace(headers={**sent.headers, "webhook-timestamp": "yesterday"})


def deep(case: str) -> Sent:
    return by_alder(message(case)[:-1] + b', "x": ' + b"[" * 40 + b"]" * 40 + b"}")


def non_utf8(case: str) -> Sent:
    del case
    return Sent("/providers/alder/messages", LATIN, over_bytes(LATIN, "alder"))


def twice(case: str) -> bytes:
    return message(case)[:-1] + b', "case": "CIR-2026-000002"}'


DOORS = {
    "/reports": "POST /reports",
    "/providers/alder/messages": "POST /providers/messages",
    "/providers/kestrel/messages": "POST /providers/messages",
}
SIGNS = {
    "/reports": "ncsc",
    "/providers/alder/messages": "alder",
    "/providers/kestrel/messages": "kestrel",
}

SCOPE = {"summary": "Contain it.", "agreed_by": "Joanna Hale"}

TABLE: dict[str, tuple[Callable[[str], Sent], int, str]] = {
    "unsigned": (unsigned, 401, "unsigned"),
    "half a signature": (half_a_signature, 401, "unsigned"),
    "a time that is none": (in_no_time, 401, "bad-signature"),
    "wrongly signed": (lambda c: by_alder(message(c), "nobody"), 401, "bad-signature"),
    "changed on the way": (changed_on_the_way, 401, "bad-signature"),
    "wrong provider": (lambda c: by_alder(message(c), "kestrel"), 401, "bad-signature"),
    "stale": (lambda c: by_alder(message(c), "alder", TOO_OLD), 401, "stale"),
    "ahead of time": (lambda c: by_alder(message(c), "alder", -TOO_OLD), 401, "stale"),
    "huge": (lambda c: by_alder(message(c, note="x" * 600_000)), 413, "too-large"),
    "endless": (lambda c: by_alder(message(c, note="x" * 2_200_000)), 413, "too-large"),
    "deep": (deep, 422, "too-deep"),
    "non-UTF-8": (non_utf8, 400, "not-json"),
    "not JSON": (lambda _: by_alder(b"call me back"), 400, "not-json"),
    "not an object": (lambda _: by_alder(b"[]"), 400, "not-json"),
    "half a character": (lambda c: by_alder(message(c, responder="\ud800")), 400, "not-json"),
    "duplicate key": (lambda c: by_alder(twice(c)), 400, "duplicate-key"),
    "unknown command": (lambda c: by_alder(message(c, "explode")), 400, "unknown-command"),
    "a command of staff": (lambda c: by_alder(message(c, "decide")), 403, "role-not-allowed"),
    "no case": (lambda _: by_alder(message("all of them")), 422, "invalid-input"),
    "wrong inputs": (lambda c: by_alder(message(c, "contact-made")), 422, "invalid-input"),
    "wrong case": (lambda _: by_alder(message("CIR-2026-999998")), 403, "not-the-provider"),
    "another firm's case": (lambda c: by_kestrel(message(c)), 403, "not-the-provider"),
    "out of order": (
        lambda c: by_alder(message(c, "agree-scope", **SCOPE)), 422, "contact-not-made",
    ),
    "a report in Latin-1": (lambda _: report(LATIN), 422, "invalid-report"),
    "a huge report": (lambda _: report(b" " * (MAX_BYTES + 1)), 413, "invalid-report"),
    "a deep report": (lambda _: report(b"[" * 5000), 422, "invalid-report"),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLE)
async def test_bad_input_has_one_status_one_code_and_a_trace(
    street: Street, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    make, status, code = TABLE[name]
    sent = make(street.case)
    before = await traces(street.town)
    reply = await street.town.desk.ask("POST", sent.path, sent.body, sent.headers)
    assert (reply.status, reply.error["code"]) == (status, code)
    kept = "quarantine" if code == "invalid-report" else code
    assert await traces(street.town) == [*before, kept]
    told = turned_away(caplog)
    assert told.pop("at")
    assert told == {
        "level": "warning", "logger": "cir.doors", "event": "turned-away", "code": code,
        "door": DOORS[sent.path], "sender": sender_of(sent, status, name), "size": len(sent.body),
    }  # fmt: skip


def turned_away(caplog: pytest.LogCaptureFixture) -> dict[str, Any]:
    """Return the one line of the log about who was turned away, as the desk writes it."""
    (record,) = [one for one in caplog.records if one.name == "cir.doors"]
    told: dict[str, Any] = json.loads(Lines().format(record))
    return told


def sender_of(sent: Sent, status: int, name: str) -> str | None:
    """Return who is known to have sent it: nobody, before a signature is found good."""
    if status == 401 or name == "endless":
        return None
    return SIGNS[sent.path]


async def test_a_message_played_again_is_answered_the_same_and_counted(
    street: Street, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cir.doors")
    attempt = {"channel": "phone", "result": "no answer"}
    sent = by_alder(message(street.case, "contact-attempted", **attempt))
    desk = street.town.desk
    first = await desk.ask("POST", sent.path, sent.body, sent.headers)
    again = await desk.ask("POST", sent.path, sent.body, sent.headers)
    assert (first.status, again.status, again.json) == (200, 200, first.json)
    query = select(col(WebhookRow.repeats)).where(
        col(WebhookRow.id).endswith(sent.headers["webhook-id"])
    )
    async with reading(street.town.office.engine) as connection:
        assert (await connection.execute(query)).scalar_one() == 1
    told = turned_away(caplog)
    assert (told["event"], told["door"], told["sender"], told["size"]) == (
        "came-again", "POST /providers/messages", "alder", len(sent.body),
    )  # fmt: skip


async def traces(town: Town) -> list[str]:
    """Return the code of everything that was refused or kept, oldest first."""
    async with reading(town.office.engine) as connection:
        refused = select(col(RefusedAttemptRow.code)).order_by(col(RefusedAttemptRow.id))
        codes = [row.code for row in await connection.execute(refused)]
        kept = (await connection.execute(select(col(QuarantineRow.id)))).all()
    return [*codes, *("quarantine" for _ in kept)]
