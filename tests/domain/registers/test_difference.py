"""What lies between two states of a register."""

from typing import Any

from domain.registers.difference import Difference, EntryChange, FieldChange, compare

A: dict[str, Any] = {"id": "a", "name": "Ann", "phone": None, "roles": ["x", "y"]}
B: dict[str, Any] = {
    "id": "b",
    "name": "Bo",
    "cards": [{"id": "c1", "rates": {"lead": 1}}, {"id": "c2"}],
}


def between(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Difference:
    return compare(
        before, after, lambda r: str(r["id"]), lambda r: str(r["name"]), lambda r: "last" in r
    )


def test_what_comes_changes_and_goes_is_told_by_key() -> None:
    found = between([A, B], [{**A, "phone": "1"}, {"id": "c", "name": "Cy"}])
    assert found == Difference(
        added=(EntryChange(key="c", title="Cy"),),
        changed=(
            EntryChange(
                key="a",
                title="Ann",
                fields=(FieldChange(field="phone", before=None, after="1"),),
            ),
        ),
        ended=(EntryChange(key="b", title="Bo"),),
    )
    assert found.counts == {"added": 1, "changed": 1, "ended": 1}


def test_a_field_is_named_by_its_place_however_deep() -> None:
    cards = [{"id": "c1", "rates": {"lead": 2}}, {"id": "c3"}]
    (one,) = between([B], [{**B, "cards": cards}]).changed
    assert [(f.field, f.before, f.after) for f in one.fields] == [
        ("cards[c1].rates.lead", "1", "2"),
        ("cards[c2].id", "c2", None),
        ("cards[c3].id", None, "c3"),
    ]


def test_the_order_of_entries_alone_changes_nothing() -> None:
    assert between([A, B], [B, A]).is_nothing


def test_an_entry_that_stays_and_is_over_has_ended() -> None:
    found = between([A], [{**A, "last": "today"}])
    assert found.counts == {"added": 0, "changed": 0, "ended": 1}
    again = between([{**A, "last": "today"}], [{**A, "last": "later"}])
    assert again.counts == {"added": 0, "changed": 1, "ended": 0}
