import pytest
from temporalio.testing import ActivityEnvironment

from activities.paging import PageAnswer, PageBatch, PageRow, Paging
from domain.effects import Page
from tests.builders import NOON, REFERENCE
from tests.ports import FakePager


def a_batch(*rungs: int) -> PageBatch:
    return PageBatch(rows=tuple(a_row(number, rung) for number, rung in enumerate(rungs)))


def a_row(number: int, rung: int) -> PageRow:
    page = Page(about="decision#1", rung=rung, at=NOON, due_at=NOON, owner=None, exercise=False)
    return PageRow(key=f"page-{number}", case=REFERENCE, page=page, says="decision waits")


async def test_the_answer_says_which_rung_each_page_reached() -> None:
    pager = FakePager({1: ("priya",), 2: ("helen",)})
    paged = await ActivityEnvironment().run(Paging(pager).enter_pages, a_batch(1, 2))
    assert paged.answers == (
        PageAnswer(key="page-0", rung=1, people=("priya",)),
        PageAnswer(key="page-1", rung=2, people=("helen",)),
    )


async def test_a_person_of_many_pages_is_owed_one_message() -> None:
    pager = FakePager({0: ("tomas", "kaya"), 1: ("priya", "kaya")})
    paged = await ActivityEnvironment().run(Paging(pager).enter_pages, a_batch(0, 1, 1))
    assert paged.people == ("kaya", "priya", "tomas")


async def test_nobody_reached_is_nobody_owed() -> None:
    paged = await ActivityEnvironment().run(Paging(FakePager({})).enter_pages, a_batch(1))
    assert (paged.answers[0].people, paged.people) == ((), ())


async def test_entering_sends_nothing_and_sending_is_for_one_person() -> None:
    pager = FakePager({1: ("priya", "martin")})
    await ActivityEnvironment().run(Paging(pager).enter_pages, a_batch(1))
    assert pager.sent == []
    await ActivityEnvironment().run(Paging(pager).send_page, "priya")
    assert pager.sent == ["priya"]


async def test_a_page_that_did_not_go_is_tried_again() -> None:
    pager = FakePager({})
    pager.broken = True
    with pytest.raises(OSError, match="line"):
        await ActivityEnvironment().run(Paging(pager).send_page, "priya")
    with pytest.raises(OSError, match="line"):
        await ActivityEnvironment().run(Paging(pager).enter_pages, a_batch(1))


async def test_a_long_wait_says_that_it_is_alive() -> None:
    pager = FakePager({})
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: pager.go_on.set()
    pager.go_on.clear()
    await environment.run(Paging(pager).send_page, "priya")
    assert pager.sent == ["priya"]
