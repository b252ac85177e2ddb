"""Another organisation's desk as a local server with a memory: it takes signed messages by id."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

from tests.http_server import Reply, Request, http_server

SECRET = f"whsec_{b64encode(b'of nobody at all, for tests only').decode()}"


class Taken(NamedTuple):
    """A message as it came."""

    id: str
    content: Any
    headers: dict[str, str]


@dataclass
class PartnerDay:
    """What the desk has, and how it behaves.

    Attributes:
        came: Every signed message, as often as it came.
        answers: Statuses to answer with, in turn; then it takes what comes.
        lose: How many answers are lost after the message was taken.
        go_on: While not set, nothing is answered.
    """

    came: list[Taken] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    lose: int = 0
    go_on: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        """Return the id of every message, as often as it came."""
        return [one.id for one in self.came]

    def contents(self, kind: str) -> list[Any]:
        """Return what came of one type, each id once."""
        found = {one.id: one.content for one in self.came if one.content.get("type") == kind}
        return list(found.values())

    def answer(self, request: Request) -> Reply:
        """Answer one request; whether there is a desk anybody may ask."""
        if request.method == "OPTIONS":
            return Reply(501)
        try:
            content = Webhook(SECRET).verify(request.body, request.headers)
        except (WebhookVerificationError, ValueError):
            return Reply(401, json.dumps({"ok": False}).encode())
        self.go_on.wait()
        if self.answers:
            return Reply(self.answers.pop(0), b'"said by the test"')
        self.came.append(Taken(request.headers["webhook-id"], content, request.headers))
        if self.lose:
            self.lose -= 1
            return Reply(hang_up=True)
        return Reply(202)


@contextmanager
def partner_server(day: PartnerDay) -> Iterator[str]:
    """Serve ``day`` and give the address; whatever still waits at the end is let go."""
    with http_server(day.answer) as address:
        try:
            yield f"{address}/messages"
        finally:
            day.go_on.set()
