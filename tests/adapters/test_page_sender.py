from datetime import timedelta

import pytest

from activities.notice_ports import Delivery
from adapters.check_words import CheckWords
from adapters.database.owed_pages import OwedPage
from adapters.mail.page_sender import MessagePageSender, in_words, template_of
from adapters.rendering import Templates
from domain.people import M, Person
from domain.provider import lead_of
from tests.builders import HOUR, MINUTE, NOON, OTHER, REFERENCE, a_provider
from tests.fakes import FakeNotifier

PRIYA = Person(
    id="priya", name="Priya Nair", roles=(M,), email="priya@mhclg.example.gov.uk",
    phone="07700 900102",
)  # fmt: skip
BREACH = OwedPage(
    case=REFERENCE, about="decision#1", rung=1, says="decision waits for a decision",
    at=NOON, due_at=NOON - 12 * MINUTE, exercise=False,
)  # fmt: skip
WARNING = BREACH.but(rung=0, due_at=NOON + HOUR)
NOTICE = WARNING.but(
    about="notice:new-case",
    says=f"A new case waits for an officer. cir triage acknowledge {REFERENCE}",
)


@pytest.fixture
def notifier() -> FakeNotifier:
    return FakeNotifier()


@pytest.fixture
def sender(notifier: FakeNotifier) -> MessagePageSender:
    return MessagePageSender(
        notifier, Templates("01632 960100", CheckWords(b"k" * 32)), lambda: NOON
    )


@pytest.mark.parametrize(
    ("pages", "template"),
    [
        ((BREACH,), "clock-breached"),
        ((WARNING,), "clock-warning"),
        ((WARNING.but(rung=1),), "clock-warning"),  # its rung was empty; it warns all the same
        ((BREACH.but(about="alarm:life-risk#1", rung=2),), "alarm"),
        ((BREACH.but(about="alarm:report-repeated#1", rung=0),), "alarm"),
        ((NOTICE,), "notice-by-page"),
        ((BREACH, WARNING), "escalation-digest"),
        ((NOTICE, NOTICE), "escalation-digest"),
    ],
)
def test_a_message_has_the_template_of_what_it_holds(
    pages: tuple[OwedPage, ...], template: str
) -> None:
    assert template_of(pages) == template


