import asyncio

import pytest
from temporalio.testing import ActivityEnvironment

from activities.meeting import Meeting
from activities.records import FactBatch, Recording
from domain.view import view_of
from tests.builders import REFERENCE, a_case
from tests.ports import FakeRecords


def a_batch(meets: str | None = None) -> FactBatch:
    return FactBatch(case=REFERENCE, facts=(), view=view_of(a_case()), meets=meets)


async def record(recording: Recording, batch: FactBatch) -> int:
    return await ActivityEnvironment().run(recording.record_facts, batch)


async def test_the_answer_is_the_last_fact_on_record() -> None:
    records = FakeRecords()
    records.last = 7
    assert await record(Recording(records), a_batch()) == 7
    assert records.batches == [a_batch()]


async def test_a_record_that_cannot_be_written_is_never_called_done() -> None:
    records = FakeRecords()
    records.conflict = True
    with pytest.raises(RuntimeError, match="other content"):
        await record(Recording(records), a_batch())


async def test_it_ends_together_with_the_notices_it_meets() -> None:
    meeting, order = Meeting(), list[str]()

    async def recorded() -> None:
        await record(Recording(FakeRecords(), meeting), a_batch("step-1"))
        order.append("record")

    async def notices() -> None:
        order.append("notices")
        await meeting.other("step-1")

    async with asyncio.TaskGroup() as group:
        group.create_task(recorded())
        group.create_task(notices())
    assert order == ["notices", "record"]


async def test_with_nobody_to_meet_it_ends_by_itself() -> None:
    records, meeting = FakeRecords(), Meeting()
    assert await record(Recording(records, meeting), a_batch("step-1")) == 0
    assert await record(Recording(records, meeting), a_batch("step-1")) == 0
    assert len(records.batches) == 2


async def test_it_says_that_it_is_alive_while_the_database_is_slow() -> None:
    records = FakeRecords()
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *_: records.go_on.set()
    records.go_on.clear()
    assert await environment.run(Recording(records).record_facts, a_batch()) == 0
