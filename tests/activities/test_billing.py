from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.answers import EffectAnswer
from activities.billing import Billing, PackHandOff
from tests.builders import REFERENCE
from tests.ports import FakeFinanceDesk


def a_pack(number: int, document: dict[str, Any] | None = None) -> PackHandOff:
    return PackHandOff(
        key=f"{REFERENCE}/billing/{number}",
        case=REFERENCE,
        document=document or {"pack": number},
        exercise=False,
    )


async def hand_off(finance: FakeFinanceDesk, *packs: PackHandOff) -> tuple[EffectAnswer, ...]:
    return await ActivityEnvironment().run(Billing(finance).hand_off_billing, packs)


async def test_a_pack_that_was_taken_says_where_it_is() -> None:
    finance = FakeFinanceDesk()
    (answer,) = await hand_off(finance, a_pack(1))
    assert (answer.state, answer.how) == ("done", f"finance/{REFERENCE}/billing/1")
    assert finance.packs == {a_pack(1).key: {"pack": 1}}


async def test_a_pack_that_failed_keeps_its_own_next_try() -> None:
    finance = FakeFinanceDesk()
    finance.broken = {a_pack(1).key}
    failed, done = await hand_off(finance, a_pack(1), a_pack(2))
    assert (failed.key, failed.state, failed.how) == (a_pack(1).key, "failed", "ConnectionError")
    assert done.state == "done"


async def test_why_it_failed_tells_nobody_what_was_in_it() -> None:
    finance = FakeFinanceDesk()
    finance.broken = {a_pack(1).key}
    (answer,) = await hand_off(finance, a_pack(1, {"worker": "Moira Tennant"}))
    assert "Tennant" not in answer.how


async def test_a_fault_of_ours_is_no_answer() -> None:
    finance = FakeFinanceDesk()
    finance.bugs = {a_pack(1).key}
    with pytest.raises(KeyError):
        await hand_off(finance, a_pack(1))


async def test_each_pack_says_that_the_batch_is_alive() -> None:
    beats: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: beats.extend(details)
    packs = (a_pack(1), a_pack(2))
    await environment.run(Billing(FakeFinanceDesk()).hand_off_billing, packs)
    assert beats == [pack.key for pack in packs]
