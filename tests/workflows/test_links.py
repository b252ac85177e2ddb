"""Both cases hold a link, also when the other one is told late, twice, or not at all."""

from typing import Any

import pytest
from temporalio.client import Client

from domain.case import Link
from domain.command import Command, Rows
from domain.decider import Receipt
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase
from workflows.neighbours import LINK_TOLD, LinkTold

pytestmark = pytest.mark.server


def asked(office: live.Office, case: LiveCase, name: str, other: str, **more: Any) -> Command:
    """Return an instruction that names another case, as the desk sends it that knows it."""
    command = case.command(name, Ask(by_desk=False), case=other, **more)
    rows = Rows(staff=office.roles, cases=(other,))
    roles = office.roles[command.by]
    return office.key.stamped(case.reference, command, roles, rows, live.utc_now(), 1)


async def give(office: live.Office, case: LiveCase, name: str, other: str, **more: Any) -> Receipt:
    """Give that instruction and return its answer."""
    return await case.send(asked(office, case, name, other, **more))


async def holds(case: LiveCase, *wanted: Link) -> None:
    """Wait until the case holds these links and no other."""

    async def so() -> bool:
        return (await case.state()).links == wanted

    await live.until(so, f"{case.reference} to hold {wanted}")


async def test_a_link_and_its_end_reach_the_other_case(office: live.Office) -> None:
    one, other = await office.open(), await office.open()
    await give(office, one, "link-case", other.reference, kind="supplier")
    await holds(one, Link(case=other.reference, kind="supplier"))
    await holds(other, Link(case=one.reference, kind="supplier"))
    told = await other.fact("case-linked")
    assert (told["by"], told["payload"]["mirrored"]) == ("system", True)
    assert (await other.state()).version == 1
    await give(office, other, "unlink-case", one.reference)
    await holds(other)
    await holds(one)
    await one.settled()
    await other.settled()


async def test_both_linked_at_once_stay_linked(office: live.Office) -> None:
    one, other = await office.open(), await office.open()
    await give(office, one, "link-case", other.reference, kind="supplier")
    await holds(other, Link(case=one.reference, kind="supplier"))
    word = LinkTold(key="again", case=one.reference, kind="supplier")
    await other.handle.signal(LINK_TOLD, word)
    await other.settled()
    assert [f["type"] for f in await other.facts()].count("case-linked") == 1


async def test_a_case_whose_worker_was_away_hears_of_it_later(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        async with live.worker_of(there):
            one, other = await there.open(), await there.open()
            await one.settled()
            await other.settled()
        linked = asked(there, one, "link-case", other.reference, kind="supplier")
        await one.handle.signal("link-case", linked)
        async with live.worker_of(there):
            await holds(other, Link(case=one.reference, kind="supplier"))


async def test_a_case_that_does_not_run_is_not_told_and_this_one_says_so(
    office: live.Office,
) -> None:
    one = await office.open()
    gone = "CIR-2026-999998"
    await give(office, one, "link-case", gone, kind="follow-on")
    said = await one.fact("link-not-mirrored")
    assert said["payload"]["case"] == gone
    assert (await one.state()).links == (Link(case=gone, kind="follow-on"),)
