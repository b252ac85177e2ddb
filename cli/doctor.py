"""``cir doctor``: try what ``cir`` stands on and what its settings name, and say what to mend."""

import shutil
from pathlib import Path
from typing import Any

import click

from cli.context import Options
from cli.desk import Failure
from cli.exit_codes import DONE, FAILED
from cli.output import say, show
from cli.registers import verb

LEAST_ROOM = 2**30
"""Bytes that must be free on the disk [our default]."""


def doctored(options: Options, values: dict[str, Any]) -> None:
    """Try every part; exit 1 when something is to mend."""
    del values
    looks = (_server, _database, _stack, _desk, _token, _disk)
    found = [*(look(options) for look in looks), *_configured(options)]
    show(found, options)
    raise SystemExit(DONE if all(row["ok"] for row in found) else FAILED)


def _row(part: str, says: str, *, ok: bool) -> dict[str, Any]:
    return {"part": part, "ok": ok, "says": says}


def _server(_options: Options) -> dict[str, Any]:
    from stack.server import NoServerError, find_server

    try:
        return _row("temporal server", str(find_server(say)), ok=True)
    except NoServerError as error:
        return _row("temporal server", str(error), ok=False)


def _database(options: Options) -> dict[str, Any]:
    """Look at a database that was configured, or at the stack's own file once it is there."""
    from stack.database import DatabaseError, address_of, configured, standing

    data = options.home / "data"
    try:
        if configured() is None and not (data / "cir.sqlite").exists():
            return _row("database", "made by the first: cir local up", ok=True)
        return _row("database", standing(address_of(data)), ok=True)
    except DatabaseError as error:
        return _row("database", str(error), ok=False)


def _stack(options: Options) -> dict[str, Any]:
    from stack.local import status

    running = status(options.home / "data")
    is_ready = running is not None and running.is_ready
    return _row("stack", "ready" if is_ready else "not running: cir local up", ok=is_ready)


def _desk(options: Options) -> dict[str, Any]:
    desk = options._replace(timeout=min(options.timeout, 5)).desk
    try:
        address = desk.address
    except Failure as found:
        return _row("desk", str(found), ok=False)
    is_ready = desk.is_ready()
    words = "answers" if is_ready else "does not answer"
    return _row("desk", f"{words} at {address} (profile {options.profile})", ok=is_ready)


def _token(options: Options) -> dict[str, Any]:
    try:
        options.desk.token()
    except Failure as found:
        return _row("token", str(found), ok=False)
    return _row("token", f"held for {options.person or 'the first of the file'}", ok=True)


def _disk(options: Options) -> dict[str, Any]:
    free = shutil.disk_usage(options.home if options.home.exists() else Path.home()).free
    return _row("disk", f"{free // 2**20} MiB free", ok=free > LEAST_ROOM)


def _configured(options: Options) -> list[dict[str, Any]]:
    """Try what the settings name, where the settings are: this machine's stack."""
    from stack.trial import trial

    return trial(options.home / "data")


def doctor() -> click.Command:
    """Return ``cir doctor``."""
    return verb("doctor", doctored, "Try what cir stands on, and say what to mend.")
