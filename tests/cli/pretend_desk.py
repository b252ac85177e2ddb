"""A desk over real HTTP with a memory, for what ``cir`` says to it and makes of its answers."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CASE = "CIR-2026-000123"
TOKENS = {"token-of-kaya": "kaya", "token-of-priya": "priya"}
STATUS = {"refused": 422, "not-allowed": 403, "conflict": 409, "not-found": 404, "queued": 202}
HANG_UP = "hang up"


def no(kind: str, code: str, message: str = "It says no.", **details: Any) -> dict[str, Any]:
    """Return a failure as the desk says it."""
    error = {"kind": kind, "code": code, "message": message, "details": details}
    return {"ok": False, "error": error}


def taken(case: str, command: str, by: str, version: int) -> dict[str, Any]:
    """Return an acceptance as the desk says it."""
    at = "2026-11-23T02:10:00Z"
    fact = {"seq": 12, "type": f"{command}-done", "occurred_at": at, "recorded_at": at, "by": by}
    return {
        "ok": True,
        "case": case,
        "command": command,
        "version": version,
        "phase": "assessment",
        "outcome": None,
        "events": [fact],
        "next_deadline": {"clock": "decision", "kind": "warning", "at": "2026-07-23T03:00:00Z"},
        "repeated": False,
    }


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    by: str | None
    body: Any


@dataclass
class PretendDesk:
    """What the desk remembers, and what a test makes it say.

    Attributes:
        reads: Answers to GET, by path.
        says: Answers to instructions, by case, in place of an acceptance; ``HANG_UP`` is none.
    """

    reads: dict[str, Any] = field(default_factory=dict)
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    address: str = ""
    _kept: dict[tuple[str, str], tuple[Any, Any]] = field(default_factory=dict)

    @property
    def given(self) -> list[Asked]:
        """Return the instructions that came."""
        return [one for one in self.asked if one.method == "POST"]

    def answer(self, asked: Asked) -> Any:
        """Return what the desk answers."""
        self.asked.append(asked)
        if asked.path == "/ready":
            return {"ok": True}
        if asked.by is None:
            return no("not-allowed", "unknown-person")
        if asked.method == "GET":
            missing = no("not-found", "unknown-case", f"There is no {asked.path}.")
            return self.reads.get(asked.path, missing)
        if asked.path.startswith("/cases/"):
            return self._instructed(asked)
        return self.says.get(asked.path, {"ok": True})

    def _instructed(self, asked: Asked) -> Any:
        _, _, case, command = asked.path.split("/")
        if case in self.says:
            return self.says[case]
        place = (case, asked.body["idempotency_key"])
        if place not in self._kept:
            answer = taken(case, command, str(asked.by), len(self._kept) + 1)
            self._kept[place] = (asked.body, answer)
        content, answer = self._kept[place]
        if content != asked.body:
            return no("conflict", "key-reused")
        repeated = sum(one.path == asked.path and one.body == asked.body for one in self.given) > 1
        return {**answer, "repeated": repeated}


@contextmanager
def a_desk() -> Iterator[PretendDesk]:
    """Give a desk that listens on a free port."""
    desk = PretendDesk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def _serve(self) -> None:
            url = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
            query = dict(parse_qsl(url.query))
            body = _json(raw)
            said = desk.answer(Asked(self.command, url.path, query, TOKENS.get(token), body))
            if said == HANG_UP:
                self.close_connection = True
                return
            data = said if isinstance(said, bytes) else json.dumps(said).encode()
            kind = said["error"]["kind"] if _is_no(said) else "ok"
            self.send_response(STATUS.get(kind, 200))
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (its name)
            """Say nothing: the test asserts what came."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        desk.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield desk
        finally:
            server.shutdown()
            thread.join()


def _is_no(said: Any) -> bool:
    return isinstance(said, dict) and said.get("ok") is False


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return raw
