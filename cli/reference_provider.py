"""``cir exercise provider``: a provider that answers call-outs by a script."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.context import Options
from cli.desk import failure
from cli.output import say
from cli.registers import verb

if TYPE_CHECKING:  # it is imported inside the command
    from stack.partners.answering import Door

WORDS = """Play a provider until you press Ctrl-C: it answers call-outs of exercises by a script.

Steps: acknowledge, attempt, contact, scope, update, decline, silent; contact:25 waits 25 minutes
of the case. With --secret-file it takes signed messages over HTTP too, with --answer-secret-file
it answers by them."""


def played(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Play a provider in the foreground."""
    from signal import SIGTERM, signal
    from threading import Event

    from stack.partners.answering import OutsideDoor, StaffDoor
    from stack.partners.provider import Way, run
    from stack.partners.script import NoScriptError, read_script

    provider = values["provider"]
    try:
        way = Way(provider, read_script(values["script"]), values["speed"])
    except NoScriptError as error:
        raise failure("usage", "usage", str(error)) from error
    sink = values["sink"] or options.home / "data" / "outbox-exercises" / "provider" / provider
    places: dict[str, Any] = {"sink": Path(sink), "port": values["port"]}
    if values["secret_file"]:
        places["secret"] = _secret(values["secret_file"])
    here = options.home, options.profile
    desk: Door = StaffDoor(*here, provider)
    if values["answer_secret_file"]:
        path = f"/providers/{provider}/messages"
        desk = OutsideDoor(*here, path, _secret(values["answer_secret_file"]))
    until = Event()
    signal(SIGTERM, lambda *_: until.set())
    try:
        run(way, desk, places, say, until)
    except (OSError, ValueError) as error:
        raise failure("failed", "stack", f"{provider} cannot listen: {error}") from error
    return {"ok": True, "provider": provider}


def _secret(file: str) -> str:
    return Path(file).read_text().strip()


def reference_provider() -> click.Command:
    """Return the verb."""
    script = "acknowledge,attempt,contact,scope,update"
    return verb(
        "provider",
        played,
        WORDS,
        click.Argument(["provider"], metavar="PROVIDER"),
        click.Option(["--script"], default=script, show_default=True, help="What it does."),
        click.Option(
            ["--speed"],
            type=click.FloatRange(min=0, min_open=True),
            default=60,
            show_default=True,
            help="Minutes of the case in a real one.",
        ),
        click.Option(["--port"], type=int, default=0, help="Where it listens; a free one for 0."),
        click.Option(
            ["--secret-file"],
            type=click.Path(exists=True),
            metavar="FILE",
            help="The key of its messages: it listens on loopback.",
        ),
        click.Option(
            ["--answer-secret-file"],
            type=click.Path(exists=True),
            metavar="FILE",
            help="The key of its answers: they are signed, and no token is used.",
        ),
        click.Option(["--sink"], metavar="FOLDER", help="Where exercises leave its messages."),
    )
