"""Registers, escalations and the inbox, as they are read."""

from typing import Any

import click

from cli.changes import import_verb, people_verbs
from cli.context import Options
from cli.desk import Failure
from cli.output import say
from cli.verbs import common, guarded


def reading(path: str, **fixed: str) -> Any:  # noqa: ANN401
    """Return an action that shows what the desk answers at ``path``."""

    def action(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
        """Show what the desk answers."""
        query = {name: value for name, value in values.items() if value}
        return options.desk.get(path, **fixed, **query)

    return action


def found(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Find councils, and say where the list of them comes from."""
    rows = options.desk.get("/registers/councils", find=values["find"])
    if rows and not options.quiet:
        _tell_origin(options)
    return rows


def _tell_origin(options: Options) -> None:
    """Say whose the list is and under which licence; not knowing it hides no council."""
    try:
        origin = options.desk.get("/registers/councils/origin")
    except Failure:
        return
    if origin["source"] or origin["licence"]:
        source, licence = origin["source"] or "not stated", origin["licence"] or "not stated"
        say(f"Source: {source}. Licence: {licence}.")


def verb(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    """Return one command."""
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)


def nouns() -> dict[str, dict[str, click.Command]]:
    """Return the verbs of every noun about registers."""
    find = click.Argument(["find"], metavar="TEXT")
    return {
        "rota": {
            "show": verb("show", reading("/registers/rota/watch"), "Who is on now and next."),
            "import": import_verb("rota"),
        },
        "people": people_verbs(),
        "providers": {
            "list": verb("list", reading("/registers/providers"), "The providers and their cards."),
            "import": import_verb("providers"),
        },
        "councils": {
            "find": verb("find", found, "Councils by code or name.", find),
            "import": import_verb("councils"),
        },
        "escalation": {
            "list": verb("list", reading("/escalations"), "Pages that wait for a person."),
        },
    }
