"""Edge case 29 to its end: a case that was ended by hand runs again, by two people."""

from collections.abc import AsyncIterator

import pytest
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import ResetReapplyExcludeType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from adapters.database.findings import Findings
from domain.case import Case
from stack.layout import Ports
from starter import records_of
from tests import live
from tests.builders import WHY
from tests.databases import Databases, run_sql
from tests.desk import Reply
from tests.live import Ask, LiveCase
from tests.sealing import converter
from tests.town import Town, a_town
from worker import build_comparing, real_doors

pytestmark = pytest.mark.server

NOTHING_AGAIN = (
    ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_SIGNAL,
    ResetReapplyExcludeType.RESET_REAPPLY_EXCLUDE_TYPE_UPDATE,
)
NOTE = "Mail is down; ring Odile Plant."
REASON = "Terminated in the Web UI by a wrong click; the case is open."


@pytest.fixture(scope="module")
async def town(
    client: Client,
    temporal: Ports,
    databases: Databases,
    kind: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Town]:
    """Give a town with the sealed profile, whose cases the tests of this module share."""
    config = client.config()
    config["data_converter"] = converter(refuses_clear=True)
    folder = tmp_path_factory.mktemp("town")
    async with a_town(Client(**config), temporal, databases, kind, folder) as made:
        yield made


async def look(town: Town) -> int:
    """Let the watchkeeper compare once; return how many pages were new."""
    office = town.office
    doors = real_doors(office.settings, office.engine)
    comparing = build_comparing(office.client, office.settings, office.engine, doors)
    new: int = await ActivityEnvironment().run(comparing.compare)
    return new


async def propose(town: Town, case: LiveCase, who: str = "helen", reason: str = REASON) -> Reply:
    token = await town.desk.token_of(who)
    return await town.desk.post(f"/cases/{case.reference}/revive", {"reason": reason}, token)


async def confirm(town: Town, change: int, who: str = "ruth") -> Reply:
    return await town.desk.post(f"/changes/{change}/confirm", b"", await town.desk.token_of(who))


async def revive(town: Town, case: LiveCase) -> Case:
    """Let two people revive a case; return how it stands then."""
    asked = await propose(town, case)
    assert asked.status == 200, asked.text
    done = await confirm(town, asked.json["change"])
    assert done.status == 200, done.text
    await case.fact("case-revived")
    await case.settled()
    return await case.state()


async def driven(town: Town) -> LiveCase:
    """Return a case with a provider at work on it and a note."""
    case = await town.called_out()
    await case.give("provider-acknowledged", Ask(by="alder"))
    await case.give("set-contact", post="s151", person="Odile Plant", phone="07700 900761",
                    verified={"how": "call-back", "by": "kaya"})  # fmt: skip
    await case.give("add-note", Ask(key="note-1"), text=NOTE)
    await case.settled()
    return case


async def test_edge_29_reviving_a_terminated_case_takes_two_people_and_is_on_its_record(
    town: Town,
) -> None:
    """Who proposed, who confirmed, why and which run: a fact of the case; nobody does it alone."""
    case = await driven(town)
    await case.handle.terminate("a hand in the Web UI")
    said = await town.desk.post(
        f"/cases/{case.reference}/add-note", {"idempotency_key": "k", "text": "Anybody there?"}
    )
    assert said.says == (503, "unreachable", "not-running")
    assert (await propose(town, case, "kaya")).says == (403, "not-allowed", "role-not-allowed")
    assert (await propose(town, case, reason="Why?")).says == (422, "refused", "reason-needed")
    asked = (await propose(town, case)).json
    assert (asked["subject"], asked["reason"]) == (f"the revival of {case.reference}", REASON)
    assert (await propose(town, case)).json["repeated"] is True
    assert (await propose(town, case, "ruth")).says == (422, "refused", "change-pending")
    alone = await confirm(town, asked["change"], "helen")
    assert alone.says == (403, "not-allowed", "same-person")
    assert (await confirm(town, asked["change"], "kaya")).says[2] == "role-not-allowed"
    assert (await confirm(town, asked["change"])).json["state"] == "confirmed"
    fact = await case.fact("case-revived")
    told = fact["payload"]
    assert (fact["by"], told["proposed_by"], told["confirmed_by"]) == ("ruth", "helen", "ruth")
    assert (told["reason"], told["change"], len(told["runs"])) == (REASON, asked["change"], 1)
    assert (told["began_from"], told["undone"]) == ("record", "taken")
    assert (await confirm(town, asked["change"])).says[2] == "already-confirmed"


