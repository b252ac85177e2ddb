"""``cir local``: the stack on this machine."""

import json
from pathlib import Path
from typing import Any

import click

from cli.context import Options
from cli.desk import failure, read_json
from cli.harmless import safe
from cli.inputs import object_of
from cli.output import say
from cli.registers import verb

ROOT = Path(__file__).resolve().parents[1]
POLICY = ROOT / "policy" / "default.toml"


def brought_up(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Bring the stack up; with ``--example`` or ``--register`` fill its empty registers."""
    from stack.database import DatabaseError
    from stack.local import StackError, up
    from stack.server import NoServerError

    data = options.home / "data"
    try:
        running = up(data, say, policy=Path(values["policy"] or POLICY))
    except (StackError, NoServerError, DatabaseError) as error:
        raise failure("failed", "stack", str(error)) from error
    profiles = read_json(options.home / "profiles.json", {})
    profiles[options.profile] = {"desk": running.desk, "ui": running.ui}
    (options.home / "profiles.json").write_text(json.dumps(profiles, indent=1))
    if values["register"]:
        _fill_from(data, values["register"], options.home / "credentials.json")
    elif values["example"]:
        _fill(data, ROOT / "examples" / "world", options.home / "credentials.json")
    if values["policy"]:
        _tell_policy(data, Path(values["policy"]))
    if not options.quiet:
        say(f"The desk is at {running.desk}, the Temporal Web UI at {running.ui}.")
        say("Open the example: cir case open examples/report.json")
    return _state(running)


def _fill_from(data: Path, world: str, credentials: Path) -> None:
    """Fill from a folder, or from one file shaped like a scenario's ``world``."""
    if Path(world).is_dir():
        _fill(data, Path(world), credentials)
        return
    from tempfile import TemporaryDirectory

    rows = object_of(world)
    rows = rows.get("world", rows)
    with TemporaryDirectory() as folder:
        for name in ("people", "rota", "providers", "councils"):
            if rows.get(name):
                (Path(folder) / f"{name}.json").write_text(json.dumps(rows[name]))
        _fill(data, Path(folder), credentials)


def _fill(data: Path, folder: Path, credentials: Path) -> None:
    """Fill empty registers and issue tokens, as a process on the machine itself."""
    from stack.database import DatabaseError, address_of, fill

    try:
        say(fill(address_of(data), folder, credentials))
    except DatabaseError as error:
        words = f"The registers could not be filled: {error}"
        raise failure("failed", "stack", words) from error


def _tell_policy(data: Path, file: Path) -> None:
    """Say where a file was asked for and another policy is on record."""
    from stack.database import DatabaseError, address_of, policy_told

    try:
        words = policy_told(address_of(data), file.resolve())
    except DatabaseError as error:
        words = f"Which policy is in force could not be asked: {error}"
    if words:
        say(words)


def _state(running: Any) -> dict[str, Any]:  # noqa: ANN401  (stack.local.Running)
    return {
        "ok": running.is_ready,
        "desk": running.desk,
        "web_ui": running.ui,
        "codec": f"{running.desk}/codec",
        "temporal": f"127.0.0.1:{running.ports.temporal}",
        "metrics": running.metrics,
        "data": str(running.data),
        "processes": [
            {key: row[key] for key in ("name", "pid", "ready", "restarts")}
            for row in running.processes
        ],
    }


def taken_down(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Stop the stack; data stays."""
    from stack.local import down

    del values
    return {"ok": True, "stopped": down(options.home / "data")}


def told(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Say how the stack is."""
    from stack.local import status

    del values
    running = status(options.home / "data")
    if running is None:
        raise failure("unreachable", "not-running", "Nothing runs. Start it with: cir local up")
    return _state(running)


def logged(options: Options, values: dict[str, Any]) -> None:
    """Print the end of the logs."""
    from stack.local import tail

    data = options.home / "data"
    names = [values["name"]] if values["name"] else ["server", "worker", "desk", "keeper"]
    for name in names:
        for line in (f"== {name}", *tail(data / f"{name}.log").splitlines()):
            click.echo(safe(line))


def put_back(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Stop the stack and remove its data, tokens included."""
    from stack.database import OWN, place_in
    from stack.local import reset

    del values
    data = options.home / "data"
    words, record = f"This removes every case in {data}.", place_in(data)
    if record != OWN:
        words += f" Their record in {record} stays; empty that database before the next start."
    sure = options.sure or (options.may_ask and click.confirm(f"{words} Go on?", err=True))
    if not sure:
        raise failure("usage", "not-confirmed", f"{words} To do it: cir local reset --yes")
    reset(data)
    for name in ("credentials.json", "profiles.json"):
        (options.home / name).unlink(missing_ok=True)
    return {"ok": True, "removed": str(data)}


def backed_up(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Save the stack in one file."""
    from datetime import UTC, datetime

    from cli.context import zulu
    from stack.archive import ArchiveError, backup

    at = zulu(datetime.now(UTC))  # noqa: TID251  (the edge)
    try:
        saved = backup(options.home, Path(values["file"]), at)
    except (ArchiveError, OSError) as error:
        raise failure("failed", "not-saved", str(error)) from error
    if not options.quiet:
        how = "while the stack ran" if saved.running else "with the stack down"
        say(f"Saved {how}. It holds every key: keep {saved.file} as you would keep those.")
        say(f"To put it back on an empty machine: cir local restore {saved.file}")
    told = {"files": saved.files, "bytes": saved.size, "running": saved.running}
    return {"ok": True, "saved": str(saved.file), **told}


def restored(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Put a saved stack in place."""
    from stack.archive import ArchiveError, restore

    try:
        aside = restore(Path(values["file"]), options.home, sure=options.sure)
    except (ArchiveError, OSError) as error:
        raise failure("failed", "not-restored", str(error)) from error
    if not options.quiet:
        say("Start it with: cir local up; then look whether the record is whole: cir audit verify")
    return {"ok": True, "restored": str(options.home / "data"), "aside": aside and str(aside)}


def verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir local``."""
    example = click.Option(["--example"], is_flag=True, help="Fill it with the example staff.")
    words = "Fill it from FILE: JSON like a scenario's world, or a folder with a file for each."
    register = click.Option(["--register"], metavar="FILE", help=words)
    first = "For new cases, where no policy is on record yet."
    policy = click.Option(["--policy"], type=click.Path(exists=True), metavar="FILE", help=first)
    file = click.Argument(["file"], metavar="FILE")
    name = click.Argument(["name"], metavar="[NAME]", required=False)
    return {
        "up": verb("up", brought_up, "Bring the stack up.", example, register, policy),
        "down": verb("down", taken_down, "Stop the stack; data stays."),
        "status": verb("status", told, "How the stack is."),
        "logs": verb("logs", logged, "The end of the logs.", name),
        "backup": verb("backup", backed_up, "Save the stack in one file, running or down.", file),
        "restore": verb(
            "restore", restored, "Put a saved stack in place; --yes sets aside what is there.", file
        ),
        "reset": verb("reset", put_back, "Stop the stack and remove its data."),
    }
