import json
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from activities.notice_ports import Delivery, Leg, Message, Notifier, Rendered
from adapters.mail.file_outbox import FileOutboxNotifier
from domain.notice import Address, Channel, Notice
from tests.fakes import FakeNotifier

SENDER = "cir@mhclg.example.gov.uk"
JO = Address(name="Jo Hale", email="jo@personal.example.org", phone="07700 900101")
RECEIPT = Notice(
    notice="report-receipt",
    role="council",
    channels=("email", "sms"),
    context={"happened_at": "2026-10-01T01:41:00Z"},
)


def message(
    notice: Notice = RECEIPT,
    channel: Channel = "email",
    *,
    key: str = "CIR-2026-000123/step/1",
    to: Address = JO,
    subject: str = "OFFICIAL-SENSITIVE TLP:AMBER CIR-2026-000123: we have your report",
) -> Message:
    words = Rendered(subject=subject, body="Pounds: £1\n", sms="Short words.")
    return Message.of(Leg.of(key, "CIR-2026-000123", notice, channel, 1), to, words)


@pytest.fixture
def outbox(tmp_path: Path) -> FileOutboxNotifier:
    return FileOutboxNotifier(tmp_path / "outbox", SENDER)


def files(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


class TestNotifier:
    """What every notifier keeps to: the file outbox and its fake alike."""

    @pytest.fixture(params=["outbox", "fake"])
    def notifier(self, request: pytest.FixtureRequest) -> Notifier:
        if request.param == "fake":
            return FakeNotifier()
        made: Notifier = request.getfixturevalue("outbox")
        return made

    async def test_a_message_taken_is_delivered_without_receipts(self, notifier: Notifier) -> None:
        expected = Delivery(state="delivered", how="no-receipts")
        assert await notifier.deliver(message()) == expected

    async def test_a_message_taken_is_found(self, notifier: Notifier) -> None:
        await notifier.deliver(message())
        assert (await notifier.look_up(message())).state == "delivered"

    async def test_a_message_never_seen_is_known_to_be_missing(self, notifier: Notifier) -> None:
        found = await notifier.look_up(message())
        assert (found.state, found.again) == ("failed", True)

    async def test_a_repeat_is_taken_as_well(self, notifier: Notifier) -> None:
        assert await notifier.deliver(message()) == await notifier.deliver(message())


async def test_a_mail_says_who_to_whom_and_what(outbox: FileOutboxNotifier) -> None:
    await outbox.deliver(message())
    mail = message_from_bytes(outbox.path_of(message()).read_bytes(), policy=default)
    assert mail["To"] == "Jo Hale <jo@personal.example.org>"
    assert mail["Subject"] == message().subject
    assert mail["Message-ID"] == f"<{message().message_id}@mhclg.example.gov.uk>"
    assert mail["Date"] == "Thu, 01 Oct 2026 01:41:00 +0000"
    assert mail.get_content().splitlines() == ["Pounds: £1"]


async def test_a_repeat_writes_the_same_file_and_no_other(
    outbox: FileOutboxNotifier, tmp_path: Path
) -> None:
    await outbox.deliver(message())
    first = outbox.path_of(message()).read_bytes()
    await outbox.deliver(message())
    assert outbox.path_of(message()).read_bytes() == first
    assert len(files(tmp_path)) == 1


@pytest.mark.parametrize(
    ("role", "folder"),
    [
        ("council", "council"),
        ("ncsc", "ncsc"),
        ("finance", "finance"),
        ("triage-officer", "staff"),
        ("provider", "provider/alder"),
    ],
)
async def test_each_kind_of_recipient_has_a_folder(
    outbox: FileOutboxNotifier, tmp_path: Path, role: str, folder: str
) -> None:
    await outbox.deliver(message(RECEIPT.but(role=role, provider="alder")))
    (name,) = files(tmp_path / "outbox")
    assert name.startswith(f"{folder}/CIR.2026.000123.step.1.email.1.")


async def test_an_sms_is_a_text_with_its_number(outbox: FileOutboxNotifier) -> None:
    sms = message(channel="sms")
    await outbox.deliver(sms)
    assert outbox.path_of(sms).read_text() == "To: 07700 900101\n\nShort words.\n"


async def test_a_provider_gets_a_document_that_a_program_reads(outbox: FileOutboxNotifier) -> None:
    call_out = RECEIPT.but(
        notice="call-out", role="provider", provider="alder", context={"call_out": "x"}
    )
    sent = message(call_out, "provider-message")
    await outbox.deliver(sent)
    document = json.loads(outbox.path_of(sent).read_text())
    assert (document["type"], document["case"], document["facts"]) == (
        "call-out",
        "CIR-2026-000123",
        {"call_out": "x"},
    )


async def test_no_header_can_be_put_in_by_a_subject_or_a_name(outbox: FileOutboxNotifier) -> None:
    hostile = "Hello\r\nBcc: all@evil.example\r\n\r\nbody"
    sent = message(subject=hostile, to=JO.but(name=hostile))
    await outbox.deliver(sent)
    mail = message_from_bytes(outbox.path_of(sent).read_bytes(), policy=default)
    assert mail["Bcc"] is None
    assert mail.get_content().splitlines() == ["Pounds: £1"]


@pytest.mark.parametrize("address", ["", "no at", "a@b\r\nBcc: x@y.example", "a b@c"])
async def test_an_address_that_is_none_fails_for_good(
    outbox: FileOutboxNotifier, tmp_path: Path, address: str
) -> None:
    answer = await outbox.deliver(message(to=JO.but(email=address)))
    assert (answer.state, answer.again) == ("failed", False)
    assert files(tmp_path) == []


@pytest.mark.parametrize("key", ["../../etc/x", "a/b\0c", "x" * 400, "CIR-2026-000123/clock#1/x"])
async def test_a_file_stays_in_its_folder_whatever_the_key(
    outbox: FileOutboxNotifier, tmp_path: Path, key: str
) -> None:
    await outbox.deliver(message(key=key))
    (name,) = files(tmp_path)
    assert name.startswith("outbox/council/")


def test_no_two_keys_share_a_name(outbox: FileOutboxNotifier) -> None:
    one, other = message(key="a/b"), message(key="a#b")
    assert outbox.path_of(one) != outbox.path_of(other)


async def test_what_a_crash_left_half_written_is_swept(
    outbox: FileOutboxNotifier, tmp_path: Path
) -> None:
    await outbox.deliver(message())
    (tmp_path / "outbox" / "council" / ".half.eml.1.part").write_bytes(b"OFFICIAL")
    assert outbox.sweep() == 1
    assert len(files(tmp_path)) == 1