async def test_edge_29_a_revived_case_stands_where_it_stood_and_goes_on(town: Town) -> None:
    """Equal state, the same answer to an old key, the next version, and a record that verifies."""
    case = await driven(town)
    before = await case.state()
    await case.handle.terminate("a hand in the Web UI")
    after = await revive(town, case)
    assert after.but(seq=before.seq) == before
    assert after.seq == before.seq + 1
    assert (await case.give("add-note", Ask(key="note-1"), text=NOTE)).repeated
    other = await town.desk.post(
        f"/cases/{case.reference}/add-note", {"idempotency_key": "note-1", "text": "Other words."}
    )
    assert other.says == (409, "conflict", "key-reused")
    made = {"with_whom": "Joanna Hale", "channel": "phone"}
    receipt = await case.give("contact-made", Ask(by="alder"), **made)
    assert receipt.version == before.version + 1
    await case.settled()
    records = records_of(town.office.settings, town.office.engine)
    assert await records.verify(case.reference)


async def test_edge_29_comparing_is_content_once_a_case_was_revived(town: Town) -> None:
    """The run that was ended pages until the case runs again, and then no more."""
    case = await driven(town)
    findings = Findings(town.office.engine, live.utc_now)
    await case.handle.terminate("a hand in the Web UI")
    assert await look(town) == 1
    (found,) = [one for one in await findings.standing() if one["case"] == case.reference]
    assert found["about"] == "alarm:record-tampered"
    await revive(town, case)
    assert await look(town) == 0
    assert [one for one in await findings.standing() if one["case"] == case.reference] == []


async def test_edge_29_what_was_not_on_the_record_yet_is_not_lost(town: Town) -> None:
    """An acknowledged decision that only the ended run knows goes onto the record afterwards."""
    case = await driven(town)
    await town.desk.break_table("case_event")
    await case.give("add-note", text="Acknowledged while the database was away.")
    before = await case.state()
    await case.handle.terminate("a hand in the Web UI")
    await run_sql(town.office.engine, "ALTER TABLE gone RENAME TO case_event")
    assert len(await case.facts()) == before.seq - 1
    after = await revive(town, case)
    assert after.but(seq=before.seq) == before
    notes = [f["payload"]["text"] for f in await case.facts() if f["type"] == "note-added"]
    assert notes[-1] == "Acknowledged while the database was away."


async def test_edge_29_after_a_reset_the_record_counts_and_not_the_run(town: Town) -> None:
    """A run that was reset is ended first; the case stands where its record stands."""
    case = await driven(town)
    before = await case.state()
    client = town.office.client
    told = await case.handle.describe()
    request = ResetWorkflowExecutionRequest(
        namespace=client.namespace,
        workflow_execution=WorkflowExecution(workflow_id=case.reference, run_id=told.run_id),
        reason=WHY,
        workflow_task_finish_event_id=4,
        request_id="by-hand",
        reset_reapply_exclude_types=NOTHING_AGAIN,
    )
    await client.workflow_service.reset_workflow_execution(request)
    assert (await propose(town, case)).says == (422, "refused", "case-runs")
    assert (await case.state()).seq < before.seq
    await client.get_workflow_handle(case.reference).terminate("it was reset")
    after = await revive(town, case)
    assert after.but(seq=before.seq) == before
    fact = await case.fact("case-revived")
    assert fact["payload"]["undone"] == "left"
    assert len(fact["payload"]["runs"]) == 2
    assert await look(town) == 0


async def test_edge_29_nobody_revives_what_runs_or_never_was(town: Town) -> None:
    """A case that runs and one that never was are refused, each in its own words."""
    case = await town.office.open()
    await case.settled()
    assert (await propose(town, case)).says == (422, "refused", "case-runs")
    unknown = await town.desk.post(
        "/cases/CIR-2026-999999/revive", {"reason": REASON}, await town.desk.token_of("helen")
    )
    assert unknown.says == (404, "not-found", "unknown-case")
