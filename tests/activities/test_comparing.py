"""What is wrong with a case that cannot say so, and who is woken about it when."""

import pytest

from activities.comparing import (
    Found,
    Kept,
    LateClock,
    OnRecord,
    Standing,
    compared,
    due_page,
)
from tests.builders import HOUR, MINUTE, NOON, REFERENCE, a_policy

PAST = NOON + HOUR
RECORD = OnRecord(case=REFERENCE, exercise=False, owner="kaya", behind=False)
RUNS = Standing(case=REFERENCE, status="running", run="run-2")


def found(record: OnRecord = RECORD, standing: Standing = RUNS) -> tuple[Found, ...]:
    return compared(record, standing, PAST, a_policy())


def late(clock: str, hours_ago: int) -> OnRecord:
    due = PAST - hours_ago * HOUR
    return RECORD.but(late=(LateClock(clock=clock, instance=2, due_at=due),))


def test_a_case_that_runs_and_pages_is_no_finding() -> None:
    assert found() == ()


@pytest.mark.parametrize(
    "status", ["terminated", "canceled", "failed", "timed out", "completed", "gone"]
)
def test_a_case_whose_run_ended_behind_our_back_wakes_l2(status: str) -> None:
    (one,) = found(standing=RUNS.but(status=status))
    assert (one.about, one.rung, one.lasting) == ("alarm:record-tampered", 2, False)
    assert status in one.says


def test_a_run_that_was_reset_by_hand_wakes_l2_until_somebody_has_it() -> None:
    (one,) = found(standing=RUNS.but(cut=("run-1",)))
    assert (one.about, one.rung, one.lasting) == ("alarm:record-tampered", 2, True)


def test_a_case_that_was_revived_has_the_finding_it_had_when_it_stood() -> None:
    (stood,) = found(standing=RUNS.but(status="terminated", run="run-1"))
    (revived,) = found(standing=RUNS.but(cut=("run-1",)))
    assert revived.key == stood.key


def test_a_fault_of_ours_wakes_l1() -> None:
    (one,) = found(standing=RUNS.but(fails=True))
    assert (one.about, one.rung) == ("alarm:case-fault", 1)


def test_a_list_entry_behind_its_facts_wakes_l2() -> None:
    (one,) = found(RECORD.but(behind=True))
    assert (one.about, one.rung) == ("alarm:record-tampered", 2)


def test_a_deadline_nobody_was_paged_about_is_paged_under_its_own_name() -> None:
    (one,) = found(late("decision", 1))
    assert (one.about, one.number, one.due_at) == ("decision", 2, PAST - HOUR)
    assert "the case itself paged nobody" in one.says


def test_a_deadline_that_has_just_passed_is_left_to_the_case() -> None:
    assert found(late("decision", 0)) == ()


def test_a_clock_that_pages_nobody_is_no_finding() -> None:
    assert found(late("category-chase", 1)) == ()


@pytest.mark.parametrize(
    ("minutes", "pages", "due"),
    [
        (0, 0, (0, 2)),
        (19, 1, None),
        (20, 1, (1, 3)),
        (60, 2, (3, 3)),
        (79, 4, None),
    ],
)
def test_it_climbs_to_the_top_and_goes_on_without_a_burst(
    minutes: int, pages: int, due: tuple[int, int] | None
) -> None:
    (one,) = found(standing=RUNS.but(status="terminated"))
    kept = Kept(one, NOON, pages)
    assert due_page(kept, NOON + minutes * MINUTE, 20 * MINUTE) == due
