"""Mail against a real SMTP server that refuses, delays, drops and takes twice."""

import asyncio
import socket
from pathlib import Path

import pytest
from aiosmtplib import SMTPAuthenticationError
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery, Leg, Message, Rendered
from activities.notices import NoticeBatch, NoticeEffect, Notices
from adapters.mail.smtp import MailServer, SmtpNotifier
from domain.notice import Address, Notice
from tests.certificates import certificate
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeRenderer
from tests.mail_server import MailDay, mail_server

SENDER = "cir@mhclg.example.gov.uk"
ACCOUNT = ("cir", "open sesame")
USER, PASSWORD = ACCOUNT
JO = Address(name="Jo Hale", email="jo@personal.example.org")
TAKEN = Delivery(state="delivered", how="no-receipts")
RECEIPT = Notice(
    notice="report-receipt", role="council", channels=("email",), addresses=(JO,),
    context={"happened_at": "2026-10-01T01:41:00Z"},
)  # fmt: skip
MUST = RECEIPT.but(notice="activation-confirmed", must_arrive=True)
WORDS = Rendered(subject="CIR-2026-000123: we have your report", body="Pounds: £1\n.\nEnd\n")


def message(to: Address = JO) -> Message:
    leg = Leg.of("CIR-2026-000123/step/1", "CIR-2026-000123", RECEIPT, "email", 1)
    return Message.of(leg, to, WORDS)


def plain(port: int, **changes: object) -> MailServer:
    return MailServer.model_validate(
        {"host": "127.0.0.1", "port": port, "security": "plain", "timeout_s": 5, **changes}
    )


@pytest.fixture
def day() -> MailDay:
    return MailDay()


async def sent(day: MailDay, to: Address = JO) -> Delivery:
    async with mail_server(day) as port:
        return await SmtpNotifier(plain(port), SENDER).deliver(message(to))


async def test_a_mail_arrives_word_for_word_under_its_id(day: MailDay) -> None:
    assert await sent(day) == TAKEN
    (mail,) = day.mails
    assert mail["Message-ID"] == f"<{message().message_id}@mhclg.example.gov.uk>"
    assert mail.get_content().splitlines() == ["Pounds: £1", ".", "End"]


@pytest.mark.parametrize(("code", "again"), [(451, True), (421, True), (550, False), (553, False)])
async def test_what_a_recipient_is_refused_with_says_whether_to_try_again(
    day: MailDay, code: int, *, again: bool
) -> None:
    day.recipients["jo@personal.example.org"] = f"{code} no"
    answer = await sent(day)
    assert (answer.state, answer.again) == ("failed", again)
    assert str(code) in answer.how
    assert "jo@" not in answer.how


@pytest.mark.parametrize(("answer", "again"), [("452 full", True), ("554 not this", False)])
async def test_the_mail_itself_may_be_refused(day: MailDay, answer: str, *, again: bool) -> None:
    day.content.append(answer)
    told = await sent(day)
    assert (told.state, told.again, day.mails) == ("failed", again, [])


async def test_a_refused_sender_is_tried_again_for_the_fault_is_ours(day: MailDay) -> None:
    day.sender = "550 who are you"
    answer = await sent(day)
    assert (answer.state, answer.again) == ("failed", True)


@pytest.mark.parametrize(("when", "arrived"), [("before", 0), ("after", 1)])
async def test_a_line_lost_in_data_leaves_the_outcome_unknown(
    day: MailDay, when: str, arrived: int
) -> None:
    day.drop[when] = 1
    with pytest.raises(OSError, match="lost in DATA"):
        await sent(day)
    assert len(day.mails) == arrived


async def test_a_server_that_does_not_answer_the_mail_is_an_unknown_outcome(day: MailDay) -> None:
    day.hold.clear()
    async with mail_server(day) as port:
        with pytest.raises(OSError, match="lost in DATA"):
            await SmtpNotifier(plain(port, timeout_s=0.2), SENDER).deliver(message())
        day.hold.set()


async def test_a_server_that_is_not_there_had_nothing() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        answer = await SmtpNotifier(plain(one.getsockname()[1]), SENDER).deliver(message())
    assert (answer.state, answer.again) == ("failed", True)


async def test_smtp_cannot_be_asked_afterwards() -> None:
    assert (await SmtpNotifier(plain(1), SENDER).look_up(message())).state == "unknown"


