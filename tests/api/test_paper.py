"""The sheet of a case, also while Temporal is away: then its record says how it stands."""

import pytest

from activities.records import FactBatch
from domain.view import view_of
from starter import records_of
from tests.desk import DeskHouse
from tests.explaining import end

STORY = end("ransomware-c2-recovery")
CASE = STORY.case.reference


async def test_a_sheet_is_made_from_the_record_when_nothing_else_answers(desk: DeskHouse) -> None:
    batch = FactBatch(case=CASE, facts=STORY.facts, view=view_of(STORY.case))
    await records_of(desk.settings, desk.engine).append(batch)
    made = (await desk.get(f"/cases/{CASE}/paper")).json
    assert made["view"]["version"] == STORY.case.version
    assert made["view"]["phase"] == "closed"
    assert made["reach"][0]["name"] == STORY.case.report.reporter.name
    assert {one["rung"] for one in made["staff"]} >= {"L0", "L1"}
    assert made["firm"]["duty_line"]


@pytest.mark.parametrize("case", ["CIR-2026-009999", "%00"])
async def test_a_case_that_is_not_there_has_no_sheet(desk: DeskHouse, case: str) -> None:
    reply = await desk.get(f"/cases/{case}/paper")
    assert reply.says == (404, "not-found", "unknown-case")
