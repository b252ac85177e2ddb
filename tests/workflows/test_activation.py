"""After MHCLG decided: the case calls a provider out by itself, and the council is told."""

import json
from typing import NoReturn

import pytest
from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError

from activities.turns import TurnRequest
from tests import live
from tests.databases import Database
from tests.live import Ask, LiveCase

pytestmark = pytest.mark.server


async def decided(office: live.Office) -> LiveCase:
    case = await office.open()
    await case.give("acknowledge")
    await case.decide()
    return case


async def test_the_case_calls_a_provider_out_by_itself(own_office: live.Office) -> None:
    case = await decided(own_office)
    called = await case.fact("provider-called-out")
    assert (called["by"], called["roles"]) == ("system", ["system"])
    assert (called["payload"]["provider"], called["payload"]["why"]) == ("alder", "rotation")
    await case.settled()
    state = await case.state()
    assert (state.engagement.provider, state.version) == ("alder", 3)


async def test_turns_alternate_between_cases(own_office: live.Office) -> None:
    first = await (await decided(own_office)).fact("provider-called-out")
    second = await (await decided(own_office)).fact("provider-called-out")
    called = [fact["payload"]["provider"] for fact in (first, second)]
    assert called == ["alder", "kestrel"]


async def test_a_provider_asked_for_by_name_takes_no_turn(own_office: live.Office) -> None:
    case = await own_office.open()
    await case.give("acknowledge")
    await case.decide(provider="kestrel")
    called = await case.fact("provider-called-out")
    assert (called["payload"]["provider"], called["payload"]["why"]) == ("kestrel", "by-choice")
    later = await (await decided(own_office)).fact("provider-called-out")
    assert later["payload"]["provider"] == "alder"


async def test_the_confirmation_that_arrives_meets_its_clock(own_office: live.Office) -> None:
    case = await decided(own_office)
    met = await case.fact("clock-met", clock="council-confirmation")
    delivery = await case.fact("delivery-recorded", state="delivered")
    assert met["seq"] > delivery["seq"]
    assert delivery["by"] == "system"
    told = [mail for mail in own_office.mails("council") if "MHCLG confirms its support" in mail]
    assert len(told) == 1
    await case.settled()
    assert (await case.state()).live_clocks("council-confirmation") == ()


async def test_the_provider_gets_its_call_out(own_office: live.Office) -> None:
    case = await decided(own_office)
    await case.settled()
    folder = own_office.settings.outbox / "provider" / "alder"
    (message,) = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    told = (message["type"], message["case"], message["provider"], message["exercise"])
    assert told == ("call-out", case.reference, "alder", False)
    assert len(list(folder.glob("*.page.txt"))) == 1


async def test_with_no_turn_to_be_had_the_configured_order_stands_and_says_so(
    client: Client, database: Database
) -> None:
    @activity.defn(name="reserve-turn")
    async def nobody_knows(request: TurnRequest) -> NoReturn:
        raise ApplicationError(f"{request.case}: turns are away", non_retryable=True)

    async with live.office(client, database) as there, live.worker_of(there, nobody_knows):
        case = await decided(there)
        called = await case.fact("provider-called-out")
        assert (called["payload"]["provider"], called["payload"]["why"]) == ("alder", "rotation")
        assigned = await case.fact("provider-assigned")
        assert "configured order" in assigned["payload"]["reason"]
        await case.give("provider-acknowledged", Ask(by="alder"))
        assert await given_up_after(case, "reserve-turn") == 30


async def given_up_after(case: LiveCase, name: str) -> int:
    """Return the seconds after which the case stops waiting for an activity, retries included."""
    scheduled = [
        event.activity_task_scheduled_event_attributes
        for event in await case.events()
        if event.activity_task_scheduled_event_attributes.activity_type.name == name
    ]
    return int(scheduled[0].schedule_to_close_timeout.seconds)
