"""The payload codec: what it seals, what it opens, and how it knows what came in clear."""

import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToJson, Parse
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload, Payloads
from temporalio.api.failure.v1 import Failure
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.exceptions import ApplicationError

from adapters.keyring import Keyring, TamperedError, UnknownKeyError
from adapters.temporal.remote_codec import NotPayloadsError, RemoteCodec
from adapters.temporal.sealing import OPENED, codec_of
from domain.decisions.handling import AddNote
from tests.sealing import converter

NOTE = AddNote(by="kaya", idempotency_key="k-1", text="Marian Tolley rang from 07700 900123.")
CODEC = codec_of(converter())


async def sealed_of(value: object) -> Payload:
    """Return one value as it goes to Temporal."""
    (payload,) = await converter().encode([value])
    return payload


async def note_from(payload: Payload) -> AddNote:
    """Return the note as a handler gets it."""
    (note,) = await converter().decode([payload], [AddNote])
    assert isinstance(note, AddNote)
    return note


async def test_a_sealed_payload_names_its_key_and_hides_everything_else() -> None:
    payload = await sealed_of(NOTE)
    assert dict(payload.metadata) == {"encoding": b"binary/encrypted", "key-id": b"test-only-2"}
    said = payload.SerializeToString()
    for word in (b"Marian", b"900123", b"kaya", b"json/plain", b"in_clear"):
        assert word not in said


async def test_what_was_sealed_arrives_and_counts_as_sealed() -> None:
    note = await note_from(await sealed_of(NOTE))
    assert note == NOTE
    assert not note.in_clear


async def test_what_comes_in_clear_is_noted_and_never_sent_on() -> None:
    (payload,) = await pydantic_data_converter.encode([NOTE])
    note = await note_from(payload)
    assert note.in_clear
    assert "in_clear" not in note.model_dump()
    assert note.model_dump() == NOTE.model_dump()


async def test_whoever_sends_in_clear_cannot_claim_to_have_sealed() -> None:
    payload = Payload(
        metadata={"encoding": b"json/plain", OPENED: b"1"},
        data=json.dumps({"by": "kaya", "text": "x", "in_clear": False}).encode(),
    )
    assert (await note_from(payload)).in_clear


async def test_the_mark_inside_a_sealed_payload_is_ours_alone() -> None:
    payload = Payload(metadata={"encoding": b"json/plain", OPENED: b"9"}, data=b"{}")
    (sealed,) = await CODEC.encode([payload])
    (opened,) = await CODEC.decode([sealed])
    assert opened.metadata[OPENED] == b"1"


async def test_a_key_that_is_not_here_is_an_error_that_says_so() -> None:
    payload = await sealed_of(NOTE)
    payload.metadata["key-id"] = b"k-lost"
    with pytest.raises(UnknownKeyError, match="k-lost"):
        await CODEC.decode([payload])


async def test_a_key_id_of_another_key_does_not_open_it() -> None:
    payload = await sealed_of(NOTE)
    payload.metadata["key-id"] = b"test-only-1"
    with pytest.raises(TamperedError):
        await CODEC.decode([payload])


async def test_what_a_failure_says_is_sealed_and_its_code_is_not() -> None:
    failure = Failure()
    error = ApplicationError("Ring 07700 900123.", {"who": "Marian"}, type="wrong-phase")
    await converter().encode_failure(error, failure)
    said = failure.SerializeToString()
    assert b"900123" not in said
    assert b"Marian" not in said
    assert b"wrong-phase" in said
    again = await converter().decode_failure(failure)
    assert isinstance(again, ApplicationError)
    assert again.message == "Ring 07700 900123."
    assert again.details == ({"who": "Marian"},)


@given(st.binary(max_size=300))
async def test_bytes_of_any_kind_come_back_as_they_were(data: bytes) -> None:
    payload = Payload(metadata={"encoding": b"binary/plain"}, data=data)
    (sealed,) = await CODEC.encode([payload])
    (opened,) = await CODEC.decode([sealed])
    assert opened.data == data


# what Temporal's own tools ask


def asked(*payloads: Payload) -> bytes:
    """Return payloads as the Web UI sends them."""
    return MessageToJson(Payloads(payloads=payloads)).encode()


async def test_the_tools_get_what_was_sealed_as_its_sender_had_it() -> None:
    answer: dict[str, Any] = await RemoteCodec(CODEC, "cir").decode(asked(await sealed_of(NOTE)))
    (clear,) = await pydantic_data_converter.encode([NOTE])
    assert answer == json.loads(asked(clear))


async def test_the_tools_keep_what_is_in_clear_as_it_is() -> None:
    (clear,) = await pydantic_data_converter.encode([NOTE])
    assert await RemoteCodec(CODEC, "cir").decode(asked(clear)) == json.loads(asked(clear))


async def test_what_a_tool_had_sealed_counts_as_sealed() -> None:
    (clear,) = await pydantic_data_converter.encode([NOTE])
    answer = await RemoteCodec(CODEC, "cir").encode(asked(clear))
    assert "Marian" not in json.dumps(answer)
    (sealed,) = Parse(json.dumps(answer), Payloads()).payloads
    assert not (await note_from(sealed)).in_clear


@pytest.mark.parametrize("body", [b"", b"nonsense", b"[1]", b"\xff\xfe", b'{"payloads": 3}'])
async def test_what_is_no_list_of_payloads_is_named(body: bytes) -> None:
    with pytest.raises(NotPayloadsError):
        await RemoteCodec(CODEC, "cir").decode(body)


def test_an_empty_keyring_is_none() -> None:
    with pytest.raises(RuntimeError, match="at least one key"):
        Keyring({})