@pytest.mark.parametrize("email", ["", "no at", "jö@personal.example.org", "a@b\r\nBcc: x@y.z"])
async def test_an_address_that_is_none_fails_for_good(day: MailDay, email: str) -> None:
    answer = await sent(day, JO.but(email=email))
    assert (answer.state, answer.again, day.mails) == ("failed", False, [])


class TestALineThatIsSecured:
    @pytest.mark.parametrize("security", ["tls", "starttls"])
    async def test_with_a_known_certificate(
        self, day: MailDay, tmp_path: Path, security: str
    ) -> None:
        context, trusted = certificate(tmp_path)
        async with mail_server(day, line=(security, context)) as port:
            server = plain(port, security=security, authorities=trusted)
            assert await SmtpNotifier(server, SENDER).deliver(message()) == TAKEN

    @pytest.mark.parametrize("security", ["tls", "starttls"])
    async def test_with_an_unknown_certificate_nothing_is_sent(
        self, day: MailDay, tmp_path: Path, security: str
    ) -> None:
        context, _ = certificate(tmp_path)
        async with mail_server(day, line=(security, context)) as port:
            answer = await SmtpNotifier(plain(port, security=security), SENDER).deliver(message())
        assert (answer.state, answer.again, day.mails) == ("failed", True, [])

    async def test_a_line_that_cannot_be_secured_is_not_used(self, day: MailDay) -> None:
        async with mail_server(day) as port:
            answer = await SmtpNotifier(plain(port, security="starttls"), SENDER).deliver(message())
        assert (answer.state, answer.again, day.mails) == ("failed", True, [])

    async def test_a_wrong_password_is_mended_and_the_mail_goes_then(
        self, day: MailDay, tmp_path: Path
    ) -> None:
        context, trusted = certificate(tmp_path)
        async with mail_server(day, line=("starttls", context), account=ACCOUNT) as port:
            server = plain(
                port, security="starttls", authorities=trusted, user=USER, password=PASSWORD[::-1]
            )
            notifier = SmtpNotifier(server, SENDER)
            answer = await notifier.deliver(message())
            assert (answer.state, answer.again) == ("failed", True)
            assert PASSWORD[::-1] not in answer.how
            with pytest.raises(SMTPAuthenticationError):
                await notifier.greet()
            right = SmtpNotifier(server.but(password=PASSWORD), SENDER)
            assert await right.greet()
            assert await right.deliver(message()) == TAKEN


class TestTheTwoKinds:
    """The activity over a real server: once is once, and what must arrive does."""

    async def told(self, day: MailDay, notice: Notice, times: int = 2) -> FakeNoticeBook:
        book = FakeNoticeBook()
        effect = NoticeEffect(key="CIR-2026-000123/step/1", case="CIR-2026-000123", notice=notice)
        async with mail_server(day) as port:
            notifier = SmtpNotifier(plain(port), SENDER)
            activity = Notices(notifier, book, FakeAddresses(), FakeRenderer())
            for _ in range(times):
                await ActivityEnvironment().run(
                    activity.deliver_notices, NoticeBatch(effects=(effect,))
                )
        return book

    async def test_once_is_not_sent_again_when_the_server_took_it_and_died(
        self, day: MailDay
    ) -> None:
        day.drop["after"] = 1
        book = await self.told(day, RECEIPT)
        assert len(day.mails) == 1
        (row,) = book.rows.values()
        assert (row.state, row.doubled) == ("failed", False)
        assert "no look-up" in row.how

    @pytest.mark.parametrize(("when", "arrived"), [("before", 1), ("after", 2)])
    async def test_what_must_arrive_goes_again_under_one_id_and_says_so(
        self, day: MailDay, when: str, arrived: int
    ) -> None:
        day.drop[when] = 1
        book = await self.told(day, MUST)
        assert (len(day.mails), len(set(day.ids))) == (arrived, 1)
        (row,) = book.rows.values()
        assert (row.state, row.doubled) == ("delivered", True)

    async def test_twenty_at_once_arrive_twenty_times(self, day: MailDay) -> None:
        async with mail_server(day) as port:
            notifier = SmtpNotifier(plain(port), SENDER)
            await asyncio.gather(*(notifier.deliver(message()) for _ in range(20)))
        assert len(day.mails) == 20
