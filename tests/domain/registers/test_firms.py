"""What the register of providers may hold: contracts, cards, conflicts."""

import json
from typing import Any

import pytest

from domain.people import Person, T
from domain.registers import firms
from domain.registers.around import Around
from domain.registers.catalogue import REGISTERS
from domain.registers.entries import InvalidRegisterError
from tests.builders import NOON, a_council, a_provider, providers

KAYA = Person(id="kaya", name="Kaya Osei", roles=(T,), email="kaya@cir.example.gov.uk")
CARD = {
    "id": "response-2026",
    "kind": "response",
    "from": "2026-04-01",
    "to": "2027-03-31",
    "rates": {"lead": 148000},
}
ITS_LAST_DAY = {**CARD, "id": "x", "from": "2027-03-31", "to": "2028-03-31"}
RECOVERY = {**CARD, "id": "recovery-2026", "kind": "recovery"}


def row(provider: str = "alder", **changes: Any) -> dict[str, Any]:
    dumped = a_provider(provider).model_dump(mode="json", by_alias=True)
    return {**dumped, "cards": [CARD, RECOVERY], **changes}


def doubts(*rows: dict[str, Any], **around: Any) -> tuple[str, ...]:
    entries = firms.read("[\n" + ",\n".join(json.dumps(one) for one in rows) + "\n]")
    known = Around(
        **{"people": (KAYA,), "providers": providers(), "councils": (a_council(),), **around}
    )
    return firms.judged(entries, tuple(one.row for one in entries), known, NOON)


def problems(*rows: dict[str, Any], **around: Any) -> tuple[str, ...]:
    with pytest.raises(InvalidRegisterError) as caught:
        doubts(*rows, **around)
    return caught.value.problems


def test_two_providers_with_cards_are_beyond_doubt() -> None:
    assert doubts(row(), row("kestrel", conflicts=["XEA"])) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"contract_to": "2020-01-01"}, "the contract ends before it begins"),
        ({"cards": [{**CARD, "to": "2020-01-01"}]}, "the card response-2026 ends before it begins"),
        ({"cards": [{**CARD, "rates": {}}]}, "has no rate"),
        ({"cards": [{**CARD, "rates": {"lead": -1}}]}, "cards.0.rates.lead"),
        ({"cards": [CARD, RECOVERY | {"id": CARD["id"]}]}, "two cards are called response-2026"),
        ({"cards": [CARD, CARD | {"id": "x"}]}, "response-2026 and x are both in force"),
        ({"cards": [CARD, ITS_LAST_DAY]}, "response-2026 and x are both in force"),
        ({"cards": [ITS_LAST_DAY, CARD]}, "x and response-2026 are both in force"),
        ({"duty_line": ""}, "duty_line"),
        ({"id": "system"}, "that cannot be an id"),
        ({"id": "kaya"}, "kaya is the id of a person"),
    ],
)
def test_a_provider_that_cannot_be_is_refused_with_the_line(
    changes: dict[str, Any], says: str
) -> None:
    (words,) = problems(row(**changes), row("kestrel"))
    assert words.startswith("Line 2: ")
    assert says in words


def test_two_recovery_cards_of_one_day_are_a_choice_and_lawful() -> None:
    cards = [CARD, RECOVERY, {**RECOVERY, "id": "recovery-other"}]
    assert doubts(row(cards=cards), row("kestrel")) == ()


def test_cards_follow_each_other() -> None:
    after = {**CARD, "id": "response-2027", "from": "2027-04-01", "to": "2028-03-31"}
    assert doubts(row(cards=[CARD, after, RECOVERY]), row("kestrel")) == ()


def test_a_provider_that_a_case_has_does_not_leave() -> None:
    supplied = {"kestrel": ("CIR-2026-000123",)}
    assert problems(row(), supplied=supplied) == (
        "kestrel cannot leave: CIR-2026-000123 has it. Keep it, with the day its contract ends.",
    )
    assert doubts(row()) == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"contract_to": "2026-11-01"},
            "alder has no contract on 2026-11-23",
        ),
        ({"contract_to": "2026-12-01"}, "The contract of alder ends on 2026-12-01."),
        ({"cards": [CARD]}, "alder has no recovery card in force on 2026-11-23."),
        ({"conflicts": ["XEA", "XQQ"]}, "alder has conflicts with councils we do not know: XQQ."),
    ],
)
def test_what_a_second_person_should_look_at_is_said(changes: dict[str, Any], says: str) -> None:
    (words,) = doubts(row(**changes))
    assert words.startswith(says)


def test_the_order_of_providers_is_part_of_the_register() -> None:
    def read(*rows: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        return tuple(one.row for one in firms.read(json.dumps(rows)))

    before, after = read(row(), row("kestrel")), read(row("kestrel"), row())
    found = REGISTERS["providers"].difference(before, after, NOON)
    assert [(one.key, one.fields[0].field) for one in found.changed] == [
        ("kestrel", "place"),
        ("alder", "place"),
    ]
