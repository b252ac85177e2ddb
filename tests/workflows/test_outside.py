"""The doors for those outside, over a socket, in front of a live case."""

from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from stack.layout import Ports
from tests import live
from tests.builders import SAID_BY, WHY
from tests.databases import Databases
from tests.desk import REPORT
from tests.live import LiveCase
from tests.outside import send
from tests.town import Town, a_town

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
async def town(
    client: Client,
    temporal: Ports,
    databases: Databases,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """Give a town whose cases the tests of this module share."""
    folder = tmp_path_factory.mktemp("town")
    async with a_town(client, temporal, databases, kind, folder) as made:
        yield made


async def test_a_signed_report_becomes_a_running_case(town: Town) -> None:
    reply = await send(town.desk, "/reports", {**REPORT, "source": {}}, "ncsc")
    assert reply.status == 201
    assert (await town.desk.get(f"/cases/{reply.json['case']}")).json["phase"] == "reported"


async def test_a_provider_speaks_of_its_own_call_out(town: Town) -> None:
    case = await town.called_out()
    reply = await town.say("alder", case.reference, "provider-acknowledged")
    assert (reply.status, reply.json["phase"]) == (200, "activation")
    fact = await case.fact("provider-acknowledged")
    assert (fact["by"], fact["roles"]) == ("alder", ["provider"])


async def test_a_message_that_comes_twice_is_done_once(town: Town) -> None:
    case = await town.called_out()
    told = {"channel": "phone", "result": "no answer"}
    first = await town.say("alder", case.reference, "contact-attempted", "twice", **told)
    again = await town.say("alder", case.reference, "contact-attempted", "twice", **told)
    assert (again.status, again.json) == (200, first.json)
    await case.settled()
    facts = [fact for fact in await case.facts() if fact["type"] == "contact-attempted"]
    assert len(facts) == 1


async def test_what_came_too_early_is_taken_when_it_comes_again(town: Town) -> None:
    case = await town.called_out()
    scope = {"summary": "Contain and eradicate.", "agreed_by": "Joanna Hale"}
    early = await town.say("alder", case.reference, "agree-scope", "early", **scope)
    assert early.says == (422, "refused", "contact-not-made")
    made = {"with_whom": "Joanna Hale", "channel": "phone"}
    assert (await town.say("alder", case.reference, "contact-made", **made)).status == 200
    late = await town.say("alder", case.reference, "agree-scope", "early", **scope)
    assert (late.status, late.json["phase"]) == (200, "containment")


async def test_nobody_learns_whether_there_is_another_firms_case(town: Town) -> None:
    case = await town.called_out("alder")
    unknown = "CIR-2026-999999"
    theirs = await town.say("kestrel", case.reference, "provider-acknowledged", "x-1")
    nobodys = await town.say("kestrel", unknown, "provider-acknowledged", "x-2")
    assert theirs.says == nobodys.says == (403, "not-allowed", "not-the-provider")
    assert theirs.text.replace(case.reference, "") == nobodys.text.replace(unknown, "")
    assert await town.attempts(case.reference) == [("kestrel", "not-the-provider")]
    assert await town.attempts(unknown) == [("kestrel", "not-the-provider")]


async def test_a_rule_that_would_tell_of_another_firms_case_is_not_asked(town: Town) -> None:
    case = await town.called_out("alder")
    reply = await town.say("kestrel", case.reference, "provider-update", summary="All is well.")
    assert reply.says == (403, "not-allowed", "not-the-provider")


async def test_a_firm_that_was_stood_down_gets_the_same_words(town: Town) -> None:
    case = await town.called_out("alder")
    await case.give("fail-over", live.Ask(by="priya"), reason=WHY)
    reply = await town.say("alder", case.reference, "provider-acknowledged")
    assert reply.says == (403, "not-allowed", "not-the-provider")
    assert (await town.say("kestrel", case.reference, "provider-acknowledged")).status == 200


async def test_a_command_of_staff_is_not_a_providers(town: Town) -> None:
    case = await town.called_out()
    reply = await town.say("alder", case.reference, "decide")
    assert reply.says == (403, "not-allowed", "role-not-allowed")


async def billed(town: Town) -> LiveCase:
    """Return a case with one pack at finance."""
    case = await town.called_out()
    await case.give("contact-made", live.Ask(by="alder"), with_whom="Joanna Hale", channel="phone")
    await case.give(
        "agree-scope", live.Ask(by="alder"), summary="Contain it.", agreed_by="Joanna Hale"
    )
    day = live.utc_now().date().isoformat()
    await case.give(
        "log-work", live.Ask(by="alder"), item="A-1", date=day, grade="lead", minutes=60,
        phase="containment", description="Isolated hosts.",
    )  # fmt: skip
    await case.give("withdraw", said_by=SAID_BY, reason=WHY)
    await case.give("hand-off-billing", live.Ask(by="priya"))
    return case


async def test_finances_signed_answer_is_carried_in_and_twice_is_harmless(town: Town) -> None:
    case = await billed(town)
    answer = {
        "command": "billing-acknowledged", "case": case.reference, "pack": 1, "finance_ref": "F-1",
    }  # fmt: skip
    first = await send(town.desk, "/billing/acknowledgements", answer, "finance", "f-1")
    same = await send(town.desk, "/billing/acknowledgements", answer, "finance", "f-1")
    fact = await case.fact("billing-acknowledged")
    other = await send(town.desk, "/billing/acknowledgements", answer, "finance", "f-2")
    assert (first.status, same.json) == (200, first.json)
    assert (other.status, other.json["repeated"]) == (200, True)
    assert fact["by"] == "system"


async def test_a_pack_that_finance_rejects_comes_back(town: Town) -> None:
    case = await billed(town)
    answer = {"command": "billing-rejected", "case": case.reference, "pack": 1, "reason": WHY}
    reply = await send(town.desk, "/billing/acknowledgements", answer, "finance")
    assert (reply.status, reply.json["command"]) == (200, "billing-rejected")


async def test_with_temporal_there_the_desk_is_ready_and_says_so(town: Town) -> None:
    reply = await town.desk.get("/ready")
    assert reply.json == {"ok": True, "database": "reached", "temporal": "reached"}
