"""Packs: one in flight, numbered, never over the authority; only finance's answer ends one."""

import hashlib
import json
from typing import Any

import pytest

from domain.case import Case, Decision, Successor
from domain.decisions.billing import HOLDS_RETURNED
from domain.errors import Code
from domain.phase import Phase
from domain.work import ItemState, PackTotals
from tests.builders import a_case, a_provider, applied, at_work, code_of, types
from tests.domain.decisions.money_cases import (
    AN_HOUR,
    BEFORE,
    LATER,
    acknowledge,
    acknowledged,
    authorise,
    both_called,
    disputed,
    hand_off,
    handed_off,
    item,
    logged,
    recovering,
    recovery,
    request,
    return_pack,
    returned,
    unconfirmed,
    working,
)


def both_ledgers() -> Case:
    """Return a case with an hour on each ledger, both payable."""
    return recovery(logged(recovering(), "A-1"), "B-1")


def document(case: Case) -> dict[str, Any]:
    (event,) = hand_off().decide(case, LATER)
    found: dict[str, Any] = event.model_dump(mode="json")["document"]
    return found


# hand-off-billing


def test_a_pack_takes_every_payable_item_of_both_ledgers() -> None:
    case = handed_off(both_ledgers())
    (pack,) = case.money.packs
    hour = PackTotals(net_pence=AN_HOUR, vat_pence=2998, gross_pence=17_986)
    assert (pack.pack, pack.state, pack.A, pack.B) == (1, "handed-off", hour, hour)
    assert {one.pack for one in case.money.items} == {1}


def test_a_ledger_with_nothing_in_it_has_no_totals() -> None:
    (pack,) = handed_off(logged(working())).money.packs
    assert pack.A is not None
    assert pack.B is None


def test_one_pack_waits_at_a_time() -> None:
    waiting = logged(handed_off(logged(working(authority=AN_HOUR))), "I-2")
    assert code_of(hand_off(), waiting, LATER) is Code.BILLING_IN_FLIGHT
    assert code_of(hand_off(), handed_off(both_ledgers()), LATER) is Code.BILLING_IN_FLIGHT


def test_there_must_be_something_to_bill() -> None:
    assert code_of(hand_off(), working(), LATER) is Code.NOTHING_TO_BILL
    taken = acknowledged(handed_off(logged(working())))
    assert code_of(hand_off(), taken, LATER) is Code.NOTHING_TO_BILL
    poor = disputed(logged(working(authority=0)))
    assert code_of(hand_off(), poor, LATER) is Code.NOTHING_TO_BILL


def test_no_pack_while_ledger_a_exceeds_its_authority() -> None:
    assert code_of(hand_off(), logged(working(AN_HOUR - 1)), LATER) is Code.OVER_AUTHORITY
    assert types(hand_off().decide(logged(working(AN_HOUR)), LATER)) == ("billing-handed-off",)


def test_billed_items_count_against_the_authority_as_well() -> None:
    case = acknowledged(handed_off(logged(working(2 * AN_HOUR - 1))))
    assert code_of(hand_off(), logged(case, "I-2"), LATER) is Code.OVER_AUTHORITY


def test_disputed_work_does_not_count_against_the_authority() -> None:
    case = disputed(logged(logged(working(AN_HOUR)), "I-2"), "I-2")
    assert types(hand_off().decide(case, LATER)) == ("billing-handed-off",)


# finance's answer


def test_a_taken_pack_is_billed_and_only_what_a_rule_reads_is_kept() -> None:
    case = acknowledged(handed_off(both_ledgers()))
    (pack,) = case.money.packs
    assert (pack.state, pack.finance_ref, case.money.items) == ("acknowledged", "FIN-1", ())
    assert list(case.money.taken) == ["A-1", "B-1"]
    assert case.money.taken_pence == {"A": AN_HOUR, "B": AN_HOUR}
    billed = case.money.billed_item("B-1")
    assert billed is not None
    assert billed.pack == 1


