"""What a provider tells of its call-out, and what no message of its own can stop."""

from typing import Any

import pytest

from domain.case import Case
from domain.decisions.provider import (
    AcknowledgeCallOut,
    AttemptContact,
    DeclineCallOut,
    MakeContact,
)
from domain.engagement import CallOut, Declined, Engagement
from domain.errors import Code
from domain.phase import Phase
from domain.rotation import candidates
from tests.builders import (
    HOUR,
    NOON,
    ONE,
    WHY,
    a_case,
    a_council,
    applied,
    at_work,
    called_out,
    code_of,
    in_contact,
    providers,
    stamped,
    types,
)
from tests.domain.clocks.story import Story

CALLED = a_case(Phase.ACTIVATION)
RINGING: dict[str, Any] = {"channel": "phone", "result": "no answer on the switchboard"}
SPOKE: dict[str, Any] = {"with_whom": "Joanna Hale", "channel": "phone"}
NO_CAPACITY: dict[str, Any] = {"why": "no-capacity", "reason": WHY}
CONFLICT: dict[str, Any] = {"why": "conflict-of-interest", "reason": WHY}


def after(case: Case, command: Any) -> Engagement:
    return applied(case, command.decide(case, ONE)).engagement


def latest(engagement: Engagement) -> CallOut:
    assert engagement.call_out is not None
    return engagement.call_out


def test_an_acknowledgement_keeps_the_call_out_open() -> None:
    command = stamped(AcknowledgeCallOut, by="alder", responder="R-17")
    events = command.decide(CALLED, ONE)
    assert types(events) == ("provider-acknowledged",)
    engagement = applied(CALLED, events).engagement
    assert latest(engagement).acknowledged_at == ONE
    assert engagement.open_call_out is not None
    assert engagement.contacted_at is None


def test_a_call_out_is_acknowledged_once() -> None:
    command = stamped(AcknowledgeCallOut, by="alder")
    case = applied(CALLED, command.decide(CALLED, ONE))
    assert code_of(command, case) is Code.ALREADY_ACKNOWLEDGED


def test_an_attempt_changes_nothing_but_the_record() -> None:
    events = stamped(AttemptContact, by="alder", **RINGING).decide(CALLED, ONE)
    assert types(events) == ("contact-attempted",)
    assert events[0].model_dump(exclude={"at"}) == {
        "provider": "alder",
        "by_staff": False,
        **RINGING,
    }
    assert applied(CALLED, events) == CALLED


def test_contact_ends_the_wait() -> None:
    command = stamped(MakeContact, by="alder", **SPOKE, council_confirms="yes")
    events = command.decide(CALLED, ONE)
    assert types(events) == ("contact-made",)
    engagement = applied(CALLED, events).engagement
    assert engagement.open_call_out is None
    assert (latest(engagement).contact_at, engagement.contacted_at) == (ONE, ONE)
    assert engagement.contact_ever


def test_the_first_contact_of_the_activation_is_the_one_that_counts() -> None:
    case = CALLED.but(engagement=called_out("kestrel", contacted_at=NOON, contact_ever=True))
    engagement = after(case, stamped(MakeContact, by="kestrel", **SPOKE))
    assert (engagement.contacted_at, latest(engagement).contact_at) == (NOON, ONE)


def test_staff_may_record_a_providers_fact_and_the_fact_says_so() -> None:
    fact = stamped(MakeContact, by="kaya", **SPOKE).decide(CALLED, ONE)[0].model_dump()
    assert (fact["provider"], fact["by_staff"]) == ("alder", True)


