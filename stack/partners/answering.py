"""Giving an instruction to the desk as a partner, with its token, until the desk has an answer."""

import json
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import urlsplit

AGAIN = (202, 408, 425, 429)
"""Statuses that say: the same again with the same key (202 is queued)."""

LEAST_FAULT = 500
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


class StaffDoor:
    """The desk of a profile, by the token of one person in ``credentials.json``."""

    def __init__(self, home: Path, profile: str, person: str) -> None:
        self._home = home
        self._profile = profile
        self._person = person

    def give(self, told: Instruction, stopped: Event) -> str:
        """Give an instruction; return ``taken``, or the code of what refused it.

        A desk that is away or does not know is asked again with the same key.
        """
        code = "desk-away"
        for _ in range(TRIES):
            try:
                status, answer = self._asked(told)
            except (OSError, HTTPException, ValueError, KeyError) as error:
                code = f"desk-away ({type(error).__name__})"
            else:
                code = "taken" if status == 200 else _code_of(answer)  # noqa: PLR2004  (HTTP)
                if status not in AGAIN and status < LEAST_FAULT:
                    return code
            if stopped.wait(EVERY_S):
                return "stopped"
        return code

    def _asked(self, told: Instruction) -> tuple[int, Any]:
        desk = json.loads((self._home / "profiles.json").read_text())[self._profile]["desk"]
        token = json.loads((self._home / "credentials.json").read_text())[self._person]
        address = urlsplit(desk)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        body = json.dumps({"idempotency_key": told.key, **told.inputs})
        connection = HTTPConnection(address.hostname or "", address.port, timeout=TIMEOUT_S)
        try:
            connection.request("POST", f"/cases/{told.case}/{told.command}", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()


def _code_of(answer: Any) -> str:  # noqa: ANN401  (JSON)
    error = answer.get("error") if isinstance(answer, dict) else None
    return str(error.get("code", "refused")) if isinstance(error, dict) else "refused"
