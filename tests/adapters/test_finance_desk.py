"""Finance's desk against a real HTTP server that refuses, drops and takes twice."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from activities.billing import Billing, PackHandOff
from adapters.finance.file_desk import FileFinanceDesk, PackChangedError
from adapters.finance.http_desk import HttpFinanceDesk, NotTakenError
from adapters.signed_line import Desk, SignedLine
from tests.builders import REFERENCE
from tests.live import utc_now
from tests.partner_server import SECRET, PartnerDay, partner_server

PACK = PackHandOff(
    key=f"{REFERENCE}/billing/1",
    case=REFERENCE,
    document={"pack": 1, "document": {"A": {"items": [{"item": "A-1", "amount_pence": 92500}]}}},
    exercise=False,
)
PLACE = f"finance/{REFERENCE}/pack-1"


@pytest.fixture
def day() -> PartnerDay:
    day = PartnerDay()
    day.go_on.set()
    return day


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    return tmp_path / "outbox"


@pytest.fixture
def finance(day: PartnerDay, outbox: Path) -> Iterator[HttpFinanceDesk]:
    with partner_server(day) as address:
        line = SignedLine(Desk(url=address, secret=SECRET, timeout_s=5), utc_now)
        yield HttpFinanceDesk(line, FileFinanceDesk(outbox), outbox)


async def test_a_pack_is_posted_signed_under_its_key_and_readable_as_files(
    finance: HttpFinanceDesk, day: PartnerDay, outbox: Path
) -> None:
    assert await finance.take(PACK) == PLACE
    (came,) = day.came
    assert (came.id, came.headers["idempotency-key"]) == (PACK.key, PACK.key)
    assert (
        came.content["pack"]
        == PACK.document
        == json.loads((outbox / PLACE / "pack.json").read_text())
    )
    assert (came.content["type"], came.content["case"]) == ("billing-pack", REFERENCE)


async def test_a_pack_asked_for_by_its_key_alone_goes_again_in_the_same_words(
    finance: HttpFinanceDesk, day: PartnerDay
) -> None:
    await finance.take(PACK)
    await finance.take(PACK.but(document=None))
    one, other = day.came
    assert (one.id, one.content) == (other.id, other.content)


async def test_a_pack_of_the_same_key_with_other_content_is_not_posted(
    finance: HttpFinanceDesk, day: PartnerDay
) -> None:
    await finance.take(PACK)
    with pytest.raises(PackChangedError):
        await finance.take(PACK.but(document={"pack": 1, "more": True}))
    assert len(day.came) == 1


async def test_a_pack_that_was_never_placed_cannot_be_sent_again(
    finance: HttpFinanceDesk, day: PartnerDay
) -> None:
    with pytest.raises(FileNotFoundError):
        await finance.take(PACK.but(document=None))
    assert day.came == []


@pytest.mark.parametrize("status", [400, 401, 408, 429])
async def test_a_pack_that_was_refused_is_not_done(
    finance: HttpFinanceDesk, day: PartnerDay, status: int
) -> None:
    day.answers = [status]
    with pytest.raises(NotTakenError, match=f"answered {status}"):
        await finance.take(PACK)
    assert await finance.take(PACK) == PLACE


async def test_a_pack_is_tried_until_taken_and_goes_under_one_id(
    finance: HttpFinanceDesk, day: PartnerDay
) -> None:
    day.answers, day.lose = [503, 401], 1
    activity, environment = Billing(finance), ActivityEnvironment()
    states = []
    for _ in range(4):
        (answer,) = await environment.run(activity.hand_off_billing, (PACK,))
        states.append(answer.state)
    assert states == ["failed", "failed", "failed", "done"]
    assert set(day.ids) == {PACK.key}
