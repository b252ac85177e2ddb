"""What a receipt brings about: the spare channel, and what a case is told."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery
from activities.notices import Notices
from activities.receipts import Open, Receipts, Word
from domain.notice import Address, Notice
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeNotifier, FakeRenderer
from tests.ports import FakeReceiptBook, FakeReceiptSource, FakeRunningCases

CASE, KEY = "CIR-2026-000123", "CIR-2026-000123/step/1"
JO = Address(name="Jo", email="jo@personal.example.org", phone="07700 900101")
OFFER = Notice(notice="recovery-offer", role="council", channels=("email",), addresses=(JO,))
FAILED = Word(case=CASE, key=KEY, channel="email", role="council", state="failed")


class Desk:
    """The activity with its fakes."""

    def __init__(self) -> None:
        self.book = FakeReceiptBook()
        self.source = FakeReceiptSource()
        self.cases = FakeRunningCases()
        self.notifier = FakeNotifier()

    async def poll(self) -> int:
        notices = Notices(self.notifier, FakeNoticeBook(), FakeAddresses(), FakeRenderer())
        activity = Receipts(self.book, self.source, self.cases, notices)
        return await ActivityEnvironment().run(activity.poll)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(word.channel, word.state) for word in self.cases.told]


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(("state", "kept"), [("delivered", 1), ("failed", 1), ("accepted", 0)])
async def test_only_a_final_answer_is_written_down(desk: Desk, state: str, kept: int) -> None:
    desk.book.waiting = (Open(leg="leg", reference="r1"),)
    desk.source.answers["r1"] = Delivery.model_validate({"state": state})
    await desk.poll()
    assert len(desk.book.taken) == kept


async def test_a_channel_that_is_away_delays_no_word(desk: Desk) -> None:
    desk.book.waiting = (Open(leg="leg", reference="r1"),)
    desk.source.away = True
    desk.book.fresh = [FAILED]
    desk.cases.wanted.add("failed")
    assert await desk.poll() == 1
    assert desk.told == [("email", "failed")]


async def test_a_case_is_spared_what_no_rule_of_it_waits_for(desk: Desk) -> None:
    desk.book.fresh = [FAILED.but(state="delivered")]
    await desk.poll()
    assert (desk.told, desk.book.fresh) == ([], [])


async def test_a_failed_mail_sends_the_text_at_once_and_the_case_hears_of_that_first(
    desk: Desk,
) -> None:
    desk.cases.held[KEY] = OFFER
    desk.cases.wanted.add("failed")
    desk.notifier.answers["sms"] = [Delivery(state="accepted")]
    desk.book.fresh = [FAILED]
    await desk.poll()
    assert [call.channel for call in desk.notifier.calls] == ["sms"]
    assert desk.told == [("sms", "accepted"), ("email", "failed")]


async def test_a_text_nobody_can_be_sent_leaves_only_the_telephone(desk: Desk) -> None:
    desk.cases.held[KEY] = OFFER.but(addresses=(JO.but(phone=None),))
    desk.cases.wanted.add("failed")
    desk.book.fresh = [FAILED]
    await desk.poll()
    assert desk.told == [("sms", "failed"), ("email", "failed")]


async def test_a_text_that_failed_has_no_further_spare(desk: Desk) -> None:
    desk.cases.held[KEY] = OFFER
    desk.cases.wanted.add("failed")
    desk.book.fresh = [FAILED.but(channel="sms")]
    await desk.poll()
    assert desk.notifier.calls == []
    assert desk.told == [("sms", "failed")]


async def test_a_second_look_tells_nothing_again(desk: Desk) -> None:
    desk.cases.wanted.add("failed")
    desk.book.fresh = [FAILED]
    assert (await desk.poll(), await desk.poll()) == (1, 0)
    assert desk.told == [("email", "failed")]
