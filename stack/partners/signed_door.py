"""A door that takes signed messages (Standard Webhooks), each id once, on loopback."""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from stack.layout import LOOPBACK

LIMIT = 2**20
"""Bytes a message may have [our default]; a pack with a thousand items is a third of it."""

PATIENCE_S = 30.0
"""Seconds a sender may take over a message [our default]."""

Message = dict[str, Any]


class SignedDoor:
    """Takes messages by their id; what came before is answered 200 and not acted on again."""

    def __init__(self, port: int, secret: str, take: Callable[[Message], None]) -> None:
        """Listen on ``port``, or a free one for 0; ``take`` acts on each message and is quick.

        Raises:
            OSError: Somebody else listens there.
        """
        self._webhook = Webhook(secret)
        self._take = take
        self._seen: set[str] = set()
        self._one_at_a_time = Lock()
        self._server = ThreadingHTTPServer((LOOPBACK, port), self._handler())

    @property
    def url(self) -> str:
        """Return where messages are posted."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}/messages"

    def serve(self) -> None:
        """Serve until closed."""
        self._server.serve_forever(0.05)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, body: bytes, headers: dict[str, str]) -> int:
        """Take a message and return the status that says what became of it."""
        try:
            content = self._webhook.verify(body, headers)
        except (WebhookVerificationError, ValueError):  # garbage is a ValueError
            return 401
        if not isinstance(content, dict):
            return 400
        with self._one_at_a_time:
            message_id = headers["webhook-id"]
            if message_id in self._seen:
                return 200
            self._take(content)
            self._seen.add(message_id)
        return 202

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self._answer

        class Handler(BaseHTTPRequestHandler):
            timeout = PATIENCE_S

            def do_POST(self) -> None:
                """Take a message, unless it is too large to be one."""
                length = self.headers.get("Content-Length") or ""
                if not length.isdecimal() or int(length) > LIMIT:
                    self._say(413 if length.isdecimal() else 411)
                    return
                body = self.rfile.read(int(length))
                self._say(answer(body, {k.lower(): v for k, v in self.headers.items()}))

            def do_OPTIONS(self) -> None:
                """Say that there is a desk here, as ``cir doctor`` asks."""
                self.send_response(204)
                self.send_header("Allow", "POST")
                self.end_headers()

            def _say(self, status: int) -> None:
                words = json.dumps({"ok": status < 400}).encode()  # noqa: PLR2004  (HTTP)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (its name)
                """Say nothing: whoever takes the message tells."""

        return Handler
