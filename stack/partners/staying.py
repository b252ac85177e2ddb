"""Staying as long as a stack does: a partner of a demo must not outlive it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from stack.local import UP_LIMIT, status
from stack.partners.answering import Say

LOOK_EVERY_S = 1.0


@contextmanager
def stay(data: Path, say: Say) -> Iterator[Event]:
    """Give an event that is set when the stack over ``data`` is gone, or on SIGTERM and SIGINT.

    A stack that is not there yet is waited for, as long as one may take to come up.
    """
    until = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: until.set())
    Thread(target=_watch, args=(data, until, say), daemon=True).start()
    try:
        yield until
    finally:
        until.set()


def _watch(data: Path, until: Event, say: Say) -> None:
    patience, was_up = int(UP_LIMIT / LOOK_EVERY_S), False
    while patience > 0 and not until.wait(LOOK_EVERY_S):
        if status(data) is None:
            patience -= 1
            continue
        patience = 2
        if not was_up:
            say("the stack is up")
        was_up = True
    until.set()
