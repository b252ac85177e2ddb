"""Record closed cases for the replay tests: ``python -m tests.record_histories [FOLDER]``.

Four stories go into ``tests/histories/<version>``, or into FOLDER there: the demo's case, one
refused, one withdrawn and one that carried over to a second run, each run with what it must bring
about again beside it.
Histories of a release are kept for ever: raise the version before recording for the next one.
What activities were given is taken out: a replay does not read it, and its facts stand beside.
Payloads are sealed with the tests' keyring (``tests/keys``), which opens them again.
"""

import asyncio
import json
import os
import shutil
import socket
import sys
import tempfile
import tomllib
from base64 import b64decode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from temporalio.client import Client, WorkflowHistory

from activities.records import FactBatch
from adapters.database.migrate import migrate
from adapters.temporal.bootstrap import bootstrap
from adapters.temporal.remote_codec import RemoteCodec
from adapters.temporal.sealing import codec_of
from domain.case import Case
from domain.command import Rows
from domain.fact import Fact
from domain.people import Role
from domain.policy import Policy
from settings import ROOT
from stack.demo import differences
from stack.layout import LOOPBACK
from stack.local import temporal_server
from tests import live
from tests.databases import FileDatabase
from tests.live import Ask, LiveCase, Office
from tests.replaying import HISTORIES, told
from tests.sealing import converter

NAMESPACE = "cir-histories"
IDENTITY = "cir-recorder"
"""Stands in every history in the place of a process and its host."""

PATIENCE = 120.0
"""Seconds a closed case may take to be archived [our default]; its windows are 3 s."""

SAID_BY = {
    "name": "Marian Tolley",
    "post": "Head of ICT",
    "verified": {"how": "call-back to the number on the register", "by": "kaya"},
}


class NotRecordedError(RuntimeError):
    """A story did not go as it is written, or its history must not be kept."""


def policy() -> Policy:
    """Return the defaults at the speed of a recording."""
    default = (ROOT / "policy" / "default.toml").read_text()
    return Policy.from_toml((ROOT / "tests/policies/histories.toml").read_text(), default=default)


async def supported(office: Office) -> tuple[LiveCase, list[str]]:
    """Walk the demo's case: breach, page, response, recovery, pack, closure."""
    script = json.loads((ROOT / "examples" / "demo.json").read_text())
    case = await office.open(policy())
    for step in script["steps"][1:]:
        if "wait_for_page" in step:
            await case.fact("paged", rung=1, about=f"{step['wait_for_page']}#1")
            continue
        name, inputs = command_line(step["cir"])
        await give(office, case, name, step["as"], **inputs, **step.get("input", {}))
        if step.get("wait_for_call_out"):
            await case.fact("provider-called-out")
    await case.settled()
    problems = list(differences(script["expected"], await shown(office, case)))
    if problems:
        raise NotRecordedError("The demo's case ended otherwise: " + "; ".join(problems))
    return case, [await run_of(case)]


async def refused(office: Office) -> tuple[LiveCase, list[str]]:
    """Walk a case that does not qualify, with a signal that is refused on the way."""
    case = await office.open(policy(), ncsc={"reference": "NCSC-EX-009105"})
    await give(office, case, "acknowledge")
    await give(office, case, "request-info", questions=["Are backups intact?"], channel="email")
    await case.handle.signal("acknowledge", case.command("acknowledge", Ask("priya")))
    await case.fact("instruction-refused")
    await give(office, case, "record-info", answers="They are; one office is without mail.")
    await give(office, case, "record-category", category="C4", given_by="ncsc")
    tests = {**live.QUALIFIES["tests"], "operations": "no"}  # type: ignore[dict-item]
    reason = "C4: one office without mail, services are up."
    await give(office, case, "decide", result="not-qualified", tests=tests, reason=reason)
    return case, [await run_of(case)]


async def withdrawn(office: Office) -> tuple[LiveCase, list[str]]:
    """Walk a case with an alarm, a hand-over and an unstamped signal, which is withdrawn."""
    impact = {"risk_to_life": "yes", "safeguarding_risk": "no"}
    case = await office.open(policy(), impact=impact)
    await case.fact("paged", about="alarm:life-risk#1")
    await give(office, case, "acknowledge-escalation", "priya", about="alarm:life-risk")
    await give(office, case, "acknowledge")
    await give(office, case, "hand-over", to="priya", open_actions=["Ring the council."])
    await give(office, case, "accept-hand-over", "priya")
    note = case.command("add-note", Ask(by_desk=False), text="The council may withdraw.")
    await case.handle.signal("add-note", note)
    await case.fact("note-added")
    reason = "The council's insurer has its own firm."
    await give(office, case, "withdraw", "priya", said_by=SAID_BY, reason=reason)
    return case, [await run_of(case)]


