"""The desk over a real socket, its own database, and a Temporal address where nothing listens."""

import asyncio
import base64
import json
import socket
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import AsyncEngine

from adapters.database.engine import reading
from adapters.database.registers import Registers
from adapters.database.seed import fill
from api.application import build_application
from domain.people import Role
from settings import ROOT, Settings
from stack.layout import LOOPBACK, free_ports
from starter import case_keys_of
from tests.databases import Clock, Database, run_sql

WORLD = ROOT / "examples" / "world"
REPORT: dict[str, Any] = json.loads((ROOT / "examples" / "report.json").read_text())


@dataclass(frozen=True)
class Reply:
    """What the desk answered."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.text)

    @property
    def error(self) -> dict[str, Any]:
        """Return the error, whose shape is checked first."""
        assert self.json["ok"] is False
        error: dict[str, Any] = self.json["error"]
        assert set(error) - {"idempotency_key"} == {"kind", "code", "message", "details"}
        assert "Traceback" not in self.text
        assert ".py" not in self.text
        return error

    @property
    def says(self) -> tuple[int, str, str]:
        """Return status, kind and code."""
        return self.status, self.error["kind"], self.error["code"]


class DeskHouse:
    """A desk that serves, and a person at it: kaya, unless another token is given."""

    def __init__(
        self,
        port: int,
        engine: AsyncEngine,
        registers: Registers,
        token: str,
        settings: Settings,
    ) -> None:
        self._port = port
        self.settings = settings
        self.engine = engine
        self.registers = registers
        self.token = token

    async def token_of(self, holder: str, role: Role | None = None) -> str:
        """Issue a token."""
        return await self.registers.issue_token(holder, role)

    async def unsealed(self, reference: str, kept: bytes) -> bytes:
        """Return bytes that were kept sealed with the key of a case, or of a rejected report."""
        async with reading(self.engine) as connection:
            key = await case_keys_of(self.settings).opening(connection, reference)
        return base64.b64decode(str(key.open(json.loads(kept), "body")))

    async def break_table(self, name: str) -> None:
        """Take a table away."""
        await run_sql(self.engine, f"ALTER TABLE {name} RENAME TO gone")

    async def get(self, path: str, token: str | None = None) -> Reply:
        """Ask."""
        return await self.ask("GET", path, b"", self._with(token))

    async def post(self, path: str, body: Any, token: str | None = None) -> Reply:
        """Give; bytes go as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.ask("POST", path, content, self._with(token))

    async def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Make one request."""
        return await asyncio.to_thread(self._ask, method, path, body, headers)

    def _with(self, token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token if token is None else token}"}

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        line = HTTPConnection(LOOPBACK, self._port, timeout=60)
        try:
            line.request(method, path, body, headers)
            got = line.getresponse()
            return Reply(got.status, got.read().decode(), dict(got.getheaders()))
        finally:
            line.close()


@asynccontextmanager
async def desk_house(
    engine: AsyncEngine, database: Database, **chosen: Any
) -> AsyncIterator[DeskHouse]:
    """Give a desk over ``database``, its registers filled; Temporal is away unless ``chosen``."""
    registers = Registers(engine, Clock())
    await fill(registers, WORLD)
    token = await registers.issue_token("kaya")
    settings = Settings(
        data_dir=database.folder,
        database_url=database.url,
        **{"temporal_address": f"{LOOPBACK}:{free_ports(1)[0]}", **chosen},
    )
    async with served(build_application(settings)) as port:
        yield DeskHouse(port, engine, registers, token, settings)


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[int]:
    """Serve an application on a loopback port of its own, and give the port."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            await _started(server)
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await asyncio.to_thread(thread.join, 30)
    assert not thread.is_alive()


async def _started(server: uvicorn.Server) -> None:
    end = asyncio.get_running_loop().time() + 30
    while not server.started:
        assert asyncio.get_running_loop().time() < end, "The desk did not start."
        await asyncio.sleep(0.01)
