"""``cir exercise surge``: one report as many exercises at once, until each has woken somebody."""

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple
from urllib.parse import urlencode

import click

from cli.context import Options, zulu
from cli.desk import Failure, case_path, failure
from cli.exit_codes import DONE, FAILED
from cli.inputs import named, text_of
from cli.output import say, show
from cli.playing import even, utc_now
from cli.registers import verb

AT_ONCE = 8
"""Reports under way at once [our default]."""

BUSY = ("database-away", "not-reached")
"""Codes of a desk that took nothing and asks for the same again."""

TRIES = 20
"""How often a report is sent again [our default]."""

LOOK_S = 0.5
"""Seconds between two looks [our default]."""

PATIENCE_S = 240.0
"""Seconds without any news after which the rest is given up [our default]."""

WORDS = """Open many exercises at once from the report in FILE, or from a story's.

Waits until each case has passed its first deadline, somebody was paged, and the messages have gone
to the sink; says how long it took and how many messages each person got. With -o id the cases are
printed, one a line, for cir escalation acknowledge - --about CLOCK."""


class Opened(NamedTuple):
    """A case, how long its report took, and how often the desk asked for it again."""

    case: str
    seconds: float
    again: int


class Breach(NamedTuple):
    """The first deadline that a case let pass, and who was paged about it."""

    case: str
    clock: str
    people: tuple[str, ...]
    rows: int


class Mail(NamedTuple):
    """A message of the pager at the sink."""

    person: str
    at: datetime
    cases: frozenset[str]


def surged(options: Options, values: dict[str, Any]) -> None:
    """Open, wait, and say how it went; exit 1 when something did not come."""
    reports = _reports(options, values["file"], values["cases"])
    sink = Path(values["sink"] or options.home / "data" / "outbox-exercises" / "staff")
    began = utc_now()
    door = _door(even(values["speed"]), began)
    say(f"EXERCISE surge: {len(reports)} cases from {named(values['file'])}; all goes to sinks.")
    opened = _opened(options, door, reports)
    opening_s = _since(began)
    say(f"{len(opened)} opened in {opening_s:.1f} s; waiting for the first deadline of each.")
    cases = [one.case for one in opened]
    breaches = _breached(options, cases)
    paged_s = _since(began)
    wanted = {(person, one.case) for one in breaches for person in one.people}
    say(f"{len(breaches)} past their deadline and paged; waiting for the messages of the minute.")
    mails = _gathered(options, sink, began, frozenset(cases), wanted)
    got = {(mail.person, case) for mail in mails for case in mail.cases}
    answer: dict[str, Any] = {
        "ok": len(breaches) == len(cases) and wanted <= got,
        "cases": cases,
        "opening_s": round(opening_s, 2),
        "slowest_s": round(max((one.seconds for one in opened), default=0), 2),
        "sent_again": sum(one.again for one in opened),
        "breached": len(breaches),
        "clocks": sorted({one.clock for one in breaches}),
        "paged_s": round(paged_s, 2),
        "page_rows": sum(one.rows for one in breaches),
        "messages": _counted(mails),
        "least_apart_s": _least_apart(mails),
        "without_message": sorted(f"{person} {case}" for person, case in wanted - got),
    }
    show([{"case": case} for case in cases] if options.output == "id" else answer, options)
    for clock in answer["clocks"]:
        say(f"To take them all: cir escalation acknowledge - --about {clock} (references on stdin)")
    raise SystemExit(DONE if answer["ok"] else FAILED)


def _reports(options: Options, file: str, number: int) -> list[bytes]:
    """Return so many reports of one cause: each an exercise, each with a reference of its own.

    Raises:
        Failure: The file holds none (exit 2), or the register has no council for it.
    """
    try:
        told = json.loads(text_of(file))
    except ValueError as error:
        raise failure("usage", "not-json", f"{named(file)} is not JSON.") from error
    report = told.get("report", told) if isinstance(told, dict) else None
    if not isinstance(report, dict) or "incident" not in report:
        words = f"{named(file)} is neither a report nor a scenario with one."
        raise failure("usage", "not-a-report", words)
    rows = options.desk.get("/registers/councils")
    codes = [str(row["code"]) for row in rows if row["eligible"]]
    if not codes:
        raise failure("refused", "unknown-council", "The register has no council to play with.")
    run = os.urandom(3).hex()
    return [_one_of(report, f"SURGE-{run}-{n}", codes[n % len(codes)]) for n in range(number)]


def _one_of(report: dict[str, Any], reference: str, council: str) -> bytes:
    source = report.get("source")
    own = {
        "exercise": True,
        "source": {**(source if isinstance(source, dict) else {}), "reference": reference},
        "council": {"code": council},
    }
    return json.dumps({**report, **own}).encode()


def _door(speed: int, at: datetime) -> str:
    """Return the door for exercises that are played, from the hour that it really is."""
    said = {"speed": speed, "began_at": zulu(at), "tells_of": zulu(at)}
    return f"/cases?{urlencode(said)}"


