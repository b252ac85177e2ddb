"""A signed message that a provider's desk does not take is somebody's to ring about."""

import pytest

from domain.case import Case
from domain.told import latest, wants_to_hear
from domain.view import open_actions
from tests.builders import MINUTE, NOON, a_case
from tests.domain.clocks.story import Story
from tests.domain.decisions.handling_cases import give, told

CALL_OUT = told("c", "call-out", "provider", "provider-message", "page")


def heard(case: Case, channel: str, state: str, minutes: int = 0) -> Case:
    at = NOON + minutes * MINUTE
    return give(case, "record-delivery", "kaya", at, notice="c", channel=channel, state=state).case


def calls(case: Case) -> list[str]:
    return [action.command for action in open_actions(case) if "duty line" in action.what]


def test_whoever_may_record_the_call_is_asked_to_make_it_from_when_it_was_known() -> None:
    case = heard(
        heard(a_case(notices=(CALL_OUT,)), "provider-message", "failed", 1), "page", "failed", 2
    )
    (action,) = [one for one in open_actions(case) if "duty line" in one.what]
    assert "triage-officer" in action.who
    assert action.by == NOON + MINUTE
    assert action.command.endswith("--notice c --channel phone --state spoken")


@pytest.mark.parametrize("channel", ["provider-message", "phone"])
def test_nobody_rings_once_the_desk_took_it_or_somebody_has_spoken(channel: str) -> None:
    case = heard(a_case(notices=(CALL_OUT,)), "provider-message", "failed")
    assert calls(case)
    state = "spoken" if channel == "phone" else "delivered"
    assert wants_to_hear(case, "c", state) is (state == "delivered")
    assert calls(heard(case, channel, state, 1)) == []


def test_a_page_that_failed_beside_a_message_that_arrived_asks_for_no_call() -> None:
    case = heard(a_case(notices=(CALL_OUT,)), "provider-message", "delivered")
    assert calls(heard(case, "page", "failed", 1)) == []


def test_a_case_of_older_rules_does_not_hear_of_providers() -> None:
    assert not wants_to_hear(a_case(notices=(CALL_OUT,), rules=3), "c", "failed")
    assert wants_to_hear(a_case(notices=(CALL_OUT,)), "c", "failed")


def test_of_what_arrived_a_case_hears_only_while_a_rule_waits_for_it() -> None:
    activated, other = told("a", "activation-confirmed"), told("b", "report-receipt")
    case = Story().activated(10).case.but(notices=(activated, other))
    assert wants_to_hear(case, "a", "delivered")
    assert not wants_to_hear(case, "a", "sending")
    assert not wants_to_hear(case, "b", "delivered")
    assert not wants_to_hear(a_case(notices=(activated,)), "a", "delivered")
    assert wants_to_hear(a_case(notices=(other,), phone_task=("b",)), "b", "delivered")


@pytest.mark.parametrize("channel", ["email", "sms", "phone"])
def test_of_what_one_instruction_told_the_council_is_meant_where_it_may_be_the_way(
    channel: str,
) -> None:
    council = told("k/1", "case-closed", "council", "email")
    desk = told("k/2", "case-closed", "provider", "provider-message")
    case = a_case(notices=(council, desk))
    assert latest(case, "case-closed", channel) == council
    assert latest(case, "case-closed", "provider-message") == desk
