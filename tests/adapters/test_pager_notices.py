"""A notice to staff that also goes by page: a row of the one pager, among clocks and alarms."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery, Leg
from activities.notices import NoticeAnswer, NoticeBatch, NoticeEffect, Notices
from activities.paging import PageBatch
from adapters.database.addresses import RegisterAddresses
from adapters.database.engine import reading, row_dict
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.owed_pages import NoticePage
from adapters.database.pager import DatabasePager, NotTakenError
from adapters.database.receipts import DatabaseReceipts
from adapters.database.registers import Registers
from adapters.database.tables import NoticeRow, PageRowRow
from adapters.pager_notifier import PagerNotifier
from adapters.rendering import Templates
from domain.notice import Notice
from tests.builders import NOON, OTHER, REFERENCE, providers
from tests.databases import Clock, Database, count, taken_away
from tests.fakes import FakeNotifier, FakePageSender
from tests.notice_moments import COUNCIL_NAME, MOMENTS, moment_of
from tests.paging import BATCHING, a_pager, a_row

ENTRY = MOMENTS["hand-over-request-to-triage-officer"]
ASKED = ENTRY.made_of(moment_of(ENTRY)).but(person="priya")
WORDS = f"A hand-over waits for you. cir handling accept-hand-over {REFERENCE}"
SECONDS = timedelta(seconds=1)


class Staff:
    """The activity that tells people, its pages handed to the pager."""

    def __init__(self, engine: AsyncEngine, clock: Clock, pager: DatabasePager) -> None:
        self.mails = FakeNotifier()
        self._activity = Notices(
            PagerNotifier(pager, self.mails),
            DatabaseNoticeBook(engine, clock),
            RegisterAddresses(Registers(engine, clock), {}),
            Templates("01632 960999"),
        )

    async def told(self, key: str, notice: Notice = ASKED, *, drill: bool = False) -> NoticeAnswer:
        effect = NoticeEffect(key=key, case=REFERENCE, notice=notice)
        batch = NoticeBatch(effects=(effect,), exercise=drill)
        (answer,) = await ActivityEnvironment().run(self._activity.deliver_notices, batch)
        return answer


@pytest.fixture
def staff(engine: AsyncEngine, clock: Clock, pager: DatabasePager) -> Staff:
    return Staff(engine, clock, pager)


def a_page(leg: Leg, person: str) -> NoticePage:
    return NoticePage(
        key=leg.id, person=person, case=leg.case, notice=leg.notice.notice, says=WORDS, at=NOON
    )


async def ledger(engine: AsyncEngine, key: str) -> tuple[str, str]:
    """Return what the ledger says of the page leg of a notice."""
    query = select(col(NoticeRow.state), col(NoticeRow.how)).where(
        col(NoticeRow.key) == key, col(NoticeRow.channel) == "page"
    )
    async with reading(engine) as connection:
        row = (await connection.execute(query)).one()
    return row.state, row.how


async def the_row(engine: AsyncEngine) -> dict[str, Any]:
    async with reading(engine) as connection:
        query = select(*PageRowRow.__table__.columns)  # type: ignore[attr-defined]
        return row_dict((await connection.execute(query)).one())


async def test_its_page_is_a_row_and_its_mail_goes_by_itself(
    staff: Staff, engine: AsyncEngine
) -> None:
    answer = await staff.told("one")
    assert {one.channel: (one.state, one.owed) for one in answer.outcomes} == {
        "page": ("accepted", ("priya",)),
        "email": ("delivered", ()),
    }
    assert [call.channel for call in staff.mails.calls] == ["email"]
    row = await the_row(engine)
    told = {name: row[name] for name in ("case", "person", "about", "says", "exercise", "sent_at")}
    assert told == {
        "case": REFERENCE,
        "person": "priya",
        "about": "notice:hand-over-request",
        "says": WORDS,
        "exercise": False,
        "sent_at": None,
    }
    assert row["at"] < row["due_at"]
    assert COUNCIL_NAME not in row["says"]


async def test_two_notices_and_a_clock_in_one_minute_are_two_messages(
    staff: Staff, pager: DatabasePager, sender: FakePageSender, clock: Clock
) -> None:
    await staff.told("one")
    await pager.send("priya")
    assert clock() == NOON
    clock.move(20 * SECONDS)
    await staff.told("two")
    await pager.enter(PageBatch(rows=(a_row("page-1").but(case=OTHER),)))
    await staff.told("three")
    assert len(sender.sent_to("priya")) == 1
    await pager.send("priya")
    assert clock() == NOON + BATCHING
    first, rest = sender.sent_to("priya")
    assert [page.about for page in first.pages] == ["notice:hand-over-request"]
    assert [page.about for page in rest.pages] == [
        "decision#1",  # a breach is worse than whatever waits
        "notice:hand-over-request",
        "notice:hand-over-request",
    ]


async def test_a_repeat_adds_no_row_and_owes_the_message_still(
    staff: Staff, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine
) -> None:
    assert await staff.told("one") == await staff.told("one")
    assert await count(engine, PageRowRow) == 1
    await pager.send("priya")
    again = await staff.told("one")
    assert [one.owed for one in again.outcomes] == [(), ()]
    await pager.send("priya")
    assert len(sender.sent_to("priya")) == 1


@pytest.mark.parametrize("had_it", [False, True])
async def test_a_worker_that_died_around_the_row_leaves_one(
    had_it: bool,  # noqa: FBT001  (a parameter)
    staff: Staff,
    pager: DatabasePager,
    engine: AsyncEngine,
    clock: Clock,
) -> None:
    leg = Leg.of("one", REFERENCE, ASKED, "page", 1)
    await DatabaseNoticeBook(engine, clock).claim(leg)
    if had_it:
        await pager.take(a_page(leg, "priya"))
    answer = await staff.told("one")
    assert (answer.state, answer.outcomes[0].owed) == ("done", ("priya",))
    assert await count(engine, PageRowRow) == 1
    assert await ledger(engine, "one") == ("accepted", "handed to the pager")


@pytest.mark.parametrize("became", ["delivered", "accepted"])
async def test_the_ledger_says_what_became_of_it(
    became: str, staff: Staff, pager: DatabasePager, sender: FakePageSender, engine: AsyncEngine
) -> None:
    await staff.told("one")
    assert await ledger(engine, "one") == ("accepted", "handed to the pager")
    sender.answer = Delivery.model_validate({"state": became, "how": "as its channel says"})
    await pager.send("priya")
    assert await ledger(engine, "one") == (became, "as its channel says")


async def test_whoever_left_the_register_has_not_had_it(
    pager: DatabasePager, engine: AsyncEngine, clock: Clock, sender: FakePageSender
) -> None:
    leg = Leg.of("one", REFERENCE, ASKED, "page", 1)
    await DatabaseNoticeBook(engine, clock).claim(leg)
    await pager.take(a_page(leg, "gone"))
    await pager.send("gone")
    assert sender.calls == []
    assert await ledger(engine, "one") == ("failed", "no longer on the register")


async def test_no_channel_is_asked_for_a_receipt_of_what_the_pager_has(
    staff: Staff, engine: AsyncEngine, clock: Clock
) -> None:
    staff.mails.answers["email"] = [Delivery(state="accepted")]
    await staff.told("one")
    (asked,) = await DatabaseReceipts(engine, clock).open()
    assert asked.leg == "one/email/1"


async def test_with_the_database_away_it_is_tried_again(
    staff: Staff, engine: AsyncEngine, database: Database
) -> None:
    await staff.told("one")
    await taken_away(engine, database)
    answer = await staff.told("two")
    assert (answer.state, answer.outcomes) == ("failed", ())


async def test_what_no_channel_took_goes_with_whatever_is_owed_by_then(
    staff: Staff, pager: DatabasePager, sender: FakePageSender
) -> None:
    await staff.told("one")
    sender.full = True
    with pytest.raises(NotTakenError):
        await pager.send("priya")
    sender.full = False
    await staff.told("two")
    await pager.send("priya")
    (message,) = sender.sent_to("priya")
    assert (len(message.pages), message.in_doubt) == (2, False)


async def test_what_may_have_gone_is_by_itself_and_in_doubt(
    staff: Staff, pager: DatabasePager, sender: FakePageSender
) -> None:
    await staff.told("one")
    sender.breaks_after = 1
    with pytest.raises(ConnectionResetError):
        await pager.send("priya")
    await staff.told("two")
    await pager.send("priya")
    lost, again, rest = sender.sent_to("priya")
    assert (again.message, again.pages, again.in_doubt) == (lost.message, lost.pages, True)
    assert (len(rest.pages), rest.in_doubt) == (1, False)


async def test_an_exercises_notice_is_its_own_pagers(
    pager: DatabasePager,
    engine: AsyncEngine,
    registers: Registers,
    sender: FakePageSender,
    clock: Clock,
) -> None:
    sink = FakePageSender()
    drills = a_pager(engine, registers, sink, clock, exercises=True)
    await Staff(engine, clock, drills).told("drill", drill=True)
    await pager.send("priya")
    await drills.send("priya")
    assert sender.calls == []
    assert [page.exercise for page in sink.sent_to("priya")[0].pages] == [True]


async def test_a_page_to_a_provider_rings_its_duty_line_by_itself(
    staff: Staff, registers: Registers, engine: AsyncEngine
) -> None:
    entry = MOMENTS["call-out-to-provider"]
    called = entry.made_of(moment_of(entry))
    await registers.fill_providers(providers())
    await staff.told("one", called)
    assert [call.channel for call in staff.mails.calls] == ["provider-message", "page"]
    assert await count(engine, PageRowRow) == 0
