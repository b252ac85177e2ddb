"""Printing answers: data to stdout, talk to stderr, and nothing a terminal would obey."""

import json
import os
import sys
from typing import Any

from cli.context import Options
from cli.harmless import safe


def say(words: str) -> None:
    """Talk to the person."""
    for line in words.split("\n"):
        sys.stderr.write(f"{safe(line)}\n")


def show_json(data: Any) -> None:  # noqa: ANN401
    """Print JSON; ASCII only, so that nothing in it can act on a terminal."""
    sys.stdout.write(json.dumps(data, indent=2 if sys.stdout.isatty() else None) + "\n")


def show(data: Any, options: Options) -> None:  # noqa: ANN401
    """Print an answer in the shape that was asked for; a reader that left is no failure."""
    try:
        _show(data, options)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show(data: Any, options: Options) -> None:  # noqa: ANN401
    if options.output == "id":
        for row in _rows(data):
            sys.stdout.write(f"{safe(_reference(row))}\n")
    elif options.output == "jsonl":
        for row in _rows(data):
            sys.stdout.write(json.dumps(row) + "\n")
    elif options.output == "json":
        show_json(data)
    else:
        from cli.screens import draw

        draw(data, options)


def _rows(data: Any) -> list[Any]:  # noqa: ANN401
    return data if isinstance(data, list) else [data]


def _reference(row: dict[str, Any]) -> Any:  # noqa: ANN401
    if "case" in row:
        return row["case"] or row.get("item")
    names = ("item", "id", "code", "change", "name")
    return next((row[name] for name in names if row.get(name)), "")


def show_failure(error: dict[str, Any], options: Options) -> None:
    """Print a failure: its body as JSON when JSON was asked for, its sentence always."""
    if options.output in ("json", "jsonl"):
        show_json({"ok": False, "error": error})
    tell_failure(error)
    if error["kind"] in ("unknown-outcome", "queued") and error.get("idempotency_key"):
        tell_key(error["idempotency_key"])


def tell_failure(error: dict[str, Any]) -> None:
    """Say a failure's sentence, and every field or item it is about."""
    say(str(error["message"]))
    details = error.get("details") or {}
    for field in details.get("fields", ()):
        parts = (field.get("field") or "", field.get("code") or "", str(field["message"]))
        say(f"  {': '.join(part for part in parts if part)}")
    missing = details.get("missing")
    if missing:
        say(f"  missing: {', '.join(missing)}")


def tell_key(key: str) -> None:
    """Say with which key the same again is safe."""
    say(f"  the same key again gives the answer: --idempotency-key {key}")
