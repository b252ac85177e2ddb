"""A mail server that dies in the middle of DATA: never silence, and the ledger says which."""

from collections.abc import Iterator
from typing import Any

import pytest

from activities.notice_ports import message_id
from adapters.database.engine import row_dict
from tests.crash.held_program import HeldProgram
from tests.databases import rows
from tests.e2e.house import QUALIFIES, House, a_house, read_mail, until

CONFIRMED = "MHCLG confirms its support"
RECEIPT = "we have your report"
pytestmark = [pytest.mark.crash, pytest.mark.server]


class MailServer(HeldProgram):
    """The program, and what it keeps."""

    def ids(self, subject: str) -> list[str]:
        """Return the Message-ID of every mail kept whose subject holds some words."""
        mails = [read_mail(path) for path in sorted(self.folder.glob("*.eml"))]
        return [str(mail["Message-ID"]) for mail in mails if subject in str(mail["Subject"])]


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    server = MailServer("tests.crash.mail_program", tmp_path_factory.mktemp("mail") / "box")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def house(
    mail: MailServer, tmp_path_factory: pytest.TempPathFactory, stack_database: str | None
) -> Iterator[House]:
    """Run a stack whose mails leave by the mail server."""
    home = tmp_path_factory.mktemp("home")
    (home / "cir.toml").write_text(
        f'[mail]\nhost = "127.0.0.1"\nport = {mail.port}\nsecurity = "plain"\n'
    )
    with a_house(home, "default.toml", stack_database) as running:
        yield running


def mails_of(house: House, case: str, notice: str) -> list[dict[str, Any]]:
    """Return the mails of a notice as the ledger has them."""
    query = "SELECT * FROM notice WHERE \"case\" = :c AND notice = :n AND channel = 'email'"
    return [row_dict(row) for row in rows(house.database, query, c=case, n=notice)]


def settled(house: House, case: str, notice: str) -> dict[str, Any]:
    """Wait until the ledger says what became of a notice's mail."""

    def final() -> list[dict[str, Any]]:
        found = mails_of(house, case, notice)
        return [row for row in found if row["state"] != "sending" and not row["again"]]

    return until(final, f"the mail of {notice} to be settled")[0]


@pytest.mark.parametrize(("when", "kept"), [("before", 1), ("after", 2)])
def test_what_must_arrive_arrives_under_one_id_and_may_be_doubled(
    house: House, mail: MailServer, when: str, kept: int
) -> None:
    case = house.open()
    house.ask("triage", "acknowledge", case)
    house.quiet(case)
    mail.hold(when, CONFIRMED)
    house.ask("triage", "decide", case, *QUALIFIES)
    mail.die_while_holding()
    row = settled(house, case, "activation-confirmed")
    assert row["state"] == "delivered"
    ids = mail.ids(f"{case}: {CONFIRMED}")
    assert set(ids) == {f"<{message_id(row['id'])}@cir.example.gov.uk>"}
    assert (len(ids), bool(row["doubled"])) == (kept, True)


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 1)])
def test_a_notice_of_the_once_kind_never_goes_twice_and_another_way_is_taken(
    house: House, mail: MailServer, when: str, kept: int
) -> None:
    mail.hold(when, RECEIPT)
    case = house.open()
    mail.die_while_holding()
    row = settled(house, case, "report-receipt")
    assert (row["state"], "outcome unknown" in row["how"]) == ("failed", True)
    assert len(mail.ids(f"{case}: {RECEIPT}")) == kept
    texts = [path.read_text() for path in (house.outbox / "council").glob("*.sms.txt")]
    assert any(case in text for text in texts)
