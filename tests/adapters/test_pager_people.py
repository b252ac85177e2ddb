"""Whom a page reaches: who is on the rung, or above it, and a provider's account lead besides."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.pager import DatabasePager
from adapters.database.registers import Registers
from adapters.database.tables import PageRowRow
from tests.builders import HOUR, MINUTE, NOON, a_provider, providers
from tests.databases import Clock, count
from tests.fakes import FakePageSender
from tests.paging import FULL, a_row, reached, shift


class TestWhoIsReached:
    @pytest.mark.parametrize(
        ("rung", "people"),
        [
            (0, ("kaya",)),  # the owner
            (1, ("martin", "priya")),
            (2, ("helen",)),
            (3, ("amory",)),
        ],
    )
    async def test_without_a_rota_every_rung_has_its_role(
        self, pager: DatabasePager, rung: int, people: tuple[str, ...]
    ) -> None:
        assert await reached(pager, a_row(rung=rung)) == (rung, people)

    async def test_without_a_rota_and_an_owner_every_officer_is_paged(
        self, pager: DatabasePager
    ) -> None:
        assert await reached(pager, a_row(rung=0, owner=None)) == (0, ("kaya", "tomas"))

    async def test_an_owner_who_left_the_register_is_not_paged(self, pager: DatabasePager) -> None:
        assert await reached(pager, a_row(rung=0, owner="gone")) == (0, ("kaya", "tomas"))

    async def test_the_owner_alone_is_paged_while_on_shift(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota(FULL)
        assert await reached(pager, a_row(rung=0, owner="tomas")) == (0, ("tomas",))

    async def test_an_owner_off_shift_leaves_it_to_the_officers_on_shift(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "tomas"), shift(0, "kaya", NOON + HOUR)))
        assert await reached(pager, a_row(rung=0, owner="kaya")) == (0, ("tomas",))

    async def test_the_end_of_a_shift_is_excluded(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(1, "priya", NOON - 8 * HOUR), shift(1, "martin", NOON)))
        assert await reached(pager, a_row(rung=1)) == (1, ("martin",))

    async def test_an_empty_rung_passes_the_page_to_the_next_with_somebody(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "kaya"), shift(2, "helen")))
        assert await reached(pager, a_row(rung=1)) == (2, ("helen",))

    async def test_with_nobody_above_every_manager_head_and_director_is_paged(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_rota((shift(0, "kaya"),))
        everybody = ("amory", "helen", "martin", "priya")
        assert await reached(pager, a_row(rung=1)) == (1, everybody)

    async def test_a_key_that_comes_again_gets_the_answer_it_got(
        self, pager: DatabasePager, registers: Registers, clock: Clock, engine: AsyncEngine
    ) -> None:
        await registers.fill_rota((shift(1, "priya"), shift(1, "martin", NOON + 7 * HOUR)))
        assert await reached(pager, a_row()) == (1, ("priya",))
        clock.move(7 * HOUR + MINUTE)
        assert await reached(pager, a_row()) == (1, ("priya",))
        assert await count(engine, PageRowRow) == 1


class TestAccountLead:
    """At 30 minutes without contact the provider's account lead is paged as well (guide f 7)."""

    async def test_the_lead_is_paged_beside_the_rung(
        self, pager: DatabasePager, registers: Registers, sender: FakePageSender
    ) -> None:
        await registers.fill_providers(providers())
        row = a_row(rung=2, about="provider-contact#1")
        missed = row.but(page=row.page.but(provider="alder"))
        assert await reached(pager, missed) == (2, ("helen", "alder:account-lead"))
        assert await reached(pager, missed) == (2, ("alder:account-lead", "helen"))
        await pager.send("alder:account-lead")
        assert [(one.id, one.name) for one in sender.reached] == [
            ("alder:account-lead", "Moira Tennant")
        ]

    async def test_a_lead_without_an_address_is_paged_at_the_duty_desk(
        self, pager: DatabasePager, registers: Registers, sender: FakePageSender
    ) -> None:
        own = {"account_lead_email": "lead@alder.example.org", "account_lead_phone": "07700 900211"}
        await registers.fill_providers((a_provider("alder", **own), a_provider("kestrel")))
        for firm in ("alder", "kestrel"):
            row = a_row(key=firm, rung=1, about="provider-contact#1")
            await reached(pager, row.but(page=row.page.but(provider=firm)))
            await pager.send(f"{firm}:account-lead")
        assert [(one.email, one.phone) for one in sender.reached] == [
            ("lead@alder.example.org", "07700 900211"),
            ("duty@kestrel.example.org", "01632 960201"),
        ]

    async def test_a_provider_that_left_the_register_is_not_paged(
        self, pager: DatabasePager, registers: Registers
    ) -> None:
        await registers.fill_providers((a_provider("kestrel"),))
        row = a_row(rung=2, about="provider-contact#1")
        missed = row.but(page=row.page.but(provider="alder"))
        assert await reached(pager, missed) == (2, ("helen",))
