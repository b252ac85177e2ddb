"""Text that a terminal only shows, and instants as people in the UK read them."""

import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cli.context import Options

LONDON = ZoneInfo("Europe/London")
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Categories of characters that a terminal may obey, or that hide or turn what is beside them."""


def safe(value: Any) -> str:  # noqa: ANN401  (anything that is shown)
    """Return a value as text that a terminal only shows: no controls, no direction overrides."""
    text = "" if value is None else str(value)
    return "".join(
        c if unicodedata.category(c) not in UNSAFE else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def when(value: str | None, options: Options) -> str:
    """Return an ISO instant in UK time with its zone, or in UTC when asked."""
    return _local(value, options, "%d %b %Y %H:%M:%S %Z")


def soon(value: str | None, options: Options) -> str:
    """Return a deadline as a narrow column has it: to the minute, the year left out."""
    return _local(value, options, "%d %b %H:%M %Z")


def to_the_second(value: str | None, options: Options) -> str:
    """Return an instant to the second, the year left out."""
    return _local(value, options, "%d %b %H:%M:%S %Z")


def brief(seconds: float) -> str:
    """Return a span as a narrow column has it: its largest whole unit, such as ``3 h``."""
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{int(seconds // length)} {unit}"
    return f"{int(seconds)} s"


def _local(value: str | None, options: Options, shape: str) -> str:
    if not value:
        return ""
    zone = UTC if options.utc else LONDON
    return datetime.fromisoformat(value).astimezone(zone).strftime(shape)
