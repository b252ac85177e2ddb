"""Edge cases of recovery and money: 11, 12, 13, 14, 24."""

from typing import Any

import pytest

from domain.errors import Code
from tests.builders import SAID_BY, WHY
from tests.domain.clocks import ways
from tests.domain.clocks.guide_clocks import DAYS, HOURS
from tests.domain.clocks.story import Story

UNVERIFIED = {"name": "Peter Lund", "post": "s151"}
ORDER: dict[str, Any] = {"po_number": "EM-1", "po_value_pence": 4_000_000}
YES: dict[str, Any] = {**ORDER, "scope": "all", "said_by": SAID_BY, "authority": ways.AUTHORITY}


def offered() -> Story:
    return ways.offer(ways.offering(), 0)


def work(story: Story, minute: float, item: str, day: str, phase: str) -> Story:
    done = {"item": item, "date": day, "grade": "lead", "minutes": 480, "phase": phase}
    return story.give(minute, "log-work", story.provider, description="A day.", **done)


def held(story: Story, item: str) -> str | None:
    found = story.case.money.item(item)
    assert found is not None
    assert found.state == "held"
    return found.held_why


@pytest.mark.parametrize(
    "changes",
    [
        {"authority": {"post": "cio", "how": "signed letter"}},
        {"authority": {"post": "s151"}},
        {"authority": None},
        {"said_by": None},
        {"said_by": UNVERIFIED},
    ],
    ids=["wrong-post", "not-in-writing", "no-post", "nobody", "not-verified"],
)
def test_edge_11_whoever_has_no_authority_cannot_accept_recovery(changes: dict[str, Any]) -> None:
    """authority-needed, unless s151, chief-executive or authorised-officer, verified."""
    story = offered()
    refused = story.refused(5, "accept-recovery", "kaya", **{**YES, **changes})
    assert refused.code is Code.AUTHORITY_NEEDED
    assert story.case.phase == "recovery-offer"


@pytest.mark.parametrize("post", ["s151", "chief-executive", "authorised-officer"])
def test_edge_11_each_of_three_posts_binds_the_council_in_full_or_in_part(post: str) -> None:
    """Partial acceptance is scope part, in words on the record."""
    story = offered()
    authority = {"post": post, "how": "signed letter"}
    story.give(5, "accept-recovery", "kaya", **{**YES, "authority": authority, "scope": "part"})
    fact = next(f for f in story.facts if f.type == "recovery-accepted")
    assert (story.case.phase, fact.payload["scope"]) == ("recovery", "part")


def test_edge_12_an_acceptance_after_the_reply_date_counts_and_the_breach_stays() -> None:
    """Late but before a lapse: accepted; recovery-reply stays breached."""
    story = offered()
    story.give(8 * DAYS, "accept-recovery", "kaya", **YES)
    assert story.case.phase == "recovery"
    assert story.stands("recovery-reply") == ("breached", 7 * DAYS, DAYS * 60)


def test_edge_12_after_a_lapse_a_new_offer_is_made_from_closing() -> None:
    """Once a person let it lapse, only a new offer can be accepted."""
    story = offered()
    early = story.refused(9 * DAYS, "lapse-recovery", "priya", reason=WHY)
    assert early.code is Code.TOO_EARLY_TO_LAPSE
    story.give(14 * DAYS, "lapse-recovery", "priya", reason=WHY)
    assert (story.case.phase, story.case.recovery_answer) == ("closing", "lapsed")
    late = story.refused(15 * DAYS, "accept-recovery", "kaya", **YES)
    assert late.code in (Code.WRONG_PHASE, Code.NO_OFFER)
    ways.offer(story, 15 * DAYS)
    assert story.case.phase == "recovery-offer"
    assert ways.accept(story, 15 * DAYS).case.phase == "recovery"


def test_edge_13_recovery_begun_before_acceptance_is_held_until_a_person_says_who_pays() -> None:
    """The item is held as before-cut-over; the council pays only by its own authority."""
    story = offered()
    story.give(3 * DAYS, "accept-recovery", "kaya", **YES)
    work(story, 4 * DAYS, "W-1", "2026-11-24", "recovery")
    assert held(story, "W-1") == "before-cut-over"
    word = {"item": "W-1", "result": "accept", "reason": WHY}
    refused = story.refused(5 * DAYS, "resolve-work", "martin", **word)
    assert refused.code is Code.AUTHORITY_NEEDED
    story.give(5 * DAYS, "resolve-work", "martin", **word, authority=ways.AUTHORITY)
    item = story.case.money.item("W-1")
    assert item is not None
    assert (item.state, item.ledger) == ("payable", "B")


def test_edge_14_eradication_found_needed_in_recovery_is_held_as_after_cut_over() -> None:
    """Held as after-cut-over; a person decides whose it is."""
    story = ways.recovering()
    work(story, 3 * DAYS, "W-1", "2026-11-25", "eradication")
    assert held(story, "W-1") == "after-cut-over"
    word = {"item": "W-1", "result": "accept", "reason": WHY}
    story.give(3 * DAYS, "resolve-work", "martin", **word)
    item = story.case.money.item("W-1")
    assert item is not None
    assert (item.state, item.ledger) == ("payable", "A")


def test_edge_14_or_the_case_returns_to_containment_and_the_work_is_mhclgs() -> None:
    """Dated while the case was back in containment, the item is not held at all."""
    story = ways.return_to_containment(ways.recovering(), 2 * DAYS)
    work(story, 3 * DAYS, "W-1", "2026-11-25", "eradication")
    item = story.case.money.item("W-1")
    assert item is not None
    assert (item.state, item.ledger) == ("payable", "A")


def test_edge_24_authority_that_is_reached_at_three_at_night_stops_no_work() -> None:
    """Work goes on; spend-authority starts at 03:00 and wakes L2 when nobody authorises."""
    three = 15 * HOURS
    story = ways.containing()
    day = {"date": "2026-11-23", "grade": "lead", "minutes": 1440, "phase": "containment"}
    for number in range(14):
        item = {"item": f"W-{number}", "description": "A day.", **day}
        story.give(three, "log-work", story.provider, **item)
    alerts = [n.role for n in story.notices if n.notice == "spend-alert"]
    assert alerts == ["incident-manager"] * 3 + ["senior-approver"]
    assert story.stands("spend-authority") == ("running", three + 4 * HOURS, None)
    story.give(three + 1, "log-work", story.provider, item="W-99", description="On.", **day)
    assert story.case.phase == "containment"
    assert story.until(three + 6 * HOURS).pages("spend-authority") == [
        (three + 2 * HOURS, 0), (three + 4 * HOURS, 2), (three + 6 * HOURS, 2)
    ]  # fmt: skip
    assert all(item.state == "payable" for item in story.case.money.items)
