import pytest
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery
from activities.notices import NoticeAnswer, NoticeBatch, NoticeEffect, Notices
from domain.notice import Address, Notice
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeNotifier, FakeRenderer

CASE = "CIR-2026-000123"
JO = Address(name="Jo", email="jo@personal.example.org", phone="07700 900101")
KAYA = Address(name="Kaya", email="kaya@example.org", phone="07700 900111")
DESK = Address(name="Alder desk", email="duty@alder.example.org", phone="01632 960201")

RECEIPT = Notice(
    notice="report-receipt", role="council", channels=("email", "sms"), addresses=(JO,)
)
OFFER = Notice(notice="recovery-offer", role="council", channels=("email",), addresses=(JO,))
CONFIRMED = RECEIPT.but(notice="activation-confirmed", must_arrive=True)


class Post:
    """The activity with its fakes."""

    def __init__(self) -> None:
        self.notifier = FakeNotifier()
        self.book = FakeNoticeBook()
        self.addresses = FakeAddresses(triage_officer=(KAYA,), kaya=(KAYA,), alder=(DESK,))
        self.beats: list[object] = []

    async def tell(self, *notices: Notice, exercise: bool = False) -> tuple[NoticeAnswer, ...]:
        activity = Notices(self.notifier, self.book, self.addresses, FakeRenderer())
        effects = tuple(
            NoticeEffect(key=f"{CASE}/step/{number}", case=CASE, notice=notice)
            for number, notice in enumerate(notices, start=1)
        )
        environment = ActivityEnvironment()
        environment.on_heartbeat = lambda *details: self.beats.append(details)
        return await environment.run(
            activity.deliver_notices, NoticeBatch(effects=effects, exercise=exercise)
        )

    async def tell_one(self, notice: Notice) -> NoticeAnswer:
        (answer,) = await self.tell(notice)
        return answer

    @property
    def channels(self) -> list[str]:
        return [message.channel for message in self.notifier.calls]


@pytest.fixture
def post() -> Post:
    return Post()


def states(answer: NoticeAnswer) -> dict[str, str]:
    return {outcome.channel: outcome.state for outcome in answer.outcomes}


async def test_the_channels_named_go_out_together(post: Post) -> None:
    answer = await post.tell_one(RECEIPT)
    assert answer.state == "done"
    assert states(answer) == {"email": "delivered", "sms": "delivered"}
    assert {outcome.how for outcome in answer.outcomes} == {"no-receipts"}


async def test_a_repeat_sends_nothing_and_gives_the_same_answer(post: Post) -> None:
    first = await post.tell_one(RECEIPT)
    assert await post.tell_one(RECEIPT) == first
    assert post.channels == ["email", "sms"]


async def test_one_that_fails_delays_no_other(post: Post) -> None:
    down = Delivery(state="failed", how="451", again=True)
    post.notifier.answers["email"] = [down, down]
    staff = Notice(notice="new-case", role="triage-officer", channels=("page",))
    failed, done = await post.tell(OFFER.but(role="finance", addresses=(JO,)), staff)
    assert (failed.state, done.state) == ("failed", "done")


async def test_a_bug_in_one_notice_delays_no_other(post: Post) -> None:
    post.notifier.bugs = {"email"}
    broken, done = await post.tell(OFFER, RECEIPT.but(channels=("sms",)))
    assert (broken.state, broken.how) == ("failed", "internal-error KeyError")
    assert done.state == "done"


async def test_a_channel_that_failed_for_now_is_tried_again_alone(post: Post) -> None:
    post.notifier.answers["email"] = [Delivery(state="failed", how="451", again=True)]
    first = await post.tell_one(RECEIPT)
    second = await post.tell_one(RECEIPT)
    assert (first.state, states(first)) == ("failed", {"sms": "delivered"})
    assert (second.state, states(second)) == ("done", {"email": "delivered", "sms": "delivered"})
    assert post.channels == ["email", "sms", "email"]


async def test_a_council_that_mail_cannot_reach_is_sent_an_sms_at_once(post: Post) -> None:
    post.notifier.answers["email"] = [Delivery(state="failed", how="550")]
    answer = await post.tell_one(OFFER)
    assert answer.state == "done"
    assert states(answer) == {"email": "failed", "sms": "delivered"}


