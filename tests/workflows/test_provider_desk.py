"""A provider's desk over HTTP, and what an officer sees when it takes nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from adapters.database.engine import reading, row_dict
from adapters.database.tables import NoticeRow
from tests import live
from tests.databases import Database
from tests.live import LiveCase
from tests.partner_server import SECRET, PartnerDay, partner_server

pytestmark = pytest.mark.server


@pytest.fixture
async def day() -> PartnerDay:
    day = PartnerDay()
    day.go_on.set()
    return day


@pytest.fixture
async def there(
    client: Client, tmp_path: Path, database: Database, day: PartnerDay
) -> AsyncIterator[live.Office]:
    """Give an office whose messages to alder leave by HTTP."""
    (tmp_path / "secret").write_text(SECRET)
    with partner_server(day) as address:
        chosen = {"alder": {"url": address, "secret_file": str(tmp_path / "secret")}}
        async with live.at_work(client, database, providers=chosen) as office:
            yield office


async def calls(there: live.Office, case: LiveCase) -> list[dict[str, Any]]:
    """Return what the inbox of a triage officer says about ringing the provider."""
    found = await there.cases.inbox(("triage-officer",), "kaya")
    return [row for row in found if row["case"] == case.reference and "ring" in row["what"]]


async def ledger(there: live.Office, case: LiveCase) -> list[dict[str, Any]]:
    """Return the rows of the call-out's signed message."""
    query = select(col(NoticeRow.state), col(NoticeRow.doubled)).where(
        col(NoticeRow.case) == case.reference,
        col(NoticeRow.notice) == "call-out",
        col(NoticeRow.channel) == "provider-message",
    )
    async with reading(there.engine) as connection:
        return [row_dict(row) for row in await connection.execute(query)]


async def called_out(there: live.Office) -> LiveCase:
    case = await there.open()
    await case.give("acknowledge")
    await case.decide()
    await case.fact("provider-called-out", provider="alder")
    return case


async def test_a_call_out_reaches_the_desk_with_whom_to_ring(
    there: live.Office, day: PartnerDay
) -> None:
    case = await called_out(there)
    await case.settled()
    (told,) = day.contents("call-out")
    assert (told["case"], told["provider"], told["exercise"]) == (case.reference, "alder", False)
    assert told["facts"]["contacts"]
    assert await calls(there, case) == []


async def test_a_call_out_refused_for_good_is_in_the_inbox_until_somebody_has_spoken(
    there: live.Office, day: PartnerDay
) -> None:
    day.answers = [410]
    case = await called_out(there)
    await case.fact("delivery-recorded", channel="provider-message", state="failed")
    await case.settled()
    (row,) = await calls(there, case)
    assert row["what"].startswith("call-out does not get through")
    notice = row["command"].split("--notice ")[1].split()[0]
    await case.give("record-delivery", notice=notice, channel="phone", state="spoken")
    await case.settled()
    assert await calls(there, case) == []
    assert day.came == []


async def test_a_call_out_that_must_arrive_is_in_the_inbox_while_its_tries_go_on(
    there: live.Office, day: PartnerDay
) -> None:
    day.answers = [429, 503, 429]
    case = await called_out(there)
    assert len(await live.until(lambda: calls(there, case), "the call to be wanted", 60)) == 1
    assert day.contents("call-out") == []

    async def is_quiet() -> bool:
        return await calls(there, case) == []

    await live.until(is_quiet, "the desk to take the call-out after all", 60)
    assert len(day.contents("call-out")) == 1
    (row,) = await ledger(there, case)
    assert (row["state"], row["doubled"]) == ("delivered", True)
