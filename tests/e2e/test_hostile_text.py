"""Text from outside that would hurt whoever reads it: shown, sent and exported, it only reads."""

import csv
import json
import unicodedata
from email.message import EmailMessage

import pytest

from tests.e2e.house import QUALIFIES, House, a_report, until, utc_now

pytestmark = pytest.mark.server

RED, TITLE, OVERRIDE = "\x1b[31m", "\x1b]0;owned\x07", "\u202e"
FORMULA = "=cmd|'/C calc'!A0"
INJECTED = "Saltbeck\r\nBcc: everybody@evil.example.org"
SUMMARY = f"{FORMULA}\n{RED}All is well{OVERRIDE}gnihton si ereht{TITLE}\x08\x08\nBcc: me"
SAFE_CONTROLS = {"\n", "\t"}


@pytest.fixture(scope="module")
def case(house: House) -> str:
    """Return a case whose report and note were written by somebody who means harm."""
    council = {"name": f"{INJECTED}{RED}{OVERRIDE} Council"}
    reporter = {**a_report()["reporter"], "name": f"{FORMULA}\r\nBcc: x@evil.example.org{RED}"}
    incident = {**a_report()["incident"], "summary": SUMMARY}
    told = house.ask(
        "case", "open", "-", body=a_report(council=council, reporter=reporter, incident=incident)
    )
    reference = str(told["case"])
    note = {"text": f"{FORMULA}{RED}{OVERRIDE}\nBcc: everybody@evil.example.org"}
    house.ask("case", "instruct", reference, "add-note", "--input", "-", body=note)
    house.ask("triage", "acknowledge", reference)
    house.quiet(reference)
    return reference


def controls(text: str) -> set[str]:
    """Return what a terminal would act on rather than show."""
    found = {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")}
    return found - SAFE_CONTROLS


@pytest.mark.parametrize("verb", [("case", "show"), ("case", "history")])
def test_a_terminal_only_shows_it(house: House, case: str, verb: tuple[str, str]) -> None:
    answer = house.cir(*verb, case, "-o", "table", "--no-colour", by="kaya")
    assert answer.code == 0
    assert case in answer.out or "case-opened" in answer.out
    assert controls(answer.out + answer.err) == set()


def test_json_escapes_it(house: House, case: str) -> None:
    answer = house.cir("case", "history", case, "-o", "json", by="kaya")
    assert answer.out.isascii()
    assert controls(answer.out) == set()
    assert "All is well" in json.dumps(answer.data)


def test_a_mail_has_no_header_of_theirs(house: House, case: str) -> None:
    mails = until(lambda: house.mails(case), "a mail about the case")
    to_reporter = [mail for mail in mails if "personal.example.org" in str(mail["To"])]
    assert to_reporter, "the receipt went to the reporter"
    for mail in mails:
        assert mail["Bcc"] is None
        assert mail["Cc"] is None
        assert not [one for one in recipients(mail) if "evil" in one]
        for name, value in mail.items():
            assert controls(str(value)) == set(), name
            assert "\n" not in str(value), name
        assert controls(str(mail.get_content()).replace("\r\n", "\n")) == set()


def recipients(mail: EmailMessage) -> list[str]:
    """Return the addresses a mail program would send to."""
    return [address.addr_spec for address in mail["To"].addresses]


@pytest.fixture(scope="module")
def items(house: House, case: str) -> list[dict[str, str]]:
    """Return the items of a pack whose work a provider described as it liked."""
    house.ask("triage", "correct-council", case, "--code", "XSB", "--reason", FORMULA, by="priya")
    house.ask("triage", "decide", case, *QUALIFIES)
    until(lambda: house.facts(case, "provider-called-out"), "the provider to be called out")
    house.ask("provider", "provider-acknowledged", case, by="alder")
    contact = ("--with-whom", "Marian Tolley", "--channel", "phone", "--council-confirms", "yes")
    house.ask("provider", "contact-made", case, *contact, by="alder")
    scope = ("--summary", FORMULA, "--agreed-by", "Marian Tolley, Head of ICT")
    house.ask("activation", "agree-scope", case, *scope, by="alder")
    for number, words in enumerate((FORMULA, f"{RED}+1+1{OVERRIDE}", "-2\r\n@SUM(A1)", "\t=1")):
        work = ("--item", f"H-{number}", "--date", f"{utc_now().date()}", "--grade", "lead")
        place = ("--minutes", "60", "--phase", "containment", "--worker", "@R-1")
        house.ask("money", "log-work", case, *work, *place, "--description", words, by="alder")
    by_phone = {"how": "call-back to the number on the register", "by": "kaya"}
    said_by = {"name": "Owen Pargeter", "post": "s151", "verified": by_phone}
    withdrawal = {"said_by": said_by, "reason": FORMULA}
    house.ask("case", "instruct", case, "withdraw", "--input", "-", body=withdrawal)
    house.ask("money", "hand-off-billing", case, by="priya")
    pack = house.outbox / "finance" / case / "pack-1" / "items.csv"
    until(pack.exists, "the pack")
    with pack.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_spreadsheet_calculates_nothing(items: list[dict[str, str]]) -> None:
    assert [row["item"] for row in items] == ["H-0", "H-1", "H-2", "H-3"]
    assert "'" + FORMULA in items[0].values()
    assert "'@R-1" in items[0].values()
    for row in items:
        for name, value in row.items():
            assert not value.startswith(("=", "+", "-", "@", "\t", "\r")), f"{name}: {value!r}"
            assert controls(value) == set(), f"{name}: {value!r}"
