"""What an exercise sends ends in the sinks, whatever is chosen for real cases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from temporalio.client import Client

from tests import live
from tests.databases import Database
from tests.live import Ask
from tests.mail_server import MailDay, mail_server
from tests.partner_server import SECRET, PartnerDay, partner_server

pytestmark = pytest.mark.server


@pytest.fixture
async def day() -> MailDay:
    return MailDay()


@pytest.fixture
async def desk() -> PartnerDay:
    desk = PartnerDay()
    desk.go_on.set()
    return desk


@pytest.fixture
async def there(
    client: Client, tmp_path: Path, database: Database, day: MailDay, desk: PartnerDay
) -> AsyncIterator[live.Office]:
    """Give an office whose mails leave by a real mail server, and messages to partners by HTTP."""
    (tmp_path / "secret").write_text(SECRET)
    with partner_server(desk) as address:
        partner = {"url": address, "secret_file": str(tmp_path / "secret")}
        async with (
            mail_server(day) as port,
            live.at_work(
                client,
                database,
                mail={"host": "127.0.0.1", "port": port, "security": "plain"},
                providers={"alder": partner, "kestrel": partner},
                finance=partner,
            ) as office,
        ):
            yield office


def sunk(there: live.Office) -> list[str]:
    folder = there.settings.outbox.with_name("outbox-exercises")
    return [path.read_text() for path in sorted(folder.rglob("*.eml"))]


async def test_a_real_case_tells_people_by_the_mail_server_and_an_exercise_never(
    there: live.Office, day: MailDay, desk: PartnerDay
) -> None:
    drill = await there.open(exercise=True)
    await drill.give("acknowledge")
    await drill.decide()
    await drill.fact("provider-called-out")
    await drill.settled()
    assert (day.mails, desk.came) == ([], [])
    assert list(there.settings.outbox.with_name("outbox-exercises").rglob("provider/alder/*.json"))
    assert {drill.reference in mail and "EXERCISE" in mail for mail in sunk(there)} == {True}

    real = await there.open()
    await real.settled()
    assert {str(mail["Subject"]).count(real.reference) for mail in day.mails} == {1}
    assert not any(real.reference in mail for mail in sunk(there))
    assert there.mails("") == []


async def test_a_case_found_to_be_an_exercise_says_so_and_then_nothing_more(
    there: live.Office, day: MailDay
) -> None:
    case = await there.open()
    await case.settled()
    before = len(day.mails)
    await case.give("mark-exercise", Ask(by="priya"), reason="The report was part of an exercise.")
    await case.settled()
    told = [str(mail["Subject"]) for mail in day.mails[before:]]
    assert len(told) == 1
    assert "EXERCISE" in told[0]
    await case.give("acknowledge")
    await case.decide()
    await case.fact("provider-called-out")
    await case.settled()
    assert len(day.mails) == before + 1
    assert sunk(there)
