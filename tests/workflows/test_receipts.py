"""Receipts change what happens next: the text after the mail, the telephone after the text."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import message_id
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase
from tests.notify_server import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, NotifyDay, notify_server
from worker import build_receipts, real_doors

pytestmark = pytest.mark.server


@pytest.fixture
def day() -> NotifyDay:
    return NotifyDay()


@pytest.fixture
async def there(client: Client, database: Database, day: NotifyDay) -> AsyncIterator[live.Office]:
    """Give an office whose mails and texts leave by Notify."""
    secret = database.folder / "notify.key"
    secret.write_text(API_KEY)
    with notify_server(day) as address:
        chosen = {
            "api_key_file": secret,
            "email_template": EMAIL_TEMPLATE,
            "sms_template": SMS_TEMPLATE,
            "base_url": address,
        }
        async with live.at_work(client, database, notify=chosen) as office:
            yield office


async def look(there: live.Office) -> None:
    """Let the watchkeeper ask for receipts once."""
    doors = real_doors(there.settings, there.engine)
    receipts = build_receipts(there.client, there.settings, there.engine, doors)
    await ActivityEnvironment().run(receipts.poll)


def becomes(day: NotifyDay, key: str, channel: str, status: str) -> None:
    """Let a message to the first person addressed by a channel have that status at Notify."""
    reference = message_id(f"{key}/{channel}/1")
    assert reference in {one["reference"] for one in day.sent}
    day.becomes(reference, status)


def texts(day: NotifyDay) -> int:
    return sum(one["type"] == "sms" for one in day.sent)


async def acknowledged(there: live.Office) -> LiveCase:
    """Return a case that waits for its decision; its receipt went by mail and text."""
    case = await there.open()
    await case.give("acknowledge")
    await case.settled()
    return case


async def test_the_clock_of_a_confirmation_waits_for_its_receipt(
    there: live.Office, day: NotifyDay
) -> None:
    case = await acknowledged(there)
    await case.decide()
    await case.fact("provider-called-out")
    await case.settled()
    clocks = {run.clock: run.state for run in (await case.state()).clocks}
    assert clocks["council-confirmation"] == "running"
    for one in day.sent:
        one["status"] = "delivered"
    await look(there)
    met = await case.fact("clock-met", clock="council-confirmation")
    assert met["by"] == "system"
    before = (await case.state()).seq
    await look(there)
    assert (await case.state()).seq == before


async def test_a_council_whose_mail_and_text_failed_is_rung(
    there: live.Office, day: NotifyDay
) -> None:
    case = await acknowledged(there)
    receipt = (await case.fact("notice-due", notice="report-receipt"))["payload"]["key"]
    becomes(day, receipt, "email", "permanent-failure")
    await look(there)
    await case.fact("delivery-recorded", notice=receipt, channel="email", state="failed")
    assert (await case.state()).phone_task == ()
    becomes(day, receipt, "sms", "technical-failure")
    await look(there)
    await case.fact("phone-task-opened")
    assert (await case.state()).phone_task == (receipt,)


async def test_a_failed_mail_is_followed_by_a_text_and_nobody_rings_meanwhile(
    there: live.Office, day: NotifyDay
) -> None:
    case = await acknowledged(there)
    await case.decide()
    await case.fact("provider-called-out")
    await case.give("contact-made", Ask(by="alder"), with_whom="Jo Hale", channel="phone")
    await case.give("agree-scope", Ask(by="alder"), summary="Servers.", agreed_by="Jo Hale")
    await case.settled()
    changed = await case.fact("notice-due", notice="phase-changed")
    key = changed["payload"]["key"]
    assert changed["payload"]["channels"] == ["email"]
    before = texts(day)
    becomes(day, key, "email", "permanent-failure")
    await look(there)
    assert texts(day) == before + 1
    await case.fact("delivery-recorded", notice=key, channel="email", state="failed")
    assert (await case.state()).phone_task == ()
    becomes(day, key, "sms", "temporary-failure")
    await look(there)
    await case.fact("phone-task-opened")
    assert (await case.state()).phone_task == (key,)
