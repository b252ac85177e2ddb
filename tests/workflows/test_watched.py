"""A case that cannot speak for itself: found, paged, shown, and taken by a person."""

from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from adapters.database.findings import Findings
from tests import live
from tests.builders import WHY
from tests.databases import Database
from tests.e2e.house import read_mail
from worker import build_comparing

pytestmark = pytest.mark.server


@pytest.fixture
async def office(client: Client, database: Database) -> AsyncIterator[live.Office]:
    async with live.at_work(client, database) as there:
        yield there


async def look(there: live.Office) -> int:
    """Let the watchkeeper compare once; return how many pages were new."""
    comparing = build_comparing(there.client, there.settings, there.engine)
    new: int = await ActivityEnvironment().run(comparing.compare)
    return new


def pages(there: live.Office, case: str) -> list[EmailMessage]:
    """Return the mails that page somebody on the watchkeeper's word."""
    start = f"page.{case.replace('-', '.')}.watch."
    return [read_mail(p) for p in there.settings.outbox.rglob("*.eml") if p.name.startswith(start)]


async def test_a_case_that_runs_pages_nobody(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge")
    await case.settled()
    assert await look(office) == 0
    assert await Findings(office.engine, live.utc_now).standing() == []


async def test_a_case_terminated_by_hand_wakes_l2_once_until_somebody_has_it(
    office: live.Office,
) -> None:
    findings = Findings(office.engine, live.utc_now)
    case = await office.open()
    await case.settled()
    await case.handle.terminate(WHY)
    assert [await look(office), await look(office)] == [1, 0]
    (one,) = await findings.standing()
    assert (one["case"], one["about"], one["rung"]) == (
        case.reference,
        "alarm:record-tampered",
        2,
    )
    (told,) = pages(office, case.reference)
    assert told["To"].startswith("Helen")
    words = told.get_content()
    assert "is terminated" in words
    assert f"cir escalation acknowledge {case.reference} --about alarm:record-tampered" in words
    assert await findings.acknowledge(case.reference, "alarm:record-tampered", "helen")
    assert await look(office) == 0
    assert len(await findings.standing()) == 1, "it is shown until the case runs again"
