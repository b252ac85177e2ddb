"""Talking to the desk: one request, and an honest word when no answer came."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cli.exit_codes import BY_KIND, FAILED

PLAIN = re.compile(r"^[A-Za-z0-9-]{1,60}$")
"""What can be a reference or a command at all; anything else is not sent."""

AWAY = ("desk-away", "no-profile")
"""Codes of a desk that was not reached at all."""


class Failure(Exception):  # noqa: N818  (it is an answer to show, with its exit code)
    """An answer that is not a result; shown to the person, decides the exit code."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error

    @property
    def code(self) -> int:
        """Return the exit code."""
        return BY_KIND.get(self.error["kind"], FAILED)

    @property
    def is_desk_away(self) -> bool:
        """Tell whether the desk itself was not reached, so that asking on is no use."""
        return self.error["code"] in AWAY


def failure(kind: str, code: str, message: str, key: str | None = None) -> Failure:
    """Return a failure of our own making, in the shape of the desk's."""
    error: dict[str, Any] = {"kind": kind, "code": code, "message": message, "details": {}}
    if key is not None:
        error["idempotency_key"] = key
    return Failure(error)


def case_path(case: str, *more: str) -> str:
    """Return the path of a case at the desk.

    Raises:
        Failure: What was typed cannot be a reference (``unknown-case``).
    """
    if PLAIN.match(case) is None:
        words = f"There is no case {case}. Look with cir case list."
        raise failure("not-found", "unknown-case", words)
    return "/".join(("/cases", case, *(quote(one, safe="") for one in more)))


def read_json(path: Path, otherwise: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    """Return the JSON in a file, or ``otherwise`` when there is none."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return otherwise
    except (OSError, ValueError) as error:
        raise failure("failed", "bad-file", f"{path.name} cannot be read: {error}.") from error


class Desk:
    """The desk of a profile, spoken to as one person."""

    def __init__(self, home: Path, profile: str, person: str | None, timeout: float) -> None:
        self._home = home
        self._profile = profile
        self._person = person
        self._timeout = timeout

    def get(self, path: str, **query: Any) -> Any:  # noqa: ANN401  (JSON)
        """Ask; nothing changes."""
        given = {key: _text(value) for key, value in query.items() if value not in (None, "")}
        asked = f"{path}?{urlencode(given)}" if given else path
        return _answer(self._ask("GET", asked, headers=self._headers()), None)

    def post(self, path: str, body: bytes, key: str | None = None, kind: str = "json") -> Any:  # noqa: ANN401
        """Give; when no answer comes the outcome is unknown and ``key`` is safe to repeat."""
        headers = {**self._headers(), "Content-Type": f"application/{kind}"}
        return _answer(self._ask("POST", path, body, key, headers), key)

    def is_ready(self) -> bool:
        """Tell whether the desk answers; needs no token."""
        try:
            data = json.loads(self._ask("GET", "/ready"))
        except (Failure, ValueError):
            return False
        return isinstance(data, dict) and data.get("ok") is True

    @property
    def address(self) -> str:
        """Return the desk's address.

        Raises:
            Failure: There is no such profile.
        """
        profiles = read_json(self._home / "profiles.json", {})
        if self._profile not in profiles:
            words = f"There is no profile {self._profile}. Start one here with: cir local up"
            raise failure("unreachable", "no-profile", words)
        return str(profiles[self._profile]["desk"])

    def token(self) -> str:
        """Return the token of the person asked for, else the first of the file.

        Raises:
            Failure: There is none, or others can read the file (``unknown-person``).
        """
        path = self._home / "credentials.json"
        tokens: dict[str, str] = read_json(path, {})
        if path.exists() and path.stat().st_mode & 0o077:
            words = f"{path.name} can be read by others: chmod 600 it, and ask for new tokens."
            raise failure("not-allowed", "unknown-person", words)
        person = self._person or next(iter(tokens), None)
        if person is None or person not in tokens:
            who = person or "anybody"
            words = f"There is no token for {who} here. Ask the head of service for one."
            raise failure("not-allowed", "unknown-person", words)
        return tokens[person]

    def _headers(self) -> dict[str, str]:
        """Return who asks; that there is a desk at all comes before having a token for it."""
        _ = self.address
        return {"Authorization": f"Bearer {self.token()}"}

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> bytes:
        from http.client import HTTPConnection, HTTPException

        address = urlsplit(self.address)
        connection = HTTPConnection(
            address.hostname or "", address.port or 80, timeout=self._timeout
        )
        try:
            connection.connect()
        except OSError as error:
            words = "The desk was not reached. Start it with: cir local up"
            raise failure("unreachable", "desk-away", words, key) from error
        try:
            connection.request(method, path, body, headers or {})
            return connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise _unanswered(method, key) from error
        finally:
            connection.close()


def _unanswered(method: str, key: str | None) -> Failure:
    if method == "GET":
        return failure("unreachable", "desk-away", "The desk did not answer. Try again.")
    words = "Sent, and no answer came. It is safe to repeat with the same key."
    if key is None:
        words = "Sent, and no answer came. Look whether it was taken before you send it again."
    return failure("unknown-outcome", "unknown-outcome", words, key)


def _text(value: Any) -> str:  # noqa: ANN401
    return str(value).lower() if isinstance(value, bool) else str(value)


def _answer(raw: bytes, key: str | None) -> Any:  # noqa: ANN401
    try:
        data = json.loads(raw)
    except ValueError as error:
        words = "The desk answered with something that is not JSON."
        raise failure("failed", "internal-error", words, key) from error
    if isinstance(data, dict) and data.get("ok") is False:
        raise Failure(data["error"])
    if isinstance(data, dict) and "detail" in data and "ok" not in data:
        raise failure("usage", "usage", f"The desk could not read that: {_told(data['detail'])}")
    return data


def _told(detail: Any) -> str:  # noqa: ANN401  (the desk's framework's words)
    """Return what the desk's framework said about a request, in words."""
    if not isinstance(detail, list):
        return str(detail)[:300]
    lines = (f"{'.'.join(map(str, one.get('loc', ())[1:]))}: {one.get('msg')}" for one in detail)
    return "; ".join(lines)[:300]
