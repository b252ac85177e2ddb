"""Edge cases of reports, links and who is speaking: 1, 2, 19, 20, 21, 22."""

import json
from collections import Counter
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.paging import PageBatch, PageRow
from activities.records import FactBatch
from activities.turns import TurnRequest
from adapters.check_words import CheckWords
from adapters.database.intake import Intake
from adapters.database.pager import DatabasePager
from adapters.database.records import DatabaseRecords
from adapters.database.registers import Registers
from adapters.database.turns import DatabaseTurns
from domain.council import CouncilRegister
from domain.effects import Page
from domain.errors import Code
from domain.people import Person
from domain.report_reading import read_report
from domain.view import view_of
from tests.builders import ANSWERS, DAY, NOON, OTHER, STAFF, WHY, a_case, a_council, a_raw_report
from tests.databases import Clock
from tests.domain.clocks import ways
from tests.domain.clocks.story import Story, instant
from tests.fakes import FakePageSender
from tests.sealing import case_keys, desk_key

FORTY = tuple(f"X{a}{b}" for a in "ABCDE" for b in "ABCDEFGH")
"""Codes of forty councils that one referral names."""

VERIFIED = {"how": "call-back to the number on the register", "by": "kaya"}


def report_again(**changes: object) -> dict[str, object]:
    return a_raw_report(**{"incident.discovered_at": NOON.isoformat(), **changes})


def test_edge_01_the_same_report_twice_is_one_case_and_other_content_is_kept_beside_it() -> None:
    """Same report twice: same case, no second receipt; other content: L0 is paged, no merging."""
    story = Story()
    facts, told = len(story.facts), len(story.notices)
    same = report_again(**{"source.received_at": NOON.isoformat(), "source.entered_by": "kaya"})
    story.give(2, "open-case", "system", report=same)
    assert len(story.facts) == facts

    report = story.case.report
    story.give(3, "open-case", "system", report=report_again(**{"ncsc.category": "C2"}))
    assert story.facts[facts].type == "report-repeated"
    assert story.pages("alarm:report-repeated") == [(3, 0)]
    assert story.case.report == report
    assert story.case.category == "uncategorised"
    assert story.said_since(told) == []


async def test_edge_01_one_ncsc_reference_for_forty_councils_is_forty_cases(
    engine: AsyncEngine, clock: Clock
) -> None:
    """One NCSC reference, forty councils: forty cases, each with a reference of its own."""
    intake = Intake(engine, clock, case_keys())
    register = CouncilRegister(councils=tuple(a_council(code=code) for code in FORTY))
    taken = []
    for code in (*FORTY, *FORTY):
        body = json.dumps(a_raw_report(council__code=code)).encode()
        read = read_report(body, now=NOON, councils=register)
        taken.append((await intake.take(body, read, "kaya")).reference)
    assert len(set(taken)) == 40
    assert taken[:40] == taken[40:]


async def test_edge_02_a_council_that_rings_as_well_is_offered_as_a_duplicate(
    engine: AsyncEngine, clock: Clock
) -> None:
    """Same council within 7 days: offered as a possible duplicate; a person decides."""
    records, intake = (
        DatabaseRecords(engine, case_keys(), desk_key()),
        Intake(engine, clock, case_keys()),
    )
    days = a_case().policy.setting("possible-duplicate.lookback_days")
    second = timedelta(seconds=1)
    for case, age in (("CIR-2026-000010", 7 * DAY), ("CIR-2026-000011", 7 * DAY + second)):
        view = view_of(a_case()).but(case=case, opened_at=NOON - age)
        await records.append(FactBatch(case=case, facts=(), view=view))
    found = await intake.possible_duplicates("XEA", besides="CIR-2026-000123", days=days)
    assert found == ("CIR-2026-000010",)

    rang = ways.assessed()
    told = len(rang.notices)
    decided = {"result": "duplicate", "of": OTHER, "tests": ANSWERS, "reason": WHY}
    rang.give(20, "decide", "kaya", **decided)
    assert [(link.case, link.kind) for link in rang.case.links] == [(OTHER, "duplicate")]
    assert (rang.case.phase, rang.case.outcome) == ("closed", "duplicate")
    assert rang.said_since(told) == ["decision-duplicate>council", "ncsc-update>ncsc"]


def test_edge_02_the_earlier_receipt_is_the_one_judged() -> None:
    """The first case keeps its clock from its own receipt, however often somebody rings."""
    first = Story()
    first.give(15, "open-case", "system", report=report_again(**{"incident.summary": "Worse."}))
    first.give(25, "acknowledge", "kaya")
    assert first.stands("triage-acknowledgement") == ("breached", 20, 300)


