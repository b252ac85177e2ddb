"""An open case learns of changed registers: a contract, a council; then the calendar acts on it."""

import json
from datetime import date, timedelta

import pytest
from temporalio.client import Client

from adapters.database.engine import upsert, writing
from adapters.database.intake import Intake, Taken
from adapters.database.register_news import RegisterNews
from adapters.database.tables import ProviderRow, RegisterVersionRow
from adapters.temporal.telling import tell_registers_changed
from domain.report_reading import read_report
from settings import ROOT
from starter import case_keys_of, start_taken, tell_cases
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase

pytestmark = pytest.mark.server


async def contract_ends(office: live.Office, in_days: int) -> date:
    """Let alder's contract end in so many days, on the register."""
    last = live.utc_now().date() + timedelta(days=in_days)
    providers = await office.registers.providers()
    place = next(n for n, one in enumerate(providers) if one.id == "alder")
    changed = providers[place].but(contract_to=last)
    version = await office.registers.version()
    async with writing(office.engine) as connection:
        document = changed.model_dump(mode="json", by_alias=True)
        await upsert(connection, ProviderRow, id="alder", place=place, document=document)
        await upsert(connection, RegisterVersionRow, id=1, version=version + 1)
    return last


async def activated(office: live.Office) -> LiveCase:
    case = await office.open()
    await case.give("acknowledge")
    await case.decide(provider="alder")
    await case.fact("provider-called-out")
    return case


async def test_a_contract_cut_short_reaches_the_case_and_pages_somebody(
    own_office: live.Office,
) -> None:
    case = await activated(own_office)
    last = await contract_ends(own_office, 10)
    await case.handle.signal("registers-changed")
    refreshed = await case.fact("reference-refreshed")
    assert refreshed["by"] == "system"
    near = await case.fact("end-came-near")
    assert (near["payload"]["about"], near["payload"]["ends_on"]) == ("alder", last.isoformat())
    paged = await case.fact("paged", about="alarm:contract-ending#1")
    assert (paged["payload"]["rung"], paged["payload"]["people"]) == (1, ["priya"])
    version = (await case.state()).version
    await case.give("acknowledge-escalation", Ask(by="priya"), about="alarm:contract-ending")
    state = await case.state()
    assert [(run.alarm, run.over) for run in state.alarms] == [("contract-ending", True)]
    assert state.version == version + 1


async def test_a_signal_without_a_change_is_no_fact(own_office: live.Office) -> None:
    case = await activated(own_office)
    await case.settled()
    before = await case.state()
    await case.handle.signal("registers-changed")
    await case.handle.signal("registers-changed")
    await case.settled()
    assert await case.state() == before


async def test_a_contract_that_ends_sooner_on_the_register_is_told_then(
    own_office: live.Office,
) -> None:
    await contract_ends(own_office, 31)
    case = await activated(own_office)
    assert (await case.state()).endings_told == ()
    await contract_ends(own_office, 29)
    await case.handle.signal("registers-changed")
    await case.fact("alarm-raised", alarm="contract-ending")


async def test_a_run_that_carries_over_reads_what_it_had_no_time_for(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        async with live.worker_of(there):
            case = await activated(there)
            await case.settled()
        await contract_ends(there, 10)
        await case.handle.signal("registers-changed")
        await case.handle.signal("renew")
        async with live.worker_of(there):
            await case.fact("alarm-raised", alarm="contract-ending")


async def kept(office: live.Office, reference: str) -> Taken:
    """Keep a report on disk; its case does not run yet."""
    body = json.loads((ROOT / "examples" / "report.json").read_text())
    raw = json.dumps({**body, "source": {"channel": "staff", "reference": reference}}).encode()
    councils = await office.registers.councils()
    read = read_report(raw, now=live.utc_now(), councils=councils)
    intake = Intake(office.engine, live.utc_now, case_keys_of(office.settings))
    return await intake.take(raw, read, "kaya")


async def started(office: live.Office, taken: Taken) -> LiveCase:
    """Start the case of a report that is kept."""
    intake = Intake(office.engine, live.utc_now, case_keys_of(office.settings))
    client, queue = office.client, office.queue
    await start_taken(client, queue, intake, office.registers, taken, policy=live.slow())
    handle = office.client.get_workflow_handle(taken.reference)
    return LiveCase(office, taken.reference, handle)


async def test_every_open_case_is_told_once(own_office: live.Office) -> None:
    client, news = own_office.client, RegisterNews(own_office.engine)
    await live.number_apart(own_office.engine)
    case = await started(own_office, await kept(own_office, "R-1"))
    taken = await kept(own_office, "R-2")
    await contract_ends(own_office, 500)
    assert await tell_cases(client, news) == 1
    changed = await case.fact("reference-refreshed")
    assert changed["payload"]["providers"][0]["id"] == "alder"
    assert await news.untold() is not None, "the case that was starting is told the next time"
    await started(own_office, taken)
    assert await tell_cases(client, news) == 2
    assert await tell_cases(client, news) == 0


async def test_a_case_that_does_not_run_is_left_out(own_office: live.Office) -> None:
    case = await own_office.open()
    wanted = (case.reference, "CIR-2026-999999")
    assert await tell_registers_changed(own_office.client, wanted) == ("CIR-2026-999999",)
