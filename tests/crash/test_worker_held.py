"""A worker that hangs without dying: the desk wakes those on duty by its own mail."""

import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from settings import ROOT
from tests.e2e.house import House, read_mail, until

pytestmark = [pytest.mark.crash, pytest.mark.server]

AWAY_S = 15
"""Seconds the watchkeeper may not look; it looks every second, and this machine may be busy."""


@pytest.fixture
def watched(tmp_path: Path, own_stack_database: str | None) -> Iterator[House]:
    """Give a stack whose watchdog has little patience with the watchkeeper."""
    home = tmp_path / "home"
    home.mkdir()
    lines = ("[watchdog]", "every_s = 0.5", "worker_s = 3600", f"watchkeeper_s = {AWAY_S}")
    (home / "cir.toml").write_text("\n".join(lines) + "\n")
    house = House(home, ROOT / "policy" / "default.toml", own_stack_database)
    house.up()
    try:
        yield house
    finally:
        house.down()


@contextmanager
def worker_held(house: House) -> Iterator[None]:
    """Hold the worker's process as it stands: it does not die, and nothing restarts it."""
    pid = house.running.pid("worker")
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def told(house: House, state: str) -> Counter[str]:
    """Count the watchdog's mails of one kind at the sink, by addressee."""
    mails = [read_mail(path) for path in house.outbox.rglob("watchdog.*.eml")]
    return Counter(str(mail["To"]) for mail in mails if state in mail["Subject"])


def test_a_held_worker_is_told_once_and_so_is_its_return(watched: House) -> None:
    until(lambda: watched.try_temporal("workflow", "count").returncode == 0, "the server to answer")
    with worker_held(watched):
        until(lambda: told(watched, "is away"), "somebody to be told that the watch has stopped")
        mail = read_mail(next(watched.outbox.rglob("watchdog.*.eml")))
        words = mail.get_content()
        assert mail["Subject"] == "[OFFICIAL-SENSITIVE] cir: the watchkeeper is away"
        assert "has been away since" in words
        assert "cir local logs worker" in words
    until(lambda: told(watched, "is back"), "somebody to be told that it looks again")
    until(lambda: told(watched, "is back") == told(watched, "is away"), "everybody to be told")
    assert set(told(watched, "is away").values()) == {1}
    assert set(told(watched, "is back").values()) == {1}
