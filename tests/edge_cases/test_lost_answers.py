"""Edge case 23: GOV.UK Notify, or a mail server, takes a message and its answer is lost."""

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Notifier
from activities.notices import NoticeAnswer, NoticeBatch, NoticeEffect, Notices
from adapters.notify.notifier import NotifyNotifier, NotifyService
from domain.notice import Address, Notice
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeNotifier, FakeRenderer
from tests.notify_server import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, NotifyDay, notify_server
from tests.ports import FakeTexts

JO = Address(name="Jo Hale", email="jo@personal.example.org", phone="07700 900101")
OFFER = Notice(notice="recovery-offer", role="council", channels=("email",), addresses=(JO,))
CONFIRMED = OFFER.but(notice="activation-confirmed", must_arrive=True)


async def tried(notifier: Notifier, book: FakeNoticeBook, notice: Notice) -> NoticeAnswer:
    effect = NoticeEffect(key="CIR-2026-000123/step/1", case="CIR-2026-000123", notice=notice)
    activity = Notices(notifier, book, FakeAddresses(), FakeRenderer())
    (answer,) = await ActivityEnvironment().run(
        activity.deliver_notices, NoticeBatch(effects=(effect,))
    )
    return answer


@pytest.mark.parametrize("notice", [OFFER, CONFIRMED], ids=["once", "must-arrive"])
async def test_edge_23_a_message_that_notify_took_is_found_by_reference_and_not_sent_again(
    notice: Notice,
) -> None:
    """Looked up by reference, then at most one send; the receipt is polled."""
    day, book = NotifyDay(), FakeNoticeBook()
    with notify_server(day) as address:
        service = NotifyService(
            api_key=API_KEY,
            email_template=EMAIL_TEMPLATE,
            sms_template=SMS_TEMPLATE,
            base_url=address,
            timeout_s=5,
        )
        day.lose = 1
        notifier = NotifyNotifier(service, FakeTexts())
        states = [(await tried(notifier, book, notice)).state for _ in range(3)]
    assert states == ["failed", "done", "done"]
    assert len(day.sent) == 1


async def test_edge_23_mail_without_a_look_up_goes_again_only_when_it_must_arrive() -> None:
    """A once notice goes another way; a must-arrive one goes again under the same message id."""
    for notice, mails in ((OFFER, 1), (CONFIRMED, 2)):
        notifier, book = FakeNotifier(), FakeNoticeBook()
        notifier.broken = notifier.blind = {"email"}
        await tried(notifier, book, notice)
        notifier.broken = set()
        await tried(notifier, book, notice)
        sent = [message for message in notifier.calls if message.channel == "email"]
        assert len(sent) == mails
        assert len({message.message_id for message in sent}) == 1
