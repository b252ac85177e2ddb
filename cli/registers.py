"""Registers, escalations and the inbox: reads, and filling an empty register."""

from typing import Any

import click

from cli.context import Options
from cli.inputs import bytes_of
from cli.verbs import common, guarded


def reading(path: str, **fixed: str) -> Any:  # noqa: ANN401
    """Return an action that shows what the desk answers at ``path``."""

    def action(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
        query = {name: value for name, value in values.items() if value}
        return options.desk.get(path, **fixed, **query)

    return action


def importing(name: str) -> Any:  # noqa: ANN401
    """Return an action that fills an empty register from a file."""

    def action(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
        file = str(values["file"])
        kind = "csv" if file.lower().endswith(".csv") else "json"
        return options.desk.post(f"/registers/{name}", bytes_of(file), kind=kind)

    return action


def verb(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    """Return one command."""
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)


def _file() -> click.Argument:
    return click.Argument(["file"], metavar="FILE|-")


def _import(name: str) -> click.Command:
    words = f"Fill the empty register of {name} from FILE; a change takes two people."
    return verb("import", importing(name), words, _file())


def nouns() -> dict[str, dict[str, click.Command]]:
    """Return the verbs of every noun about registers."""
    find = click.Argument(["find"], metavar="TEXT")
    return {
        "rota": {
            "show": verb("show", reading("/registers/rota"), "Who is on which rung, from now on."),
            "import": _import("rota"),
        },
        "people": {
            "list": verb("list", reading("/registers/people"), "The staff register."),
            "import": _import("people"),
        },
        "providers": {
            "list": verb("list", reading("/registers/providers"), "The providers and their cards."),
            "import": _import("providers"),
        },
        "councils": {
            "find": verb("find", reading("/registers/councils"), "Councils by code or name.", find),
            "import": _import("councils"),
        },
        "escalation": {
            "list": verb("list", reading("/escalations"), "Pages that wait for a person."),
        },
    }
