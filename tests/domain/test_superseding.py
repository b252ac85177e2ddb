"""Notices of a reversed decision that nobody has had are superseded, never cancelled in silence."""

from datetime import datetime

from domain.case import Case, Told
from domain.notices import CATALOGUE
from domain.phase import Phase
from domain.told import RESTS_ON_DECISION, is_overtaken
from domain.view import view_of
from tests.builders import HOUR, MINUTE, NOON, WHY, a_case
from tests.domain.decisions.handling_cases import Given, give, told

CONFIRMED = told("c", "activation-confirmed", "council", "email", "sms")
RECEIPT = told("r", "report-receipt", "council", "email", "sms")


def failed(case: Case, *keys: str, at: datetime = NOON) -> Case:
    """Let every channel of the notices fail, so that the council is to be rung."""
    for key in keys:
        for channel in ("email", "sms"):
            case = give(
                case, "record-delivery", "kaya", at, notice=key, channel=channel, state="failed"
            ).case
    return case


def activated(*notices: Told, **changes: object) -> Case:
    return a_case(Phase.ACTIVATION, notices=notices, **changes)


def reverse(case: Case, at: datetime = NOON + MINUTE) -> Given:
    return give(case, "reverse-decision", "priya", at, reason=WHY)


def superseded(done: Given) -> list[tuple[str, str]]:
    return [
        (f.payload["key"], f.payload["by"]) for f in done.facts if f.type == "notice-superseded"
    ]


def test_a_confirmation_nobody_had_is_superseded_and_nobody_is_rung_about_it() -> None:
    case = failed(activated(CONFIRMED), "c")
    assert case.phone_task == ("c",)
    done = reverse(case)
    assert superseded(done) == [("c", "decision-reversed")]
    assert done.case.phone_task == ()
    run = done.case.latest_clock("phone-task")
    assert run is not None
    assert run.state == "cancelled"
    assert [n.superseded for n in done.case.notices if n.key == "c"] == [True]


def test_the_council_is_told_of_the_reversal_all_the_same() -> None:
    done = reverse(failed(activated(CONFIRMED), "c"))
    told_after = [f.payload["notice"] for f in done.facts if f.type == "notice-due"]
    assert "decision-reversed" in told_after


def test_a_confirmation_that_arrived_is_answered_and_not_superseded() -> None:
    case = activated(CONFIRMED.but(arrived=("sms",), failed=("email",)))
    assert superseded(reverse(case)) == []


def test_what_may_still_arrive_is_left_to_the_outbox() -> None:
    assert superseded(reverse(activated(CONFIRMED.but(failed=("email",))))) == []


def test_what_does_not_rest_on_the_decision_stays_on_the_phone_task() -> None:
    done = reverse(failed(activated(CONFIRMED, RECEIPT), "c", "r"))
    assert superseded(done) == [("c", "decision-reversed")]
    assert done.case.phone_task == ("r",)
    run = done.case.latest_clock("phone-task")
    assert run is not None
    assert run.state == "running"


def test_a_receipt_that_says_later_that_nobody_had_it_supersedes_it() -> None:
    case = reverse(activated(CONFIRMED)).case
    assert case.phone_task == ()
    case = failed(case, "c", at=NOON + HOUR)
    assert case.phone_task == ()
    assert [n.superseded for n in case.notices if n.key == "c"] == [True]


def test_a_superseded_notice_comes_onto_no_phone_task_again() -> None:
    case = reverse(failed(activated(CONFIRMED), "c")).case
    again = failed(case, "c", at=NOON + HOUR)
    assert again.phone_task == ()


def test_a_person_sees_that_it_was_superseded() -> None:
    case = reverse(failed(activated(CONFIRMED), "c")).case
    assert [n.superseded for n in view_of(case).notices if n.key == "c"] == [True]


def test_every_notice_that_rests_on_a_decision_is_in_the_catalogue() -> None:
    assert {entry.notice for entry in CATALOGUE} >= RESTS_ON_DECISION


def test_what_must_still_be_done_or_said_is_never_overtaken() -> None:
    case = activated()
    for notice in ("decision-reversed", "stand-down", "report-receipt", "ico-reminder"):
        assert not is_overtaken(case, notice, "decision-reversed")
    assert is_overtaken(case, "call-out", "decision-reversed")
    assert not is_overtaken(case, "call-out", "phase-exit-accepted")


def test_a_case_under_the_first_rules_supersedes_nothing() -> None:
    done = reverse(failed(activated(CONFIRMED, rules=1), "c"))
    assert superseded(done) == []
    assert done.case.phone_task == ("c",)
