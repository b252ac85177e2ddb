"""A rejected report climbs ladder U with nobody's case behind it, until somebody has it."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from temporalio.testing import ActivityEnvironment

from activities.rejected import RejectedPaging, Waiting, due_page
from adapters.database.pager import DatabasePager
from adapters.database.quarantine import Quarantine
from adapters.database.registers import Registers
from adapters.database.webhooks import Answered, Once
from domain.people import Person, T
from tests.builders import HOUR, MINUTE, NOON, STAFF
from tests.databases import Clock
from tests.fakes import FakePageSender
from tests.sealing import case_keys

RUNG = 20 * MINUTE
PEOPLE = tuple(
    Person(id=name, name=name.title(), roles=roles, email=f"{name}@mhclg.example.gov.uk")
    for name, roles in STAFF.items()
)


class Night:
    """One rejected report, the pager and the watchkeeper's activity."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self.clock = clock
        self.sender = FakePageSender()
        self.quarantine = Quarantine(engine, clock, case_keys(clock))
        self.registers = Registers(engine, clock)
        pager = DatabasePager(engine, self.registers, self.sender, clock, self._pause)
        self.paging = RejectedPaging(self.quarantine, pager, clock, self.registers.policy)

    async def _pause(self, seconds: float) -> None:
        self.clock.move(timedelta(seconds=seconds))

    async def begin(self, people: Iterable[Person] = PEOPLE) -> None:
        await self.registers.fill_people(people)
        once = Once("POST /reports ncsc m-1", "content")
        await self.quarantine.take(b"{", "ncsc", [], once, lambda _: Answered(422, {}))

    async def look(self, after: timedelta = timedelta(0)) -> list[tuple[str, int]]:
        """Let the watchkeeper look; return who got a message and the rung it names."""
        self.clock.move(after)
        before = len(self.sender.calls)
        await ActivityEnvironment().run(self.paging.page)
        new = self.sender.calls[before:]
        return sorted((sent.person, sent.pages[0].rung) for sent in new)

    async def pages(self, after: timedelta) -> dict[str, list[str]]:
        """Let the watchkeeper look; return what each person's message is about."""
        self.clock.move(after)
        before = len(self.sender.calls)
        await ActivityEnvironment().run(self.paging.page)
        new = self.sender.calls[before:]
        return {sent.person: sorted(page.about for page in sent.pages) for sent in new}


@pytest.fixture
async def night(engine: AsyncEngine, clock: Clock) -> Night:
    made = Night(engine, clock)
    await made.begin()
    return made


async def test_it_pages_l0_at_once_then_climbs_to_the_top_and_stays_there(night: Night) -> None:
    assert await night.look() == [("kaya", 0), ("tomas", 0)]
    assert await night.look(MINUTE) == []
    assert await night.look(20 * MINUTE) == [("martin", 1), ("priya", 1)]
    assert await night.look(20 * MINUTE) == [("helen", 2)]
    assert await night.look(20 * MINUTE) == [("amory", 3)]
    assert await night.look(20 * MINUTE) == [("amory", 3)]


async def test_a_page_says_what_it_is_about_and_how_to_have_it(night: Night) -> None:
    await night.look()
    (page,) = night.sender.calls[0].pages
    assert (page.case, page.about) == ("REJ-000001", "alarm:report-rejected#1")
    assert "ncsc" in page.says


async def test_nobody_is_paged_once_somebody_has_it(night: Night) -> None:
    await night.look()
    await night.quarantine.acknowledge("REJ-000001", "kaya")
    assert await night.look(HOUR) == []


async def test_whoever_discards_it_has_it(night: Night) -> None:
    await night.look()
    await night.quarantine.discard("REJ-000001", "kaya", "Opened by hand.")
    assert await night.look(HOUR) == []


async def test_after_an_outage_there_is_one_page_at_the_rung_of_the_hour(night: Night) -> None:
    await night.look()
    assert await night.look(70 * MINUTE) == [("amory", 3)]


async def test_with_nobody_at_l0_the_next_rung_is_paged_and_the_gap_climbs_beside_it(
    engine: AsyncEngine, clock: Clock
) -> None:
    night = Night(engine, clock)
    await night.begin(one for one in PEOPLE if one.roles != (T,))
    looks = [await night.pages(after) for after in (timedelta(0), RUNG, RUNG, RUNG)]
    both = ["alarm:report-rejected#1", "alarm:rota-gap#1"]
    assert looks[0] == {"martin": both[:1], "priya": both[:1], "helen": both[1:]}
    assert looks[1] == {"helen": both[:1], "amory": both[1:]}
    assert looks[2:] == [{"amory": both}, {"amory": both}]
    await night.quarantine.acknowledge("REJ-000001", "priya")
    assert await night.pages(HOUR) == {}


async def test_a_page_that_did_not_go_goes_at_the_next_look(night: Night) -> None:
    night.sender.unreachable = {"kaya"}
    assert await night.look() == [("tomas", 0)]
    night.sender.unreachable = set()
    assert await night.look(MINUTE) == [("kaya", 0)]


@pytest.mark.parametrize(
    ("elapsed", "pages", "rung", "due"),
    [
        (timedelta(0), 0, None, (0, 0)),
        (RUNG - MINUTE, 1, 0, None),
        (RUNG, 1, 0, (1, 1)),
        (RUNG, 1, 1, (1, 2)),  # L0 was empty, so L1 has been paged already
        (3 * RUNG, 1, 0, (3, 3)),
        (9 * RUNG, 9, 3, (9, 3)),
        (3 * RUNG, 0, None, (3, 3)),  # nobody could be paged for an hour
    ],
)
def test_the_ladder_carries_on_from_the_rung_that_was_reached(
    elapsed: timedelta, pages: int, rung: int | None, due: tuple[int, int] | None
) -> None:
    item = Waiting(reference="REJ-000001", sender="ncsc", at=NOON, pages=pages, rung=rung)
    assert due_page(item, NOON + elapsed, RUNG) == due
