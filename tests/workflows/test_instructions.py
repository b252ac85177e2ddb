"""Instructions to a running case: what is answered, and what is refused."""

from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.command import Command
from domain.decider import Receipt
from tests import live
from tests.live import Ask, LiveCase

pytestmark = pytest.mark.server


async def refused(case: LiveCase, command: Command) -> tuple[str, dict[str, Any]]:
    """Return code and details by which the case refuses; fail when it does not, or moves."""
    await case.settled()
    before, length = await case.state(), len(await case.events())
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await case.send(command)
    cause = caught.value.cause
    assert isinstance(cause, ApplicationError)
    assert case.reference in cause.message or command.name in cause.message
    assert await case.state() == before
    assert len(await case.events()) == length
    return str(cause.type), dict(cause.details[0])


async def test_an_accepted_instruction_is_answered_with_its_receipt(office: live.Office) -> None:
    case = await office.open()
    receipt = await case.give("acknowledge")
    state = await case.state()
    run = state.live_clocks("decision")[0]
    lines = [(line.seq, line.type, line.by) for line in receipt.events]
    assert lines == [
        (7, "case-acknowledged", "kaya"),
        (8, "clock-met", "kaya"),
        (9, "clock-started", "kaya"),
    ]
    expected = {
        "ok": True,
        "case": case.reference,
        "command": "acknowledge",
        "version": 2,
        "phase": "assessment",
        "outcome": None,
        "next_deadline": {"clock": "decision", "kind": "warning", "at": run.agenda[0].at},
        "repeated": False,
        "changed": (),
    }
    assert receipt.model_dump(exclude={"events"}) == expected


async def test_a_refused_instruction_leaves_no_trace_in_the_history(office: live.Office) -> None:
    case = await office.open()
    command = case.command("agree-scope", summary="Servers.", agreed_by="Marian Tolley")
    assert await refused(case, command) == (
        "wrong-phase",
        {"kind": "refused", "phase": "reported"},
    )


async def test_a_role_that_may_not_is_refused_as_not_allowed(office: live.Office) -> None:
    case = await office.open()
    command = case.command("acknowledge", Ask(by="ines"))
    assert await refused(case, command) == ("role-not-allowed", {"kind": "not-allowed"})


async def test_the_same_key_twice_counts_once(office: live.Office) -> None:
    case = await office.open()
    command = case.command("acknowledge", Ask(key="once"))
    first, second = await case.send(command), await case.send(command)
    assert (first.repeated, second.repeated) == (False, True)
    assert (second.version, second.phase) == (first.version, first.phase)
    await case.settled()
    taken = [fact for fact in await case.facts() if fact["type"] == "case-acknowledged"]
    assert len(taken) == 1


async def test_the_same_update_id_is_one_update(office: live.Office) -> None:
    case = await office.open()
    command = case.command("add-note", Ask(key="once"), text="The internet link is unplugged.")
    answers = [
        await case.handle.execute_update(
            command.name, command, id="one-and-the-same", result_type=Receipt
        )
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    await case.settled()
    notes = [fact for fact in await case.facts() if fact["type"] == "note-added"]
    assert len(notes) == 1


async def test_the_same_key_with_other_content_is_a_conflict(office: live.Office) -> None:
    case = await office.open()
    await case.give("add-note", Ask(key="once"), text="The internet link is unplugged.")
    other = case.command("add-note", Ask(key="once"), text="The phones are dead.")
    assert await refused(case, other) == ("key-reused", {"kind": "conflict"})


async def test_a_stale_version_names_who_was_first(office: live.Office) -> None:
    case = await office.open()
    await case.give("acknowledge", Ask(by="tomas"))
    late = case.command("add-note", Ask(more={"if_version": 1}), text="Nobody has it yet.")
    assert await refused(case, late) == (
        "stale-version",
        {"kind": "conflict", "version": 2, "by": "tomas"},
    )


async def test_two_who_look_at_one_version_are_told_apart(office: live.Office) -> None:
    case = await office.open()
    first = await case.give("acknowledge", Ask(more={"if_version": 1}))
    assert first.version == 2
    second = case.command("acknowledge", Ask(by="tomas", more={"if_version": 1}))
    code, details = await refused(case, second)
    assert (code, details["by"]) == ("stale-version", "kaya")


async def test_an_input_that_cannot_be_read_hangs_nobody(office: live.Office) -> None:
    """An input that cannot be decoded is refused and hangs nobody."""
    case = await office.open()
    with pytest.raises(WorkflowUpdateFailedError):
        await case.handle.execute_update(
            "add-note", {"by": "kaya", "text": 7}, id="mangled", rpc_timeout=live.PATIENCE
        )
    assert (await case.give("acknowledge")).version == 2
