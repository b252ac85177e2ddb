"""A council that is merged away: contacts, ledger B and held recovery (guide k 8)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.case import Case, Successor
from domain.command import Rows
from domain.decisions.handling import NoteAdded
from domain.errors import Code
from domain.notice import Moment
from domain.notice_addresses import main_contact
from domain.phase import Phase
from domain.view import view_of
from domain.work import AcceptedRates, ItemState, Money, Order, WorkItem
from tests.domain.decisions.handling_cases import WHY, a_case, give, refused

TAKES_OVER: dict[str, Any] = {"successor": "XHD", "from_on": "2027-04-01", "reason": WHY}
REISSUED: dict[str, Any] = {**TAKES_OVER, "order": "re-issued"}
PO: dict[str, Any] = {"po_number": "PO-9", "po_value_pence": 25000}


def _item(number: int, day: date, **changes: Any) -> WorkItem:
    item = WorkItem(
        item=f"i{number}",
        provider="alder",
        content="x",
        worked_on=day,
        grade="analyst",
        minutes=60,
        phase="recovery",
        description="Restoring.",
        ledger="B",
        amount_pence=10000,
        state=ItemState.PAYABLE,
    )
    return item.but(**changes)


def _recovering(*items: WorkItem, order_pence: int = 100000) -> Case:
    accepted = AcceptedRates(provider="alder", card="c1", rates={"analyst": 80000})
    money = Money(
        order=Order(po_number="PO-1", value_pence=order_pence), accepted=(accepted,), items=items
    )
    return a_case(phase=Phase.RECOVERY, money=money)


def _held(case: Case) -> dict[str, str | None]:
    return {item.item: item.held_why for item in case.money.items}


def test_a_case_gains_the_successor_and_keeps_its_own_name() -> None:
    done = give(a_case(), "record-successor", "priya", **TAKES_OVER, order="unconfirmed")
    assert done.types == ("council-succeeded",)
    assert done.case.successor == Successor(code="XHD", from_on="2027-04-01", order="unconfirmed")
    assert done.case.council.code == "XEA"


def test_a_contact_set_after_that_speaks_for_the_successor() -> None:
    case = give(a_case(), "record-successor", "priya", **TAKES_OVER, order="stands").case
    verified = {"how": "rang back", "by": "kaya"}
    done = give(
        case, "set-contact", "kaya", post="cio", name="Jo", phone="07700 900188", verified=verified
    )
    contact = done.case.contact("cio")
    assert contact is not None
    assert contact.council == "XHD"


def test_unbilled_recovery_from_the_first_day_waits_for_the_successor() -> None:
    case = _recovering(
        _item(1, date(2027, 3, 31)),
        _item(2, date(2027, 4, 1)),
        _item(3, date(2027, 4, 2), pack=1),
        _item(4, date(2027, 4, 2), ledger="A", phase="containment"),
        _item(5, date(2027, 4, 2), state=ItemState.HELD, held_why="before-cut-over"),
    )
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    waits = "successor-unconfirmed"
    assert _held(held) == {"i1": None, "i2": waits, "i3": None, "i4": None, "i5": "before-cut-over"}


def test_a_standing_order_frees_what_waited() -> None:
    case = _recovering(_item(1, date(2027, 4, 1)), _item(2, date(2027, 4, 1)))
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    freed = give(held, "record-successor", "priya", **TAKES_OVER, order="stands").case
    assert _held(freed) == {"i1": None, "i2": None}
    assert freed.money.order == Order(po_number="PO-1", value_pence=100000)


def test_a_reissued_order_frees_in_order_of_logging_as_far_as_it_reaches() -> None:
    case = _recovering(*(_item(n, date(2027, 4, n)) for n in (1, 2, 3)))
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    freed = give(held, "record-successor", "priya", **REISSUED, **PO).case
    assert freed.money.order == Order(po_number="PO-9", value_pence=25000)
    assert _held(freed) == {"i1": None, "i2": None, "i3": "over-order-value"}
    assert [item.state for item in freed.money.items] == [
        ItemState.PAYABLE,
        ItemState.PAYABLE,
        ItemState.HELD,
    ]


def test_a_reissued_order_frees_work_worth_exactly_its_value() -> None:
    case = _recovering(*(_item(n, date(2027, 4, n)) for n in (1, 2, 3)))
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    exact = {**PO, "po_value_pence": 20000}
    freed = give(held, "record-successor", "priya", **REISSUED, **exact).case
    assert _held(freed) == {"i1": None, "i2": None, "i3": "over-order-value"}


def test_a_confirmed_order_frees_nothing_that_is_held_for_another_reason() -> None:
    early = _item(1, date(2027, 3, 1), state=ItemState.HELD, held_why="before-cut-over")
    case = _recovering(early, _item(2, date(2027, 4, 2)))
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    freed = give(held, "record-successor", "priya", **TAKES_OVER, order="stands").case
    assert _held(freed) == {"i1": "before-cut-over", "i2": None}


def test_work_of_a_provider_without_accepted_rates_stays_held() -> None:
    case = _recovering(_item(1, date(2027, 4, 1), provider="kestrel"))
    held = give(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    freed = give(held, "record-successor", "priya", **TAKES_OVER, order="stands").case
    assert _held(freed) == {"i1": "order-unconfirmed"}


def test_a_council_that_is_not_on_the_register_takes_nothing_over() -> None:
    inputs = {**TAKES_OVER, "successor": "XZZ", "order": "unconfirmed"}
    assert refused(a_case(), "record-successor", "priya", **inputs) is Code.UNKNOWN_COUNCIL
    code = refused(a_case(), "record-successor", "priya", **TAKES_OVER, order="stands", rows=Rows())
    assert code is Code.UNKNOWN_COUNCIL


def test_the_same_succession_twice_is_no_change() -> None:
    case = give(a_case(), "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    code = refused(case, "record-successor", "priya", **TAKES_OVER, order="unconfirmed")
    assert code is Code.NOTHING_CHANGED
    own = {**TAKES_OVER, "successor": "XEA"}
    code = refused(case, "record-successor", "priya", **own, order="stands")
    assert code is Code.NOTHING_CHANGED


def test_an_order_reissued_once_more_is_a_change() -> None:
    case = give(a_case(), "record-successor", "priya", **REISSUED, **PO).case
    assert refused(case, "record-successor", "priya", **REISSUED, **PO) is Code.NOTHING_CHANGED
    more = {**PO, "po_value_pence": 30000}
    done = give(case, "record-successor", "priya", **REISSUED, **more)
    assert done.case.money.order == Order(po_number="PO-9", value_pence=30000)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"po_number": "PO-9"},
        {"po_value_pence": 25000},
        {**PO, "po_number": ""},
        {**PO, "po_number": " "},
        {**PO, "po_value_pence": 0},
    ],
)
def test_a_reissued_order_comes_with_number_and_value(given: dict[str, Any]) -> None:
    assert refused(a_case(), "record-successor", "priya", **REISSUED, **given) is Code.PO_NEEDED


def test_unknown_council_and_nothing_changed_answer_before_the_order() -> None:
    inputs = {**REISSUED, "successor": "XZZ"}
    assert refused(a_case(), "record-successor", "priya", **inputs) is Code.UNKNOWN_COUNCIL
    case = give(a_case(), "record-successor", "priya", **REISSUED, **PO).case
    assert refused(case, "record-successor", "priya", **REISSUED) is Code.NOTHING_CHANGED


def test_an_open_case_keeps_the_name_it_began_with_and_shows_its_successor() -> None:
    case = give(a_case(), "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    shown = view_of(case)
    assert (shown.council, shown.council_code) == ("Eastmere District Council", "XEA")
    assert shown.successor == {"code": "XHD", "from_on": "2027-04-01", "order": "unconfirmed"}


def test_ledger_a_does_not_move() -> None:
    case = _recovering(
        _item(1, date(2027, 4, 2), ledger="A", phase="containment"), _item(2, date(2027, 4, 2))
    )
    for order in ("unconfirmed", "stands"):
        done = give(case, "record-successor", "priya", **TAKES_OVER, order=order).case
        assert done.money.payable_pence("A") == case.money.payable_pence("A")
        assert done.money.authority_pence == case.money.authority_pence


def test_the_old_councils_contacts_are_written_to_until_the_successors_first_day() -> None:
    before = datetime(2027, 3, 31, 22, 59, tzinfo=UTC)
    case = give(a_case(), "record-successor", "priya", **TAKES_OVER, order="unconfirmed").case
    assert main_contact(Moment(case, case, NoteAdded(at=before, text="x"))) != ()
    first = NoteAdded(at=before + timedelta(minutes=1), text="x")
    assert main_contact(Moment(case, case, first)) == ()
