import json
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from activities.records import FactBatch
from adapters.database.addresses import RegisterAddresses, RegistersAwayError
from adapters.database.engine import create_engine, reading
from adapters.database.intake import Intake
from adapters.database.records import DatabaseRecords
from adapters.database.registers import (
    Holder,
    RegisterNotEmptyError,
    Registers,
)
from adapters.database.seed import fill, issue
from adapters.database.tables import TokenRow
from adapters.database.token_hash import hashed
from domain.council import CouncilRegister
from domain.fact import Fact
from domain.notice import Address
from domain.people import H, P, Person, T
from domain.reference import Reference
from domain.registers.shifts import Shift
from domain.report_reading import check_report
from domain.view import view_of
from settings import ROOT
from tests.builders import HOUR, NOON, a_case, a_council, a_raw_report, providers
from tests.databases import Clock, Database, everything, run_sql
from tests.sealing import case_keys, desk_key

WORLD = ROOT / "examples" / "world"
KAYA = Person(id="kaya", name="Kaya Osei", roles=(T,), email="kaya@cir.example.gov.uk")
HELEN = Person(
    id="helen", name="Helen Voss", roles=(H, T), email="h@cir.example.gov.uk", phone="07700 900206"
)
SHIFT = Shift(rung=0, person="kaya", begins=NOON, until=NOON + 8 * HOUR)


@pytest.fixture
def registers(engine: AsyncEngine, clock: Clock) -> Registers:
    return Registers(engine, clock)


async def test_registers_give_back_what_they_were_filled_with(registers: Registers) -> None:
    await registers.fill_people((KAYA, HELEN))
    await registers.fill_providers(reversed(providers()))
    await registers.fill_councils((a_council(),))
    await registers.fill_rota((SHIFT,))
    assert await registers.people() == (HELEN, KAYA)
    assert [one.id for one in await registers.providers()] == ["kestrel", "alder"]
    assert (await registers.councils()).councils == (a_council(),)
    assert await registers.rota() == (SHIFT,)


@pytest.mark.parametrize("name", ["people", "providers", "councils", "rota"])
async def test_only_an_empty_register_is_filled_alone(registers: Registers, name: str) -> None:
    fills = {
        "people": lambda: registers.fill_people((KAYA,)),
        "providers": lambda: registers.fill_providers(providers()),
        "councils": lambda: registers.fill_councils((a_council(),)),
        "rota": lambda: registers.fill_rota((SHIFT,)),
    }
    await fills[name]()
    with pytest.raises(RegisterNotEmptyError, match=f"register of {name} is filled"):
        await fills[name]()


async def test_a_fill_that_was_refused_changes_nothing(registers: Registers) -> None:
    await registers.fill_people((KAYA,))
    version = await registers.version()
    with pytest.raises(RegisterNotEmptyError):
        await registers.fill_people((HELEN,))
    assert await registers.people() == (KAYA,)
    assert await registers.version() == version


async def test_the_version_moves_with_every_change(registers: Registers) -> None:
    assert await registers.version() == 0
    await registers.fill_people((KAYA,))
    assert await registers.version() == 1
    await registers.fill_rota((SHIFT,))
    assert await registers.version() == 2


async def test_a_token_says_who_holds_it_with_their_roles_now(registers: Registers) -> None:
    await registers.fill_people((HELEN,))
    token = await registers.issue_token("helen")
    assert await registers.holder_of(token) == Holder(id="helen", roles=(H, T))


async def test_a_token_is_kept_as_its_hash_only(registers: Registers, database: Database) -> None:
    token = await registers.issue_token("kaya")
    content = everything(database.url)
    assert token not in content
    assert hashed(token) in content


async def test_no_two_tokens_are_alike(registers: Registers) -> None:
    assert await registers.issue_token("kaya") != await registers.issue_token("kaya")


@pytest.mark.parametrize("token", ["", "never issued", "x" * 10_000])
async def test_a_token_that_never_was_has_no_holder(registers: Registers, token: str) -> None:
    assert await registers.holder_of(token) is None


async def test_a_revoked_token_has_no_holder(registers: Registers, engine: AsyncEngine) -> None:
    await registers.fill_people((KAYA, HELEN))
    lost, kept = await registers.issue_token("kaya"), await registers.issue_token("helen")
    assert await registers.revoke_tokens("kaya") == 1
    assert await registers.holder_of(lost) is None
    assert await registers.holder_of(kept) is not None
    async with reading(engine) as connection:
        query = select(col(TokenRow.revoked_at)).where(col(TokenRow.holder) == "kaya")
        assert (await connection.execute(query)).scalar_one() == NOON


async def test_a_new_token_after_a_revocation_counts(registers: Registers) -> None:
    await registers.fill_people((KAYA,))
    await registers.issue_token("kaya")
    await registers.revoke_tokens("kaya")
    assert await registers.holder_of(await registers.issue_token("kaya")) is not None


async def test_who_left_the_register_has_no_roles(
    registers: Registers, engine: AsyncEngine
) -> None:
    await registers.fill_people((KAYA,))
    token = await registers.issue_token("kaya")
    await run_sql(engine, "DELETE FROM person")
    assert await registers.holder_of(token) == Holder(id="kaya", roles=())


async def test_a_provider_has_its_role_from_its_token(registers: Registers) -> None:
    token = await registers.issue_token("alder", P)
    assert await registers.holder_of(token) == Holder(id="alder", roles=(P,))


