"""The policy of new cases on record: filled once from a file, then changed by two people only."""

from pathlib import Path

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.engine import writing
from adapters.database.policy_start import begin, differing
from adapters.database.policy_table import PolicyRow
from adapters.database.register_record import MACHINE, RegisterRecord
from adapters.database.registers import Registers
from adapters.policies import DEFAULT, read_file, shipped
from domain.errors import Code, Refused
from domain.policy_settings import PolicyError
from domain.registers.policies import rows_of
from settings import ROOT
from tests.adapters.office import Office
from tests.builders import ROLES
from tests.databases import Clock

DEMO = ROOT / "policy" / "demo.toml"
DECISION = '"decision.target_minutes" = { value = 120, source = "our default" }'
QUICKER = DEFAULT.read_text().replace(DECISION, DECISION.replace("120", "90"))


async def minutes(office: Office) -> int:
    return (await office.registers.policy()).setting("decision.target_minutes")


async def test_the_file_at_the_first_start_is_filled_on_the_machine(
    engine: AsyncEngine, clock: Clock
) -> None:
    registers = Registers(engine, clock)
    assert await registers.policy_file() == shipped()
    assert await differing(registers, DEMO) is None
    await begin(registers, DEMO)
    said = await registers.policy_file()
    assert rows_of(said) == rows_of(read_file(DEMO))
    (entry,) = await RegisterRecord(engine).entries()
    assert (entry["did"], entry["by"], entry["about"]) == ("filled", MACHINE, "policy")


async def test_a_file_at_a_later_start_changes_nothing_and_that_is_said(
    office: Office, tmp_path: Path
) -> None:
    await begin(office.registers, DEFAULT)
    version = await office.registers.version()
    other = tmp_path / "other.toml"
    other.write_text(QUICKER)
    await begin(office.registers, other)
    assert (await minutes(office), await office.registers.version()) == (120, version)
    assert await differing(office.registers, DEFAULT) == ""
    words = await differing(office.registers, other)
    assert words is not None
    assert "differs from it in 1 line and changed nothing" in words
    assert f"cir policy import {other}" in words
    other.write_text("x = 1")
    await begin(office.registers, other)
    words = await differing(office.registers, other)
    assert words is not None
    assert "is no policy, and changed nothing" in words


async def test_a_first_start_needs_a_policy(office: Office, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("x = 1")
    with pytest.raises(PolicyError):
        await begin(office.registers, tmp_path / "broken.toml")


async def test_two_people_change_it_and_it_counts_at_once(office: Office) -> None:
    await begin(office.registers, DEFAULT)
    change = await office.proposes("policy", QUICKER)
    assert change.subject == "the policy of new cases"
    assert await office.refuses(change, "helen") is Code.SAME_PERSON
    assert await office.refuses(change, "kaya") is Code.ROLE_NOT_ALLOWED
    assert await minutes(office) == 120
    done = await office.confirms(change)
    assert (await minutes(office), done.version) == (90, await office.registers.version())
    assert rows_of(await office.registers.policy_file()) != rows_of(shipped())
    assert (await office.changes.origin("policy")).file == "policy.json"
    did = [(one["did"], one["by"], one["about"]) for one in await office.record.entries()]
    assert did[-2:] == [("proposed", "helen", "policy"), ("confirmed", "ruth", "policy")]


async def test_what_is_in_force_already_is_no_change(office: Office) -> None:
    await begin(office.registers, DEFAULT)
    with pytest.raises(Refused) as refused:
        await office.proposes("policy", DEFAULT.read_text())
    assert refused.value.code is Code.NOTHING_CHANGED
    assert str(refused.value).startswith("The policy of new cases says all of that already")


async def test_one_taken_back_changes_nothing_and_a_first_overtakes_a_second(
    office: Office,
) -> None:
    await begin(office.registers, DEFAULT)
    first = await office.proposes("policy", DEMO.read_text())
    await office.changes.withdraw(first.number, "helen", ROLES["helen"])
    assert await office.refuses(first) is Code.CHANGE_WITHDRAWN
    second = await office.proposes("policy", QUICKER)
    third = await office.proposes("policy", DEMO.read_text())
    await office.confirms(second)
    assert await office.refuses(third) is Code.STALE_VERSION


async def test_a_setting_the_record_lacks_is_as_shipped(office: Office) -> None:
    await begin(office.registers, DEMO)
    rows = rows_of(await office.registers.policy_file())
    older = [row for row in rows if row["name"] != "decision.target_minutes"]
    async with writing(office.engine) as connection:
        await connection.execute(update(PolicyRow).values(lines=older))
    found = await office.registers.policy()
    assert found.setting("decision.target_minutes") == 120
    assert found.time_scale == 240
