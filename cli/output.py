"""Printing answers: data to stdout, talk to stderr, and nothing a terminal would obey."""

import json
import sys
from typing import Any

from cli.context import Options
from cli.harmless import safe


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
        place = field.get("field") or "(the whole)"
        say(f"  {place}: {field.get('code', '')} {field['message']}")
    missing = error.get("details", {}).get("missing")
    if missing:
        say(f"  missing: {', '.join(missing)}")
    if error["kind"] in ("unknown-outcome", "queued") and error.get("idempotency_key"):
        say(f"  the same key again gives the answer: --idempotency-key {error['idempotency_key']}")
