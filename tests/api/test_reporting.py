"""Reports over a real database: figures of the cases in a span, which name nobody."""

from typing import Any

import pytest

from activities.records import FactBatch
from domain.view import view_of
from starter import records_of
from tests.builders import HOUR
from tests.desk import DeskHouse
from tests.explaining import end

STORY = end("ransomware-c2-recovery")
CASE = STORY.case.reference
OPENED = STORY.case.opened_at


async def record(desk: DeskHouse, case: str = CASE, **changes: Any) -> None:
    """Put a whole story on the record."""
    view = view_of(STORY.case).but(case=case, **changes)
    batch = FactBatch(case=case, facts=STORY.facts, view=view)
    await records_of(desk.settings, desk.engine).append(batch)


async def test_the_service_in_figures_adds_up_and_leaves_exercises_out(desk: DeskHouse) -> None:
    await record(desk)
    await record(desk, "CIR-2026-000777", category="C1")
    await record(desk, "CIR-2026-000778", exercise=True)
    found = (await desk.get("/report/service")).json
    assert (found["cases"], found["open"]) == (2, 0)
    assert (found["outcomes"], found["categories"]) == ({"supported": 2}, {"C1": 1, "C2": 1})
    assert found["contact"]["reached"] == 2
    one = view_of(STORY.case).ledgers["A"].logged_pence
    assert found["ledgers"]["A"]["logged_pence"] == 2 * one > 0


async def test_a_report_of_the_service_names_no_council_and_no_person(desk: DeskHouse) -> None:
    await record(desk)
    said = (await desk.get("/report/service")).text
    council = STORY.case.council
    staff = [one.id for one in await desk.registers.people()]
    assert not [word for word in (council.name, f'"{council.code}"', CASE) if word in said]
    assert not [person for person in staff if f'"{person}"' in said]


async def test_only_cases_opened_in_the_span_count(desk: DeskHouse) -> None:
    await record(desk)
    at = OPENED.isoformat().replace("+00:00", "Z")
    later = (OPENED + HOUR).isoformat().replace("+00:00", "Z")
    counted = {f"since={at}": 1, f"since={later}": 0, f"until={at}": 0, f"until={later}": 1}
    for query, cases in counted.items():
        assert (await desk.get(f"/report/service?{query}")).json["cases"] == cases, query
    reply = await desk.get(f"/report/service?since={later}&until={at}")
    assert reply.says == (422, "refused", "invalid-input")


async def test_one_case_in_figures(desk: DeskHouse) -> None:
    await record(desk)
    found = (await desk.get(f"/report/case/{CASE}")).json
    assert (found["phase"], found["outcome"], found["facts"]) == (
        "closed", "supported", len(STORY.facts),
    )  # fmt: skip
    assert found["contact"]["reached"] == 1
    assert {clock["clock"] for clock in found["clocks"]} >= {"decision", "provider-contact"}
    assert "council" not in found


@pytest.mark.parametrize("case", ["CIR-2026-009999", "%00"])
async def test_a_case_that_is_not_there_has_no_figures(desk: DeskHouse, case: str) -> None:
    reply = await desk.get(f"/report/case/{case}")
    assert reply.says == (404, "not-found", "unknown-case")
