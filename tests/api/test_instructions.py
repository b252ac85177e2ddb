import pytest

from activities.records import FactBatch
from adapters.database.attempts import Attempts
from api.bodies import INSTRUCTION_LIMIT
from domain.fact import Fact
from domain.view import view_of
from starter import records_of
from tests.builders import NOON, REFERENCE, a_case
from tests.databases import Clock
from tests.desk import REPORT, DeskHouse

ACKNOWLEDGE = f"/cases/{REFERENCE}/acknowledge"
KEY = {"idempotency_key": "k-1"}


async def kept_case(desk: DeskHouse) -> str:
    reply = await desk.post("/cases", REPORT)
    return str(reply.json["case"])


async def test_with_temporal_away_an_instruction_is_not_sent_on(desk: DeskHouse) -> None:
    case = await kept_case(desk)
    reply = await desk.post(f"/cases/{case}/acknowledge", KEY)
    assert reply.says == (503, "unreachable", "not-reached")
    assert reply.error["idempotency_key"] == "k-1"
    assert case in reply.error["message"]


async def test_an_unknown_command_is_named(desk: DeskHouse) -> None:
    reply = await desk.post(f"/cases/{REFERENCE}/explode", KEY)
    assert reply.says == (400, "usage", "unknown-command")
    assert "explode" in reply.error["message"]


async def test_an_instruction_needs_a_key(desk: DeskHouse) -> None:
    reply = await desk.post(ACKNOWLEDGE, {})
    assert reply.says == (400, "usage", "key-needed")


@pytest.mark.parametrize("key", ["", 7, None, ["k"], "k" * 201, "k\n", "\ud800"])
async def test_a_key_is_a_short_text(desk: DeskHouse, key: object) -> None:
    reply = await desk.post(ACKNOWLEDGE, {"idempotency_key": key})
    assert reply.says == (400, "usage", "key-needed")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b'"decide"', b"7"])
async def test_what_is_no_json_object_is_not_an_instruction(desk: DeskHouse, body: bytes) -> None:
    reply = await desk.post(ACKNOWLEDGE, body)
    assert reply.says == (400, "usage", "not-json")


@pytest.mark.parametrize("levels", [21, 300, 900, 100_000])
async def test_what_nests_too_deep_is_not_read(desk: DeskHouse, levels: int) -> None:
    deep = b'{"idempotency_key": "k-1", "changes": ' + b"[" * levels + b"]" * levels + b"}"
    reply = await desk.post(f"/cases/{REFERENCE}/amend-report", deep)
    assert reply.says == (422, "usage", "too-deep")


@pytest.mark.parametrize("size", [INSTRUCTION_LIMIT + 1, 20 * INSTRUCTION_LIMIT])
async def test_a_body_that_is_too_large_is_not_read(desk: DeskHouse, size: int) -> None:
    reply = await desk.post(ACKNOWLEDGE, b" " * size)
    assert reply.says == (413, "usage", "too-large")


async def test_every_input_that_is_wrong_is_named_at_once_and_the_attempt_kept(
    desk: DeskHouse,
) -> None:
    wrong = {**KEY, "result": "perhaps", "tests": "all", "if_version": "last", "colour": "red"}
    reply = await desk.post(f"/cases/{REFERENCE}/decide", wrong)
    assert reply.says == (422, "refused", "invalid-input")
    fields = {problem["field"].split(".")[0] for problem in reply.error["details"]["fields"]}
    assert fields == {"result", "tests", "if_version", "colour"}
    (attempt,) = await Attempts(desk.engine, Clock()).of_case(REFERENCE)
    assert (attempt["command"], attempt["code"]) == ("decide", "invalid-input")


