"""The desk wakes somebody itself: once when a part goes, once when it is back."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError

from api.watchdog import Watchdog
from domain.people import H, M, Person, T
from domain.registers.shifts import Shift
from tests.builders import DAY, HOUR, MINUTE, NOON
from tests.databases import Clock
from tests.fakes import FakeNotifier

PATIENCE = {
    "server": MINUTE,
    "worker": 2 * MINUTE,
    "watchkeeper": 4 * MINUTE,
    "database": MINUTE,
}
PEOPLE = tuple(
    Person(id=name, name=name.title(), roles=(role,), email=f"{name}@mhclg.example.gov.uk")
    for name, role in (("priya", M), ("helen", H), ("kaya", T))
)


class House:
    """The parts as the desk sees them."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.polled: datetime | None = clock()
        self.stamp: datetime | None = clock()
        self.answers = True
        self.stands = True
        self.shifts: tuple[Shift, ...] = ()

    async def last_poll(self) -> datetime | None:
        if not self.answers:
            raise OSError("away")
        return self.polled

    async def stamped(self) -> datetime | None:
        if not self.stands:
            raise SQLAlchemyError("away")
        return self.stamp

    async def people(self) -> tuple[Person, ...]:
        return PEOPLE

    async def rota(self) -> tuple[Shift, ...]:
        return self.shifts

    def goes_on(self, by: timedelta) -> None:
        """Let time pass with everything there."""
        self.clock.move(by)
        self.polled = self.stamp = self.clock()


class Kennel:
    """A watchdog that can be restarted over the same memory."""

    def __init__(self, house: House, memory: Path) -> None:
        self.mailer = FakeNotifier()
        self._house = house
        self._memory = memory
        self.dog = self.restarted()

    def restarted(self) -> Watchdog:
        self.dog = Watchdog(
            presence=self._house, stamps=self._house, staff=self._house, mailer=self.mailer,
            also=("platform@example.org",), memory=self._memory, patience=PATIENCE,
            now=self._house.clock,
        )  # fmt: skip
        return self.dog

    async def look(self) -> list[tuple[str, bool]]:
        return [(word.part.name, word.back) for word in await self.dog.look()]


@pytest.fixture
def house(clock: Clock) -> House:
    return House(clock)


@pytest.fixture
def kennel(house: House, tmp_path: Path) -> Kennel:
    return Kennel(house, tmp_path / "watchdog.json")


async def test_nobody_is_woken_while_everything_is_there(house: House, kennel: Kennel) -> None:
    assert await kennel.look() == []
    house.goes_on(DAY)
    assert await kennel.look() == []


async def test_a_worker_that_hangs_wakes_those_on_duty_once(house: House, kennel: Kennel) -> None:
    await kennel.look()
    house.clock.move(2 * MINUTE)
    assert await kennel.look() == [("worker", False)]
    house.clock.move(HOUR)
    assert await kennel.look() == []
    house.goes_on(MINUTE)
    assert await kennel.look() == [("worker", True)]
    assert await kennel.look() == []
    to = [call.to.email for call in kennel.mailer.calls]
    duty = ["priya@mhclg.example.gov.uk", "helen@mhclg.example.gov.uk", "platform@example.org"]
    assert to == duty * 2


async def test_the_mail_says_what_is_away_since_when_and_what_to_do(
    house: House, kennel: Kennel
) -> None:
    await kennel.look()
    house.clock.move(2 * MINUTE)
    await kennel.look()
    mail = kennel.mailer.calls[0]
    assert mail.subject == "[OFFICIAL-SENSITIVE] cir: the worker is away"
    assert "has been away since 2026-11-23T12:00:00Z" in mail.body
    assert "no clock pages anybody" in mail.body
    assert "cir local logs worker" in mail.body


async def test_with_the_server_away_nobody_hears_of_the_worker_too(
    house: House, kennel: Kennel
) -> None:
    house.answers = False
    assert await kennel.look() == []
    house.clock.move(MINUTE)
    assert await kennel.look() == [("server", False)]
    house.clock.move(HOUR)
    assert await kennel.look() == []


async def test_a_watchkeeper_that_does_not_look_is_told(house: House, kennel: Kennel) -> None:
    await kennel.look()
    house.clock.move(4 * MINUTE)
    house.polled = house.clock()
    assert await kennel.look() == [("watchkeeper", False)]


async def test_with_the_database_away_whoever_was_on_duty_is_told(
    house: House, kennel: Kennel
) -> None:
    await kennel.look()
    house.stands = False
    await kennel.look()
    house.goes_on(MINUTE)
    assert await kennel.look() == [("database", False)]
    assert len(kennel.mailer.sent) == 3


async def test_a_restart_of_the_desk_neither_repeats_nor_ends_an_outage(
    house: House, kennel: Kennel
) -> None:
    await kennel.look()
    house.clock.move(2 * MINUTE)
    assert await kennel.look() == [("worker", False)]
    kennel.restarted()
    assert await kennel.look() == []
    house.clock.move(2 * MINUTE)
    assert await kennel.look() == []
    house.goes_on(MINUTE)
    assert await kennel.look() == [("worker", True)]


async def test_after_a_night_with_everything_stopped_nothing_is_away_yet(
    house: House, kennel: Kennel
) -> None:
    house.clock.move(DAY)
    kennel.restarted()
    assert await kennel.look() == []


async def test_a_mail_that_nobody_took_is_tried_again_as_the_same_mail(
    house: House, kennel: Kennel
) -> None:
    await kennel.look()
    house.clock.move(2 * MINUTE)
    kennel.mailer.broken.add("email")
    assert await kennel.look() == []
    kennel.mailer.broken.clear()
    assert await kennel.look() == [("worker", False)]
    assert len(kennel.mailer.sent) == 3


async def test_the_rota_says_who_is_told(house: House, kennel: Kennel) -> None:
    house.shifts = (Shift(rung=1, person="kaya", begins=NOON - HOUR, until=NOON + HOUR),)
    await kennel.look()
    house.clock.move(2 * MINUTE)
    await kennel.look()
    assert [call.to.name for call in kennel.mailer.calls] == ["Kaya", "platform@example.org"]
