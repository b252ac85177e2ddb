"""The options of every command, and what a command is given to work with."""

import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import click
from click.core import ParameterSource

from cli.desk import Desk

_SPAN = re.compile(r"^\d{1,6}[smhd]$")
_AGO = re.compile(r"^-(\d{1,6})([smhd])$")
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
    verbose: bool
    may_ask: bool
    sure: bool

    @property
    def desk(self) -> Desk:
        """Return the desk to speak to."""
        return Desk(self.home, self.profile, self.person, self.timeout)


def seconds(_context: click.Context, _option: click.Parameter, value: str) -> float:
    """Return ``10s``, ``2m`` or ``10`` in seconds."""
    found = re.match(r"^(\d{1,6}(?:\.\d+)?)([smh]?)$", value)
    span = float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]] if found else 0.0
    if span <= 0:
        raise click.BadParameter("say it like 10s or 2m")
    return span


def span(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return a span such as ``30m`` as it was typed."""
    if value is not None and _SPAN.match(value) is None:
        raise click.BadParameter("say it like 30m, 2h or 1d")
    return value


def instant(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return an instant as ISO 8601 with a zone; ``-20m`` is twenty minutes ago."""
    if value is None:
        return None
    ago = _AGO.match(value)
    try:
        if ago is not None:
            back = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
            return zulu(datetime.now(UTC) - back)  # noqa: TID251  (the edge)
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise click.BadParameter("say the zone too: 2026-11-23T02:10:00Z")
        return zulu(at)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("say it like 2026-11-23T02:10:00Z, or -20m") from error


def zulu(at: datetime) -> str:
    """Return an instant as programs exchange it: UTC with a ``Z``."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def home_of(value: str | None) -> Path:
    """Return where profiles, credentials and data live."""
    return Path(value) if value else Path.home() / ".cir"


COMMON = (
    click.Option(["-o", "--output", "output"], type=click.Choice(["table", "json", "jsonl", "id"]),
                 help="Shape of the answer; a table on a terminal, JSON when piped."),
    click.Option(["--json", "as_json"], is_flag=True, help="The same as -o json."),
    click.Option(["--as", "person"], metavar="PERSON", help="Act with that person's token."),
    click.Option(["--profile"], envvar="CIR_PROFILE", default="local", show_default=True,
                 help="Which desk."),
    click.Option(["--home"], envvar="CIR_HOME", hidden=True),
    click.Option(["--timeout"], default="15s", show_default=True, callback=seconds,
                 help="How long to wait."),
    click.Option(["--utc"], is_flag=True, help="Show times in UTC, not UK time."),
    click.Option(["--no-colour", "--no-color", "plain"], is_flag=True, help="No colours."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Say nothing but the answer."),
    click.Option(["-v", "--verbose"], is_flag=True, help="Say more: keys, and what failed where."),
    click.Option(["--no-input"], is_flag=True, help="Never ask anything."),
    click.Option(["--yes", "sure"], is_flag=True, help="Answer yes where it would be asked."),
)  # fmt: skip
"""Every command takes them, before its noun or after its verb."""

NAMES = tuple(str(one.name) for one in COMMON)


def is_asked_for(*names: str) -> bool:
    """Tell whether any of these common options was typed, before the noun or after the verb."""
    here: click.Context | None = click.get_current_context()
    while here is not None:
        sources = map(here.get_parameter_source, names)
        if ParameterSource.COMMANDLINE in sources:
            return True
        here = here.parent
    return False


def _said(values: dict[str, Any]) -> dict[str, Any]:
    """Take the common options out of ``values``; what was said before the verb counts too."""
    taken = {name: values.pop(name) for name in NAMES}
    here: click.Context | None = click.get_current_context()
    outward = []
    while here is not None:
        outward.append(here)
        here = here.parent
    for name in NAMES:
        for place in outward:
            if place.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                taken[name] = place.params[name]
                break
    return taken


def options_of(values: dict[str, Any]) -> Options:
    """Take the common options out of ``values``."""
    said = _said(values)
    shape = "table" if sys.stdout.isatty() else "json"
    return Options(
        home=home_of(said["home"]),
        profile=said["profile"],
        person=said["person"],
        timeout=said["timeout"],
        output="json" if said["as_json"] else said["output"] or shape,
        utc=said["utc"],
        colour=not said["plain"],
        quiet=said["quiet"],
        verbose=said["verbose"],
        may_ask=sys.stdin.isatty() and sys.stderr.isatty() and not said["no_input"],
        sure=said["sure"],
    )
