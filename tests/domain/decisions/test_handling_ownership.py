"""Whose case it is, and hand-overs (guide n 26)."""

import pytest

from domain.case import HandOver
from domain.clock_run import ClockState
from domain.command import Rows
from domain.errors import Code
from domain.phase import Phase
from domain.settling import advance
from tests.domain.decisions.handling_cases import MINUTE, NOON, WHY, a_case, give, refused

ACTIONS = ["watch the 16:40 update"]


def test_a_manager_gives_the_case_to_an_officer() -> None:
    given = give(a_case(), "assign-owner", "priya", owner="tomas", reason=WHY)
    assert given.types == ("owner-assigned",)
    assert given.facts[0].payload["former_owner"] == "kaya"
    assert given.case.owner == "tomas"


@pytest.mark.parametrize("owner", ["nobody", "ruth", "sam", "ines", "alder"])
def test_a_case_goes_to_an_officer_or_above(owner: str) -> None:
    assert refused(a_case(), "assign-owner", "priya", owner=owner, reason=WHY) is Code.NOT_STAFF


@pytest.mark.parametrize("owner", ["tomas", "martin", "helen"])
def test_managers_and_the_head_stand_in_for_an_officer(owner: str) -> None:
    assert give(a_case(), "assign-owner", "priya", owner=owner, reason=WHY).case.owner == owner


def test_an_officer_assigns_nobody_and_a_closed_case_has_no_new_owner() -> None:
    code = refused(a_case(), "assign-owner", "kaya", owner="tomas", reason=WHY)
    assert code is Code.ROLE_NOT_ALLOWED
    closed = a_case(phase=Phase.CLOSED)
    code = refused(closed, "assign-owner", "priya", owner="tomas", reason=WHY)
    assert code is Code.CASE_CLOSED


def test_the_giver_stays_owner_until_the_hand_over_is_accepted() -> None:
    started = give(a_case(), "hand-over", "kaya", to="tomas", open_actions=ACTIONS)
    assert started.types == ("hand-over-started", "clock-started")
    assert started.case.owner == "kaya"
    assert started.case.hand_over == HandOver(giver="kaya", to="tomas")
    accepted = give(started.case, "accept-hand-over", "tomas", NOON + 5 * MINUTE)
    assert accepted.types == ("hand-over-accepted", "clock-met")
    assert accepted.case.owner == "tomas"
    assert accepted.case.hand_over is None


def test_a_hand_over_not_accepted_in_15_minutes_is_breached_and_pages_l1() -> None:
    started = give(a_case(), "hand-over", "kaya", to="tomas", open_actions=ACTIONS)
    warned = advance(started.case, NOON + 10 * MINUTE, through=True)
    late = advance(warned.case, NOON + 15 * MINUTE, through=True)
    facts = (*warned.facts, *late.facts)
    pages = [(f.payload["about"], f.payload["rung"]) for f in facts if f.type == "page-due"]
    assert pages == [("hand-over#1", 0), ("hand-over#1", 1)]
    assert late.case.owner == "kaya"
    met = give(late.case, "accept-hand-over", "tomas", NOON + 24 * MINUTE).case
    run = met.latest_clock("hand-over")
    assert run is not None
    assert (run.state, run.late_by_s) == (ClockState.BREACHED, 540)


def test_assigning_an_owner_ends_a_pending_hand_over() -> None:
    started = give(a_case(), "hand-over", "kaya", to="tomas", open_actions=ACTIONS)
    given = give(started.case, "assign-owner", "priya", owner="martin", reason=WHY)
    assert given.types == ("owner-assigned", "clock-cancelled")
    assert given.case.hand_over is None
    assert refused(given.case, "accept-hand-over", "tomas") is Code.NO_HAND_OVER


def test_only_the_owner_hands_over() -> None:
    code = refused(a_case(), "hand-over", "tomas", to="priya", open_actions=ACTIONS)
    assert code is Code.NOT_THE_OWNER


def test_a_hand_over_goes_to_staff() -> None:
    code = refused(a_case(), "hand-over", "kaya", to="ruth", open_actions=ACTIONS)
    assert code is Code.NOT_STAFF
    code = refused(a_case(), "hand-over", "kaya", to="tomas", open_actions=ACTIONS, rows=Rows())
    assert code is Code.NOT_STAFF


def test_one_hand_over_at_a_time() -> None:
    case = a_case(hand_over=HandOver(giver="kaya", to="tomas"))
    code = refused(case, "hand-over", "kaya", to="priya", open_actions=ACTIONS)
    assert code is Code.HAND_OVER_PENDING


def test_refusals_of_hand_over_answer_from_left_to_right() -> None:
    case = a_case(hand_over=HandOver(giver="kaya", to="tomas"))
    code = refused(case, "hand-over", "tomas", to="ruth", open_actions=ACTIONS)
    assert code is Code.NOT_THE_OWNER
    code = refused(case, "hand-over", "kaya", to="ruth", open_actions=ACTIONS)
    assert code is Code.NOT_STAFF


def test_a_hand_over_to_oneself_and_one_without_a_list_are_ill_formed() -> None:
    code = refused(a_case(), "hand-over", "kaya", to="kaya", open_actions=ACTIONS)
    assert code is Code.INVALID_INPUT
    assert refused(a_case(), "hand-over", "kaya", to="tomas") is Code.INVALID_INPUT


def test_nobody_else_accepts_a_hand_over() -> None:
    assert refused(a_case(), "accept-hand-over", "tomas") is Code.NO_HAND_OVER
    case = a_case(hand_over=HandOver(giver="kaya", to="tomas"))
    assert refused(case, "accept-hand-over", "martin") is Code.NOT_FOR_YOU
