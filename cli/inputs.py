"""What a person typed or piped, as the JSON that the desk takes."""

import json
import sys
from pathlib import Path
from typing import Any, Never

from cli.desk import failure

BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def named(source: str) -> str:
    """Return what a source is called when it is spoken of."""
    return "Standard input" if source == "-" else source


def bytes_of(source: str) -> bytes:
    """Return the bytes of a file, or of standard input for ``-``."""
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise failure("usage", "no-file", f"{source} cannot be read: {error.strerror}.") from error


def text_of(source: str) -> str:
    """Return the text of a file, or of standard input for ``-``."""
    try:
        return bytes_of(source).decode()
    except UnicodeDecodeError as error:
        raise failure("usage", "not-text", f"{named(source)} is not UTF-8 text.") from error


def object_of(source: str | None) -> dict[str, Any]:
    """Return the JSON object of ``--input``; empty when there is none."""
    if source is None:
        return {}
    try:
        data = json.loads(text_of(source), object_pairs_hook=_said_once, parse_constant=_no_number)
    except RecursionError as error:
        raise failure("usage", "not-json", "--input nests too deep to be read.") from error
    except ValueError as error:
        raise failure("usage", "not-json", f"--input is not JSON: {error}.") from error
    if not isinstance(data, dict):
        raise failure("usage", "not-json", "--input takes a JSON object.")
    return data


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} is said twice, and nobody can tell which is meant")
    return said


def _no_number(name: str) -> Never:
    raise ValueError(f"{name} is no number")


def references(case: str) -> tuple[str, ...]:
    """Return the case named, or each reference on standard input for ``-``, once."""
    if case != "-":
        return (case,)
    found = tuple(dict.fromkeys(line.strip() for line in sys.stdin if line.strip()))
    if not found:
        raise failure("usage", "no-references", "There were no references on standard input.")
    return found


def place(payload: dict[str, Any], option: dict[str, Any], value: Any) -> None:  # noqa: ANN401
    """Put an option's value where the command expects it.

    A word that is none of a list is left as it is: the desk answers it.
    """
    if value is None or value == ():
        return
    inner = payload
    *folders, last = option["place"].split(".")
    for folder in folders:
        if not isinstance(inner.get(folder), dict):
            inner[folder] = {}
        inner = inner[folder]
    inner[last] = _shaped(option, value)


def _shaped(option: dict[str, Any], value: Any) -> Any:  # noqa: ANN401
    kind = option["kind"]
    if kind == "list":
        return list(value)
    if kind == "pairs":
        return _pairs(option, value)
    if kind == "bool":
        return BOOLEANS.get(value.lower(), value)
    return _json(option, value) if kind == "json" else value


def _pairs(option: dict[str, Any], value: tuple[str, ...]) -> dict[str, Any]:
    pairs = [part.partition("=") for part in value]
    if any(not sign for _, sign, _ in pairs):
        raise failure("usage", "usage", f"--{option['flag']} takes NAME=VALUE.")
    return {name: _number(text) if option.get("numbers") else text for name, _, text in pairs}


def _json(option: dict[str, Any], value: str) -> Any:  # noqa: ANN401
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise failure("usage", "not-json", f"--{option['flag']} takes JSON.") from error


def _number(text: str) -> float | str:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
