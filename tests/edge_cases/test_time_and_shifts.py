"""Edge cases of rotas, nights and evidence: 25, 26, 27, 28, 30."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from activities.paging import PageBatch, PageRow
from adapters.database.pager import DatabasePager
from adapters.database.registers import Registers
from domain.people import Person
from domain.registers.shifts import Shift
from domain.settling import advance, page_reached
from domain.working_hours import LONDON
from tests.builders import ANSWERS, STAFF, WHY
from tests.databases import Clock
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS
from tests.domain.clocks.story import Story, instant, minute_of
from tests.fakes import FakePageSender


def london(text: str) -> float:
    return minute_of(datetime.fromisoformat(text).replace(tzinfo=LONDON))


async def test_edge_25_on_a_bank_holiday_night_an_empty_l1_is_passed_at_once(
    engine: AsyncEngine, clock: Clock
) -> None:
    """Boxing Day's substitute, 02:00: L1 has nobody, so L2 is paged at once, with rota-gap."""
    night = london("2026-12-28T02:00")
    story = Story(begins=instant(night)).until(night + 19)
    breached = advance(story.case, instant(night + 20), through=True)
    (effect,) = [effect for effect in breached.effects if effect.kind == "page"]
    assert effect.page is not None
    assert effect.page.rung == 1

    clock.at = instant(night + 20)
    registers = Registers(engine, clock)
    people = tuple(
        Person(id=name, name=name.title(), roles=roles, email=f"{name}@mhclg.example.gov.uk")
        for name, roles in STAFF.items()
    )
    await registers.fill_people(people)
    whole = {"begins": instant(night - 600), "until": instant(night + 600)}
    await registers.fill_rota(
        (Shift(rung=0, person="kaya", **whole), Shift(rung=2, person="helen", **whole))
    )

    async def pause(seconds: float) -> None:
        clock.move(timedelta(seconds=seconds))

    pager = DatabasePager(engine, registers, FakePageSender(), clock, pause)
    row = PageRow(key=effect.key, case=story.case.reference, page=effect.page, says="late")
    (answer,) = await pager.enter(PageBatch(rows=(row,)))
    assert (answer.rung, answer.people) == (2, ("helen",))

    reached = page_reached(
        breached.case, effect, answer.rung, answer.people, instant(night + 20)
    ).case
    assert [alarm.about for alarm in reached.alarms] == ["alarm:rota-gap"]
    run = reached.latest_clock("triage-acknowledgement")
    assert run is not None
    assert (run.paging.rung, run.paging.next_rung) == (2, 3)
    assert run.paging.next_at == instant(night + 40)


def test_edge_26_a_hand_over_that_nobody_accepts_leaves_the_giver_the_owner() -> None:
    """The giver stays owner; after 15 minutes L1 is paged."""
    story = ways.assessed()
    story.give(5, "hand-over", "kaya", to="tomas", open_actions=["Ring the council."])
    story.until(20)
    assert story.case.owner == "kaya"
    assert story.stands("hand-over") == ("breached", 20, None)
    assert story.pages("hand-over") == [(15, 0), (20, 1)]
    story.give(23, "accept-hand-over", "tomas")
    assert story.case.owner == "tomas"
    assert story.stands("hand-over") == ("breached", 20, 180)


def test_edge_27_on_the_clock_night_elapsed_is_elapsed_and_working_hours_follow_london() -> None:
    """72 h and 20 min are elapsed; nothing fires twice or not at all at 01:30."""
    first = london("2027-10-31T01:10")  # the first time the clock shows it
    story = Story(begins=instant(first)).until(first + 141)
    assert story.stands("triage-acknowledgement") == ("breached", first + 20, None)
    assert story.stands("ico-report") == ("running", first + 72 * 60, None)
    pages = story.pages("triage-acknowledgement")
    assert pages[:2] == [(first + 10, 0), (first + 20, 1)]
    assert len(pages) == len({at for at, _rung in pages}) == 8
    offer = ways.offering(london("2027-10-29T12:00"))
    assert offer.stands("recovery-offer-issue")[1] == london("2027-11-01T12:00")


def test_edge_28_what_was_done_in_time_and_told_late_withdraws_the_breach_on_evidence() -> None:
    """Rung at 02:10, said at 04:00: occurred 02:10, backdated, the breach withdrawn."""
    two = london("2026-11-24T02:00")
    story = ways.activated(two)
    rang = {"occurred_at": instant(two + 10).isoformat(), "evidence": "The call log, 02:10."}
    story.give(two + 120, "contact-made", story.provider, **ways.TALKED, **rang)
    fact = next(f for f in story.facts if f.type == "contact-made")
    assert (minute_of(fact.occurred_at), minute_of(fact.recorded_at)) == (two + 10, two + 120)
    assert (fact.backdated, fact.evidence) == (True, "The call log, 02:10.")
    assert story.stands("provider-contact") == ("met", two + 30, None)
    assert "provider-contact#1" in story.case.breaches_withdrawn
    assert "provider-contact" not in [breach.clock for breach in story.case.breaches]
    assert len(story.facts_of("clock-breached", "provider-contact")) == 1
    pages = story.pages("provider-contact")
    assert story.until(two + 600).pages("provider-contact") == pages


def test_edge_30_data_published_five_months_after_closure_opens_a_second_round() -> None:
    """Reopened to assessment: round 2, a new decision, money asked for anew, a new ICO clock."""
    story = ways.close(ways.closing(), 10)
    assert (story.case.phase, story.case.outcome) == ("closed", "supported")
    later = 150 * DAYS
    hold = {"on": True, "authority": "The legal director", "reason": WHY}
    story.give(later, "legal-hold", "priya", **hold)
    assert (story.case.phase, story.case.legal_hold) == ("closed", True)

    aware = instant(later - 60)
    again = {"to": "assessment", "trigger": "data-published", "aware_at": aware.isoformat()}
    story.give(later, "reopen", "priya", **again, reason=WHY)
    case = story.case
    assert (case.phase, case.round, case.owner, case.outcome) == ("assessment", 2, "priya", None)
    assert case.closed_at is None  # from which retention is counted
    assert story.stands("decision") == ("running", later + 120, None)
    assert story.stands("ico-report") == ("running", later - 60 + 72 * 60, None)

    authority = case.money.authority_pence
    story.give(later + 5, "decide", "kaya", result="qualifies", tests=ANSWERS, reason=WHY)
    assert story.case.phase == "activation"
    assert story.case.money.authority_pence == authority  # somebody must authorise it again
    assert story.stands("council-confirmation") == ("running", later + 20, None)
