"""The codec as Temporal's own tools ask for it: ``Payloads`` as JSON, in and out."""

from typing import Any

from google.protobuf.json_format import MessageToDict, Parse, ParseError
from temporalio.api.common.v1 import Payload, Payloads

from adapters.temporal.sealing import SealingCodec, unmarked


class NotPayloadsError(ValueError):
    """What was sent is not ``Payloads`` as JSON."""


class RemoteCodec:
    """Seals and opens for tools that hold no key.

    Args:
        codec: The codec of our own processes.
        namespace: The namespace it works for.
    """

    def __init__(self, codec: SealingCodec, namespace: str) -> None:
        self._codec = codec
        self.namespace = namespace

    async def decode(self, body: bytes) -> dict[str, Any]:
        """Return the payloads of ``body`` opened; one that is in clear stays as it is."""
        return _said([unmarked(one) for one in await self._codec.decode(_read(body))])

    async def encode(self, body: bytes) -> dict[str, Any]:
        """Return the payloads of ``body`` sealed."""
        return _said(await self._codec.encode(_read(body)))


def _read(body: bytes) -> list[Payload]:
    try:
        return list(Parse(body, Payloads()).payloads)
    except (ParseError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise NotPayloadsError("That is not a list of payloads as JSON.") from error


def _said(payloads: list[Payload]) -> dict[str, Any]:
    answer: dict[str, Any] = MessageToDict(Payloads(payloads=payloads))
    return answer
