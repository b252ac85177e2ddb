"""Leaving a phase of the response: its criteria, the council, and where it leads (guide d)."""

from typing import Any

import pytest

from domain.case import Case, Offer, PhaseExit
from domain.command import Command
from domain.decider import build, carry_out, decide
from domain.decisions.phase_exit import AcceptPhaseExit, ProposePhaseExit, RejectPhaseExit
from domain.errors import Code, Refused
from domain.phase import CRITERIA, Outcome, Phase, RecoveryAnswer
from tests.builders import (
    HOUR,
    NOON,
    ONE,
    RATES,
    WHY,
    a_case,
    applied,
    at_work,
    code_of,
    refusal,
    stamped,
    types,
)

AGREED = {"council_agreed_by": "Joanna Hale, Head of ICT"}
OFFER = Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON)
EXITS = (Phase.CONTAINMENT, Phase.ERADICATION, Phase.RECOVERY)


def met(phase: Phase, **other: str) -> dict[str, str]:
    answers = {name.replace("_", "-"): answer for name, answer in other.items()}
    return {**dict.fromkeys(CRITERIA[phase], "met"), **answers}


def propose(phase: Phase, by: str = "alder", **more: Any) -> ProposePhaseExit:
    inputs = {"criteria": met(phase), "summary": "It is over.", **more}
    return stamped(ProposePhaseExit, by=by, **inputs)


def accept(by: str = "priya", **more: Any) -> AcceptPhaseExit:
    return stamped(AcceptPhaseExit, by=by, **{**AGREED, **more})


def proposed(phase: Phase, by: str = "alder", not_met: tuple[str, ...] = (), **more: Any) -> Case:
    return a_case(phase, exit=PhaseExit(phase=phase, by=by, not_met=not_met), **more)


def after(case: Case, command: Command) -> Case:
    return applied(case, command.decide(case, ONE))


@pytest.mark.parametrize("phase", EXITS)
def test_a_proposed_exit_waits_for_its_answer(phase: Phase) -> None:
    case = a_case(phase)
    events = propose(phase).decide(case, ONE)
    assert types(events) == ("phase-exit-proposed",)
    assert applied(case, events).exit == PhaseExit(phase=phase, by="alder")
    assert applied(case, events).phase is phase


def test_what_is_not_met_is_kept_and_not_applicable_is_not_among_it() -> None:
    answers = met(Phase.CONTAINMENT, hosts_identified="not-met", spread_stopped="not-applicable")
    pending = after(a_case(Phase.CONTAINMENT), propose(Phase.CONTAINMENT, criteria=answers)).exit
    assert pending is not None
    assert pending.not_met == ("hosts-identified",)


def test_only_one_exit_waits_at_a_time() -> None:
    case = proposed(Phase.CONTAINMENT)
    assert code_of(propose(Phase.CONTAINMENT), case) is Code.EXIT_PENDING


def test_a_pending_exit_answers_before_incomplete_criteria() -> None:
    command = propose(Phase.CONTAINMENT, criteria={})
    assert code_of(command, proposed(Phase.CONTAINMENT)) is Code.EXIT_PENDING


@pytest.mark.parametrize(
    ("criteria", "details"),
    [
        (None, {"missing": CRITERIA[Phase.CONTAINMENT]}),
        ("met", {"missing": CRITERIA[Phase.CONTAINMENT]}),
        ({"spread-stopped": "met"}, {"missing": ("hosts-identified", "evidence-preserved")}),
        ({**met(Phase.CONTAINMENT), "actor-removed": "met"}, {"surplus": ("actor-removed",)}),
        (met(Phase.CONTAINMENT, spread_stopped="maybe"), {"unread": ("spread-stopped",)}),
    ],
)
def test_criteria_are_all_of_the_phase_and_no_other(
    criteria: Any, details: dict[str, tuple[str, ...]]
) -> None:
    refused = refusal(propose(Phase.CONTAINMENT, criteria=criteria), a_case(Phase.CONTAINMENT))
    assert refused.code is Code.CRITERIA_INCOMPLETE
    assert refused.details == {"missing": (), "surplus": (), "unread": (), **details}


def test_containment_leads_to_eradication() -> None:
    case = after(proposed(Phase.CONTAINMENT), accept())
    assert (case.phase, case.exit, case.outcome) == (Phase.ERADICATION, None, None)
    assert case.attempts.eradication == 1
    assert case.entered_at == ONE


@pytest.mark.parametrize("offer", [None, OFFER])
def test_eradication_leads_to_the_offer_while_the_council_has_not_answered(
    offer: Offer | None,
) -> None:
    case = after(proposed(Phase.ERADICATION, offer=offer), accept())
    assert (case.phase, case.offer, case.outcome) == (Phase.RECOVERY_OFFER, offer, None)


