"""Staying as long as a stack does: a partner of a demo must not outlive it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from stack.local import UP_LIMIT, status

LOOK_EVERY_S = 1.0


@contextmanager
def stay(data: Path) -> Iterator[Event]:
    """Give an event that is set when the stack over ``data`` is gone, or on SIGTERM and SIGINT.

    A stack that is not there yet is waited for, as long as one may take to come up.
    """
    until = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: until.set())
    Thread(target=_watch, args=(data, until), daemon=True).start()
    try:
        yield until
    finally:
        until.set()


def _watch(data: Path, until: Event) -> None:
    patience = int(UP_LIMIT / LOOK_EVERY_S)
    while patience > 0 and not until.wait(LOOK_EVERY_S):
        patience = 2 if status(data) is not None else patience - 1
    until.set()
