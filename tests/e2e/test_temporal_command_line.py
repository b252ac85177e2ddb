"""The stock Temporal command line as a way in of its own: taken, and named as what it is."""

import json
import re
from base64 import b64decode

import pytest

from tests.e2e.house import House, until

pytestmark = pytest.mark.server


def texts(printed: str) -> str:
    """Return every payload of a history that was printed, as its text."""
    found = re.findall(r'"data": "([^"]+)"', printed)
    return "\n".join(b64decode(one).decode("utf-8", "replace") for one in found)


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


def test_without_the_codec_an_update_is_refused_and_nothing_is_shown(house: House) -> None:
    case = house.open()

    done = house.try_temporal(
        *("workflow", "update", "execute", "--workflow-id", case),
        *("--name", "add-note", "--input", '{"by":"kaya","text":"In clear."}'),
        by=None,
    )
    shown = house.try_temporal("workflow", "show", "--workflow-id", case, "-o", "json", by=None)

    assert done.returncode != 0
    assert "sealed-only" in done.stderr
    assert shown.returncode == 0
    assert "Saltbeck" not in shown.stdout + texts(shown.stdout)
    assert not house.facts(case, "note-added")


def test_the_codec_shows_what_temporal_keeps_sealed(house: House) -> None:
    case = house.open()

    shown = texts(house.temporal("workflow", "show", "--workflow-id", case, "-o", "json"))

    assert "Saltbeck District Council" in shown
    assert "Marian Tolley" in shown


def test_a_wrong_token_shows_nothing(house: House) -> None:
    case = house.open()
    endpoint = f"{house.running.desk}/codec/not-a-token"

    done = house.try_temporal(
        *("workflow", "show", "--workflow-id", case, "-o", "json"),
        *("--codec-endpoint", endpoint),
        by=None,
    )

    assert done.returncode != 0
    assert "Saltbeck" not in done.stdout + done.stderr + texts(done.stdout)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("confirm-close", {"reason": "All is done and billed."}),
        ("propose-close", {"lessons": "None.", "data_return": "confirmed"}),
        ("request-spend", {"amount_pence": 100, "reason": "More hours are needed."}),
        ("authorise-spend", {"amount_pence": 100, "reason": "More hours are needed."}),
        ("hand-off-billing", {}),
        ("approve-discretionary", {"reason": "It is in the public interest."}),
        ("accept-phase-exit", {"council_agreed_by": "Marian Tolley"}),
        ("confirm-policy", {"reason": "As was agreed this morning."}),
    ],
)
def test_two_people_money_and_closing_go_by_the_desk_only(
    house: House, name: str, said: dict[str, object]
) -> None:
    case = "CIR-2026-000001"

    done = house.try_temporal(
        *("workflow", "update", "execute", "--workflow-id", case, "--name", name),
        *("--input", json.dumps({"by": "ruth", **said})),
    )

    assert done.returncode != 0
    assert "desk-only" in done.stderr, done.stderr
