"""A worker that dies while it tells people: afterwards everybody was told, and nobody twice."""

import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from activities.notice_ports import message_id
from tests.databases import rows
from tests.e2e.house import QUALIFIES, House, answer_of, plain, read_mail, until

pytestmark = [pytest.mark.crash, pytest.mark.server]

TRIES = 8
"""How often a window of a few milliseconds is tried for."""

MAILS = 5
"""Two officers hear of the case, the council of its receipt; then the NCSC and the council."""


def ledger(house: House, leg: str) -> str | None:
    """Return the state of one row of the ledger of notices; nothing is written here."""
    found = rows(house.database, "SELECT state FROM notice WHERE id = :leg", leg=leg)
    return str(found[0].state) if found else None


def to_decide(house: House) -> str:
    """Return a case that waits for its decision."""
    case = house.open()
    house.ask("triage", "acknowledge", case)
    house.quiet(case)
    return case


def decide(house: House, case: str, key: str) -> "subprocess.Popen[str]":
    """Start giving the decision; it tells the NCSC, then the council and the provider."""
    return house.start_cir(
        "triage", "decide", case, *QUALIFIES, "--idempotency-key", key, by="kaya"
    )


def ncsc_leg(case: str, key: str) -> str:
    """Return the row of the mail to the NCSC: the first thing a decision tells."""
    return f"{case}/{key}/1/email/1"


def mail_of(house: House, leg: str) -> Path:
    """Return where the mail to the NCSC goes."""
    return house.outbox / "ncsc" / f"{message_id(leg)}.eml"


@contextmanager
def a_blocked_mail(mail: Path, pid: int) -> Iterator[None]:
    """Make the worker wait inside the writing of a mail: its half-written file is a pipe."""
    mail.parent.mkdir(parents=True, exist_ok=True)
    pipe = mail.with_name(f".{mail.name}.{pid}.part")
    os.mkfifo(pipe)
    try:
        yield
    finally:
        pipe.unlink(missing_ok=True)


def paged_once(house: House, key: str) -> list[Path]:
    """Return the pager's mails that tell staff of a notice, once each of them was sent."""

    def sent() -> list[tuple[str, str]]:
        query = "SELECT person, message, sent_at FROM page WHERE key LIKE :leg"
        found = rows(house.database, query, leg=f"{key}/page/%")
        return [(r.person, r.message) for r in found] if all(r.sent_at for r in found) else []

    told = until(sent, f"the pages of {key} to be sent")
    assert len({person for person, _ in told}) == len(told), f"{key} has two rows for one person"
    names = [f"{message_id(f'{message}/email')}.eml" for _, message in told]
    return [next(house.outbox.rglob(name)) for name in names]


def everybody_was_told_once(house: House, case: str) -> int:
    """Hold every notice on the record against the sink; return how many mails that were."""
    until(lambda: house.facts(case, "provider-called-out"), "the provider to be called out")
    house.quiet(case)
    mails = 0
    for fact in house.facts(case, "notice-due"):
        told: dict[str, Any] = fact["payload"]
        for channel in told["channels"]:
            if channel == "page" and told["role"] != "provider":
                assert all(
                    case in read_mail(one).get_content() for one in paged_once(house, told["key"])
                )
                continue
            start = f"{plain(told['key'] + '/' + channel)}."
            found = [path for path in house.outbox.rglob(f"{start}*") if path.is_file()]
            assert found, f"nobody got {told['notice']} to {told['role']} by {channel}"
            if channel != "email":
                continue
            to = Counter(str(read_mail(path)["To"]) for path in found)
            assert set(to.values()) == {1}, f"{told['notice']} went twice: {to}"
            mails += len(found)
    names = [path.name for path in house.outbox.rglob("*") if path.is_file()]
    assert not [name for name in names if name.endswith(".part")]
    every = Counter((str(m["To"]), str(m["Subject"]), m.get_content()) for m in house.mails(case))
    assert set(every.values()) == {1}, "the same words went to the same person twice"
    return mails


def test_killed_with_the_row_written_and_the_mail_not(house: House) -> None:
    case, key = to_decide(house), "mid-write"
    leg, pid = ncsc_leg(case, key), house.running.pid("worker")
    mail = mail_of(house, leg)
    with a_blocked_mail(mail, pid):
        decision = decide(house, case, key)
        until(lambda: ledger(house, leg) == "sending", "the mail to the NCSC to be under way")
        answer = answer_of(decision)
        assert answer.code == 0, answer.err
        assert (ledger(house, leg), mail.exists()) == ("sending", False)
        assert house.kill("worker") == pid, "The worker was another one: nothing was tested."
    house.ready_again("worker", pid)

    until(lambda: ledger(house, leg) == "delivered", "the mail to the NCSC to be settled")
    assert everybody_was_told_once(house, case) == MAILS


def killed_between_mail_and_row(house: House, case: str, key: str) -> bool:
    """Kill the worker once a mail is there and before its row says so; tell whether that worked."""
    leg, pid = ncsc_leg(case, key), house.running.pid("worker")
    mail = mail_of(house, leg)
    decision = decide(house, case, key)
    while not mail.exists() and decision.poll() is None:
        pass  # a wait of any length would miss the window
    os.kill(pid, signal.SIGSTOP)
    hit = mail.exists() and ledger(house, leg) == "sending"
    os.kill(pid, signal.SIGKILL if hit else signal.SIGCONT)
    answer = answer_of(decision)
    assert answer.code == 0, answer.err
    if hit:
        house.ready_again("worker", pid)
    return hit


def test_killed_with_the_mail_sent_and_the_row_not_settled(house: House) -> None:
    for attempt in range(TRIES):
        case = to_decide(house)
        if killed_between_mail_and_row(house, case, f"mid-settle-{attempt}"):
            break
    else:
        pytest.fail(f"The worker was never caught between mail and row in {TRIES} tries.")

    assert everybody_was_told_once(house, case) == MAILS
