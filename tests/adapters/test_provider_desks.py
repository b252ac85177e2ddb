"""Providers' desks against a real HTTP server that refuses, delays, drops and takes twice."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.notice_ports import Delivery, Leg, Message, Rendered
from activities.notices import NoticeAnswer, NoticeBatch, NoticeEffect, Notices
from adapters.mail.file_outbox import FileOutboxNotifier
from adapters.provider.desk import ProviderDesks
from adapters.signed_line import Desk, SignedLine
from domain.notice import Address, Notice
from stack.layout import free_ports
from tests.fakes import FakeAddresses, FakeNoticeBook, FakeRenderer
from tests.live import utc_now
from tests.partner_server import SECRET, PartnerDay, partner_server

CASE = "CIR-2026-000123"
DESK = Address(name="Alder desk", email="duty@alder.example.org", phone="01632 960201")
CALL_OUT = Notice(
    notice="call-out",
    role="provider",
    provider="alder",
    channels=("provider-message",),
    must_arrive=True,
    context={"council": "Südstadt Test"},
)
ANSWER = CALL_OUT.but(notice="phase-exit-accepted", must_arrive=False)
OTHER = f"whsec_{'A' * 32}"
TAKEN = Delivery(state="delivered", how="no-receipts")


def message(notice: Notice = CALL_OUT) -> Message:
    leg = Leg.of(f"{CASE}/step/1", CASE, notice, "provider-message", 1)
    return Message.of(leg, DESK, Rendered(subject="Call-out", body="Ring them.\n"))


@pytest.fixture
def day() -> PartnerDay:
    day = PartnerDay()
    day.go_on.set()
    return day


@pytest.fixture
def address(day: PartnerDay) -> Iterator[str]:
    with partner_server(day) as address:
        yield address


@pytest.fixture
def files(tmp_path: Path) -> FileOutboxNotifier:
    return FileOutboxNotifier(tmp_path, "cir@mhclg.example.gov.uk")


def desks(
    address: str, files: FileOutboxNotifier, timeout_s: float = 5, secret: str = SECRET
) -> ProviderDesks:
    line = SignedLine(Desk(url=address, secret=secret, timeout_s=timeout_s), utc_now)
    return ProviderDesks({"alder": line}, files)


@pytest.fixture
def alder(address: str, files: FileOutboxNotifier) -> ProviderDesks:
    return desks(address, files)


async def test_a_call_out_arrives_signed_under_our_id(
    alder: ProviderDesks, day: PartnerDay
) -> None:
    assert await alder.deliver(message()) == TAKEN
    (came,) = day.came
    assert came.id == message().message_id
    said = (came.content["type"], came.content["case"], came.content["facts"])
    assert said == ("call-out", CASE, {"council": "Südstadt Test"})
    assert came.content["id"] == came.id


async def test_every_try_has_the_same_id_and_the_same_words(
    alder: ProviderDesks, day: PartnerDay
) -> None:
    assert await alder.deliver(message()) == await alder.deliver(message())
    one, other = day.came
    assert (one.id, one.content) == (other.id, other.content)


@pytest.mark.parametrize(
    ("status", "again"),
    [(408, True), (425, True), (429, True), (400, False), (404, False), (410, False), (301, False)],
)
async def test_a_refusal_is_final_unless_it_says_come_again(
    alder: ProviderDesks, day: PartnerDay, status: int, *, again: bool
) -> None:
    day.answers = [status]
    answer = await alder.deliver(message())
    assert answer == Delivery(state="failed", how=f"the desk answered {status}", again=again)
    assert day.came == []


async def test_a_wrong_secret_is_refused_for_good(address: str, files: FileOutboxNotifier) -> None:
    answer = await desks(address, files, secret=OTHER).deliver(message())
    assert answer == Delivery(state="failed", how="the desk answered 401")


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_a_fault_of_theirs_leaves_open_whether_they_have_it(
    alder: ProviderDesks, day: PartnerDay, status: int
) -> None:
    day.answers = [status]
    with pytest.raises(OSError, match=f"answered {status}"):
        await alder.deliver(message())


async def test_a_lost_answer_leaves_it_open(alder: ProviderDesks, day: PartnerDay) -> None:
    day.lose = 1
    with pytest.raises(OSError, match="the line was lost"):
        await alder.deliver(message())
    assert day.ids == [message().message_id]


async def test_a_desk_that_takes_too_long_leaves_it_open(
    address: str, files: FileOutboxNotifier, day: PartnerDay
) -> None:
    day.go_on.clear()
    with pytest.raises(OSError, match="the line was lost"):
        await desks(address, files, timeout_s=0.2).deliver(message())


async def test_a_desk_that_was_not_reached_has_nothing(files: FileOutboxNotifier) -> None:
    (port,) = free_ports(1)
    answer = await desks(f"http://127.0.0.1:{port}", files).deliver(message())
    assert (answer.state, answer.again) == ("failed", True)


async def test_a_provider_without_a_desk_is_sent_files(
    alder: ProviderDesks, files: FileOutboxNotifier, day: PartnerDay
) -> None:
    sent = message(CALL_OUT.but(provider="kestrel"))
    assert await alder.deliver(sent) == TAKEN
    assert json.loads(files.path_of(sent).read_text())["provider"] == "kestrel"
    assert (await alder.look_up(sent)).state == "delivered"
    assert day.came == []


async def test_a_signature_is_as_old_as_its_try(address: str, files: FileOutboxNotifier) -> None:
    at = datetime.fromtimestamp(0, UTC)
    line = SignedLine(Desk(url=address, secret=SECRET), lambda: at)
    stale = ProviderDesks({"alder": line}, files)
    assert (await stale.deliver(message())).how == "the desk answered 401"
    at = utc_now() - timedelta(minutes=1)
    assert await stale.deliver(message()) == TAKEN


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", "é"])
def test_a_secret_that_is_none_is_refused_and_not_told(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ and base64") as told:
        SignedLine(Desk(url="http://127.0.0.1:1", secret=secret), utc_now)
    assert not secret.removeprefix("whsec_") or secret not in str(told.value)


class Post:
    """The activity over real desks and a ledger."""

    def __init__(self, alder: ProviderDesks) -> None:
        self.book = FakeNoticeBook()
        self._activity = Notices(alder, self.book, FakeAddresses(alder=(DESK,)), FakeRenderer())

    async def tell(self, notice: Notice) -> NoticeAnswer:
        effect = NoticeEffect(key=f"{CASE}/step/1", case=CASE, notice=notice)
        environment = ActivityEnvironment()
        batch = NoticeBatch(effects=(effect,))
        (answer,) = await environment.run(self._activity.deliver_notices, batch)
        return answer


async def test_a_call_out_in_doubt_goes_again_under_one_id_and_may_be_doubled(
    alder: ProviderDesks, day: PartnerDay
) -> None:
    post = Post(alder)
    day.lose = 1
    assert (await post.tell(CALL_OUT)).state == "failed"
    answer = await post.tell(CALL_OUT)
    assert [(o.state, o.doubled) for o in answer.outcomes] == [("delivered", True)]
    assert (len(day.ids), len(set(day.ids))) == (2, 1)


async def test_that_it_may_be_doubled_is_remembered_through_a_refusal(
    alder: ProviderDesks, day: PartnerDay
) -> None:
    post = Post(alder)
    day.answers = [503, 429]
    assert (await post.tell(CALL_OUT)).state == "failed"
    assert (await post.tell(CALL_OUT)).state == "failed"
    (outcome,) = (await post.tell(CALL_OUT)).outcomes
    assert (outcome.state, outcome.doubled) == ("delivered", True)


async def test_an_answer_in_doubt_goes_again_because_a_desk_takes_each_id_once(
    alder: ProviderDesks, day: PartnerDay
) -> None:
    post = Post(alder)
    day.lose = 1
    assert (await post.tell(ANSWER)).state == "failed"
    assert (await post.tell(ANSWER)).state == "done"
    assert len(set(day.ids)) == 1
