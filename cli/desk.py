"""Talking to the desk: one request, and an honest word when no answer came."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from cli.exit_codes import BY_KIND, FAILED


class Failure(Exception):  # noqa: N818  (it is an answer to show, with its exit code)
    """An answer that is not a result; shown to the person, decides the exit code."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error

    @property
    def code(self) -> int:
        """Return the exit code."""
        return BY_KIND.get(self.error["kind"], FAILED)


def failure(kind: str, code: str, message: str, key: str | None = None) -> Failure:
    """Return a failure of our own making, in the shape of the desk's."""
    error: dict[str, Any] = {"kind": kind, "code": code, "message": message, "details": {}}
    if key is not None:
        error["idempotency_key"] = key
    return Failure(error)


def read_json(path: Path, otherwise: Any) -> Any:  # noqa: ANN401  (whatever the file holds)
    """Return the JSON in a file, or ``otherwise`` when there is none."""
    try:
        return json.loads(path.read_text())
    except FileNotFoundError:
        return otherwise
    except ValueError as error:
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
        return self._ask("GET", f"{path}?{urlencode(given)}" if given else path, None, None)

    def post(self, path: str, body: bytes, key: str | None = None, kind: str = "json") -> Any:  # noqa: ANN401
        """Give; when no answer comes the outcome is unknown and ``key`` is safe to repeat."""
        return self._ask("POST", path, body, key, kind)

    def _ask(
        self, method: str, path: str, body: bytes | None, key: str | None, kind: str = "json"
    ) -> Any:  # noqa: ANN401
        from http.client import HTTPConnection, HTTPException

        address = urlsplit(self._address())
        headers = {
            "Authorization": f"Bearer {self._token()}",
            "Content-Type": f"application/{kind}",
        }
        connection = HTTPConnection(
            address.hostname or "", address.port or 80, timeout=self._timeout
        )
        try:
            connection.connect()
        except OSError as error:
            words = "The desk was not reached. Start it with: cir local up"
            raise failure("unreachable", "desk-away", words, key) from error
        try:
            connection.request(method, path, body, headers)
            raw = connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise self._unanswered(method, key) from error
        finally:
            connection.close()
        return _answer(raw, key)

    def _unanswered(self, method: str, key: str | None) -> Failure:
        if method == "GET":
            return failure("unreachable", "desk-away", "The desk did not answer. Try again.")
        words = "Sent, and no answer came. It is safe to repeat with the same key."
        return failure("unknown-outcome", "unknown-outcome", words, key)

    def _address(self) -> str:
        profiles = read_json(self._home / "profiles.json", {})
        if self._profile not in profiles:
            words = f"There is no profile {self._profile}. Start one here with: cir local up"
            raise failure("unreachable", "no-profile", words)
        return str(profiles[self._profile]["desk"])

    def _token(self) -> str:
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
        raise failure("usage", "usage", f"The desk could not read that: {data['detail']}"[:300])
    return data
