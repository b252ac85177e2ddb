"""``python -m api`` runs the desk: its staff doors, and apart from them those for outside."""

import asyncio
import sys

import uvicorn
from fastapi import FastAPI
from temporalio.runtime import Runtime

import logs
from adapters.database.readiness import DatabaseNotReadyError, check_ready
from adapters.temporal.connect import runtime_of
from api.application import build_application, build_outside
from settings import Settings, load


def server_of(app: FastAPI, host: str, port: int) -> uvicorn.Server:
    """Return a server that is not serving yet."""
    return uvicorn.Server(
        uvicorn.Config(
            app, host=host, port=port, log_config=None, log_level="warning", access_log=False
        )
    )


async def serve(settings: Settings) -> None:
    """Serve the desk where the settings say, and the outside doors beside it where they say so."""
    servers = [server_of(build_application(settings), settings.desk_host, settings.desk_port)]
    doors = settings.doors
    if doors.port is not None:
        servers.append(server_of(build_outside(settings), doors.host, doors.port))
    await asyncio.gather(*(server.serve() for server in servers))


def main() -> None:
    """Serve, once the database is ready."""
    logs.begin()
    Runtime.set_default(runtime_of(None))
    settings = load()
    try:
        check_ready(settings.database)
    except DatabaseNotReadyError as error:
        sys.exit(str(error))
    asyncio.run(serve(settings))


if __name__ == "__main__":
    main()