async def renewed(office: Office) -> tuple[LiveCase, list[str]]:
    """Walk a case that carries over to a second run, where the council declines."""
    case = await office.open(policy())
    await give(office, case, "acknowledge")
    while len(await case.events()) < 52:
        await give(office, case, "add-note", text="The internet link is unplugged.")
        await case.settled()
    first = await run_of(case)
    await case.handle.signal("renew")

    async def is_renewed() -> bool:
        return await run_of(case) != first

    await live.until(is_renewed, "the second run")
    decided: dict[str, Any] = live.QUALIFIES
    await give(office, case, "decide", **decided)
    called = await case.fact("provider-called-out")
    await give(office, case, "provider-acknowledged", called["payload"]["provider"])
    reason = "The insurer's firm is at work already."
    await give(office, case, "decline-service", said_by=SAID_BY, why="insurer-panel", reason=reason)
    return case, [first, await run_of(case)]


STORIES = (supported, refused, withdrawn, renewed)


async def give(office: Office, case: LiveCase, name: str, by: str = "kaya", **inputs: Any) -> None:
    """Give an instruction as the desk does: its stamp holds the rows of who is named in it."""
    command = case.command(name, Ask(by, by_desk=False), **inputs)
    said = command.model_dump_json()
    named = {one: roles for one, roles in office.roles.items() if f'"{one}"' in said}
    roles = office.roles.get(by, (Role.PROVIDER,))
    at = live.utc_now()
    rows = Rows(staff=named)
    await case.send(office.key.stamped(case.reference, command, roles, rows, at, 1))


async def run_of(case: LiveCase) -> str:
    """Return the id of the newest run."""
    return str((await case.handle.describe()).run_id)


async def shown(office: Office, case: LiveCase) -> dict[str, Any]:
    """Return the case as ``cir case show`` does."""
    found = await office.cases.show(case.reference)
    if found is None:
        raise NotRecordedError(f"{case.reference} is not on the record.")
    return found


def command_line(words: list[str]) -> tuple[str, dict[str, Any]]:
    """Return the command and the inputs that the words of ``cir`` stand for."""
    now = live.utc_now()
    today = now.astimezone(ZoneInfo("Europe/London")).date().isoformat()
    group, verb, _, *rest = words
    row = json.loads((ROOT / "cli" / "verbs.json").read_text())[group][verb]
    options = {f"--{one['flag']}": one for one in row["options"]}
    inputs: dict[str, Any] = {}
    for flag, value in zip(rest[::2], rest[1::2], strict=True):
        option = options.get(flag, {"place": flag.removeprefix("--")})
        *outer, last = option["place"].split(".")
        inner = inputs
        for part in outer:
            inner = inner.setdefault(part, {})
        said = value.format(today=today, now=now.isoformat())
        inner[last] = int(said) if option.get("kind") == "int" else said
    return row["command"], inputs


async def record(office: Office, target: Path) -> None:
    """Walk every story to its archive and keep its runs."""
    for story in STORIES:
        case, runs = await story(office)
        await asyncio.wait_for(case.handle.result(), PATIENCE)
        facts: tuple[Fact, ...] = ()
        for number, run in enumerate(runs, 1):
            name = story.__name__ if len(runs) == 1 else f"{story.__name__}-{number}"
            facts += await keep(office.client, case.reference, run, target / name)
        on_record = [[f["seq"], f["type"], f["by"]] for f in await case.facts()]
        if on_record != [[f.seq, f.type, f.by] for f in facts]:
            raise NotRecordedError(f"{story.__name__}: its runs do not tell what is on record.")
        say(f"{story.__name__}: {len(facts)} facts")


async def keep(client: Client, reference: str, run: str, stem: Path) -> tuple[Fact, ...]:
    """Write one run and what it must bring about again; return the facts it handed over."""
    handle = client.get_workflow_handle(reference, run_id=run)
    history = await handle.fetch_history()
    facts = tuple([fact async for fact in _handed_over(history)])
    case = await handle.query("case", result_type=Case)
    raw = json.loads(history.to_json())
    raw["events"] = [bare(event) for event in raw["events"]]
    write(stem.with_suffix(".json"), raw, await texts(raw))
    write(stem.with_suffix(".expected.json"), told(facts, case))
    return facts