def test_eradication_leads_to_recovery_when_it_was_accepted_early() -> None:
    case = proposed(Phase.ERADICATION, recovery_answer=RecoveryAnswer.ACCEPTED)
    assert after(case, accept()).phase is Phase.RECOVERY
    assert after(case, accept()).attempts.recovery == 1


def test_eradication_leads_to_closing_when_recovery_was_rejected_early() -> None:
    case = after(proposed(Phase.ERADICATION, recovery_answer=RecoveryAnswer.REJECTED), accept())
    assert (case.phase, case.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert case.recovery_answer is RecoveryAnswer.REJECTED


def test_recovery_leads_to_closing_as_supported() -> None:
    case = after(proposed(Phase.RECOVERY), accept())
    assert (case.phase, case.outcome) == (Phase.CLOSING, Outcome.SUPPORTED)
    assert case.recovery_answer is RecoveryAnswer.ACCEPTED


def test_without_a_proposal_there_is_nothing_to_accept() -> None:
    assert code_of(accept(), a_case(Phase.CONTAINMENT)) is Code.NO_EXIT_PROPOSED


def test_a_missing_proposal_answers_before_the_council() -> None:
    command = accept(council_agreed_by=None)
    assert code_of(command, a_case(Phase.CONTAINMENT)) is Code.NO_EXIT_PROPOSED


@pytest.mark.parametrize("agreed_by", [None, "", "  "])
def test_the_council_has_to_agree(agreed_by: str | None) -> None:
    command = accept(council_agreed_by=agreed_by)
    assert code_of(command, proposed(Phase.CONTAINMENT)) is Code.COUNCIL_NOT_AGREED


def test_the_council_answers_before_criteria_that_are_not_met() -> None:
    case = proposed(Phase.CONTAINMENT, not_met=("spread-stopped",))
    assert code_of(accept(council_agreed_by=None), case) is Code.COUNCIL_NOT_AGREED


@pytest.mark.parametrize("why", [None, " "])
def test_what_is_not_met_needs_a_reason(why: str | None) -> None:
    case = proposed(Phase.CONTAINMENT, not_met=("spread-stopped",))
    refused = refusal(accept(not_met_reason=why), case)
    assert refused.code is Code.CRITERIA_NOT_MET
    assert refused.details == {"not_met": ("spread-stopped",)}


def test_what_is_not_met_is_let_go_with_a_reason() -> None:
    case = proposed(Phase.CONTAINMENT, not_met=("spread-stopped",))
    (event,) = accept(not_met_reason="One kiosk, unplugged.").decide(case, ONE)
    said = event.model_dump(mode="json")
    assert (said["phase"], said["to"], said["not_met"]) == (
        "containment",
        "eradication",
        ["spread-stopped"],
    )
    assert said["not_met_reason"] == "One kiosk, unplugged."


def test_staff_who_proposed_an_exit_do_not_accept_it() -> None:
    case = proposed(Phase.CONTAINMENT, by="priya")
    with pytest.raises(Refused) as caught:
        decide(case, accept("priya"), ONE)
    assert caught.value.code is Code.SAME_PERSON
    assert types(decide(case, accept("martin"), ONE)) == ("phase-exit-accepted",)


def test_a_provider_that_proposed_is_no_second_person() -> None:
    assert accept().other_person(proposed(Phase.CONTAINMENT, by="alder")) == ()


def test_a_rejected_exit_leaves_the_phase_as_it_is() -> None:
    case = proposed(Phase.ERADICATION)
    events = stamped(RejectPhaseExit, by="priya", reason=WHY).decide(case, ONE)
    assert types(events) == ("phase-exit-rejected",)
    assert events[0].model_dump()["reason"] == WHY
    assert applied(case, events) == case.but(exit=None)


def test_without_a_proposal_there_is_nothing_to_reject() -> None:
    command = stamped(RejectPhaseExit, by="priya", reason=WHY)
    assert code_of(command, a_case(Phase.ERADICATION)) is Code.NO_EXIT_PROPOSED


@pytest.mark.parametrize(
    ("name", "by", "inputs"),
    [
        ("propose-phase-exit", "alder", {"criteria": {}, "summary": "Over."}),
        ("accept-phase-exit", "priya", AGREED),
        ("reject-phase-exit", "priya", {"reason": WHY}),
    ],
)
def test_phase_exits_are_taken_from_the_desk_only(
    name: str, by: str, inputs: dict[str, Any]
) -> None:
    with pytest.raises(Refused) as caught:
        decide(a_case(Phase.CONTAINMENT), build(name, {"by": by, **inputs}), ONE)
    assert caught.value.code is Code.DESK_ONLY


def test_through_the_one_door_an_exit_moves_clocks_with_the_phase() -> None:
    case = proposed(Phase.CONTAINMENT, engagement=at_work())
    done = carry_out(case, accept(), NOON + HOUR, "i-1").settled
    running = {run.clock for run in done.case.live_clocks()}
    assert {"eradication-update", "eradication-review"} <= running
    assert "phase-exit-accepted" in [fact.type for fact in done.facts]
