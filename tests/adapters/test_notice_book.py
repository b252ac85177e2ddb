import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_ports import Delivery, LedgerAwayError, Leg, NoticeBook
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.tables import NoticeRow
from domain.notice import Channel, Notice
from tests.builders import REFERENCE
from tests.databases import Clock, Database, count, taken_away
from tests.fakes import FakeNoticeBook

RECEIPT = Notice(notice="report-receipt", role="council", channels=("email", "sms"))


def a_leg(key: str = "key-1", channel: Channel = "email", number: int = 1) -> Leg:
    return Leg.of(key, REFERENCE, RECEIPT, channel, number)


SENDING = Delivery(state="sending")
DELIVERED = Delivery(state="delivered", how="no-receipts")
REFUSED = Delivery(state="failed", how="refused")
BUSY = Delivery(state="failed", how="busy", again=True)


@pytest.fixture
def database_book(engine: AsyncEngine, clock: Clock) -> DatabaseNoticeBook:
    return DatabaseNoticeBook(engine, clock)


class TestNoticeBook:
    """What every ledger of notices keeps to: the one in the database and its fake alike."""

    @pytest.fixture(params=["database", "fake"])
    def book(self, request: pytest.FixtureRequest) -> NoticeBook:
        if request.param == "fake":
            return FakeNoticeBook()
        made: NoticeBook = request.getfixturevalue("database_book")
        return made

    async def test_the_first_claim_finds_nothing(self, book: NoticeBook) -> None:
        assert await book.claim(a_leg()) is None

    async def test_a_claim_that_was_never_settled_is_in_doubt(self, book: NoticeBook) -> None:
        await book.claim(a_leg())
        assert await book.claim(a_leg()) == SENDING

    @pytest.mark.parametrize("settled", [DELIVERED, REFUSED, DELIVERED.but(doubled=True)])
    async def test_what_is_settled_for_good_stays(
        self, book: NoticeBook, settled: Delivery
    ) -> None:
        await book.claim(a_leg())
        await book.settle(a_leg(), settled)
        assert [await book.claim(a_leg()) for _ in range(2)] == [settled, settled]

    async def test_what_may_be_tried_again_is_claimed_anew(self, book: NoticeBook) -> None:
        await book.claim(a_leg())
        await book.settle(a_leg(), BUSY)
        assert await book.claim(a_leg()) == BUSY
        again = await book.claim(a_leg())
        assert again is not None
        assert again.state == "sending"

    async def test_each_person_and_channel_has_a_row_of_its_own(self, book: NoticeBook) -> None:
        await book.claim(a_leg())
        await book.settle(a_leg(), DELIVERED)
        assert await book.claim(a_leg(channel="sms")) is None
        assert await book.claim(a_leg(number=2)) is None


async def test_with_the_database_away_it_says_so(
    database_book: DatabaseNoticeBook, engine: AsyncEngine, database: Database
) -> None:
    await taken_away(engine, database)
    with pytest.raises(LedgerAwayError):
        await database_book.claim(a_leg())
    with pytest.raises(LedgerAwayError):
        await database_book.settle(a_leg(), DELIVERED)


async def test_a_row_is_kept_when_the_process_ends(
    database_book: DatabaseNoticeBook, engine: AsyncEngine, clock: Clock
) -> None:
    await database_book.claim(a_leg())
    await database_book.settle(a_leg(), DELIVERED)
    await engine.dispose()
    assert await DatabaseNoticeBook(engine, clock).claim(a_leg()) == DELIVERED
    assert await count(engine, NoticeRow) == 1
