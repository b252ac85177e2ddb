"""``cir clock list``: the clocks of a case."""

from typing import Any

import click

from cli.context import Options
from cli.desk import case_path
from cli.registers import verb


def listed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return every clock of a case as it stands."""
    return options.desk.get(case_path(values["case"]))["clocks"]


def verbs() -> dict[str, click.Command]:
    """Return the verbs that are no commands of the service."""
    case = click.Argument(["case"], metavar="CASE")
    return {"list": verb("list", listed, "The clocks of a case.", case)}
