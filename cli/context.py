"""The options of every command, and what a command is given to work with."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click

from cli.desk import Desk

_AGO = re.compile(r"^-(\d+)([smhd])$")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Options(NamedTuple):
    """What was said beside the command's own inputs."""

    home: Path
    profile: str
    person: str | None
    timeout: float
    output: str
    utc: bool
    colour: bool
    quiet: bool

    @property
    def desk(self) -> Desk:
        """Return the desk to speak to."""
        return Desk(self.home, self.profile, self.person, self.timeout)


def seconds(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """Return ``10s``, ``2m`` or ``10`` in seconds."""
    found = re.match(r"^(\d+(?:\.\d+)?)([smh]?)$", value)
    if found is None:
        raise click.BadParameter("say it like 10s or 2m")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def instant(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return an instant as ISO 8601 with a zone; ``-20m`` is twenty minutes ago."""
    if value is None:
        return None
    ago = _AGO.match(value)
    if ago is not None:
        back = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return (datetime.now(UTC) - back).isoformat()  # noqa: TID251  (the edge)
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise click.BadParameter("say it like 2026-11-23T02:10:00Z, or -20m") from error
    if at.tzinfo is None:
        raise click.BadParameter("say the zone too: 2026-11-23T02:10:00Z")
    return at.isoformat()


def home_of(value: str | None) -> Path:
    """Return where profiles, credentials and data live."""
    return Path(value) if value else Path.home() / ".cir"


COMMON = (
    click.Option(["-o", "output"], type=click.Choice(["table", "json", "jsonl", "id"]),
                 help="Shape of the answer; a table on a terminal, JSON when piped."),
    click.Option(["--json", "as_json"], is_flag=True, help="The same as -o json."),
    click.Option(["--as", "person"], metavar="PERSON", help="Act with that person's token."),
    click.Option(["--profile"], envvar="CIR_PROFILE", default="local", show_default=True,
                 help="Which desk."),
    click.Option(["--home"], envvar="CIR_HOME", hidden=True),
    click.Option(["--timeout"], default="15s", callback=seconds, help="How long to wait."),
    click.Option(["--utc"], is_flag=True, help="Show times in UTC, not UK time."),
    click.Option(["--no-colour", "--no-color", "plain"], is_flag=True, help="No colours."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Say nothing but the answer."),
    click.Option(["-v", "--verbose"], is_flag=True, hidden=True),
    click.Option(["--no-input"], is_flag=True, hidden=True),
    click.Option(["--yes"], is_flag=True, hidden=True),
)  # fmt: skip
"""Every command takes them, after its verb."""


def options_of(values: dict[str, Any]) -> Options:
    """Take the common options out of ``values``."""
    output = values.pop("output", None)
    as_json = values.pop("as_json", False)
    if as_json:
        output = "json"
    if output is None:
        output = "table" if sys.stdout.isatty() else "json"
    for unused in ("verbose", "no_input", "yes"):
        values.pop(unused, None)
    return Options(
        home=home_of(values.pop("home", None)),
        profile=values.pop("profile", "local"),
        person=values.pop("person", None),
        timeout=values.pop("timeout", 15.0),
        output=output,
        utc=values.pop("utc", False),
        colour=not values.pop("plain", False),
        quiet=values.pop("quiet", False),
    )
