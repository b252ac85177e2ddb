"""Printing answers: data to stdout, talk to stderr, and nothing a terminal would obey."""

import json
import sys
import unicodedata
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cli.context import Options

LONDON = ZoneInfo("Europe/London")
UNSAFE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def safe(value: Any) -> str:  # noqa: ANN401  (anything that is shown)
    """Return a value as text that a terminal only shows: no controls, no direction overrides."""
    text = "" if value is None else str(value)
    return "".join(c if unicodedata.category(c) not in UNSAFE else "\N{REPLACEMENT CHARACTER}" for c in text)


def when(value: str | None, options: Options) -> str:
    """Return an ISO instant in UK time with its zone, or in UTC when asked."""
    if not value:
        return ""
    zone = UTC if options.utc else LONDON
    return f"{datetime.fromisoformat(value).astimezone(zone):%a %d %b %H:%M:%S %Z}"


def say(words: str) -> None:
    """Talk to the person."""
    sys.stderr.write(f"{safe(words)}\n")


def show_json(data: Any) -> None:  # noqa: ANN401
    """Print JSON; ASCII only, so that nothing in it can act on a terminal."""
    sys.stdout.write(json.dumps(data, indent=2 if sys.stdout.isatty() else None) + "\n")


def show(data: Any, options: Options) -> None:  # noqa: ANN401
    """Print an answer in the shape that was asked for."""
    if options.output == "id":
        rows = data if isinstance(data, list) else [data]
        for row in rows:
            sys.stdout.write(f"{safe(row.get('case') or row.get('id'))}\n")
    elif options.output == "jsonl":
        rows = data if isinstance(data, list) else [data]
        for row in rows:
            sys.stdout.write(json.dumps(row) + "\n")
    elif options.output == "json":
        show_json(data)
    else:
        from cli.screens import draw

        draw(data, options)


def show_failure(error: dict[str, Any], options: Options | None) -> None:
    """Print a failure: its body as JSON when JSON was asked for, its sentence always."""
    if options is not None and options.output in ("json", "jsonl"):
        show_json({"ok": False, "error": error})
    say(str(error["message"]))
    for field in error.get("details", {}).get("fields", ()):
        say(f"  {field.get('field') or '(whole report)'}: {field.get('code', '')} {field['message']}")
    missing = error.get("details", {}).get("missing")
    if missing:
        say(f"  missing: {', '.join(missing)}")
    if error["kind"] in ("unknown-outcome", "queued") and error.get("idempotency_key"):
        say(f"  the same key again gives the answer: --idempotency-key {error['idempotency_key']}")
