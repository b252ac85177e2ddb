"""What a decision costs in history events: a run that grows slowly lives long."""

from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from domain.decider import Receipt
from tests import live
from tests.live import LiveCase

pytestmark = pytest.mark.server

WITH_NOTICES, WITHOUT = 16, 12
"""Events a decision may cost (design.md)."""


def named(event: HistoryEvent) -> str:
    name = EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")
    scheduled = event.activity_task_scheduled_event_attributes.activity_type.name
    return f"{name} {scheduled}".strip()


async def cost(case: LiveCase, name: str, **inputs: Any) -> tuple[Receipt, list[str]]:
    """Return the answer to an instruction and every event it made, its outbox included."""
    await case.settled()
    before = len(await case.events())
    receipt = await case.give(name, **inputs)
    await case.settled()
    made = [named(event) for event in (await case.events())[before:]]
    print(f"{name}: {len(made)} events\n  " + "\n  ".join(made))  # noqa: T201  (the figure)
    return receipt, made


async def test_a_decision_with_notices_costs_few_events(office: live.Office) -> None:
    """The least of three: record and notices end together unless the machine is very busy."""
    case = await office.open()
    await case.give("acknowledge")
    told = {"questions": ["Are backups intact?"], "channel": "email"}
    tries = [(await cost(case, "request-info", **told))[1] for _ in range(3)]
    assert all("ACTIVITY_TASK_SCHEDULED deliver-notices" in made for made in tries)
    assert min(len(made) for made in tries) <= WITH_NOTICES


async def test_a_decision_without_notices_costs_fewer(office: live.Office) -> None:
    case = await office.open()
    _, made = await cost(case, "add-note", text="The internet link is unplugged.")
    assert "ACTIVITY_TASK_SCHEDULED deliver-notices" not in made
    assert len(made) <= WITHOUT


async def test_a_decision_that_moves_a_clock_costs_no_more(office: live.Office) -> None:
    case = await office.open()
    _, made = await cost(case, "acknowledge")
    assert len(made) <= WITH_NOTICES
