"""Logs of worker and desk: JSON lines in files, text at a terminal, nothing personal in them.

A line is an event with fields of our choosing. What an exception says is left out, because it may
quote what it was given; its type and where it was raised stay. Fields nobody allowed are left out.
"""

import logging
import sys
import traceback
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

ALLOWED = (
    *("case", "command", "notice", "part", "mails", "facts", "code", "error", "answer"),
    *("door", "sender", "size"),
)
"""Fields a line may have beside the event; none of them is a person's or a council's."""

HARMLESS = ("UnknownKeyError", "DatabaseNotReadyError", "SearchAttributeTypeError", "SettingsError")
"""Exceptions of ours whose words name keys, files and settings only, and are needed to mend."""

OURS = ("cir", "temporalio.activity", "temporalio.workflow")
"""Loggers that tell what goes well, too."""

LINE_MOST = 300
"""Characters of a line from elsewhere [our default]."""


def begin(stream: TextIO = sys.stderr) -> None:
    """Send every log of this process to ``stream``."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Plain() if stream.isatty() else Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class Lines(JsonFormatter):
    """One JSON object a line."""

    def __init__(self) -> None:
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return str(self.serialize_log_record(fields_of(record)))


class Plain(logging.Formatter):
    """One line of text a record, for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = fields_of(record)
        head = f"{told.pop('at')} {told.pop('level')} {told.pop('event')}"
        return " ".join((head, *(f"{name}={value}" for name, value in told.items())))


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Return what is told of a record: when, how bad, what, which case, and where it broke."""
    told: dict[str, object] = {
        "at": logging.Formatter().formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": _event(record),
    }
    told |= {name: getattr(record, name) for name in ALLOWED if hasattr(record, name)}
    for source in ("temporal_activity", "temporal_workflow"):
        details = getattr(record, source, None)
        if isinstance(details, dict):
            told.setdefault("case", details.get("workflow_id"))
    if record.exc_info and record.exc_info[1] is not None:
        told["raised"] = [_raised(error) for error in _chain(record.exc_info[1])]
    return told


def _event(record: logging.LogRecord) -> str:
    """Return the event: as it was written in code, without what was put into it, on one line."""
    words = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    line = (words.splitlines() or [""])[0]
    if record.name.startswith(OURS):
        line = line.partition(" ({")[0]  # the SDK puts its fields behind the words
    return line[:LINE_MOST]


def _chain(error: BaseException) -> list[BaseException]:
    """Return an exception and what it came of, at most eight."""
    found: list[BaseException] = []
    next_one: BaseException | None = error
    while next_one is not None and next_one not in found and len(found) < 8:  # noqa: PLR2004
        found.append(next_one)
        next_one = next_one.__cause__ or next_one.__context__
    return found


def _file(frame: traceback.FrameSummary) -> str:
    return frame.filename.rpartition("/")[2]


def _raised(error: BaseException) -> dict[str, object]:
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    told: dict[str, object] = {
        "type": type(error).__name__,
        "at": [f"{_file(frame)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if type(error).__name__ in HARMLESS:
        told["says"] = str(error)[:LINE_MOST]
    return told
