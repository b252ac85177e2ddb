"""Time on the real server: a clock breaches, somebody is paged, nothing stuck holds it up."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client

from activities.notice_ports import Delivery, Message
from activities.notices import Notices
from adapters.check_words import CheckWords
from adapters.database.addresses import RegisterAddresses
from adapters.database.engine import reading, row_dict
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.tables import PageRowRow
from adapters.mail.file_outbox import FileOutboxNotifier
from adapters.rendering import Templates
from tests import live
from tests.databases import Database
from tests.live import Ask
from workflows.options import EFFECT_RETRY

pytestmark = pytest.mark.server

SPEED = 600
"""The acknowledgement of a report is due after two seconds, its warning after one."""

MAIL_AND_PAGE = 4
"""Each of two officers has the mail of the notice and the pager's."""

PROMPT = timedelta(seconds=3)
"""What a busy machine may take; a stuck message is held for as long as the test likes."""


class StuckNotifier:
    """Holds every message until it is let go; then the outbox takes it."""

    def __init__(self, outbox: FileOutboxNotifier) -> None:
        self._outbox = outbox
        self.held: list[str] = []
        self.let_go = asyncio.Event()

    async def deliver(self, message: Message) -> Delivery:
        """Wait, then deliver."""
        self.held.append(message.message_id)
        await self.let_go.wait()
        return await self._outbox.deliver(message)

    async def look_up(self, message: Message) -> Delivery:
        """Say what the outbox knows."""
        return await self._outbox.look_up(message)


def telling(there: live.Office, notifier: StuckNotifier) -> Notices:
    """Return the notices of the composition root, with another notifier."""
    settings = there.settings
    return Notices(
        notifier,
        DatabaseNoticeBook(there.engine, live.utc_now),
        RegisterAddresses(there.registers, {}),
        Templates(settings.duty_line, CheckWords(settings.check_word_key())),
    )


def outbox_of(there: live.Office) -> FileOutboxNotifier:
    settings = there.settings
    return FileOutboxNotifier(settings.outbox, settings.sender)


async def pages(office: live.Office, case: str) -> list[dict[str, Any]]:
    async with reading(office.engine) as connection:
        query = select(*PageRowRow.__table__.columns).where(col(PageRowRow.case) == case)  # type: ignore[attr-defined]
        return [row_dict(row) for row in await connection.execute(query)]


async def test_a_breach_pages_the_first_rung_once(own_office: live.Office) -> None:
    case = await own_office.open(live.fast(SPEED))
    breach = await case.fact("clock-breached", clock="triage-acknowledgement")
    assert late(breach) < PROMPT
    about = "triage-acknowledgement"
    await case.fact("paged", rung=1)
    await case.give("acknowledge-escalation", Ask(by="priya"), about=about)
    rows = [row for row in await pages(own_office, case.reference) if row["rung"] == 1]
    assert [(row["person"], row["about"], row["wanted"]) for row in rows] == [
        ("priya", f"{about}#1", 1)
    ]

    async def mailed() -> list[str]:
        return [m for m in own_office.mails("staff") if "priya@" in m and "acknowledgement" in m]

    assert len(await live.until(mailed, "the page to priya")) == 1


async def test_a_warning_pages_the_officers_on_shift(own_office: live.Office) -> None:
    case = await own_office.open(live.fast(SPEED))
    await case.fact("clock-warned", clock="triage-acknowledgement")

    async def warned() -> bool:
        rows = [r for r in await pages(own_office, case.reference) if r["rung"] == 0]
        return {row["person"] for row in rows} == {"kaya", "tomas"}

    await live.until(warned, "the warning's pages")


async def test_a_stuck_mail_holds_up_neither_breach_nor_decision(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        stuck = StuckNotifier(outbox_of(there))
        async with live.worker_of(there, telling(there, stuck).deliver_notices):
            case = await there.open(live.fast(SPEED))
            breach = await case.fact("clock-breached", clock="triage-acknowledgement")
            assert late(breach) < PROMPT
            before = live.utc_now()
            await case.give("acknowledge")
            assert live.utc_now() - before < PROMPT
            await case.fact("case-acknowledged")
            assert stuck.held
            assert there.mails("council") == []
            stuck.let_go.set()
            await live.until(sent_to_council(there), "what was held to go out")
            assert len(there.mails("council")) == 1


def late(breach: dict[str, Any]) -> timedelta:
    occurred, recorded = breach["occurred_at"], breach["recorded_at"]
    return datetime.fromisoformat(recorded) - datetime.fromisoformat(occurred)


def sent_to_council(there: live.Office) -> Any:
    async def sent() -> list[str]:
        return there.mails("council")

    return sent


async def test_a_notice_that_fails_has_its_own_next_try(client: Client, database: Database) -> None:
    async with live.office(client, database) as there:
        there.settings.outbox.mkdir(parents=True)
        in_the_way = there.settings.outbox / "staff"
        in_the_way.write_text("not a folder\n")
        async with live.worker_of(there):
            case = await there.open()
            await live.until(lambda: tries_of(case, 1), "the first try to end")
            assert (len(there.mails("council")), in_the_way.is_file()) == (1, True)
            in_the_way.unlink()

            async def told() -> bool:
                return len(there.mails("staff")) >= MAIL_AND_PAGE

            await live.until(told, "the officers to be told")
            await case.settled()
            assert (len(there.mails("council")), len(there.mails("staff"))) == (1, MAIL_AND_PAGE)
            first, second = await tries_of(case, 2)
            assert second - first >= EFFECT_RETRY


async def tries_of(case: live.LiveCase, number: int) -> list[datetime]:
    """Return when each round of notices ended, once there were so many."""
    scheduled, ended = set(), []
    for event in await case.events():
        kind = event.activity_task_scheduled_event_attributes.activity_type.name
        if kind == "deliver-notices":
            scheduled.add(event.event_id)
        done = event.activity_task_completed_event_attributes
        if done.scheduled_event_id in scheduled:
            ended.append(event.event_time.ToDatetime(UTC))
    return ended if len(ended) >= number else []
