"""``cir report``: figures read from the record, of the service or of one case."""

from typing import Any

import click

from cli.context import Options, instant
from cli.desk import PLAIN, failure
from cli.registers import verb


def of_service(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the figures of the service."""
    return options.desk.get("/report/service", since=values["since"], until=values["until"])


def of_case(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the figures of one case."""
    if PLAIN.match(values["case"]) is None:
        words = f"There is no case {values['case']}. Look with cir case list."
        raise failure("not-found", "unknown-case", words)
    return options.desk.get(f"/report/case/{values['case']}")


def verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir report``."""
    since = click.Option(
        ["--since"], callback=instant, metavar="WHEN", help="Cases opened from then on."
    )
    until = click.Option(
        ["--until"], callback=instant, metavar="WHEN", help="Cases opened before then."
    )
    case = click.Argument(["case"], metavar="CASE")
    words = "The service in figures; it names no council and no person."
    return {
        "service": verb("service", of_service, words, since, until),
        "case": verb("case", of_case, "One case in the same figures.", case),
    }
