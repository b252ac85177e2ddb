"""The codec server: what Temporal's Web UI and CLI show decoded, for staff with a token.

The CLI sends ``Authorization`` (``TEMPORAL_CODEC_AUTH``). The Web UI sends none over plain HTTP: a
person gives it, in that browser only, an endpoint that holds the token. Both post ``Payloads`` as
JSON with ``X-Namespace``. Whoever has no token is told nothing at all.
"""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.keyring import KeyringError
from adapters.temporal.remote_codec import NotPayloadsError, RemoteCodec
from api.answers import Answer
from api.bodies import whole_body
from api.desk import Desk
from domain.people import STAFF, Role

CODEC_LIMIT = 16 * 1024 * 1024
"""Bytes of one question at the most [our default]; a single payload stops at 2 MiB."""

READERS = STAFF | {Role.AUDITOR}
"""Who may read every case decoded: staff and auditors, never providers."""

DOOR = "/codec"
"""Where the codec server is; the only part of the desk another origin may ask."""

router = APIRouter(prefix=DOOR)


@router.post("/decode")
@router.post("/{token}/decode")
async def decode(request: Request, token: str | None = None) -> Response:
    """Open payloads."""
    return await _answered(request, token, RemoteCodec.decode)


@router.post("/encode")
@router.post("/{token}/encode")
async def encode(request: Request, token: str | None = None) -> Response:
    """Seal payloads."""
    return await _answered(request, token, RemoteCodec.encode)


async def _answered(
    request: Request, token: str | None, does: Callable[[RemoteCodec, bytes], Awaitable[object]]
) -> Response:
    if not await _may_read(request, token or _bearer(request)):
        return Response(status_code=401)
    codec: RemoteCodec = request.app.state.codec
    if request.headers.get("x-namespace", codec.namespace) != codec.namespace:
        raise Answer("not-found", "other-namespace", "This codec is for another namespace.")
    body = await whole_body(request, CODEC_LIMIT)
    try:
        return JSONResponse(await does(codec, body))
    except NotPayloadsError as error:
        raise Answer("usage", "not-payloads", str(error)) from error
    except KeyringError as error:
        raise Answer("failed", "cannot-open", str(error)) from error


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _may_read(request: Request, token: str) -> bool:
    desk: Desk = request.app.state.desk
    holder = await desk.registers.holder_of(token) if token else None
    return holder is not None and bool(READERS & set(holder.roles))


class CodecOrigins:
    """Lets pages of the Web UI, and of nobody else, ask the codec from a browser."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        self._open = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["POST"],
            allow_headers=["Authorization", "Content-Type", "X-Namespace"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; those for the codec may come from another origin."""
        inside = scope["type"] == "http" and scope["path"].startswith(f"{DOOR}/")
        await (self._open if inside else self._app)(scope, receive, send)


def origins_of(ui_url: str) -> tuple[str, ...]:
    """Return the origins of the Web UI: its address, and by name where that is loopback."""
    origin = ui_url.rstrip("/")
    by_name = origin.replace("//127.0.0.1", "//localhost")
    return tuple(dict.fromkeys((origin, by_name)))