async def test_edge_19_forty_cases_of_one_supplier_share_providers_and_messages(
    engine: AsyncEngine, clock: Clock
) -> None:
    """A shared supplier falls: linked cases, both providers in turn, one message a person."""
    story = ways.assessed()
    link = {"case": OTHER, "kind": "supplier", "reason": WHY}
    story.give(5, "link-case", "kaya", **link)
    assert [(one.case, one.kind) for one in story.case.links] == [(OTHER, "supplier")]

    turns = DatabaseTurns(engine, clock)
    given = []
    for number in range(40):
        clock.move(timedelta(seconds=1))
        case = f"CIR-2026-{number:06d}"
        request = TurnRequest(
            key=f"{case}/turn",
            case=case,
            candidates=("alder", "kestrel"),
            exercise=False,
            at=clock(),
        )
        given.append(await turns.reserve(request))
    assert given == ["alder", "kestrel"] * 20

    registers, sender = Registers(engine, clock), FakePageSender()
    await registers.fill_people(_people())
    pager = _pager(engine, registers, sender, clock)
    for number in range(40):
        await pager.enter(PageBatch(rows=(_row(number),)))
    await pager.send("helen")
    (message,) = sender.sent_to("helen")
    assert Counter(page.case for page in message.pages) == Counter(
        f"CIR-2026-{n:06d}" for n in range(40)
    )


def test_edge_19_forty_councils_of_one_referral_are_cases_with_clocks_of_their_own() -> None:
    """Each case keeps its own clocks and ICO tracker; taking one takes no other."""
    stories = [
        Story(begins=instant(n), council=a_council(code=code), council__code=code)
        for n, code in enumerate(FORTY)
    ]
    assert [one.stands("triage-acknowledgement")[1] for one in stories] == [
        n + 20 for n in range(40)
    ]
    stories[0].give(45, "acknowledge", "kaya")
    stories[0].give(45, "record-ico", "kaya", result="reported", at=instant(44).isoformat())
    assert {one.until(80).stands("ico-report")[0] for one in stories[1:]} == {"running"}
    assert {one.stands("triage-acknowledgement")[0] for one in stories[1:]} == {"breached"}
    assert {one.case.council.code for one in stories} == set(FORTY)


def _people() -> tuple[Person, ...]:
    return tuple(
        Person(id=name, name=name.title(), roles=roles, email=f"{name}@mhclg.example.gov.uk")
        for name, roles in STAFF.items()
    )


def _pager(
    engine: AsyncEngine, registers: Registers, sender: FakePageSender, clock: Clock
) -> DatabasePager:
    async def pause(seconds: float) -> None:
        clock.move(timedelta(seconds=seconds))

    return DatabasePager(engine, registers, sender, clock, pause)


def _row(number: int) -> PageRow:
    page = Page(
        about="alarm:no-provider#1", rung=2, at=NOON, due_at=NOON, owner=None, exercise=False
    )
    return PageRow(
        key=f"page-{number}", case=f"CIR-2026-{number:06d}", page=page, says="no provider is left"
    )


def test_edge_20_a_shared_host_speaks_for_a_guest_only_with_its_recorded_consent() -> None:
    """Each council has its own contacts and ICO tracker; the host needs the guest's consent."""
    guest, neighbour = ways.assessed(), ways.assessed()
    host = {"post": "shared-host", "name": "Ada Marsh", "phone": "01632 960400"}
    refused = guest.refused(5, "set-contact", "kaya", **host, verified=VERIFIED)
    assert refused.code is Code.VERIFICATION_NEEDED
    consent = {"given_by": "Joanna Hale, Head of ICT", "at": instant(4).isoformat()}
    guest.give(6, "set-contact", "kaya", **host, verified=VERIFIED, consent=consent)
    assert guest.case.contact("shared-host") is not None
    assert neighbour.case.contact("shared-host") is None

    guest.give(7, "record-ico", "kaya", result="reported", at=instant(6).isoformat())
    assert guest.stands("ico-report")[0] == "met"
    assert neighbour.stands("ico-report")[0] == "running"


def test_edge_21_an_attacker_who_rings_as_the_council_changes_nothing() -> None:
    """set-contact without verification is refused; the check-word differs for each case."""
    story = ways.assessed()
    contacts, told = story.case.contacts, len(story.notices)
    caller = {"post": "cio", "name": "Joanna Hale", "phone": "07700 900999"}
    for verified in (None, {}, {"how": "they said so"}, {"by": "kaya"}):
        refused = story.refused(5, "set-contact", "kaya", **caller, verified=verified)
        assert refused.code is Code.VERIFICATION_NEEDED
    assert story.case.contacts == contacts
    assert story.said_since(told) == []

    words = CheckWords(b"a key for tests, not for life")
    assert words.of(f"CIR-2026-000001/alder/{NOON}") != words.of(f"CIR-2026-000002/alder/{NOON}")


def test_edge_22_mail_into_a_dead_mailbox_is_told_and_proves_no_contact() -> None:
    """Delivered means told; only the provider's contact proves that somebody is there."""
    story = ways.activated()
    delivered = {"notice": "activation-confirmed", "channel": "email", "state": "delivered"}
    story.give(2, "record-delivery", "system", **delivered)
    assert story.stands("council-confirmation")[0] == "met"
    story.until(31)
    assert story.stands("provider-contact") == ("breached", 30, None)
    assert story.pages("provider-contact") == [(20, 0), (30, 1)]
