"""What an explanation says at well-known moments of the shared stories."""

import pytest

from domain.command import Command
from domain.explaining.explained import explained
from domain.explaining.explanation import Explanation, NextAct, PageLine, RefusalLine
from domain.explaining.lengths import in_words
from domain.explaining.record import rebuilt
from domain.fact import Cause
from domain.phase import Phase
from domain.refusals import InstructionRefused
from domain.settling import settle
from tests.builders import HOUR, NOON, a_case
from tests.explaining import numbers, stop


def refused(says: Explanation) -> dict[str, list[str]]:
    """Return the codes that each command would meet."""
    return {line.command: [one.code for one in line.refusals] for line in says.commands}


def act(says: Explanation, command: str) -> NextAct:
    return next(one for one in says.next if one.command == command)


@pytest.mark.parametrize(
    ("story", "step", "command", "codes"),
    [
        ("c4-discretionary", 5, "decide", ["below-threshold"]),
        ("c4-discretionary", 15, "decide", ["approval-pending"]),
        ("ransomware-c2-recovery", 20, "agree-scope", ["contact-not-made"]),
        ("ransomware-c2-recovery", 42, "accept-phase-exit", ["criteria-not-met"]),
        ("ransomware-c2-recovery", 23, "accept-phase-exit", ["no-exit-proposed"]),
        ("provider-silent-failover", 34, "hand-off-billing", []),
        ("not-qualified-then-upgraded", 31, "lapse-recovery", ["too-early-to-lapse"]),
        ("declined-then-accepted", 45, "confirm-close", ["no-close-proposed"]),
        ("ransomware-c2-recovery", 70, "reopen", ["case-archived"]),
    ],
)
def test_a_pending_command_says_what_it_would_meet(
    story: str, step: int, command: str, codes: list[str]
) -> None:
    assert refused(stop(story, step).says).get(command, []) == codes


def test_what_a_checklist_lacks_is_named_with_what_settles_it() -> None:
    says = stop("provider-silent-failover", 53).says
    (refusal,) = {r.message: r for r in _of(says, "propose-close")}.values()
    assert refusal.details["missing"] == ("held-work",)
    assert act(says, "resolve-work").lawful
    assert not act(says, "confirm-close").lawful
    assert act(says, "confirm-close").refused == "no-close-proposed"


def _of(says: Explanation, command: str) -> list[RefusalLine]:
    return [r for line in says.commands if line.command == command for r in line.refusals]


def test_a_proposal_waits_for_another_person_than_its_own() -> None:
    answer = act(stop("c4-discretionary", 15).says, "approve-discretionary")
    assert (answer.who, answer.not_by) == (("senior-approver",), ("helen",))


def test_a_hand_over_waits_for_one_person_and_nobody_else() -> None:
    answer = act(stop("declined-then-accepted", 22).says, "accept-hand-over")
    assert answer.only
    assert answer.person == "kaya"


def test_an_officer_s_command_waits_for_the_owner_and_a_provider_s_for_the_provider() -> None:
    says = stop("ransomware-c2-recovery", 20).says
    assert act(says, "contact-made").person == "alder"
    assert act(says, "record-ico").person == "kaya"


def test_a_clock_tells_its_start_its_rule_and_the_source_of_its_number() -> None:
    says = stop("provider-silent-failover", 6).says
    clock = next(one for one in says.clocks if one.clock == "provider-contact")
    assert clock.started_by is not None
    assert (clock.started_by.type, clock.started_by.by) == ("provider-called-out", "system")
    assert (clock.rule, clock.calendar) == ("within 30 minutes", "elapsed")
    assert (clock.target.basis, clock.target.value) == ("published", 30)
    assert "MHCLG guidance for councils" in clock.target.source
    assert [(one.does, one.rung) for one in clock.still_to_come] == [
        ("warn", None), ("breach", 1), ("mark", 2), ("mark", 3),
    ]  # fmt: skip
    assert clock.pausable_for == ()
    assert [one.type for one in clock.stops_on] == ["contact-made"]


def test_a_number_changed_for_one_case_says_who_changed_it() -> None:
    says = stop("c4-discretionary", 53).says
    clock = next(one for one in says.clocks if one.clock == "final-report")
    assert (clock.target.basis, clock.target.value) == ("this case", 7200)
    assert "helen and ruth" in clock.target.source
    assert [one.type for one in clock.changes][-1] == "clock-moved"


