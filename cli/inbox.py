"""``cir inbox``: what needs me now, and my word for what did not come through the desk."""

import json
from typing import Any

import click

from cli.context import Options
from cli.inputs import text_of
from cli.registers import reading, verb
from cli.verbs import common, guarded


def confirmed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Confirm what came in directly."""
    reason = text_of(values["reason_file"]) if values["reason_file"] else values["reason"]
    said = {"item": values["item"], "reason": reason}
    return options.desk.post("/inbox/confirm", json.dumps(said).encode())


def verbs() -> dict[str, click.Command]:
    """Return the verbs of the inbox."""
    item = click.Argument(["item"], metavar="ITEM")
    reason = click.Option(["--reason"], help="Why it was meant; 10 to 2,000 characters.")
    file = click.Option(["--reason-file"], metavar="FILE", help="The reason in a file.")
    words = "Say that an instruction that did not come through the desk was meant."
    return {"confirm": verb("confirm", confirmed, words, item, reason, file)}


def inbox(words: str) -> click.Command:
    """Return the noun."""
    return click.Group(
        "inbox",
        params=common(),
        callback=_shown,
        invoke_without_command=True,
        commands=verbs(),
        help=words,
    )


def _shown(**values: Any) -> None:  # noqa: ANN401
    """Show what is in it, unless a verb follows."""
    if click.get_current_context().invoked_subcommand is None:
        guarded(reading("/inbox"))(**values)