@pytest.mark.parametrize(("inputs", "conflicted"), [(NO_CAPACITY, ()), (CONFLICT, ("alder",))])
def test_a_provider_that_declines_is_off_the_case(
    inputs: dict[str, Any], conflicted: tuple[str, ...]
) -> None:
    events = stamped(DeclineCallOut, by="alder", **inputs).decide(CALLED, ONE)
    assert types(events) == ("provider-declined",)
    case = applied(CALLED, events)
    engagement = case.engagement
    assert (engagement.provider, engagement.last_provider) == (None, "alder")
    assert engagement.open_call_out is None
    entry = Declined.model_validate({"provider": "alder", "why": inputs["why"]})
    assert engagement.declined == (entry,)
    assert engagement.conflicted == conflicted
    assert (case.phase, candidates(case, ONE)) == (Phase.ACTIVATION, ("kestrel",))


COMMANDS: list[tuple[Any, dict[str, Any]]] = [
    (AcknowledgeCallOut, {}),
    (AttemptContact, RINGING),
    (MakeContact, SPOKE),
    (DeclineCallOut, NO_CAPACITY),
]


@pytest.mark.parametrize(("command", "inputs"), COMMANDS)
@pytest.mark.parametrize("engagement", [Engagement(), in_contact(), at_work()])
def test_each_needs_an_open_call_out(
    command: Any,
    inputs: dict[str, Any],
    engagement: Engagement,
) -> None:
    case = CALLED.but(engagement=engagement)
    assert code_of(stamped(command, by="kaya", **inputs), case) is Code.NO_CALL_OUT


def test_no_call_out_is_named_before_an_earlier_acknowledgement() -> None:
    acknowledged = latest(in_contact()).but(acknowledged_at=NOON)
    case = CALLED.but(engagement=in_contact(call_out=acknowledged))
    command = stamped(AcknowledgeCallOut, by="alder")
    assert code_of(command, case) is Code.NO_CALL_OUT


def test_edge_15_a_provider_that_acknowledges_and_is_silent_breaches_contact() -> None:
    story = Story().activated(0)
    story.give(5, "provider-acknowledged", story.provider).until(31)
    assert story.clock("provider-acknowledgement").state == "met"
    assert story.clock("provider-contact").state == "breached"


def test_edge_16_ten_attempts_are_ten_facts_and_the_clock_runs_on() -> None:
    story = Story().activated(0)
    for minute in range(1, 11):
        story.give(minute, "contact-attempted", story.provider, **RINGING)
    attempts = [fact for fact in story.facts if fact.type == "contact-attempted"]
    assert len(attempts) == 10
    assert story.clock("provider-contact").state == "running"


def test_edge_17_the_other_provider_is_called_out_at_once() -> None:
    story = Story().activated(0)
    first = story.provider
    story.give(5, "provider-declined", first, **CONFLICT)
    assert {first, story.provider} == {"alder", "kestrel"}
    assert story.clock("provider-assignment").state == "met"
    assert story.pages("alarm:no-provider") == []


def test_an_activation_that_finds_nobody_raises_no_provider_at_once() -> None:
    code = a_council().code
    firms = tuple(one.but(conflicts=(code,)) for one in providers())
    story = Story(firms=firms).activated(3)
    assert story.case.engagement.provider is None
    assert story.pages("alarm:no-provider") == [(3, 2)]


def test_edge_17_with_nobody_left_no_provider_is_raised_until_somebody_is_called_out() -> None:
    story = Story().activated(0)
    story.give(5, "provider-declined", story.provider, **CONFLICT)
    last = story.provider
    story.give(6, "provider-declined", last, **NO_CAPACITY)
    assert story.case.engagement.provider is None
    assert story.pages("alarm:no-provider") == [(6, 2)]
    assert story.clock("provider-assignment").state == "running"
    story.give(20, "assign-provider", "priya", provider=last, why="override", reason=WHY)
    assert story.provider == last
    assert story.clock("provider-assignment").state == "met"


def test_a_decline_long_after_the_activation_is_lawful_while_nobody_was_reached() -> None:
    case = a_case(Phase.RECOVERY, engagement=called_out("kestrel"))
    engagement = applied(
        case, stamped(DeclineCallOut, by="priya", **NO_CAPACITY).decide(case, ONE + HOUR)
    ).engagement
    assert engagement.provider is None
