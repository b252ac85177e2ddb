"""GOV.UK Notify against a local server of its documented API."""

import socket
from collections.abc import Iterator

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery, Leg, Message, Rendered
from activities.notices import NoticeAnswer, NoticeBatch, NoticeEffect, Notices
from adapters.notify.notifier import STATES, NotifyNotifier, NotifyService
from domain.notice import Address, Channel, Notice
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeRenderer
from tests.notify_server import API_KEY, EMAIL_TEMPLATE, SMS_TEMPLATE, NotifyDay, notify_server
from tests.ports import FakeTexts

JO = Address(name="Jo Hale", email="jo@personal.example.org", phone="07700 900101")
RECEIPT = Notice(notice="report-receipt", role="council", channels=("email",), addresses=(JO,))
MUST = RECEIPT.but(notice="activation-confirmed", must_arrive=True)
WORDS = Rendered(subject="CIR-2026-000123: your report", body="We have it.\n", sms="We have it.")
TAKEN = Delivery(state="accepted", how="taken by Notify")


def message(channel: Channel = "email") -> Message:
    leg = Leg.of("CIR-2026-000123/step/1", "CIR-2026-000123", RECEIPT, channel, 1)
    return Message.of(leg, JO, WORDS)


@pytest.fixture
def day() -> NotifyDay:
    return NotifyDay()


@pytest.fixture
def service(day: NotifyDay) -> Iterator[NotifyService]:
    with notify_server(day) as address:
        yield NotifyService(
            api_key=API_KEY,
            email_template=EMAIL_TEMPLATE,
            sms_template=SMS_TEMPLATE,
            base_url=address,
            timeout_s=5,
        )


@pytest.fixture
def notifier(service: NotifyService) -> NotifyNotifier:
    return NotifyNotifier(service, FakeTexts())


async def test_a_notice_that_also_goes_by_page_is_a_text_to_whoever_has_a_telephone(
    notifier: NotifyNotifier, day: NotifyDay
) -> None:
    assert await notifier.deliver(message("page")) == TAKEN
    (sent,) = day.sent
    assert (sent["type"], sent["to"], sent["body"]) == ("sms", JO.phone, WORDS.sms)
    nobody = message("page").but(to=JO.but(phone=None))
    answer = await notifier.deliver(nobody)
    assert (answer.state, answer.again, len(day.sent)) == ("failed", False, 1)


async def test_a_text_that_networks_would_stop_is_not_sent_and_counts_as_failed(
    service: NotifyService, day: NotifyDay
) -> None:
    notifier = NotifyNotifier(service, FakeTexts("07700 900101"))
    answer = await notifier.deliver(message("sms"))
    assert (answer.state, answer.again, day.sent) == ("failed", False, [])
    assert (await notifier.deliver(message("email"))) == TAKEN


@pytest.mark.parametrize(
    ("channel", "to", "subject", "body"),
    [
        ("email", JO.email, WORDS.subject, WORDS.body),
        ("sms", JO.phone, None, WORDS.sms),
    ],
)
async def test_a_message_goes_out_under_our_reference(
    notifier: NotifyNotifier,
    day: NotifyDay,
    channel: Channel,
    to: str,
    subject: str | None,
    body: str,
) -> None:
    assert await notifier.deliver(message(channel)) == TAKEN
    (sent,) = day.sent
    assert (sent["type"], sent["to"], sent["subject"], sent["body"]) == (channel, to, subject, body)
    assert sent["reference"] == message(channel).message_id


@pytest.mark.parametrize("status", STATES)
async def test_notify_is_asked_what_became_of_it(
    notifier: NotifyNotifier, day: NotifyDay, status: str
) -> None:
    await notifier.deliver(message())
    day.becomes(message().message_id, status)
    found = await notifier.look_up(message())
    assert (found.state, found.how) == (STATES[status], f"Notify: {status}")


async def test_a_message_that_went_twice_counts_as_delivered_when_either_was(
    notifier: NotifyNotifier, day: NotifyDay
) -> None:
    for _ in range(2):
        await notifier.deliver(message())
    day.sent[0]["status"], day.sent[1]["status"] = "delivered", "permanent-failure"
    assert (await notifier.look_up(message())).state == "delivered"


