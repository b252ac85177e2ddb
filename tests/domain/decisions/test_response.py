"""Updates, reviews and the way back to containment (guide d and g)."""

from typing import Any

import pytest

from domain.case import Case, Offer, PhaseExit
from domain.clock_run import ClockRun
from domain.command import Command
from domain.decider import decide
from domain.decisions.phase_exit import AcceptPhaseExit
from domain.decisions.response import RecordReview, ReturnToContainment, UpdateFromProvider
from domain.errors import Code, Refused
from domain.phase import Phase, RecoveryAnswer
from tests.builders import (
    NOON,
    ONE,
    RATES,
    WHY,
    a_case,
    applied,
    code_of,
    stamped,
    types,
)

OFFER = Offer(provider="alder", card="alder-recovery", rates=RATES, offered_at=NOON)


def a_proposal(phase: Phase) -> PhaseExit:
    return PhaseExit(phase=phase, by="alder")


def after(case: Case, command: Command) -> Case:
    return applied(case, command.decide(case, ONE))


def test_an_update_is_kept_with_who_sent_it() -> None:
    case = a_case(Phase.CONTAINMENT)
    inputs: dict[str, Any] = {"summary": "Quiet.", "hosts_affected": 43, "spread": "yes"}
    (event,) = stamped(UpdateFromProvider, by="alder", **inputs).decide(case, ONE)
    assert event.model_dump(exclude={"at"}) == {**inputs, "provider": "alder", "by_staff": False}
    assert event.apply(case) == case


def test_an_update_that_staff_record_says_so() -> None:
    (event,) = stamped(UpdateFromProvider, by="kaya", summary="Rang: quiet.").decide(
        a_case(Phase.RECOVERY), ONE
    )
    assert event.model_dump()["by_staff"] is True


@pytest.mark.parametrize("phase", [Phase.ACTIVATION, Phase.RECOVERY_OFFER, Phase.CLOSING])
def test_an_update_is_for_phases_in_which_a_provider_works(phase: Phase) -> None:
    with pytest.raises(Refused) as caught:
        decide(a_case(phase), stamped(UpdateFromProvider, by="kaya", summary="Quiet."), ONE)
    assert caught.value.code is Code.WRONG_PHASE


def test_an_update_of_another_provider_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        decide(
            a_case(Phase.CONTAINMENT),
            stamped(UpdateFromProvider, by="kestrel", summary="Quiet."),
            ONE,
        )
    assert caught.value.code is Code.NOT_THE_PROVIDER


def back(**more: Any) -> ReturnToContainment:
    return stamped(ReturnToContainment, by="priya", trigger="spread", reason=WHY, **more)


@pytest.mark.parametrize("phase", [Phase.ERADICATION, Phase.RECOVERY_OFFER, Phase.RECOVERY])
def test_containment_begins_again_as_another_attempt(phase: Phase) -> None:
    case = a_case(phase)
    events = back().decide(case, ONE)
    assert types(events) == ("returned-to-containment",)
    again = applied(case, events)
    assert (again.phase, again.attempts.containment, again.round) == (Phase.CONTAINMENT, 2, 1)
    assert again.entered_at == ONE


def test_a_pending_exit_and_an_unanswered_offer_are_void() -> None:
    case = a_case(Phase.ERADICATION, exit=a_proposal(Phase.ERADICATION), offer=OFFER)
    events = back().decide(case, ONE)
    assert types(events) == (
        "returned-to-containment",
        "phase-exit-lapsed",
        "recovery-offer-withdrawn",
    )
    assert (applied(case, events).exit, applied(case, events).offer) == (None, None)


def test_an_accepted_recovery_stands_and_follows_eradication_once_more() -> None:
    accept = stamped(AcceptPhaseExit, by="priya", council_agreed_by="Joanna Hale, Head of ICT")
    case = after(a_case(Phase.RECOVERY), back())
    assert case.recovery_answer is RecoveryAnswer.ACCEPTED
    for phase in (Phase.CONTAINMENT, Phase.ERADICATION):
        case = after(case.but(exit=a_proposal(phase)), accept)
    assert (case.phase, case.attempts.recovery) == (Phase.RECOVERY, 2)


def review(about: str) -> RecordReview:
    return stamped(RecordReview, by="priya", about=about, result="continue", notes="Goes on.")


def waits(clock: str, *, ended: bool = False) -> tuple[ClockRun, ...]:
    return (ClockRun(clock=clock, instance=1, started_at=NOON, due_at=ONE, ended=ended),)


@pytest.mark.parametrize(
    ("about", "clock"),
    [
        ("phase", "containment-review"),
        ("phase", "eradication-review"),
        ("category", "support-review"),
    ],
)
def test_a_review_is_taken_while_its_clock_runs(about: str, clock: str) -> None:
    case = a_case(Phase.CONTAINMENT, clocks=waits(clock))
    (event,) = review(about).decide(case, ONE)
    said = event.model_dump(exclude={"at"})
    assert said == {"about": about, "result": "continue", "notes": "Goes on."}


@pytest.mark.parametrize(
    ("about", "clocks"),
    [
        ("phase", ()),
        ("phase", waits("support-review")),
        ("category", waits("containment-review")),
        ("phase", waits("containment-review", ended=True)),
    ],
)
def test_a_review_that_no_clock_waits_for_is_refused(
    about: str, clocks: tuple[ClockRun, ...]
) -> None:
    case = a_case(Phase.CONTAINMENT, clocks=clocks)
    assert code_of(review(about), case) is Code.NO_REVIEW_RUNNING
