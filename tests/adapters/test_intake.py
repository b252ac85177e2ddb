import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from activities.records import FactBatch
from adapters.database.intake import Intake, Taken
from adapters.database.records import DatabaseRecords
from adapters.database.tables import IntakeRow
from domain.council import CouncilRegister
from domain.phase import Phase
from domain.report_reading import read_report
from domain.view import view_of
from tests.builders import DAY, NOON, a_case, a_council, a_raw_report
from tests.databases import Clock, count
from tests.sealing import case_keys, desk_key

FIRST, SECOND = "CIR-2026-000001", "CIR-2026-000002"


@pytest.fixture
def intake(engine: AsyncEngine, clock: Clock) -> Intake:
    return Intake(engine, clock, case_keys())


async def take(intake: Intake, **changes: Any) -> Taken:
    """Take Eastmere's report with ``changes``, as the desk does."""
    body = json.dumps(a_raw_report(**changes)).encode()
    councils = CouncilRegister(councils=(a_council(),))
    return await intake.take(body, read_report(body, now=NOON, councils=councils), "kaya")


async def show(engine: AsyncEngine, case: str, **changes: Any) -> None:
    """Put a case in the read model, as its worker does."""
    view = view_of(a_case()).but(case=case, **changes)
    await DatabaseRecords(engine, case_keys(), desk_key()).append(
        FactBatch(case=case, facts=(), view=view)
    )


async def test_references_are_given_out_without_a_gap(intake: Intake) -> None:
    found = [await take(intake, source__reference=f"NCSC-EX-{n}") for n in range(3)]
    assert [one.reference for one in found] == [FIRST, SECOND, "CIR-2026-000003"]


async def test_what_is_kept_says_who_brought_it(intake: Intake) -> None:
    taken = await take(intake)
    (kept,) = await intake.pending()
    assert (taken.by, kept.by) == ("kaya", "kaya")


async def test_each_year_begins_at_one(intake: Intake, clock: Clock) -> None:
    await take(intake)
    clock.move(60 * DAY)
    assert (await take(intake, source__reference="NCSC-EX-2")).reference == "CIR-2027-000001"


async def test_twenty_reports_at_once_get_twenty_references_in_a_row(intake: Intake) -> None:
    jobs = (take(intake, source__reference=f"NCSC-EX-{n}") for n in range(20))
    found = await asyncio.gather(*jobs)
    assert sorted(one.reference for one in found) == [f"CIR-2026-{n:06d}" for n in range(1, 21)]


async def test_twenty_arrivals_of_one_key_at_once_are_one_case(
    intake: Intake, engine: AsyncEngine
) -> None:
    found = await asyncio.gather(*(take(intake) for _ in range(20)))
    assert {one.reference for one in found} == {FIRST}
    assert sorted(one.repeated for one in found) == [False] + [True] * 19
    assert await count(engine, IntakeRow) == 1


async def test_equal_content_again_is_stored_nowhere(intake: Intake, engine: AsyncEngine) -> None:
    await take(intake)
    again = await take(intake, source__received_at="2026-11-23T11:45:00Z")
    assert (again.reference, again.repeated, again.changed) == (FIRST, True, ())
    assert await count(engine, IntakeRow) == 1


async def test_other_content_is_kept_and_says_what_changed(
    intake: Intake, engine: AsyncEngine
) -> None:
    first = await take(intake)
    await intake.mark(first.number, "started")
    again = await take(intake, impact__risk_to_life="yes")
    assert (again.reference, again.repeated) == (FIRST, True)
    assert again.changed == ("impact.risk_to_life",)
    assert await count(engine, IntakeRow) == 2
    (waiting,) = await intake.pending()
    assert (waiting.number, waiting.repeated) == (again.number, True)


async def test_what_changed_is_told_from_the_last_arrival_not_the_first(intake: Intake) -> None:
    await take(intake)
    await take(intake, impact__risk_to_life="yes")
    again = await take(intake, impact__risk_to_life="yes", impact__media_interest="yes")
    assert again.changed == ("impact.media_interest",)


async def test_forty_councils_of_one_reference_are_forty_cases(intake: Intake) -> None:
    found = [await take(intake, council__code=f"X{a}{b}") for a in "ABCDE" for b in "ABCDEFGH"]
    assert len({one.reference for one in found}) == 40
    assert not any(one.repeated for one in found)


async def test_reports_without_a_reference_are_never_one_case(intake: Intake) -> None:
    first = await take(intake, source__reference=None)
    second = await take(intake, source__reference=None)
    assert (first.reference, second.reference) == (FIRST, SECOND)


async def test_an_exercise_never_joins_a_real_case(intake: Intake) -> None:
    await take(intake)
    assert (await take(intake, exercise=True)).reference == SECOND


async def test_after_the_archive_the_same_key_opens_a_case_that_follows(
    intake: Intake, engine: AsyncEngine
) -> None:
    await take(intake)
    await show(engine, FIRST, archived=True)
    after = await take(intake)
    assert (after.reference, after.repeated, after.follows) == (SECOND, False, FIRST)
    assert (await take(intake)).reference == SECOND


async def test_what_was_kept_waits_until_it_has_started(intake: Intake) -> None:
    one, two = await take(intake), await take(intake, source__reference="NCSC-EX-2")
    assert [kept.reference for kept in await intake.pending()] == [FIRST, SECOND]
    await intake.mark(one.number, "started")
    (kept,) = await intake.pending()
    assert (kept.number, kept.report) == (two.number, two.report)


async def test_a_case_that_follows_still_does_when_it_starts_late(
    intake: Intake, engine: AsyncEngine
) -> None:
    first = await take(intake)
    await intake.mark(first.number, "started")
    await show(engine, FIRST, archived=True)
    await take(intake)
    (kept,) = await intake.pending()
    assert kept.follows == FIRST


async def test_a_report_is_kept_under_its_case_only(intake: Intake) -> None:
    await take(intake)
    assert await intake.is_kept(FIRST)
    assert not await intake.is_kept(SECOND)


async def test_a_possible_duplicate_is_open_of_the_same_council_recent_and_real(
    intake: Intake, engine: AsyncEngine
) -> None:
    cases: dict[str, dict[str, Any]] = {
        "CIR-2026-000010": {},
        "CIR-2026-000011": {"council_code": "XYZ"},
        "CIR-2026-000012": {"exercise": True},
        "CIR-2026-000013": {"opened_at": NOON - timedelta(days=60)},
        "CIR-2026-000014": {},
        "CIR-2026-000015": {"phase": Phase.CLOSED},
    }
    for case, changes in cases.items():
        await show(engine, case, **changes)
    found = await intake.possible_duplicates("XEA", besides="CIR-2026-000014", days=30)
    assert found == ("CIR-2026-000010",)