async def test_what_notify_never_had_may_go(notifier: NotifyNotifier) -> None:
    found = await notifier.look_up(message())
    assert (found.state, found.again) == ("failed", True)


@pytest.mark.parametrize(
    ("status", "name", "again"),
    [
        (400, "BadRequestError", False),
        (403, "AuthError", False),
        (429, "RateLimitError", True),
        (429, "TooManyRequestsError", True),
    ],
)
async def test_a_refusal_says_whether_to_try_again(
    notifier: NotifyNotifier, day: NotifyDay, status: int, name: str, *, again: bool
) -> None:
    day.answers.append((status, name))
    answer = await notifier.deliver(message())
    assert (answer.state, answer.again) == ("failed", again)
    assert answer.how == f"Notify refused it: {status} {name}"


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_of_theirs_leaves_the_outcome_unknown(
    notifier: NotifyNotifier, day: NotifyDay, status: int
) -> None:
    day.answers.append((status, "Exception"))
    with pytest.raises(OSError, match=str(status)):
        await notifier.deliver(message())


async def test_a_lost_answer_leaves_the_outcome_unknown(
    notifier: NotifyNotifier, day: NotifyDay
) -> None:
    day.lose = 1
    with pytest.raises(OSError, match="503"):
        await notifier.deliver(message())
    assert len(day.sent) == 1


async def test_a_service_that_is_not_there_is_an_unknown_outcome(service: NotifyService) -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        away = NotifyNotifier(
            service.but(base_url=f"http://127.0.0.1:{one.getsockname()[1]}"), FakeTexts()
        )
        with pytest.raises(OSError, match="503"):
            await away.look_up(message())


class TestGreeting:
    async def test_with_the_right_key_and_templates(self, notifier: NotifyNotifier) -> None:
        await notifier.greet()

    async def test_a_wrong_key_is_told(self, service: NotifyService) -> None:
        wrong = service.but(api_key=API_KEY[:-1] + "f")
        with pytest.raises(OSError, match="403: AuthError"):
            await NotifyNotifier(wrong, FakeTexts()).greet()

    async def test_a_template_that_is_not_there_is_told(self, service: NotifyService) -> None:
        with pytest.raises(OSError, match="404: NoResultFound"):
            await NotifyNotifier(service.but(sms_template="none"), FakeTexts()).greet()


class TestNothingGoesTwice:
    """The activity over the real client: an unknown outcome is looked up, then sent once."""

    @pytest.fixture
    def book(self) -> FakeNoticeBook:
        return FakeNoticeBook()

    async def told(
        self, notifier: NotifyNotifier, book: FakeNoticeBook, notice: Notice
    ) -> NoticeAnswer:
        effect = NoticeEffect(key="CIR-2026-000123/step/1", case="CIR-2026-000123", notice=notice)
        activity = Notices(notifier, book, FakeAddresses(), FakeRenderer())
        answers = await ActivityEnvironment().run(
            activity.deliver_notices, NoticeBatch(effects=(effect,))
        )
        return answers[0]

    @pytest.mark.parametrize("notice", [RECEIPT, MUST])
    async def test_taken_and_the_answer_lost(
        self, notifier: NotifyNotifier, day: NotifyDay, book: FakeNoticeBook, notice: Notice
    ) -> None:
        day.lose = 1
        assert (await self.told(notifier, book, notice)).state == "failed"
        assert (await self.told(notifier, book, notice)).state == "done"
        assert len(day.sent) == 1
        assert [row.state for row in book.rows.values()] == ["accepted"]

    @pytest.mark.parametrize("notice", [RECEIPT, MUST])
    async def test_refused_by_a_fault_of_theirs_it_goes_once(
        self, notifier: NotifyNotifier, day: NotifyDay, book: FakeNoticeBook, notice: Notice
    ) -> None:
        day.answers.append((500, "Exception"))
        states = [(await self.told(notifier, book, notice)).state for _ in range(3)]
        assert (states, len(day.sent)) == (["failed", "done", "done"], 1)

    async def test_too_many_at_once_go_later(
        self, notifier: NotifyNotifier, day: NotifyDay, book: FakeNoticeBook
    ) -> None:
        day.answers.append((429, "RateLimitError"))
        assert (await self.told(notifier, book, RECEIPT)).state == "failed"
        assert (await self.told(notifier, book, RECEIPT)).state == "done"
        assert len(day.sent) == 1
