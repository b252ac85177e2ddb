"""A decision taken back, and a case assessed again."""

from typing import Any

import pytest

from domain.case import Case, Decision, Offer, PhaseExit
from domain.category import Category
from domain.clock_run import Window
from domain.decider import carry_out
from domain.decisions.decision import Decide
from domain.decisions.reassessment import Reassess
from domain.decisions.reversal import ReverseDecision
from domain.engagement import Engagement
from domain.errors import Code, Refused
from domain.phase import Outcome, Phase
from tests.builders import (
    ANSWERS,
    DAY,
    HOUR,
    MINUTE,
    NOON,
    ONE,
    RATES,
    WHY,
    a_case,
    applied,
    called_out,
    code_of,
    stamped,
    types,
)

REVERSE = stamped(ReverseDecision, by="priya", reason=WHY)
REASSESS = stamped(Reassess, reason=WHY)
WATCH = Window(window="reassess-watch", opened_at=NOON, ends_at=NOON + 14 * DAY)
POSITIVE = (Phase.ACTIVATION, Phase.CONTAINMENT, Phase.ERADICATION)


def ended(phase: Phase, result: str, **changes: Any) -> Case:
    known: dict[str, Any] = {
        "decision": Decision(result=result, people=("kaya",)),
        "outcome": Outcome(result),
        "category": Category.C5,
        "engagement": Engagement(),
        "windows": (WATCH,),
    }
    return a_case(phase, **{**known, **changes})


@pytest.mark.parametrize("phase", POSITIVE)
def test_a_positive_decision_is_reversed_and_the_provider_stood_down(phase: Phase) -> None:
    case = a_case(phase)
    events = REVERSE.decide(case, ONE)
    assert types(events) == ("decision-reversed", "provider-stood-down")
    after = applied(case, events)
    assert (after.phase, after.decision, after.outcome) == (Phase.ASSESSMENT, None, None)
    assert (after.engagement.provider, after.engagement.last_provider) == (None, "alder")
    assert after.engagement.open_call_out is None


def test_the_fact_keeps_what_was_decided_by_whom() -> None:
    reversed_ = REVERSE.decide(a_case(Phase.ACTIVATION), ONE)[0].model_dump()
    assert (reversed_["result"], reversed_["people"]) == ("qualifies", ("kaya",))
    assert reversed_["reason"] == WHY


@pytest.mark.parametrize(("engaged", "back"), [(called_out(), True), (None, False)])
def test_a_turn_without_contact_goes_back(engaged: Engagement | None, back: bool) -> None:  # noqa: FBT001
    case = a_case(Phase.CONTAINMENT if engaged is None else Phase.ACTIVATION)
    stood_down = REVERSE.decide(case, ONE)[-1].model_dump()
    assert stood_down["turn_given_back"] is back


def test_what_was_pending_lapses_on_the_record() -> None:
    case = a_case(
        Phase.ERADICATION,
        exit=PhaseExit(phase=Phase.ERADICATION, by="alder"),
        offer=Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON),
    )
    events = REVERSE.decide(case, ONE)
    assert types(events) == (
        "decision-reversed",
        "phase-exit-lapsed",
        "recovery-offer-withdrawn",
        "provider-stood-down",
    )
    after = applied(case, events)
    assert (after.exit, after.offer) == (None, None)


@pytest.mark.parametrize("phase", [Phase.CLOSING, Phase.CLOSED])
@pytest.mark.parametrize("result", ["not-qualified", "out-of-scope", "false-positive", "duplicate"])
def test_once_the_round_ended_a_negative_decision_is_reversed(phase: Phase, result: str) -> None:
    case = ended(phase, result)
    events = REVERSE.decide(case, ONE)
    assert types(events) == ("decision-reversed",)
    after = applied(case, events)
    assert (after.phase, after.outcome, after.closed_at) == (Phase.ASSESSMENT, None, None)


@pytest.mark.parametrize("outcome", [Outcome.SUPPORTED, Outcome.DECLINED, Outcome.WITHDRAWN])
def test_once_the_round_ended_a_positive_decision_stands(outcome: Outcome) -> None:
    assert code_of(REVERSE, a_case(Phase.CLOSED, outcome=outcome)) is Code.NOTHING_TO_REVERSE


def test_without_a_decision_there_is_nothing_to_reverse() -> None:
    case = a_case(Phase.CLOSED, decision=None, outcome=Outcome.WITHDRAWN)
    assert code_of(REVERSE, case) is Code.NOTHING_TO_REVERSE


def test_nobody_who_took_part_in_it_reverses_it() -> None:
    case = a_case(
        Phase.ACTIVATION,
        decision=Decision(result="qualifies", people=("priya", "ruth"), discretionary=True),
    )
    assert REVERSE.other_person(case) == ("priya", "ruth")
    with pytest.raises(Refused) as caught:
        carry_out(case, REVERSE, ONE, "i1")
    assert caught.value.code is Code.SAME_PERSON


def test_edge_3_a_false_positive_found_in_containment_is_billed_and_everyone_told_again() -> None:
    case = a_case(Phase.CONTAINMENT)
    reversed_ = carry_out(case, REVERSE, ONE, "i1").settled
    told = {(n.notice, n.role) for n in reversed_.case.notices}
    assert told == {
        ("decision-reversed", "council"),
        ("ncsc-update", "ncsc"),
        ("stand-down", "provider"),
    }
    result = stamped(Decide, result="false-positive", tests=ANSWERS, reason=WHY)
    category = reversed_.case.but(category=Category.C5)
    decided = carry_out(category, result, ONE + HOUR, "i2").settled.case
    assert (decided.phase, decided.outcome) == (Phase.CLOSING, Outcome.FALSE_POSITIVE)
    assert ("decision-false-positive", "council") in {(n.notice, n.role) for n in decided.notices}


def test_edge_9_an_activation_by_mistake_is_reversed_though_nobody_was_told() -> None:
    case = a_case(Phase.ACTIVATION, engagement=Engagement())
    events = REVERSE.decide(case, NOON + MINUTE)
    assert types(events) == ("decision-reversed",)
    after = applied(case, events)
    assert after.phase is Phase.ASSESSMENT
    assert after.notices == case.notices  # nothing that was sent is taken back in silence


@pytest.mark.parametrize("phase", [Phase.CLOSING, Phase.CLOSED])
def test_a_case_that_did_not_qualify_is_assessed_again_on_new_facts(phase: Phase) -> None:
    case = ended(phase, "not-qualified")
    events = REASSESS.decide(case, ONE)
    assert types(events) == ("reassessment-opened",)
    after = applied(case, events)
    assert (after.phase, after.outcome) == (Phase.ASSESSMENT, None)
    assert after.decision == case.decision  # it was not wrong


@pytest.mark.parametrize("result", ["out-of-scope", "false-positive", "duplicate"])
def test_nothing_else_is_assessed_again(result: str) -> None:
    assert code_of(REASSESS, ended(Phase.CLOSED, result)) is Code.NOTHING_TO_REASSESS


def test_the_watch_over_a_case_ends() -> None:
    case = ended(Phase.CLOSED, "not-qualified", windows=())
    assert code_of(REASSESS, case) is Code.WATCH_ENDED


def test_that_nothing_can_be_reassessed_is_named_before_the_watch() -> None:
    case = ended(Phase.CLOSED, "duplicate", windows=())
    assert code_of(REASSESS, case) is Code.NOTHING_TO_REASSESS
