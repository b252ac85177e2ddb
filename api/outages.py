"""What is away, since when, and what people are told about it: once when it goes, once when back.

No clock and no I/O: the watchdog gives what it saw.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple


class Part(NamedTuple):
    """Something that must be there, in words for whoever is woken.

    Attributes:
        means: What does not happen while it is away.
        do: What to do.
        hides: Parts that are away with it, so that nobody is told of them as well.
    """

    name: str
    means: str
    do: str
    hides: tuple[str, ...] = ()


SERVER = Part(
    "server",
    "Temporal does not answer. No decision is taken and no clock pages; reports are kept.",
    "cir local status, then cir local logs server. With a Temporal of your own: its operators.",
    ("worker", "watchkeeper"),
)
WORKER = Part(
    "worker",
    "No worker asks for work. Decisions are kept and not answered, and no clock pages anybody.",
    "cir local status, then cir local logs worker. If its process hangs, end it: it is started "
    "again by itself.",
    ("watchkeeper",),
)
WATCHKEEPER = Part(
    "watchkeeper",
    "The watchkeeper has not looked. Kept reports do not start and silent cases are not found.",
    "cir local status, then cir local logs worker: it runs in the worker's process. If that "
    "hangs, end it: it is started again by itself.",
)
DATABASE = Part(
    "database",
    "The application database does not answer. Nothing can be shown and no report is taken.",
    "cir doctor says how it stands; then its operators.",
)
PARTS = {part.name: part for part in (SERVER, WORKER, WATCHKEEPER, DATABASE)}

Told = Mapping[str, datetime]
"""Parts that people were told about, and since when each had been away then."""


class Word(NamedTuple):
    """One thing to tell people.

    Attributes:
        part: What it is about.
        since: Since when it has been, or had been, away.
        back: Whether it is there again.
    """

    part: Part
    since: datetime
    back: bool


def words(
    away: Mapping[str, datetime], told: Told, patience: Mapping[str, timedelta], now: datetime
) -> tuple[Word, ...]:
    """Return what people are to be told now.

    Args:
        away: Parts that are not there, and since when; a part nobody can judge is left out of both.
        told: What people were told and not yet told the end of.
        patience: How long each part may be away before anybody is woken.
        now: The instant.
    """
    long = {name: since for name, since in away.items() if now - since >= patience[name]}
    hidden = {name for one in (*long, *told) for name in PARTS[one].hides}
    gone = (
        Word(PARTS[name], since, back=False)
        for name, since in long.items()
        if name not in told and name not in hidden
    )
    back = (Word(PARTS[name], told[name], back=True) for name in told if name not in away)
    return (*gone, *back)