async def test_a_key_the_case_knows_is_not_for_inputs_that_cannot_be_read(desk: DeskHouse) -> None:
    fact = Fact(
        seq=1, type="case-acknowledged", occurred_at=NOON, recorded_at=NOON, by="kaya",
        instruction="k-1", payload={"owner": "kaya"},
    )  # fmt: skip
    batch = FactBatch(case=REFERENCE, facts=(fact,), view=view_of(a_case()).but(seq=1))
    await records_of(desk.settings, desk.engine).append(batch)
    reply = await desk.post(f"/cases/{REFERENCE}/decide", {**KEY, "result": "perhaps"})
    assert reply.says == (409, "conflict", "key-reused")


async def test_who_asks_is_taken_from_the_token_and_never_from_the_body(desk: DeskHouse) -> None:
    forged = {**KEY, "by": "helen", "stamp": {"person": "helen", "roles": ["head-of-service"]}}
    token = await desk.token_of("ines")
    reply = await desk.post(ACKNOWLEDGE, forged, token)
    assert reply.says == (403, "not-allowed", "role-not-allowed")
    (attempt,) = await Attempts(desk.engine, Clock()).of_case(REFERENCE)
    assert attempt["by"] == "ines"


async def test_a_case_that_is_no_reference_is_not_found(desk: DeskHouse) -> None:
    reply = await desk.post("/cases/..%2f..%2fetc/acknowledge", KEY)
    assert (reply.status, reply.error["kind"]) == (404, "not-found")


@pytest.mark.parametrize("said", ["0", "-1", "61", "soon"])
async def test_a_patience_that_cannot_be_read_is_named(desk: DeskHouse, said: str) -> None:
    reply = await desk.post(f"{ACKNOWLEDGE}?patience_s={said}", KEY)
    assert reply.says == (400, "usage", "invalid-input")
    assert reply.error["details"]["fields"][0]["field"] == "patience_s"


@pytest.mark.parametrize(
    ("command", "inputs"),
    [
        ("add-note", {"text": "\x1b[31m"}),
        ("contact-attempted", {"channel": "phone", "result": "\u202e\x00"}),
        ("set-contact", {"post": "dpo", "name": "\x1b]0;A title\x07"}),
    ],
)
async def test_words_of_which_nothing_can_be_shown_are_missing(
    desk: DeskHouse, command: str, inputs: dict[str, str]
) -> None:
    reply = await desk.post(f"/cases/{REFERENCE}/{command}", {**KEY, **inputs})
    assert reply.says == (422, "refused", "invalid-input")
    assert [one["field"] for one in reply.error["details"]["fields"]] == [[*inputs][-1]]


@pytest.mark.parametrize("said", [True, 60.0, "60", 1e30, [60]])
async def test_a_whole_number_is_said_as_one(desk: DeskHouse, said: object) -> None:
    asked = {**KEY, "reason": "More hosts than we thought.", "amount_pence": said}
    reply = await desk.post(f"/cases/{REFERENCE}/request-spend", asked)
    assert reply.says == (422, "refused", "invalid-input")
    (problem,) = reply.error["details"]["fields"]
    assert problem == {
        "field": "amount_pence", "code": "invalid", "message": "Give a whole number."
    }  # fmt: skip


async def test_a_person_is_told_in_words_what_to_give(desk: DeskHouse) -> None:
    wrong = {
        **KEY, "post": "", "name": "n" * 501, "email": "nowhere", "colour": "red",
        "occurred_at": "2026-11-23T02:10:00",
    }  # fmt: skip
    reply = await desk.post(f"/cases/{REFERENCE}/set-contact", wrong)
    said = {one["field"]: one["message"] for one in reply.error["details"]["fields"]}
    assert said == {
        "post": "Fill it in.",
        "name": "Use at most 500 characters.",
        "email": "This must be one email address, such as name@example.org.",
        "colour": "There is no such input; leave it out.",
        "occurred_at": "Say the zone too, such as 2026-11-23T02:10:00Z.",
    }
    reply = await desk.post(f"/cases/{REFERENCE}/record-category", {**KEY, "category": "C9"})
    said = {one["field"]: one["message"] for one in reply.error["details"]["fields"]}
    assert said["category"] == "Use one of 'C1', 'C2', 'C3', 'C4', 'C5' or 'C6'."