UNREAD = {
    "taskId", "outcome", "taskQueue", "workerVersion", "historySizeBytes", "requestId", "identity",
    "userMetadata", "retryPolicy", "useWorkflowBuildId", "scheduleToCloseTimeout",
    "scheduleToStartTimeout", "startToCloseTimeout", "heartbeatTimeout",
}  # fmt: skip
"""Parts of an event that no replay reads, beside what activities were given."""


def bare(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event without what a replay does not read, and without empty parts."""
    kind = event["eventType"].removeprefix("EVENT_TYPE_")
    if kind == "WORKFLOW_EXECUTION_STARTED":
        return event
    unread = UNREAD | {"input"} if kind == "ACTIVITY_TASK_SCHEDULED" else UNREAD

    def kept(part: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in part.items() if key not in unread and value != {}}

    return {
        key: kept(value) if key.endswith("EventAttributes") else value
        for key, value in kept(event).items()
    }


async def _handed_over(history: WorkflowHistory) -> Any:
    for event in history.events:
        scheduled = event.activity_task_scheduled_event_attributes
        if scheduled.activity_type.name == "record-facts":
            (batch,) = await converter().decode(scheduled.input.payloads, [FactBatch])
            for fact in batch.facts:
                yield fact


def break_one(source: Path, target: Path) -> None:
    """Write a history whose first activity is another than the workflow asks for."""
    raw = json.loads(source.read_text())
    scheduled = (e.get("activityTaskScheduledEventAttributes") for e in raw["events"])
    next(one for one in scheduled if one)["activityType"]["name"] = "an-activity-of-another-time"
    write(target, raw)


def write(path: Path, value: dict[str, Any], sealed: Iterable[str] = ()) -> None:
    """Write JSON without a blank, unless it, or what is sealed in it, gives a machine away."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    places = (str(ROOT), tempfile.gettempdir(), f"@{socket.gethostname()}")
    for said in (text, *sealed):
        named = [place for place in places if place in said]
        if named:
            raise NotRecordedError(f"{path.name} names this machine: {', '.join(named)}.")
    path.write_text(text + "\n", encoding="utf-8")


async def texts(history: dict[str, Any]) -> list[str]:
    """Return every payload of a history, opened, as its text."""
    asked = json.dumps({"payloads": list(_payloads(history))}).encode()
    opened = await RemoteCodec(codec_of(converter()), NAMESPACE).decode(asked)
    return [b64decode(one.get("data", "")).decode("utf-8", "replace") for one in opened["payloads"]]


def _payloads(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every payload of a history."""
    if isinstance(value, dict):
        if isinstance(value.get("data"), str) and "metadata" in value:
            yield value
        else:
            for inner in value.values():
                yield from _payloads(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _payloads(inner)


def say(words: str) -> None:
    """Tell how it goes."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


async def connected(address: str) -> Client:
    """Return a connection that names no machine; a server that is still starting is waited for."""

    async def connection() -> Client | None:
        try:
            return await Client.connect(
                address,
                namespace=NAMESPACE,
                data_converter=converter(refuses_clear=True),
                identity=IDENTITY,
            )
        except RuntimeError:
            return None

    client: Client = await live.until(connection, "the Temporal server")
    return client


async def main() -> None:
    """Record every story against a server of its own."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    target = HISTORIES / (sys.argv[1] if len(sys.argv) > 1 else version)
    if target.exists():
        raise NotRecordedError(f"{target.name} is kept for ever: name another folder.")
    with tempfile.TemporaryDirectory(prefix="cir-histories-") as folder:
        data, fresh = Path(folder), Path(folder) / version
        (data / "office").mkdir()
        fresh.mkdir()
        with temporal_server(data / "temporal", say) as ports:
            client = await connected(f"{LOOPBACK}:{ports.temporal}")
            await bootstrap(client, NAMESPACE)
            database = FileDatabase(data / "office")
            await asyncio.to_thread(migrate, database.url)
            async with live.at_work(client, database) as office:
                await record(office, fresh)
        shutil.copytree(fresh, target)
    broken = HISTORIES / "broken" / "refused.json"
    if not broken.exists():
        broken.parent.mkdir(exist_ok=True)
        break_one(target / "refused.json", broken)
    size = sum(path.stat().st_size for path in HISTORIES.rglob("*.json"))
    say(f"{target.relative_to(ROOT)}: {size // 1024} KiB with the broken one")


if __name__ == "__main__":
    asyncio.run(main())
    sys.stdout.flush()
    os._exit(0)  # an ordinary exit of a short process that used the SDK may crash
