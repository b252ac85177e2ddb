"""Changes of registers over a real database: kept, confirmed, overtaken, on the record."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.paging import PageBatch, PageRow
from adapters.database.change_rows import UnknownChangeError
from adapters.database.engine import writing
from adapters.database.pager import DatabasePager
from adapters.database.records import ChainBrokenError
from adapters.database.register_record import MACHINE
from adapters.database.tables import CaseViewRow
from domain.effects import Page
from domain.errors import Code, Refused
from domain.people import Role
from domain.registers.change import OPEN_FOR, Origin
from domain.registers.entries import InvalidRegisterError
from tests.adapters.office import Office, rows
from tests.builders import DAY, HOUR, NOON, REFERENCE, ROLES
from tests.databases import Clock, run_sql
from tests.fakes import FakePageSender

HEADER = "local-authority-code,official-name,nice-name,gss-code\n"
FROM = Origin(file="list.csv", source="The office that counts", licence="OGL-3.0")


def nora() -> dict[str, Any]:
    return {**rows("people")[0], "id": "nora", "name": "Nora Quill"}


async def test_nothing_changes_until_a_second_person_confirms(office: Office) -> None:
    before = await office.registers.people()
    change = await office.proposes("people", [*rows("people"), nora()])
    assert (change.number, change.state) == (1, "pending")
    assert [one.key for one in change.difference.added] == ["nora"]
    assert await office.registers.people() == before
    version = await office.registers.version()
    done = await office.confirms(change)
    assert (done.state, done.settled_by, done.version) == ("confirmed", "ruth", version + 1)
    assert [one.id for one in await office.registers.people() if one not in before] == ["nora"]
    assert await office.registers.version() == version + 1


async def test_the_same_file_again_is_the_same_change(office: Office) -> None:
    first = await office.proposes("people", [*rows("people"), nora()])
    text = json.dumps([*rows("people"), nora()])
    again, repeated = await office.changes.propose("people", text, Origin(), "helen")
    assert (again.number, repeated) == (first.number, True)
    assert len(await office.changes.pending()) == 1


async def test_a_file_that_says_what_is_there_is_refused(office: Office) -> None:
    for name in ("people", "rota", "councils", "providers"):
        with pytest.raises(Refused) as refused:
            await office.proposes(name, rows(name))
        assert refused.value.code is Code.NOTHING_CHANGED
    assert await office.changes.pending() == ()


async def test_numbers_go_on_and_unknown_ones_are_none(office: Office) -> None:
    await office.proposes("people", [*rows("people"), nora()])
    second = await office.proposes("rota", rows("rota")[1:])
    assert second.number == 2
    assert await office.changes.one(2) == second
    for question in (office.changes.one(3), office.changes.confirm(3, "ruth", ROLES["ruth"])):
        with pytest.raises(UnknownChangeError):
            await question


async def test_whoever_proposed_does_not_confirm(office: Office) -> None:
    change = await office.proposes("people", [*rows("people"), nora()])
    assert await office.refuses(change, "helen") is Code.SAME_PERSON
    assert await office.refuses(change, "kaya") is Code.ROLE_NOT_ALLOWED


async def test_a_change_is_put_in_force_once(office: Office) -> None:
    change = await office.proposes("people", [*rows("people"), nora()])
    await office.confirms(change)
    assert await office.refuses(change, "amory") is Code.ALREADY_CONFIRMED


async def test_two_who_confirm_at_once_put_it_in_force_once(office: Office) -> None:
    change = await office.proposes("people", [*rows("people"), nora()])
    version = await office.registers.version()
    both = (office.confirms(change, "ruth"), office.confirms(change, "amory"))
    found = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Change", "Refused"]
    assert await office.registers.version() == version + 1


async def test_the_first_of_two_changes_overtakes_the_second(office: Office) -> None:
    first = await office.proposes("people", [*rows("people"), nora()])
    second = await office.proposes("people", rows("people")[1:])
    other = await office.proposes("rota", rows("rota")[1:])
    await office.confirms(first)
    assert await office.changes.pending() == (other,)
    assert await office.refuses(second) is Code.STALE_VERSION


async def test_a_register_that_moved_by_hand_makes_a_change_stale(office: Office) -> None:
    change = await office.proposes("providers", rows("providers")[::-1])
    await run_sql(office.engine, "DELETE FROM provider WHERE id = 'kestrel'")
    assert await office.refuses(change) is Code.STALE_VERSION


async def test_a_rota_with_somebody_who_left_meanwhile_is_stale(office: Office) -> None:
    people = await office.proposes("people", [r for r in rows("people") if r["id"] != "tomas"])
    line = {**rows("rota")[0], "person": "tomas"}
    rota = await office.proposes("rota", [line, *rows("rota")[2:]])
    await office.confirms(people)
    assert await office.refuses(rota) is Code.STALE_VERSION


async def test_a_proposer_who_is_head_no_more_is_not_confirmed(office: Office) -> None:
    una = {**rows("people")[0], "id": "una", "roles": ["head-of-service"]}
    rota = await office.proposes("rota", rows("rota")[1:])
    others = [row for row in rows("people") if row["id"] != "helen"]
    await office.confirms(await office.proposes("people", [*others, una]))
    assert await office.refuses(rota) is Code.STALE_VERSION


async def test_a_change_lapses_after_seven_days(office: Office, clock: Clock) -> None:
    change = await office.proposes("rota", rows("rota")[1:])
    clock.move(OPEN_FOR)
    assert await office.changes.pending() == ()
    assert await office.refuses(change) is Code.CHANGE_LAPSED
    again = await office.proposes("rota", rows("rota")[1:])
    assert again.number == change.number + 1


async def test_a_change_that_was_withdrawn_never_counts(office: Office) -> None:
    change = await office.proposes("rota", rows("rota")[1:])
    done = await office.changes.withdraw(change.number, "helen", ROLES["helen"])
    assert (done.state, done.settled_by) == ("withdrawn", "helen")
    assert await office.refuses(change) is Code.CHANGE_WITHDRAWN


class TestLeaving:
    async def test_whoever_leaves_loses_role_and_tokens_at_once(self, office: Office) -> None:
        token = await office.registers.issue_token("tomas")
        others = [row for row in rows("people") if row["id"] != "tomas"]
        await office.confirms(await office.proposes("people", others))
        assert await office.registers.holder_of(token) is None

    async def test_coming_back_does_not_bring_a_token_back(self, office: Office) -> None:
        token = await office.registers.issue_token("tomas")
        others = [row for row in rows("people") if row["id"] != "tomas"]
        await office.confirms(await office.proposes("people", others))
        await office.confirms(await office.proposes("people", rows("people")))
        assert await office.registers.holder_of(token) is None

    async def test_another_role_counts_from_the_next_question(self, office: Office) -> None:
        token = await office.registers.issue_token("tomas")
        people = [
            {**row, "roles": ["incident-manager"]} if row["id"] == "tomas" else row
            for row in rows("people")
        ]
        await office.confirms(await office.proposes("people", people))
        found = await office.registers.holder_of(token)
        assert found is not None
        assert found.roles == (Role.INCIDENT_MANAGER,)

    async def test_a_provider_that_leaves_loses_its_token(self, office: Office) -> None:
        token = await office.registers.issue_token("kestrel", Role.PROVIDER)
        await office.confirms(await office.proposes("providers", rows("providers")[:1]))
        assert await office.registers.holder_of(token) is None

    async def test_a_provider_that_a_case_has_stays(self, office: Office) -> None:
        await a_view(office.engine, provider="kestrel")
        with pytest.raises(InvalidRegisterError, match=f"kestrel cannot leave: {REFERENCE}"):
            await office.proposes("providers", rows("providers")[:1])
        async with writing(office.engine) as connection:
            await connection.execute(update(CaseViewRow).values(archived=True))
        await office.confirms(await office.proposes("providers", rows("providers")[:1]))
        assert [one.id for one in await office.registers.providers()] == ["alder"]


async def a_view(engine: AsyncEngine, **changes: Any) -> None:
    """Put an open case on the read model."""
    row = CaseViewRow(
        **{
            "case": REFERENCE,
            "seq": 1,
            "version": 1,
            "phase": "containment",
            "category": "C2",
            "council_code": "XSB",
            "exercise": False,
            "breached": False,
            "archived": False,
            "opened_at": NOON,
            "document": {},
            **changes,
        }
    )
    async with writing(engine) as connection:
        await connection.execute(CaseViewRow.__table__.insert().values(**row.model_dump()))  # type: ignore[attr-defined]


class TestCouncils:
    async def test_source_and_licence_stay_with_the_list(self, office: Office) -> None:
        assert await office.changes.origin("councils") == Origin(file="councils.json")
        text = HEADER + "XAA,Ashby Vale Council,Ashby Vale,E06999001\n"
        change, _ = await office.changes.propose("councils", text, FROM, "helen")
        assert await office.changes.origin("councils") != FROM
        await office.confirms(change)
        assert await office.changes.origin("councils") == FROM

    async def test_another_licence_alone_is_a_change(self, office: Office) -> None:
        text = json.dumps(rows("councils"))
        change, _ = await office.changes.propose("councils", text, FROM, "helen")
        assert change.difference.is_nothing
        await office.confirms(change)
        with pytest.raises(Refused):
            await office.changes.propose("councils", text, FROM, "helen")

    async def test_one_that_a_case_is_about_ends_and_stays(self, office: Office) -> None:
        await a_view(office.engine)
        others = [row for row in rows("councils") if row["code"] != "XSB"]
        change = await office.proposes("councils", others)
        assert f"{REFERENCE} is about it, and no successor is known" in change.doubts[0]
        await office.confirms(change)
        found = (await office.registers.councils()).by_code("XSB")
        assert found is not None
        assert found.ends_on == NOON.date()


class TestRota:
    async def test_the_very_next_page_goes_to_whoever_is_on_now(
        self, office: Office, clock: Clock
    ) -> None:
        pager = DatabasePager(office.engine, office.registers, FakePageSender(), clock)
        assert await reached(pager, "one") == ("priya",)
        rota = [{**row, "person": "martin"} if row["rung"] == "L1" else row for row in rows("rota")]
        change = await office.proposes("rota", rota)
        assert await reached(pager, "two") == ("priya",)
        clock.move(HOUR)
        await office.confirms(change)
        assert await reached(pager, "three") == ("martin",)

    async def test_what_was_is_kept_and_what_runs_ends_when_it_is_confirmed(
        self, office: Office, clock: Clock
    ) -> None:
        change = await office.proposes("rota", [r for r in rows("rota") if r["person"] != "tomas"])
        clock.move(2 * HOUR)
        await office.confirms(change)
        (tomas,) = [one for one in await office.registers.rota() if one.person == "tomas"]
        assert tomas.until == NOON + 2 * HOUR


async def reached(pager: DatabasePager, key: str) -> tuple[str, ...]:
    """Return whom a page to L1 reaches."""
    page = Page(about="decision#1", rung=1, at=NOON, due_at=NOON, owner=None, exercise=False)
    row = PageRow(key=key, case=REFERENCE, page=page, says="late")
    (answer,) = await pager.enter(PageBatch(rows=(row,)))
    return answer.people


class TestTheRecord:
    async def test_everything_that_was_done_is_on_it_in_order(
        self, office: Office, clock: Clock
    ) -> None:
        change = await office.proposes("people", [*rows("people"), nora()])
        clock.move(DAY)
        done = await office.confirms(change)
        found = await office.record.entries()
        assert [(one["did"], one["by"]) for one in found] == [
            *[("filled", MACHINE)] * 4,
            ("proposed", "helen"),
            ("confirmed", "ruth"),
        ]
        last = found[-1]
        assert last["at"] == "2026-11-24T12:00:00Z"
        assert (last["change"], last["version"]) == (change.number, done.version)
        assert last["proposed_by"] == "helen"
        assert last["difference"]["added"][0]["key"] == "nora"

    async def test_an_entry_that_was_altered_is_found(self, office: Office) -> None:
        first = "(SELECT body FROM register_entry WHERE seq = 1)"
        await run_sql(office.engine, f"UPDATE register_entry SET body = {first} WHERE seq = 2")  # noqa: S608
        with pytest.raises(ChainBrokenError, match="entry 2"):
            await office.record.entries()

    async def test_an_entry_that_was_taken_away_is_found(self, office: Office) -> None:
        await run_sql(office.engine, "DELETE FROM register_entry WHERE seq = 2")
        with pytest.raises(ChainBrokenError, match="entry 3"):
            await office.record.entries()
