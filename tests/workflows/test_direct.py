"""Instructions that did not come through the desk, and those that came as a signal."""

from typing import Any

import pytest
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.command import Command
from domain.people import Role
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase

pytestmark = pytest.mark.server


async def code_of(case: LiveCase, command: Command) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await case.send(command)
    assert isinstance(caught.value.cause, ApplicationError)
    return str(caught.value.cause.type)


async def record_of(case: LiveCase, kind: str) -> tuple[Any, ...]:
    fact = await case.fact(kind)
    return fact["by"], tuple(fact["roles"])


def decision(case: LiveCase, ask: Ask) -> Command:
    return case.command("decide", ask, **live.QUALIFIES)


async def test_the_desks_word_is_on_the_record_with_the_roles_of_that_moment(
    office: live.Office,
) -> None:
    case = await office.open()
    await case.give("acknowledge")
    assert await record_of(case, "case-acknowledged") == ("kaya", ("triage-officer",))


async def test_an_unstamped_instruction_is_recorded_as_direct(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge", Ask(by_desk=False))
    assert await record_of(case, "case-acknowledged") == ("direct:kaya", ())


async def test_what_is_taken_from_the_desk_only_is_refused_without_its_stamp(
    office: live.Office,
) -> None:
    case = await office.open()
    await case.give("acknowledge")
    assert await code_of(case, decision(case, Ask(by_desk=False))) == "desk-only"
    assert (await case.send(decision(case, Ask()))).phase == "activation"


async def test_a_wrong_signature_counts_as_direct(office: live.Office) -> None:
    case = await office.open()
    command = case.command("acknowledge")
    assert command.stamp is not None
    forged = command.but(stamp=command.stamp.but(roles=(Role.HEAD_OF_SERVICE,)))
    await case.send(forged)
    assert await record_of(case, "case-acknowledged") == ("direct:kaya", ())


async def test_a_stamp_is_worth_nothing_on_another_case(office: live.Office) -> None:
    one, other = await office.open(), await office.open()
    await other.send(one.command("acknowledge"))
    assert await record_of(other, "case-acknowledged") == ("direct:kaya", ())


async def test_a_stamp_is_worth_nothing_under_another_key(office: live.Office) -> None:
    case = await office.open()
    await case.send(case.command("acknowledge").but(idempotency_key="another"))
    assert await record_of(case, "case-acknowledged") == ("direct:kaya", ())


async def test_a_signal_is_carried_out(office: live.Office) -> None:
    case = await office.open()
    command = case.command("acknowledge")
    await case.handle.signal(command.name, command)
    assert await record_of(case, "case-acknowledged") == ("kaya", ("triage-officer",))
    assert (await case.state()).version == 2


async def test_a_signal_and_an_update_of_one_key_count_once(office: live.Office) -> None:
    case = await office.open()
    command = case.command("acknowledge")
    await case.handle.signal(command.name, command)
    assert (await case.send(command)).repeated
    await case.settled()
    assert [f["type"] for f in await case.facts()].count("case-acknowledged") == 1


async def test_signals_without_keys_that_arrive_together_all_count(
    client: Client, database: Database
) -> None:
    async with live.office(client, database) as there:
        case = await there.open()
        command = case.command("add-note", Ask(by_desk=False), text="From the Web UI.")
        bare = command.but(idempotency_key=None)
        for _ in range(2):
            await case.handle.signal(bare.name, bare)
        async with live.worker_of(there):
            await case.settled()
            notes = [f for f in await case.facts() if f["type"] == "note-added"]
            assert len(notes) == len({note["instruction"] for note in notes}) == 2


async def test_a_refused_signal_is_kept_and_does_not_move_the_version(office: live.Office) -> None:
    case = await office.open()
    command = case.command("agree-scope", summary="Servers.", agreed_by="Marian Tolley")
    await case.handle.signal(command.name, command)
    fact = await case.fact("instruction-refused")
    said = fact["payload"]
    assert (fact["by"], said["command"], said["code"]) == ("kaya", "agree-scope", "wrong-phase")
    state = await case.state()
    assert (state.version, state.phase) == (1, "reported")


async def test_a_refused_direct_signal_says_that_it_was_direct(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge")
    command = decision(case, Ask(by_desk=False))
    await case.handle.signal(command.name, command)
    fact = await case.fact("instruction-refused")
    assert (fact["by"], fact["payload"]["code"]) == ("direct:kaya", "desk-only")
