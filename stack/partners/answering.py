"""Giving an instruction to the desk as a partner, until the desk has an answer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from standardwebhooks import Webhook

AGAIN = (202, 408, 425, 429)
"""Statuses that say: the same again with the same key (202 is queued)."""

LEAST_FAULT = 500
OK = 200
TRIES = 120
EVERY_S = 1.0
TIMEOUT_S = 20.0

Say = Callable[[str], None]


class Instruction(NamedTuple):
    """What a partner says about a case; its key makes a repeat harmless."""

    case: str
    command: str
    key: str
    inputs: dict[str, Any]


class Door(Protocol):
    """A door of the desk, entered as one partner."""

    def asked(self, told: Instruction) -> tuple[int, Any]:
        """Give an instruction once and return status and answer; raises what the line raises."""
        ...


def give(door: Door, told: Instruction, stopped: Event) -> str:
    """Give an instruction; return ``taken``, or the code of what refused it.

    A desk that is away or does not know is asked again with the same key.
    """
    code = "desk-away"
    for _ in range(TRIES):
        try:
            status, answer = door.asked(told)
        except (OSError, HTTPException, ValueError, KeyError) as error:
            code = f"desk-away ({type(error).__name__})"
        else:
            code = "taken" if status == OK else _code_of(answer)
            if status not in AGAIN and status < LEAST_FAULT:
                return code
        if stopped.wait(EVERY_S):
            return "stopped"
    return code


class StaffDoor:
    """The door of staff: by the token of one person in ``credentials.json``."""

    def __init__(self, home: Path, profile: str, person: str) -> None:
        self._home = home
        self._profile = profile
        self._person = person

    def asked(self, told: Instruction) -> tuple[int, Any]:
        """Give an instruction once, with the token."""
        token = json.loads((self._home / "credentials.json").read_text())[self._person]
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"idempotency_key": told.key, **told.inputs})
        desk = desk_of(self._home, self._profile)
        return _posted(desk, f"/cases/{told.case}/{told.command}", body, headers)


class OutsideDoor:
    """A door for those outside: by a signature (Standard Webhooks), without any token."""

    def __init__(self, home: Path, profile: str, path: str, secret: str) -> None:
        """Take the profile whose desk it is, the door's path, and the key the desk knows."""
        self._home = home
        self._profile = profile
        self._path = path
        self._webhook = Webhook(secret)

    def asked(self, told: Instruction) -> tuple[int, Any]:
        """Give an instruction once, signed; every try of one key has one id."""
        said = {"command": told.command, "case": told.case, "idempotency_key": told.key}
        body = json.dumps({**said, **told.inputs})
        at = datetime.now(UTC)  # noqa: TID251  (the edge)
        message_id = f"answer.{sha256(f'{told.case} {told.key}'.encode()).hexdigest()[:32]}"
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": self._webhook.sign(message_id, at, body),
        }
        return _posted(desk_of(self._home, self._profile), self._path, body, headers)


def desk_of(home: Path, profile: str) -> str:
    """Return the address of a profile's desk, as it stands now."""
    return str(json.loads((home / "profiles.json").read_text())[profile]["desk"])


def _posted(desk: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, Any]:
    address = urlsplit(desk)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_S)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def _code_of(answer: Any) -> str:  # noqa: ANN401  (JSON)
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("code", "refused")) if isinstance(error, dict) else "refused"