async def test_a_page_goes_by_every_channel_the_person_has(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    await sender.send(PRIYA, (BREACH,), "page/x/priya")
    assert [call.channel for call in notifier.calls] == ["email", "sms"]
    assert len({call.message_id for call in notifier.calls}) == 2


async def test_without_a_telephone_there_is_only_the_mail(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    await sender.send(PRIYA.but(phone=None), (BREACH,), "page/x/priya")
    assert [call.channel for call in notifier.calls] == ["email"]


async def test_a_repeat_has_the_same_message_ids(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    for _ in range(2):
        await sender.send(PRIYA, (BREACH,), "page/x/priya")
    first, second = notifier.calls[:2], notifier.calls[2:]
    assert [call.message_id for call in first] == [call.message_id for call in second]


async def test_a_breach_says_how_late_it_is_and_how_to_acknowledge(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    await sender.send(PRIYA, (BREACH,), "page/x/priya")
    body = notifier.calls[0].body
    assert "12 minutes" in body
    assert f"cir escalation acknowledge {REFERENCE} --about decision" in body


async def test_a_rejected_report_is_called_no_case_and_has_its_own_answer(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    page = BREACH.but(case="REJ-000007", about="alarm:report-rejected#1", rung=0)
    await sender.send(PRIYA, (page,), "page/x/priya")
    body = notifier.calls[0].body
    assert "Rejected report REJ-000007" in body
    assert "cir intake acknowledge REJ-000007" in body


async def test_a_digest_names_every_case(sender: MessagePageSender, notifier: FakeNotifier) -> None:
    await sender.send(PRIYA, (BREACH, WARNING.but(case=OTHER)), "page/x/priya")
    body = notifier.calls[0].body
    assert REFERENCE in body
    assert OTHER in body


async def test_one_channel_is_enough(sender: MessagePageSender, notifier: FakeNotifier) -> None:
    notifier.answers["email"] = [Delivery(state="failed", how="refused")]
    await sender.send(PRIYA, (BREACH,), "page/x/priya")
    assert [call.channel for call in notifier.calls] == ["email", "sms"]


async def test_with_no_channel_left_it_is_an_error(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    refused = Delivery(state="failed", how="refused")
    notifier.answers = {"email": [refused], "sms": [refused]}
    with pytest.raises(OSError, match="priya"):
        await sender.send(PRIYA, (BREACH,), "page/x/priya")


async def test_a_notice_says_what_answers_it_and_asks_nobody_to_acknowledge(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    await sender.send(PRIYA, (NOTICE,), "page/x/priya")
    mail, text = notifier.calls
    for words in (mail.body, text.sms):
        assert f"cir triage acknowledge {REFERENCE}" in words
        assert "escalation" not in words
    assert "Say that you have it" not in mail.body
    assert "Deadline: " in mail.body
    await sender.send(PRIYA, (NOTICE.but(due_at=NOON),), "page/y/priya")
    assert "Deadline: " not in notifier.calls[2].body


async def test_the_better_channel_says_what_became_of_it(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    notifier.answers["email"] = [Delivery(state="accepted")]
    sent = await sender.send(PRIYA, (BREACH,), "page/x/priya")
    assert (sent.state, sent.doubled) == ("delivered", False)


class TestInDoubt:
    """A message that an earlier try may have sent, before its worker died."""

    async def test_what_a_channel_has_does_not_go_again(
        self, sender: MessagePageSender, notifier: FakeNotifier
    ) -> None:
        await sender.send(PRIYA, (BREACH,), "page/x/priya")
        await sender.send(PRIYA, (BREACH,), "page/x/priya", in_doubt=True)
        assert [call.channel for call in notifier.calls] == ["email", "sms"]

    async def test_what_no_channel_had_goes(
        self, sender: MessagePageSender, notifier: FakeNotifier
    ) -> None:
        sent = await sender.send(PRIYA, (NOTICE,), "page/x/priya", in_doubt=True)
        assert [call.channel for call in notifier.calls] == ["email", "sms"]
        assert not sent.doubled

    async def test_where_nobody_can_tell_a_page_goes_again_and_a_notice_does_not(
        self, sender: MessagePageSender, notifier: FakeNotifier
    ) -> None:
        notifier.blind = {"email", "sms"}
        doubled = await sender.send(PRIYA, (BREACH, NOTICE), "page/x/priya", in_doubt=True)
        assert (doubled.state, doubled.doubled) == ("delivered", True)
        assert len(notifier.calls) == 2
        lost = await sender.send(PRIYA, (NOTICE,), "page/y/priya", in_doubt=True)
        assert (lost.state, "no look-up" in lost.how) == ("failed", True)
        assert len(notifier.calls) == 2


async def test_an_exercise_goes_to_the_sink(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    await sender.send(PRIYA, (BREACH.but(exercise=True),), "page/x/priya")
    assert all(call.exercise for call in notifier.calls)
    assert "EXERCISE" in notifier.calls[0].subject


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=45), "45 seconds"),
        (MINUTE, "1 minute"),
        (3 * HOUR + 5 * MINUTE, "3 hours 5 minutes"),
    ],
)
def test_a_length_reads_as_people_say_it(length: timedelta, words: str) -> None:
    assert in_words(length) == words


async def test_an_account_lead_is_told_as_a_provider_and_has_no_command_to_give(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    missed = BREACH.but(about="provider-contact#1", says="provider-contact waits for contact")
    await sender.send(lead_of(a_provider("alder")), (missed,), "page/x/alder:account-lead")
    assert [call.channel for call in notifier.calls] == ["email", "sms"]
    for call in notifier.calls:
        assert (call.notice.role, call.notice.provider) == ("provider", "alder")
        assert call.to.name == "Moira Tennant"
        assert "cir " not in call.body + call.sms
        assert "STRICT" not in call.subject + call.body + call.sms
        assert "has not reached the council in time" in call.body


async def test_call_outs_missed_together_are_one_message_to_the_account_lead(
    sender: MessagePageSender, notifier: FakeNotifier
) -> None:
    missed = BREACH.but(about="provider-contact#1")
    pages = (missed, missed.but(case=OTHER))
    await sender.send(lead_of(a_provider("alder")), pages, "page/x/alder:account-lead")
    assert len(notifier.calls) == 2
    for call in notifier.calls:
        assert "cir " not in call.body + call.sms
        assert "STRICT" not in call.subject + call.body + call.sms
    assert REFERENCE in notifier.calls[0].body
    assert OTHER in notifier.calls[0].body