async def test_when_every_channel_failed_somebody_must_ring(post: Post) -> None:
    post.notifier.answers["email"] = [Delivery(state="failed", how="550")]
    post.notifier.answers["sms"] = [Delivery(state="failed", how="no such number")]
    answer = await post.tell_one(RECEIPT)
    assert answer.state == "final"
    assert states(answer) == {"email": "failed", "sms": "failed"}


async def test_a_council_with_no_safe_way_is_never_written_to(post: Post) -> None:
    answer = await post.tell_one(RECEIPT.but(addresses=()))
    assert answer.state == "final"
    assert {outcome.how for outcome in answer.outcomes} == {"no safe address"}
    assert post.channels == []


async def test_once_waits_for_the_ledger(post: Post) -> None:
    post.book.away = True
    answer = await post.tell_one(RECEIPT)
    assert answer.state == "failed"
    assert post.channels == []


async def test_must_arrive_does_not_wait_for_the_ledger_and_says_possibly_doubled(
    post: Post,
) -> None:
    post.book.away = True
    answer = await post.tell_one(CONFIRMED)
    assert answer.state == "done"
    assert [outcome.doubled for outcome in answer.outcomes] == [True, True]


async def test_an_unknown_outcome_is_looked_up_before_anything_is_sent_again(post: Post) -> None:
    post.notifier.broken = {"email"}
    first = await post.tell_one(RECEIPT)
    second = await post.tell_one(RECEIPT)
    assert (first.state, second.state) == ("failed", "done")
    assert post.channels == ["email", "sms"]


async def test_once_without_a_look_up_is_never_sent_again(post: Post) -> None:
    post.notifier.broken = post.notifier.blind = {"email"}
    await post.tell_one(OFFER)
    answer = await post.tell_one(OFFER)
    assert states(answer) == {"email": "failed", "sms": "delivered"}
    assert post.channels.count("email") == 1


async def test_must_arrive_without_a_look_up_is_sent_again_with_the_same_message_id(
    post: Post,
) -> None:
    post.notifier.broken = post.notifier.blind = {"email"}
    await post.tell_one(CONFIRMED)
    post.notifier.broken = set()
    answer = await post.tell_one(CONFIRMED)
    mails = [message for message in post.notifier.calls if message.channel == "email"]
    assert len(mails) == 2
    assert len({mail.message_id for mail in mails}) == 1
    assert next(o.doubled for o in answer.outcomes if o.channel == "email")


async def test_staff_are_found_by_role_or_by_name(post: Post) -> None:
    by_role = Notice(notice="new-case", role="triage-officer", channels=("page", "email"))
    by_name = Notice(
        notice="case-assigned", role="triage-officer", channels=("email",), person="kaya"
    )
    await post.tell(by_role, by_name)
    assert {message.to for message in post.notifier.calls} == {KAYA}


async def test_a_provider_gets_the_facts_besides_the_words(post: Post) -> None:
    call_out = Notice(
        notice="call-out",
        role="provider",
        provider="alder",
        channels=("provider-message",),
        must_arrive=True,
        context={"call_out": "x"},
    )
    await post.tell_one(call_out)
    (message,) = post.notifier.calls
    assert (message.to, message.facts) == (DESK, {"call_out": "x"})


async def test_what_an_exercise_sends_is_marked_for_the_sink(post: Post) -> None:
    await post.tell(RECEIPT, exercise=True)
    assert all(message.exercise for message in post.notifier.calls)


async def test_the_word_that_it_is_an_exercise_reaches_people(post: Post) -> None:
    await post.tell(RECEIPT.but(notice="exercise-notice"), exercise=True)
    assert not any(message.exercise for message in post.notifier.calls)
    assert all(message.notice.exercise for message in post.notifier.calls)


async def test_two_people_by_one_channel_are_two_rows(post: Post) -> None:
    old = Address(name="Old", email="old@personal.example.org")
    answer = await post.tell_one(OFFER.but(notice="contact-changed", addresses=(old, JO)))
    assert states(answer) == {"email": "delivered"}
    assert len(post.book.rows) == 2


async def test_a_batch_says_that_it_is_alive(post: Post) -> None:
    await post.tell(RECEIPT)
    assert post.beats
