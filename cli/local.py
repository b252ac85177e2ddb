"""``cir local``: the stack on this machine."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from cli.context import Options
from cli.desk import failure, read_json
from cli.output import say
from cli.registers import verb

ROOT = Path(__file__).resolve().parents[1]
POLICY = ROOT / "policy" / "default.toml"


def brought_up(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Bring the stack up; with ``--example`` or ``--register`` fill its empty registers."""
    from stack.local import StackError, up
    from stack.server import NoServerError

    data = options.home / "data"
    try:
        running = up(data, say, policy=Path(values["policy"] or POLICY))
    except (StackError, NoServerError) as error:
        raise failure("failed", "stack", str(error)) from error
    profiles = read_json(options.home / "profiles.json", {})
    profiles[options.profile] = {"desk": running.desk, "ui": running.ui}
    (options.home / "profiles.json").write_text(json.dumps(profiles, indent=1))
    folder = values["register"] or (ROOT / "examples" / "world" if values["example"] else None)
    if folder is not None:
        _fill(data, Path(folder), options.home / "credentials.json")
    if not options.quiet:
        say(f"The desk is at {running.desk}, the Temporal Web UI at {running.ui}.")
        say("Open the example: cir case open examples/report.json")
    return _state(running)


def _fill(data: Path, folder: Path, credentials: Path) -> None:
    """Fill empty registers and issue tokens, as a process on the machine itself."""
    url = f"sqlite+aiosqlite:///{data.resolve() / 'cir.sqlite'}"
    command = [sys.executable, "-m", "adapters.database.seed", url, str(folder), str(credentials)]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise failure("failed", "stack", f"The registers could not be filled: {last}")
    say(done.stdout.strip())


def _state(running: Any) -> dict[str, Any]:  # noqa: ANN401  (stack.local.Running)
    return {
        "ok": running.is_ready,
        "desk": running.desk,
        "web_ui": running.ui,
        "temporal": f"127.0.0.1:{running.ports.temporal}",
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
        click.echo(f"== {name}\n{tail(data / f'{name}.log')}")


def put_back(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Stop the stack and remove its data, tokens included."""
    from stack.local import reset

    data = options.home / "data"
    if not values["yes_really"]:
        words = f"This removes every case in {data}. To do it: cir local reset --yes-really"
        raise failure("usage", "not-confirmed", words)
    reset(data)
    for name in ("credentials.json", "profiles.json"):
        (options.home / name).unlink(missing_ok=True)
    return {"ok": True, "removed": str(data)}


def doctored(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Try what ``cir`` stands on, and say what to mend."""
    from stack.local import status
    from stack.server import NoServerError, find_server

    del values
    found: list[dict[str, Any]] = []
    try:
        found.append({"part": "temporal server", "ok": True, "says": str(find_server(say))})
    except NoServerError as error:
        found.append({"part": "temporal server", "ok": False, "says": str(error)})
    running = status(options.home / "data")
    words = "ready" if running and running.is_ready else "not running: cir local up"
    found.append({"part": "stack", "ok": bool(running and running.is_ready), "says": words})
    free = shutil.disk_usage(options.home if options.home.exists() else Path.home()).free
    enough = free > 2**30
    found.append({"part": "disk", "ok": enough, "says": f"{free // 2**20} MiB free"})
    return found


def verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir local``."""
    example = click.Option(["--example"], is_flag=True, help="Fill it with the example staff.")
    words = "A folder with people, rota, providers and councils as JSON."
    folder = click.Path(exists=True, file_okay=False)
    register = click.Option(["--register"], type=folder, help=words)
    policy = click.Option(["--policy"], type=click.Path(exists=True), help="For new cases.")
    name = click.Argument(["name"], required=False)
    sure = click.Option(["--yes-really"], is_flag=True, help="Yes, remove the data.")
    return {
        "up": verb("up", brought_up, "Bring the stack up.", example, register, policy),
        "down": verb("down", taken_down, "Stop the stack; data stays."),
        "status": verb("status", told, "How the stack is."),
        "logs": verb("logs", logged, "The end of the logs.", name),
        "reset": verb("reset", put_back, "Stop the stack and remove its data.", sure),
    }


def doctor() -> click.Command:
    """Return ``cir doctor``."""
    return verb("doctor", doctored, "Try what cir stands on, and say what to mend.")
