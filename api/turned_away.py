"""A line in the log for whatever a door for those outside refuses, without anything it said."""

import json
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.answers import TOO_MANY, Answer

LOG = logging.getLogger("cir.doors")

REFUSED = 400
"""The lowest status of a refusal."""


@dataclass
class Caller:
    """What is known of whoever is at the door.

    Attributes:
        door: The door as the ledger of refused attempts names it.
        sender: By whose secret or token they came; empty until that is proven.
        size: Bytes that were read, where the request does not say how many there are.
        is_told: Whether being sent away for sending too much is still worth a line.
    """

    door: str
    sender: str = ""
    size: int | None = None
    is_told: bool = True


class Traced(APIRoute):
    """A door whose every refusal is a line of the log: ``turned-away``."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler with its refusals told."""
        handle = super().get_route_handler()

        async def traced(request: Request) -> Response:
            """Answer; a refusal is told."""
            request.state.caller = Caller(f"{request.method} {self.path}")
            try:
                response = await handle(request)
            except Answer as answer:
                tell(request, answer.code)
                raise
            if response.status_code >= REFUSED:  # a report that is kept is answered, not raised
                tell(request, json.loads(bytes(response.body))["error"]["code"])
            return response

        return traced


def tell(request: Request, code: str) -> None:
    """Write who was turned away; of somebody who sends too much, not every time."""
    caller: Caller = request.state.caller
    if code == TOO_MANY and not caller.is_told:
        return
    told = {"door": caller.door, "code": str(code), "sender": caller.sender or None}
    LOG.warning("turned-away", extra={**told, "size": _size(request)})


def _size(request: Request) -> int | None:
    """Return how many bytes the body has: by its header, which the server holds it to, or read."""
    length = request.headers.get("content-length", "")
    said = length.isascii() and length.isdigit()
    return int(length) if said else request.state.caller.size
