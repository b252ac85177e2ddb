"""The desk explains a case; Temporal is away here, so from its record."""

from activities.records import FactBatch
from domain.view import view_of
from starter import records_of
from tests.api.test_reads import show
from tests.builders import REFERENCE
from tests.desk import REPORT, DeskHouse
from tests.explaining import Stop, end, stop


async def recorded(desk: DeskHouse, there: Stop) -> Stop:
    """Put a story on the record as it is."""
    batch = FactBatch(case=there.case.reference, facts=there.facts, view=view_of(there.case))
    await records_of(desk.settings, desk.engine).append(batch)
    return there


async def test_with_temporal_away_a_case_is_explained_by_its_record(desk: DeskHouse) -> None:
    there = await recorded(desk, stop("provider-silent-failover", 10))
    reply = await desk.get(f"/cases/{there.case.reference}/explanation")
    assert reply.status == 200
    says = reply.json
    assert says["told_by"] == "record"
    assert "did not answer" in says["note"]
    assert (says["phase"], says["version"]) == ("activation", there.case.version)
    assert {one["clock"] for one in says["clocks"]} == {"provider-contact", "ico-report"}
    assert says["clocks"][0]["target"]["basis"] == "published"
    assert says["pages"][-1]["acknowledged_by"] == "priya"
    refusals = [one for line in says["commands"] for one in line["refusals"]]
    assert "contact-not-made" in {one["code"] for one in refusals}
    assert says["clocks"][0]["due_at"].endswith("Z")


async def test_an_archived_case_is_explained_for_good(desk: DeskHouse) -> None:
    there = await recorded(desk, end("ransomware-c2-recovery"))
    says = (await desk.get(f"/cases/{there.case.reference}/explanation")).json
    assert (says["archived"], says["next"], says["clocks"]) == (True, [], [])
    codes = {one["code"] for line in says["commands"] for one in line["refusals"]}
    assert codes == {"case-archived"}


async def test_a_record_that_cannot_explain_by_itself_says_so(desk: DeskHouse) -> None:
    await show(desk)
    reply = await desk.get(f"/cases/{REFERENCE}/explanation")
    assert reply.says == (503, "unreachable", "not-reached")


async def test_a_case_that_is_not_there_cannot_be_explained(desk: DeskHouse) -> None:
    reply = await desk.get("/cases/CIR-2026-009999/explanation")
    assert reply.says == (404, "not-found", "unknown-case")


async def test_a_case_that_has_not_started_says_that_it_will(desk: DeskHouse) -> None:
    case = (await desk.post("/cases", REPORT)).json["case"]
    reply = await desk.get(f"/cases/{case}/explanation")
    assert reply.says == (503, "unreachable", "not-started")


async def test_nobody_is_told_anything_without_a_token(desk: DeskHouse) -> None:
    await recorded(desk, stop("provider-silent-failover", 10))
    reply = await desk.get("/cases/CIR-2026-000104/explanation", token="nobody's")  # noqa: S106
    assert reply.says == (401, "not-allowed", "unknown-person")