def _opened(options: Options, door: str, reports: list[bytes]) -> list[Opened]:
    def one(report: bytes) -> Opened:
        """Open one, again while the desk is too busy."""
        began, again = utc_now(), 0
        while True:
            try:
                answer = options.desk.post(door, report)
            except Failure as busy:
                if busy.error["code"] not in BUSY or again == TRIES:
                    raise
                again += 1
            else:
                return Opened(str(answer["case"]), _since(began), again)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, reports))


def _breached(options: Options, cases: list[str]) -> list[Breach]:
    """Wait until every case has passed a deadline and paged about it; return those that have."""
    found: dict[str, Breach] = {}

    def look() -> int:
        """Return how many have by now."""
        for case in [one for one in cases if one not in found]:
            breach = _breach_of(case, _facts(options, case))
            if breach is not None:
                found[case] = breach
        return len(found)

    _until(look, len(cases))
    return [found[case] for case in cases if case in found]


def _facts(options: Options, case: str) -> list[dict[str, Any]]:
    """Return what is on record of a case; nothing yet while its first facts are on their way."""
    try:
        found: list[dict[str, Any]] = options.desk.get(case_path(case, "history"))["facts"]
    except Failure as away:
        if away.error["code"] != "not-started":
            raise
        return []
    return found


def _breach_of(case: str, facts: list[dict[str, Any]]) -> Breach | None:
    """Return the first deadline the case passed, once somebody was paged about it."""
    first = next((fact for fact in facts if fact["type"] == "clock-breached"), None)
    if first is None:
        return None
    clock = str(first["payload"]["clock"])
    about = f"{clock}#{first['payload']['instance']}"
    pages = [
        fact["payload"]["people"]
        for fact in facts
        if fact["type"] == "paged"
        and fact["payload"]["about"] == about
        and fact["seq"] > first["seq"]
    ]
    if not pages:
        return None
    people = tuple(sorted({person for page in pages for person in page}))
    return Breach(case, clock, people, sum(map(len, pages)))


def _gathered(
    options: Options,
    sink: Path,
    began: datetime,
    cases: frozenset[str],
    wanted: set[tuple[str, str]],
) -> list[Mail]:
    """Wait until everybody paged has a message with every case; return the messages."""
    people = {row["email"]: str(row["id"]) for row in options.desk.get("/registers/people")}
    mails: list[Mail] = []

    def look() -> int:
        """Return how many pairs of person and case a message has told of by now."""
        mails[:] = _mails(sink, began, cases, people)
        return len(wanted & {(mail.person, case) for mail in mails for case in mail.cases})

    _until(look, len(wanted))
    return sorted(mails, key=lambda mail: mail.at)


def _mails(
    sink: Path, began: datetime, cases: frozenset[str], people: dict[str, str]
) -> Iterable[Mail]:
    for path in sink.glob("page.*.eml"):
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        if at < began:
            continue
        mail = message_from_bytes(path.read_bytes())
        body = mail.get_payload(decode=True)
        text = body.decode() if isinstance(body, bytes) else ""
        about = frozenset(case for case in cases if case in text)
        if about:
            address = parseaddr(str(mail["To"]))[1]
            yield Mail(people.get(address, address), at, about)


def _until(look: Callable[[], int], wanted: int) -> None:
    """Look until as many are there as are wanted, or nothing new has come for too long."""
    pause, seen, since = Event(), -1, utc_now()
    while (there := look()) < wanted:
        if there > seen:
            seen, since = there, utc_now()
        if _since(since) > PATIENCE_S:
            return
        pause.wait(LOOK_S)


def _counted(mails: list[Mail]) -> dict[str, int]:
    people = sorted({mail.person for mail in mails})
    return {person: sum(mail.person == person for mail in mails) for person in people}


def _least_apart(mails: list[Mail]) -> float | None:
    """Return how many seconds two messages to one person lie apart at the least."""
    apart = [
        (later.at - earlier.at) / timedelta(seconds=1)
        for n, earlier in enumerate(mails)
        for later in mails[n + 1 :]
        if later.person == earlier.person
    ]
    return round(min(apart), 2) if apart else None


def _since(at: datetime) -> float:
    return (utc_now() - at).total_seconds()


def surge() -> click.Command:
    """Return the verb."""
    return verb(
        "surge",
        surged,
        WORDS,
        click.Argument(["file"], metavar="FILE|-"),
        click.Option(
            ["--cases"], type=click.IntRange(1, 400), default=40, show_default=True,
            help="How many are opened.",
        ),
        click.Option(
            ["--speed"], type=float, default=60, show_default=True,
            help="How many minutes of the exercise pass in one.",
        ),
        click.Option(["--sink"], metavar="FOLDER", help="Where exercises leave staff's messages."),
    )  # fmt: skip
