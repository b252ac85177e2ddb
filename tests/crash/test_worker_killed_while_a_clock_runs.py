"""A worker that dies before a deadline and comes back after it."""

from datetime import datetime, timedelta

import pytest

from tests.e2e.house import House, read_mail, until, utc_now

pytestmark = [pytest.mark.crash, pytest.mark.server]

CLOCK = "triage-acknowledgement"
PAST = timedelta(seconds=3)
SOON = timedelta(seconds=15)
"""A few seconds, on a machine that is busy with other things too."""


def killed_past_a_deadline(house: House) -> tuple[str, datetime]:
    """Open a case, keep the worker dead past its first deadline; return case and deadline."""
    case = house.open()
    due_at = datetime.fromisoformat(house.clock(case, CLOCK)["due_at"])
    with house.keeper_held():
        before = house.kill("worker")
        assert utc_now() < due_at, "The worker outlived the deadline: nothing was tested."
        until(lambda: utc_now() > due_at + PAST, "the deadline to be well past")
        assert not house.page_files(case)
    house.ready_again("worker", before)
    return case, due_at


def test_a_deadline_passed_while_the_worker_was_dead(house: House) -> None:
    case, due_at = killed_past_a_deadline(house)
    ready_at = (house.data / "worker.ready").stat().st_mtime
    until(lambda: house.page_files(case), "the page")
    house.quiet(case)

    (breach,) = house.facts(case, "clock-breached")
    assert datetime.fromisoformat(breach["occurred_at"]) == due_at
    assert breach["payload"]["found_late_s"] >= int(PAST.total_seconds())
    assert house.clock(case, CLOCK)["state"] == "breached"

    pages = house.page_files(case)
    to = [address.addr_spec for page in pages for address in read_mail(page)["To"].addresses]
    assert to == ["priya@cir.example.gov.uk"], "one page a person, and no warning that is too late"
    assert "a deadline has passed" in read_mail(pages[0])["Subject"]
    assert pages[0].stat().st_mtime - ready_at < SOON.total_seconds()
