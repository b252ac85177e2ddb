"""GOV.UK Notify's documented HTTP API as a local server with a memory.

Written from the public documentation: JWT signed with the key's secret and issued by its service,
our reference on each message, statuses, error shapes, pages of 250.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt

from tests.http_server import Reply, Request, http_server

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"  # noqa: S105  (of no service)
API_KEY = f"test-{SERVICE}-{SECRET}"
EMAIL_TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
SMS_TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
PAGE = 250


@dataclass
class NotifyDay:
    """What the service has, and how it behaves.

    Attributes:
        sent: Every message taken, oldest first.
        answers: Statuses and error names to answer sends with, in turn; then it takes them.
        lose: How many answers are lost after the message was taken.
    """

    sent: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)
    lose: int = 0

    def becomes(self, reference: str, status: str) -> None:
        """Let time pass: every message of a reference has another status."""
        for one in self.sent:
            if one["reference"] == reference:
                one["status"] = status

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        if not _is_signed(request):
            return _error(403, "AuthError", "Invalid token: signature")
        if request.method == "GET":
            return self._read(request)
        return self._send(request)

    def _send(self, request: Request) -> Reply:
        if self.answers:
            status, name = self.answers.pop(0)
            return _error(status, name, "Said by the test")
        content = json.loads(request.body)
        kind = request.path.rpartition("/")[2]
        to = content.get("phone_number") if kind == "sms" else content.get("email_address")
        if not to or content["template_id"] not in (EMAIL_TEMPLATE, SMS_TEMPLATE):
            return _error(400, "BadRequestError", "Template not found")
        message = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, str(len(self.sent)))),
            "reference": content.get("reference"),
            "type": kind,
            "status": "created",
            "to": to,
            "body": content["personalisation"]["body"],
            "subject": content["personalisation"].get("subject"),
        }
        self.sent.append(message)
        if self.lose:
            self.lose -= 1
            return Reply(hang_up=True)
        return _json({"id": message["id"], "reference": message["reference"]}, 201)

    def _read(self, request: Request) -> Reply:
        if request.path.startswith("/v2/template/"):
            template = request.path.rpartition("/")[2]
            if template in (EMAIL_TEMPLATE, SMS_TEMPLATE):
                return _json({"id": template, "body": "((body))"})
            return _error(404, "NoResultFound", "No result found")
        found = [
            one
            for one in reversed(self.sent)
            if request.query.get("reference") in (None, one["reference"])
        ]
        older = request.query.get("older_than")
        if older is not None:
            found = found[[one["id"] for one in found].index(older) + 1 :]
        page = found[:PAGE]
        links = {"current": "/v2/notifications"}
        if len(found) > PAGE:
            links["next"] = f"/v2/notifications?older_than={page[-1]['id']}"
        return _json({"notifications": page, "links": links})


@contextmanager
def notify_server(day: NotifyDay) -> Iterator[str]:
    """Serve the API and give its address."""
    with http_server(day.answer) as address:
        yield address


def _is_signed(request: Request) -> bool:
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    try:
        return bool(jwt.decode(token, SECRET, algorithms=["HS256"])["iss"] == SERVICE)
    except jwt.PyJWTError:
        return False


def _error(status: int, name: str, message: str) -> Reply:
    errors = [{"error": name, "message": message}]
    return _json({"status_code": status, "errors": errors}, status)


def _json(content: object, status: int = 200) -> Reply:
    return Reply(status=status, body=json.dumps(content).encode())
