"""The closing checklist, item by item, in its own order (guide g)."""

from typing import Any

import pytest

from domain.case import Case
from domain.clock_run import AlarmRun, ClockRun, Paging
from domain.decisions.checklist import missing, waivable
from domain.engagement import Engagement
from domain.phase import Outcome, Phase
from domain.work import BilledItem, ItemState, Money, WorkItem
from tests.builders import NOON, ONE, a_case, a_report

CONFIRMED, NOT_APPLICABLE = "confirmed", "not-applicable"
ICO = ClockRun(clock="ico-report", instance=1, started_at=NOON, due_at=ONE)
WAITS = Paging(rung=2, unacknowledged=True)
ALL = (
    "final-report",
    "data-return",
    "billing",
    "held-work",
    "ico-outcome",
    "open-escalations",
)


def closing(**changes: Any) -> Case:
    """Return a case in closing to which nothing is missing."""
    done = {"final_report": "FR-1", "data_return": CONFIRMED}
    return a_case(Phase.CLOSING, **{**done, **changes})


def work(state: ItemState, *, pack: int | None = None) -> Money:
    item = WorkItem(
        item="AF-1",
        provider="alder",
        content="1",
        worked_on=NOON.date(),
        grade="senior",
        minutes=60,
        phase="containment",
        description="Isolation",
        ledger="A",
        amount_pence=100,
        state=state,
        pack=pack,
    )
    return Money(items=(item,))


BILLED = Money(billed=(BilledItem(item="AF-1", content="1", ledger="A", amount_pence=100, pack=1),))


def lacks(
    case: Case, data_return: str = CONFIRMED, waived: tuple[str, ...] = ()
) -> tuple[str, ...]:
    return missing(case, data_return, waived)


def test_a_case_with_everything_done_lacks_nothing() -> None:
    assert lacks(closing()) == ()


def test_items_are_listed_in_the_checklists_order() -> None:
    held = work(ItemState.HELD).items[0].but(item="AF-2")
    case = closing(
        final_report=None,
        data_return=None,
        money=Money(items=(*work(ItemState.PAYABLE).items, held)),
        clocks=(ICO,),
        phone_task=("key",),
    )
    assert lacks(case, NOT_APPLICABLE) == ALL


def test_without_agreed_scope_no_report_and_no_data_are_due() -> None:
    case = closing(final_report=None, data_return=None, engagement=Engagement())
    assert lacks(case, NOT_APPLICABLE) == ()


@pytest.mark.parametrize(
    ("reported", "proposed", "settled"),
    [
        (None, CONFIRMED, True),
        ("pending", CONFIRMED, True),
        (None, NOT_APPLICABLE, False),
        ("pending", NOT_APPLICABLE, False),
        (NOT_APPLICABLE, NOT_APPLICABLE, True),
        (CONFIRMED, NOT_APPLICABLE, True),
    ],
)
def test_that_there_was_no_data_takes_the_providers_word(
    reported: str | None, proposed: str, *, settled: bool
) -> None:
    assert lacks(closing(data_return=reported), proposed) == (() if settled else ("data-return",))


@pytest.mark.parametrize(
    ("money", "item"),
    [
        (work(ItemState.PAYABLE), ("billing",)),
        (work(ItemState.PAYABLE, pack=1), ("billing",)),
        (BILLED, ()),
        (work(ItemState.HELD), ("held-work",)),
        (work(ItemState.DISPUTED), ("held-work",)),
        (work(ItemState.VOID), ()),
    ],
)
def test_work_is_billed_or_void(money: Money, item: tuple[str, ...]) -> None:
    assert lacks(closing(money=money)) == item


@pytest.mark.parametrize(
    ("changes", "item"),
    [
        ({}, ()),
        ({"clocks": (ICO,)}, ("ico-outcome",)),
        ({"clocks": (ICO.but(ended=True),)}, ("ico-outcome",)),
        ({"ico_started": True}, ("ico-outcome",)),
        ({"clocks": (ICO,), "ico_result": "not-disclosed"}, ()),
        ({"clocks": (ICO,), "report": a_report(data__personal_data="no")}, ()),
        ({"clocks": (ICO,), "outcome": Outcome.WITHDRAWN}, ()),
    ],
)
def test_a_supported_case_whose_tracker_started_needs_a_result(
    changes: dict[str, Any], item: tuple[str, ...]
) -> None:
    assert lacks(closing(**changes)) == item


@pytest.mark.parametrize(
    "changes",
    [
        {"phone_task": ("key",)},
        {"alarms": (AlarmRun(alarm="rota-gap", instance=1, raised_at=NOON, paging=WAITS),)},
        {"clocks": (ICO.but(clock="closure", paging=WAITS),)},
    ],
)
def test_an_open_page_or_phone_task_keeps_a_case_open(changes: dict[str, Any]) -> None:
    assert lacks(closing(**changes)) == ("open-escalations",)


def test_only_three_items_can_be_waived() -> None:
    held = work(ItemState.HELD).items[0].but(item="AF-2")
    case = closing(
        final_report=None,
        data_return=None,
        money=Money(items=(*work(ItemState.PAYABLE).items, held)),
        clocks=(ICO,),
        phone_task=("key",),
    )
    assert lacks(case, NOT_APPLICABLE, waived=ALL) == ("billing", "held-work", "open-escalations")


def test_only_what_is_missing_can_be_waived() -> None:
    assert waivable(closing(), CONFIRMED) == ()
    without = closing(final_report=None, money=work(ItemState.PAYABLE))
    assert waivable(without, CONFIRMED) == ("final-report",)