async def test_the_words_of_an_instruction_are_looked_up(
    registers: Registers, engine: AsyncEngine, clock: Clock
) -> None:
    await registers.fill_people((KAYA, HELEN))
    await registers.fill_councils((a_council(),))
    councils = CouncilRegister(councils=(a_council(),))
    read = check_report(a_raw_report(), now=NOON, councils=councils)
    taken = await Intake(engine, clock, case_keys()).take(b"{}", read, "kaya")
    rows = await registers.rows(("kaya", "nobody", "XEA", taken.reference, "CIR-2026-999999"))
    assert rows.staff == {"kaya": (T,)}
    assert rows.councils == (a_council(),)
    assert (rows.cases, rows.case_councils) == ((taken.reference,), {})  # not recorded yet
    seen = view_of(a_case()).but(case=taken.reference, seq=1, council_code="XNF")
    fact = Fact(
        seq=1, type="case-opened", occurred_at=NOON, recorded_at=NOON, by="kaya", payload={}
    )
    records = DatabaseRecords(engine, case_keys(), desk_key())
    await records.append(FactBatch(case=taken.reference, facts=(fact,), view=seen))
    rows = await registers.rows((taken.reference, "CIR-2026-999999"))
    assert rows.case_councils == {taken.reference: "XNF"}


async def test_the_key_of_the_desk_is_published_once(registers: Registers) -> None:
    await registers.publish_desk_key("key-1", "first")
    await registers.publish_desk_key("key-1", "first")
    await registers.publish_desk_key("key-2", "second")
    assert await registers.desk_keys() == {"key-1": "first", "key-2": "second"}


class TestAddresses:
    DESKS = {"finance": Address(name="Finance", email="finance@cir.example.gov.uk")}

    async def test_a_role_is_everybody_who_holds_it(self, registers: Registers) -> None:
        await registers.fill_people((KAYA, HELEN))
        book = RegisterAddresses(registers, self.DESKS)
        found = await book.of_role("triage-officer", "CIR-2026-000001", None)
        assert [one.name for one in found] == ["Helen Voss", "Kaya Osei"]

    async def test_a_desk_and_a_provider_have_their_own(self, registers: Registers) -> None:
        await registers.fill_providers(providers())
        book = RegisterAddresses(registers, self.DESKS)
        assert await book.of_role("finance", "CIR-2026-000001", None) == (self.DESKS["finance"],)
        (alder,) = await book.of_role("provider", "CIR-2026-000001", "alder")
        assert alder.email == "duty@alder.example.org"
        assert await book.of_role("provider", "CIR-2026-000001", "nobody") == ()

    async def test_one_person_is_found_by_their_id(self, registers: Registers) -> None:
        await registers.fill_people((KAYA, HELEN))
        (found,) = await RegisterAddresses(registers, {}).of_person("helen")
        assert found == Address(
            name="Helen Voss", email=HELEN.email, phone=HELEN.phone, person="helen"
        )

    async def test_with_the_database_away_those_last_read_must_do(
        self, registers: Registers, engine: AsyncEngine
    ) -> None:
        await registers.fill_people((KAYA,))
        book = RegisterAddresses(registers, {})
        before = await book.of_person("kaya")
        await run_sql(engine, "ALTER TABLE person RENAME TO gone")
        assert await book.of_person("kaya") == before

    async def test_with_nobody_ever_read_it_is_tried_again(
        self, registers: Registers, engine: AsyncEngine
    ) -> None:
        await run_sql(engine, "ALTER TABLE person RENAME TO gone")
        with pytest.raises(RegistersAwayError):
            await RegisterAddresses(registers, {}).of_person("kaya")


class TestTheExampleWorld:
    async def test_it_fills_what_is_empty_and_only_that(self, registers: Registers) -> None:
        await registers.fill_people((KAYA,))
        assert await fill(registers, WORLD) == ["providers", "councils", "rota"]
        assert await fill(registers, WORLD) == []
        assert await registers.people() == (KAYA,)

    async def test_everybody_gets_a_token_once_in_a_file_of_their_own(
        self, registers: Registers, tmp_path: Path
    ) -> None:
        await fill(registers, WORLD)
        path = tmp_path / "home" / "credentials.json"
        await issue(registers, WORLD, path)
        known = json.loads(path.read_text())
        assert path.stat().st_mode & 0o777 == 0o600
        assert next(iter(known)) == "kaya"
        assert await registers.holder_of(known["alder"]) == Holder(id="alder", roles=(P,))
        await issue(registers, WORLD, path)
        assert json.loads(path.read_text()) == known

    async def test_the_registers_survive_a_restart(
        self, registers: Registers, database: Database, clock: Clock
    ) -> None:
        await fill(registers, WORLD)
        again = create_engine(database.url)
        try:
            assert await Registers(again, clock).people() == await registers.people()
        finally:
            await again.dispose()


async def test_a_case_is_given_the_providers_and_its_own_council(registers: Registers) -> None:
    await registers.fill_providers(providers())
    await registers.fill_councils((a_council(), a_council(code="XHD", name="Harrowdale Council")))
    known = await registers.reference("XEA")
    assert known == Reference(providers=providers(), council=a_council())
    assert await registers.reference("ZZZ") == Reference(providers=providers())