def test_what_was_billed_by_older_rules_is_folded_with_the_next_pack() -> None:
    older = acknowledged(handed_off(both_ledgers().but(rules=2)))
    assert [(one.item, one.ledger, one.amount_pence, one.pack) for one in older.money.billed] == [
        ("A-1", "A", AN_HOUR, 1),
        ("B-1", "B", AN_HOUR, 1),
    ]
    logged_before = older.money.logged_pence("A")
    case = acknowledged(handed_off(logged(older.but(rules=3), "A-2")), 2)
    assert case.money.billed == ()
    packs = {one: taken.split(":")[0] for one, taken in case.money.taken.items()}
    assert packs == {"A-1": "1", "B-1": "1", "A-2": "2"}
    assert case.money.logged_pence("A") == logged_before + AN_HOUR


def test_what_is_billed_stays_logged_and_payable() -> None:
    before = both_ledgers().money
    after = acknowledged(handed_off(both_ledgers())).money
    for ledger in ("A", "B"):
        assert after.logged_pence(ledger) == before.logged_pence(ledger) == AN_HOUR
        assert after.payable_pence(ledger) == before.payable_pence(ledger)


def test_a_case_with_billed_work_is_billable_without_any_contact() -> None:
    case = acknowledged(handed_off(logged(working())))
    assert case.but(engagement=at_work().but(contact_ever=False)).is_billable


def test_a_rejected_pack_gives_its_items_to_the_next_one() -> None:
    case = returned(handed_off(logged(working())))
    assert (case.money.packs[0].state, item(case).pack) == ("rejected", None)
    again = handed_off(logged(case, "I-2"))
    assert [one.pack for one in again.money.packs] == [1, 2]
    assert {one.pack for one in again.money.items} == {2}


def test_an_item_of_a_rejected_pack_can_be_disputed() -> None:
    case = disputed(returned(handed_off(logged(working()))))
    assert item(case).state is ItemState.DISPUTED


@pytest.mark.parametrize("answer", [acknowledge, return_pack])
def test_finance_answers_a_pack_that_was_made_and_once(answer: Any) -> None:
    waiting = handed_off(logged(working()))
    assert code_of(answer(2), waiting, LATER) is Code.UNKNOWN_PACK
    assert code_of(answer(1), working(), LATER) is Code.UNKNOWN_PACK
    assert code_of(answer(1), acknowledged(waiting), LATER) is Code.ALREADY_ACKNOWLEDGED
    assert code_of(answer(1), returned(waiting), LATER) is Code.ALREADY_ACKNOWLEDGED


# what the pack says


def test_vat_is_rounded_once_for_each_provider_of_a_ledger() -> None:
    case = both_called(working(providers=(a_provider("alder"), a_provider("kestrel"))))
    for number in range(2):
        case = logged(case, f"A-{number}", minutes=1)  # 250 pence each
        case = logged(case, f"K-{number}", by="kestrel", minutes=1, grade="analyst")  # 184 each
    parts = document(case)["A"]["providers"]
    assert [(one["provider"], one["net_pence"], one["vat_pence"]) for one in parts] == [
        ("alder", 500, 100),
        ("kestrel", 368, 74),  # 73.6; item by item it would be 2 x 37
    ]
    assert [one["gross_pence"] for one in parts] == [600, 442]
    assert document(case)["A"]["totals"] == {
        "net_pence": 868, "vat_pence": 174, "gross_pence": 1042
    }  # fmt: skip


def test_vat_is_the_providers_own_for_that_ledger() -> None:
    exempt = a_provider(vat_basis_points={"A": 0, "B": 500})
    case = recovery(logged(recovering(providers=(exempt,)), "A-1"), "B-1")
    said = document(case)
    assert said["A"]["totals"]["vat_pence"] == 0
    assert said["B"]["totals"]["vat_pence"] == 749  # 5 % of 14,988 is 749.4


def test_a_ledger_for_which_the_provider_names_no_vat_bears_none() -> None:
    silent = a_provider(vat_basis_points={"A": 2000})
    case = recovery(logged(recovering(providers=(silent,)), "A-1"), "B-1")
    assert document(case)["B"]["totals"]["vat_pence"] == 0


