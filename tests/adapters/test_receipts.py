"""Receipts in the ledger of notices, and the count of texts."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.notice_ports import Delivery, Leg, message_id
from activities.receipts import Word
from adapters.database.notice_book import DatabaseNoticeBook
from adapters.database.receipts import ASKED_FOR, DatabaseReceipts
from adapters.database.texts import HOUR, DatabaseTexts, Limits
from domain.notice import Address, Channel, Notice
from tests.builders import REFERENCE
from tests.databases import Clock

RECEIPT = Notice(
    notice="report-receipt", role="council", channels=("email",), addresses=(Address(name="Jo"),)
)
TAKEN = Delivery(state="accepted", how="taken")
BOUNCED = Delivery(state="failed", how="Notify: permanent-failure")
ARRIVED = Delivery(state="delivered", how="Notify: delivered")


def leg(number: int = 1, key: str = "CIR-2026-000123/step/1", channel: Channel = "email") -> Leg:
    return Leg.of(key, REFERENCE, RECEIPT, channel, number)


@pytest.fixture
def book(engine: AsyncEngine, clock: Clock) -> DatabaseNoticeBook:
    return DatabaseNoticeBook(engine, clock)


@pytest.fixture
def receipts(engine: AsyncEngine, clock: Clock) -> DatabaseReceipts:
    return DatabaseReceipts(engine, clock)


async def taken(book: DatabaseNoticeBook, *legs: Leg) -> None:
    for one in legs:
        await book.claim(one)
        await book.settle(one, TAKEN)


def word(state: str) -> Word:
    return Word(
        case=REFERENCE, key="CIR-2026-000123/step/1", channel="email", role="council", state=state
    )


async def test_what_was_taken_is_asked_about_until_a_word_comes(
    book: DatabaseNoticeBook, receipts: DatabaseReceipts
) -> None:
    await taken(book, leg())
    (one,) = await receipts.open()
    assert one.reference == message_id(leg().id)
    assert await receipts.take(one.reference, ARRIVED)
    assert await receipts.open() == ()


async def test_nothing_is_asked_about_for_ever(
    book: DatabaseNoticeBook, receipts: DatabaseReceipts, clock: Clock
) -> None:
    await taken(book, leg())
    clock.move(ASKED_FOR)
    assert await receipts.open() == ()


async def test_a_final_word_stays_whatever_comes_later(
    book: DatabaseNoticeBook, receipts: DatabaseReceipts
) -> None:
    await taken(book, leg())
    reference = message_id(leg().id)
    assert await receipts.take(reference, ARRIVED)
    assert not await receipts.take(reference, BOUNCED)
    assert not await receipts.take(reference, TAKEN)
    assert await receipts.words() == (word("delivered"),)


async def test_a_receipt_may_overtake_the_answer_to_the_message(
    book: DatabaseNoticeBook, receipts: DatabaseReceipts
) -> None:
    await book.claim(leg())
    assert await receipts.take(message_id(leg().id), BOUNCED)
    await book.settle(leg(), TAKEN)
    assert await receipts.words() == (word("failed"),)
    assert await receipts.open() == ()


async def test_a_receipt_of_nobodys_is_no_news(receipts: DatabaseReceipts) -> None:
    assert not await receipts.take("nobody", ARRIVED)


async def test_a_word_is_offered_once(book: DatabaseNoticeBook, receipts: DatabaseReceipts) -> None:
    await taken(book, leg())
    await receipts.take(message_id(leg().id), BOUNCED)
    (one,) = await receipts.words()
    await receipts.offered(one)
    assert await receipts.words() == ()


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        (BOUNCED, TAKEN, None),
        (BOUNCED, BOUNCED, "failed"),
        (BOUNCED, ARRIVED, "delivered"),
        (ARRIVED, TAKEN, "delivered"),
    ],
)
async def test_of_two_people_whoever_was_reached_counts(
    book: DatabaseNoticeBook,
    receipts: DatabaseReceipts,
    first: Delivery,
    second: Delivery,
    known: str | None,
) -> None:
    await taken(book, leg(1), leg(2))
    for number, delivery in enumerate((first, second), start=1):
        await receipts.take(message_id(leg(number).id), delivery)
    assert await receipts.words() == (() if known is None else (word(known),))


class TestTexts:
    @pytest.fixture
    def texts(self, engine: AsyncEngine, clock: Clock) -> DatabaseTexts:
        return DatabaseTexts(engine, b"k" * 32, clock, Limits(equal=3, most=5))

    async def test_equal_texts_past_the_limit_of_an_hour_do_not_go(
        self, texts: DatabaseTexts, clock: Clock
    ) -> None:
        went = [await texts.may_go("07700 900101", "the same") for _ in range(4)]
        assert went == [True] * 3 + [False]
        assert await texts.may_go("07700 900101", "other words")
        assert await texts.may_go("07700 900102", "the same")
        clock.move(HOUR)
        assert await texts.may_go("07700 900101", "the same")

    async def test_texts_past_the_limit_of_an_hour_do_not_go(self, texts: DatabaseTexts) -> None:
        went = [await texts.may_go("07700 900101", f"words {n}") for n in range(6)]
        assert went == [True] * 5 + [False]
