"""Sealing payloads: what Temporal stores of ours is ciphertext.

Sealed: input, results, state, memo, summaries, details, failure messages. In clear stay ids, names
of handlers and activities, search attributes, and the types of failures (our refusal codes).
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from google.protobuf.message import DecodeError
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    DataConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

from adapters.keyring import Keyring, TamperedError
from domain.value import Value

ENCODING = b"binary/encrypted"
"""The encoding of a sealed payload; stock tools know the name."""

KEY_ID = "key-id"
"""Where a sealed payload names its key."""

ABOUT = b"cir-payload/1"
"""What a sealed payload is about; nothing else of ours opens as one."""

OPENED = "cir-opened"
"""Set on a payload that was sealed, by us, as it is opened; taken off whatever arrives with it."""


class SealingCodec(PayloadCodec):
    """Seals what goes to Temporal with the newest key and opens what comes from there.

    A payload that comes in clear stays as it is: histories recorded before keys were used replay,
    and whether an instruction in clear is taken is the case's to say.

    Args:
        keys: The keyring.
        refuses_clear: Whether cases that start over this connection refuse clear instructions.
    """

    def __init__(self, keys: Keyring, *, refuses_clear: bool) -> None:
        self._keys = keys
        self.refuses_clear = refuses_clear

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Seal every payload, each with a nonce of its own."""
        return [self._sealed(one) for one in payloads]

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        """Open every sealed payload.

        Raises:
            KeyringError: One cannot be opened: its key is missing, or it was changed.
        """
        return [self._opened(one) for one in payloads]

    def _sealed(self, payload: Payload) -> Payload:
        key_id, data = self._keys.seal(unmarked(payload).SerializeToString(), ABOUT)
        return Payload(metadata={"encoding": ENCODING, KEY_ID: key_id.encode()}, data=data)

    def _opened(self, payload: Payload) -> Payload:
        if payload.metadata.get("encoding") != ENCODING:
            return unmarked(payload)
        key_id = payload.metadata.get(KEY_ID, b"").decode("ascii", "replace")
        try:
            opened = Payload.FromString(self._keys.open(key_id, payload.data, ABOUT))
        except DecodeError as error:
            raise TamperedError("A payload was sealed that is not one.") from error
        opened.metadata[OPENED] = b"1"
        return opened


def unmarked(payload: Payload) -> Payload:
    """Return the payload without our mark: whoever sends in clear cannot set it."""
    if OPENED not in payload.metadata:
        return payload
    bare = Payload()
    bare.CopyFrom(payload)
    del bare.metadata[OPENED]
    return bare


class MindfulConverter(PydanticPayloadConverter):
    """Pydantic's converter, which notes on what has a place for it whether it came in clear."""

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """Return the values of ``payloads``."""
        values = super().from_payloads(payloads, type_hints)
        return [_noted(value, payload) for value, payload in zip(values, payloads, strict=False)]


def _noted(value: object, payload: Payload) -> object:
    clear = OPENED not in payload.metadata
    if not isinstance(value, Value) or "in_clear" not in type(value).model_fields:
        return value
    return value.but(in_clear=clear)


def data_converter(keys: Keyring, *, refuses_clear: bool) -> DataConverter:
    """Return the converter that workers, clients, tests and the replayer share."""
    return replace(
        DataConverter.default,
        payload_converter_class=MindfulConverter,
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
        payload_codec=SealingCodec(keys, refuses_clear=refuses_clear),
    )


def codec_of(converter: DataConverter) -> SealingCodec:
    """Return the codec of a converter of ours.

    Raises:
        TypeError: It seals nothing.
    """
    if not isinstance(converter.payload_codec, SealingCodec):
        raise TypeError("That connection sends payloads in clear: use our own converter.")
    return converter.payload_codec


def refuses_clear(client: Client) -> bool:
    """Tell whether cases that start over this connection refuse clear instructions."""
    return codec_of(client.data_converter).refuses_clear
