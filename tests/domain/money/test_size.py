"""What eighteen months of work weigh in the state that a case carries from run to run."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.case import Case
from domain.work import ItemState, WorkItem
from tests.domain.decisions.money_cases import (
    FIRST,
    acknowledged,
    handed_off,
    recovering,
    work,
)

DAYS, PEOPLE, A_PACK = 390, 4, 130
"""Working days of eighteen months, people at work on each, lines in one pack."""


def line(number: int) -> WorkItem:
    return WorkItem(
        item=f"AF-{number:06}",
        provider="alder",
        content=f"{number:020x}",
        worked_on=FIRST + timedelta(days=number // PEOPLE),
        grade="senior",
        minutes=480,
        phase="recovery",
        description="Restoring the benefits system from backups that were checked. " * 2,
        worker=f"R-{number % PEOPLE}",
        ledger="B",
        amount_pence=119_900,
        state=ItemState.PAYABLE,
    )


def after_eighteen_months() -> Case:
    case = recovering(order=10**9)
    lines = [line(number) for number in range(DAYS * PEOPLE)]
    for number, start in enumerate(range(0, len(lines), A_PACK), 1):
        items = tuple(lines[start : start + A_PACK])
        case = case.but(money=case.money.but(items=items))
        case = acknowledged(handed_off(case), number)
    return case


def test_billed_work_of_eighteen_months_leaves_room_for_everything_else() -> None:
    money = after_eighteen_months().money
    assert len(money.taken) == DAYS * PEOPLE
    assert money.logged_pence("B") == DAYS * PEOPLE * 119_900
    assert len(money.model_dump_json()) < 96 * 1024


def test_a_line_of_work_is_described_in_a_line() -> None:
    with pytest.raises(ValidationError, match="at most 500 characters"):
        work(description="x" * 501)