def test_a_pack_says_what_is_billed_and_on_which_contract() -> None:
    said = document(both_ledgers())
    assert said["key"] == "CIR-2026-000123/billing/1"
    (line,) = said["A"]["items"]
    assert (line["item"], line["minutes"], line["amount_pence"]) == ("A-1", 60, AN_HOUR)
    assert line["description"] == "Isolating hosts."
    assert said["A"]["providers"][0]["contract"] == "CIR-CALL-OFF-A"
    assert said["order"] == {"po_number": "PO-1", "value_pence": 10_000_000}
    assert said["cut_over_at"] == "2026-12-01T10:00:00+00:00"


def test_a_pack_says_who_decided_and_every_raise_of_the_authority() -> None:
    case = logged(working())
    case = applied(case, request().decide(case, LATER))
    case = applied(case, authorise().decide(case, LATER))
    said = document(case)
    assert said["decision"] == {
        "category": "C2", "result": "qualifies", "discretionary": False, "people": ["kaya"]
    }  # fmt: skip
    (change,) = said["authority"]["changes"]
    assert said["authority"]["amount_pence"] == 7_000_000
    assert (change["former_pence"], change["amount_pence"]) == (6_000_000, 7_000_000)
    assert (change["requested_by"], change["authorised_by"]) == ("kaya", "ruth")


def test_a_pack_says_that_a_decision_was_at_the_discretion_of_two_people() -> None:
    two = Decision(result="qualifies", people=("kaya", "ruth"), discretionary=True)
    said = document(logged(working(decision=two)))["decision"]
    assert said["discretionary"] is True
    assert said["people"] == ["kaya", "ruth"]


def test_a_pack_of_a_case_whose_decision_was_reversed_names_no_decision() -> None:
    assert document(logged(working(decision=None)))["decision"] == {
        "category": "C2", "result": None, "discretionary": False, "people": []
    }  # fmt: skip


def test_a_pack_names_its_case_its_number_and_its_council() -> None:
    said = document(logged(acknowledged(handed_off(both_ledgers())), "A-2"))
    assert (said["case"], said["pack"]) == ("CIR-2026-000123", 2)
    assert said["council"] == {"code": "XEA", "name": "Eastmere District Council"}


def test_what_is_left_out_of_a_pack_has_its_provider_and_its_amount() -> None:
    (left,) = document(recovery(logged(recovering(), "A-1"), "B-1", BEFORE))["left_out"]
    assert (left["item"], left["provider"], left["amount_pence"]) == ("B-1", "alder", AN_HOUR)


def test_a_pack_says_what_was_left_out_and_why() -> None:
    case = recovery(disputed(logged(logged(recovering(), "A-1"), "A-2"), "A-2"), "B-1", BEFORE)
    left = {one["item"]: (one["state"], one["why"]) for one in document(case)["left_out"]}
    assert left == {
        "A-2": ("disputed", "disputed-by-mhclg"),
        "B-1": ("held", "before-cut-over"),
    }


def test_ledger_b_goes_to_the_successor() -> None:
    taken = Successor(code="XHD", from_on="2026-12-02", order="stands")
    assert document(both_ledgers().but(successor=taken))["successor"] == "XHD"


def test_the_same_pack_has_the_same_hash_over_everything_else_in_it() -> None:
    said, again = document(both_ledgers()), document(both_ledgers())
    assert said == again
    rest = {key: value for key, value in said.items() if key != "sha256"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    assert said["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_a_pack_of_an_exercise_says_so() -> None:
    assert document(logged(a_case(Phase.CLOSING, exercise=True)))["exercise"] is True


def test_recovery_that_finance_returned_waits_for_a_successor_to_confirm_the_order() -> None:
    case = recovery(logged(recovering(rules=HOLDS_RETURNED)), "I-2")
    case = returned(unconfirmed(handed_off(case)))
    assert (item(case).state, item(case).pack) == (ItemState.PAYABLE, None)
    assert item(case, "I-2").held_why == "successor-unconfirmed"
    assert [one.item for one in case.money.unpacked] == ["I-1"]


def test_a_case_of_older_rules_bills_again_what_finance_returned() -> None:
    case = recovery(recovering(rules=HOLDS_RETURNED - 1))
    assert item(returned(unconfirmed(handed_off(case)))).state is ItemState.PAYABLE
