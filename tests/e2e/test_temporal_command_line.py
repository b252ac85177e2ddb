"""The stock Temporal command line as a way in of its own: taken, and named as what it is."""

import json

import pytest

from tests.e2e.house import House, until

pytestmark = pytest.mark.server


def test_an_update_is_taken_and_recorded_as_direct(house: House) -> None:
    case = house.open()

    said = house.temporal(
        *("workflow", "update", "execute", "--workflow-id", case),
        *("--name", "acknowledge", "--input", '{"by":"kaya"}', "-o", "json"),
    )

    assert json.loads(said)["result"]["command"] == "acknowledge"
    until(lambda: house.facts(case, "case-acknowledged"), "the fact to be on record")
    (fact,) = house.facts(case, "case-acknowledged")
    assert fact["by"] == "direct:kaya"


def test_a_signal_is_taken_and_recorded_as_direct(house: House) -> None:
    case = house.open()

    house.temporal(
        *("workflow", "signal", "--workflow-id", case, "--name", "add-note"),
        *("--input", '{"by":"kaya","text":"Rang the council at noon."}'),
    )

    until(lambda: house.facts(case, "note-added"), "the note to be on record")
    (fact,) = house.facts(case, "note-added")
    assert fact["by"] == "direct:kaya"
    assert fact["payload"]["text"] == "Rang the council at noon."


def test_a_refused_signal_is_on_the_record(house: House) -> None:
    case = house.open()
    version = house.show(case)["version"]

    house.temporal(
        *("workflow", "signal", "--workflow-id", case, "--name", "billing-acknowledged"),
        *("--input", '{"by":"sam","pack":1,"finance_ref":"F-1"}'),
    )

    until(lambda: house.facts(case, "instruction-refused"), "the refusal to be on record")
    (fact,) = house.facts(case, "instruction-refused")
    assert fact["by"] == "direct:sam"
    assert fact["payload"]["command"] == "billing-acknowledged"
    assert house.show(case)["version"] == version


def test_a_refused_update_is_answered_with_the_rule(house: House) -> None:
    case = house.open()

    done = house.try_temporal(
        *("workflow", "update", "execute", "--workflow-id", case, "--name", "confirm-close"),
        *("--input", '{"by":"ruth","reason":"Done."}'),
    )

    assert done.returncode != 0
    assert "desk-only" in done.stderr
    assert "use cir closing" in done.stderr