def test_a_number_the_policy_file_no_longer_has_is_the_case_s_own() -> None:
    there = stop("provider-silent-failover", 6)
    lines = [one for one in numbers() if one.name != "provider-contact.target_minutes"]
    says = explained(there.case, there.facts, lines, there.at)
    basis = {one.clock: one.target.basis for one in says.clocks}
    assert basis.pop("provider-contact") == "its start"
    assert set(basis.values()) == {"published", "our default"}


def test_a_decision_at_c2_is_never_paused_and_says_so() -> None:
    says = stop("ransomware-c2-recovery", 5).says
    assert next(one for one in says.clocks if one.clock == "decision").pausable_for == ()


def pages(story: str, step: int, about: str) -> tuple[PageLine, ...]:
    return tuple(one for one in stop(story, step).says.pages if one.about == about)


def test_each_page_tells_its_rung_its_people_and_why() -> None:
    warned, first, second = pages("bank-holiday-escalations", 3, "triage-acknowledgement#1")
    assert (warned.rung, warned.needs_acknowledgement) == (0, False)
    assert "the deadline passed" in first.why
    assert second.why == "nobody said that they had it for 20 minutes"
    assert [(one.wanted_rung, one.rung, one.gap) for one in (first, second)] == [
        (1, 2, True),
        (3, 3, False),
    ]
    assert [one.people for one in (first, second)] == [("helen",), ("amory",)]
    assert warned.people


def test_an_acknowledgement_says_who_has_it_and_what_it_buys() -> None:
    taken = pages("provider-silent-failover", 10, "provider-contact#1")[-1]
    assert taken.acknowledged_by == "priya"
    assert taken.acknowledged_at is not None
    assert taken.quiet_until == taken.acknowledged_at + HOUR
    assert taken.quiet_but == "its set points still to come page all the same"
    assert not taken.waits


def test_a_closed_case_waits_for_nobody_and_names_its_windows() -> None:
    says = stop("declined-then-accepted", 12).says
    assert says.phase is Phase.CLOSED
    assert says.next == ()
    assert {one.window for one in says.windows} == {"offer-open", "reopen"}
    known = {line.command: line.lawful for line in says.commands}
    assert known["re-offer-service"]
    assert not known["reassess"]


def test_a_breach_not_on_the_record_yet_is_called_overdue_and_pages_nobody() -> None:
    there = stop("provider-silent-failover", 6)
    late = explained(there.case, there.facts, numbers(), there.at + HOUR)
    clock = next(one for one in late.clocks if one.clock == "provider-contact")
    assert clock.overdue
    assert not [one for one in late.next if one.about.startswith("page:")]


def test_what_started_a_clock_may_not_be_on_the_record_yet() -> None:
    there = stop("provider-silent-failover", 6)
    says = explained(there.case, there.facts[:3], numbers(), there.at)
    assert says.clocks[0].started_by is None


def test_a_case_that_was_built_and_has_no_facts_can_be_explained() -> None:
    says = explained(a_case(Phase.CONTAINMENT), (), numbers(), NOON)
    assert [one.command for one in says.next if one.lawful]


def test_every_answer_named_by_a_proposal_is_a_command() -> None:
    named = {kind.answered_by for kind in Command.registry.values() if kind.answered_by}
    assert named <= set(Command.registry)


@pytest.mark.parametrize(
    ("minutes", "working", "words"),
    [
        (1, False, "1 minute"),
        (20, False, "20 minutes"),
        (60, False, "1 hour"),
        (90, False, "90 minutes"),
        (4320, False, "72 hours"),
        (10080, False, "7 days"),
        (240, True, "4 working hours"),
        (480, True, "1 working day"),
        (2400, True, "5 working days"),
        (0.5, False, "30 seconds"),
    ],
)
def test_a_length_is_said_as_people_say_it(minutes: float, *, working: bool, words: str) -> None:
    assert in_words(minutes, working=working) == words


def test_a_refused_signal_on_the_record_changes_no_explanation() -> None:
    there = stop("provider-silent-failover", 6)
    event = InstructionRefused(at=there.at, command="decide", code="wrong-phase", message="No.")
    cause = Cause(id="refused/k", command="decide", by="direct:kaya", at=there.at)
    settled = settle(there.case, (event,), cause)
    facts = (*there.facts, *settled.facts)
    says = explained(settled.case, facts, numbers(), there.at)
    assert says == there.says.but(seq=settled.case.seq)
    providers, policy = there.case.providers, there.case.policy
    assert rebuilt(there.case.reference, facts, providers, policy).seq == settled.case.seq
