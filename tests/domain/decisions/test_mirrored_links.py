"""Both cases hold a link: what one is told by the other, and what it tells (guide g, Handling)."""

from typing import Any

from domain.case import Case, Link
from domain.decider import carry_out
from domain.decisions.links import SEALS_LINKS, mirrored, refuses_clear, told_in_clear
from domain.effects import Effect
from domain.fact import Cause
from domain.refusals import InstructionRefused
from domain.settling import Settled, settle
from tests.builders import ANSWERS, NOON, ONE, WHY, applied, types
from tests.domain.decisions.handling_cases import OTHER_CASES, a_case, a_command
from workflows.neighbours import LINK_TOLD

OTHER = OTHER_CASES[0]
LINKED = (Link(case=OTHER, kind="supplier"),)


def links(case: Case, name: str, /, **inputs: Any) -> tuple[Effect, ...]:
    """Return what a command tells other cases."""
    settled = carry_out(case, a_command(name, "kaya", **inputs), NOON, f"i-{name}").settled
    return tuple(effect for effect in settled.effects if effect.kind == "link")


def test_a_link_made_here_is_told_to_the_other_case() -> None:
    (told,) = links(a_case(), "link-case", case=OTHER, kind="same-event")
    assert told.other == OTHER


def test_a_link_taken_back_here_is_told_as_well() -> None:
    (told,) = links(a_case(links=LINKED), "unlink-case", case=OTHER)
    assert told.other == OTHER


def test_a_duplicate_is_told_to_the_case_it_duplicates() -> None:
    inputs = {"result": "duplicate", "tests": ANSWERS, "of": OTHER, "reason": WHY}
    (told,) = links(a_case(), "decide", **inputs)
    assert told.other == OTHER


def test_what_the_other_case_tells_is_held_here_once() -> None:
    case = a_case()
    events = mirrored(case, OTHER, "supplier", ONE)
    assert types(events) == ("case-linked",)
    held = applied(case, events)
    assert held.links == LINKED
    assert mirrored(held, OTHER, "supplier", ONE) == ()


def test_a_link_that_stands_here_is_left_as_it_is() -> None:
    assert mirrored(a_case(links=LINKED), OTHER, "same-event", ONE) == ()


def test_what_the_other_case_takes_back_is_let_go_here() -> None:
    case = a_case(links=LINKED)
    events = mirrored(case, OTHER, None, ONE)
    assert types(events) == ("case-unlinked",)
    assert applied(case, events).links == ()
    assert mirrored(a_case(), OTHER, None, ONE) == ()


def test_what_was_told_is_not_told_back() -> None:
    case = a_case()
    cause = Cause(id="told", by="system", at=ONE)
    settled: Settled = settle(case, mirrored(case, OTHER, "supplier", ONE), cause)
    assert settled.effects == ()
    assert [fact.payload["mirrored"] for fact in settled.facts] == [True]


def test_a_case_is_never_told_of_a_link_to_itself() -> None:
    case = a_case()
    assert mirrored(case, case.reference, "supplier", ONE) == ()


def test_a_mirrored_link_is_no_instruction() -> None:
    case = a_case()
    cause = Cause(id="told", by="system", at=ONE)
    assert settle(case, mirrored(case, OTHER, "supplier", ONE), cause).case.version == case.version


def test_a_case_under_the_first_rules_tells_nobody() -> None:
    assert links(a_case(rules=1), "link-case", case=OTHER, kind="same-event") == ()


def test_only_a_sealed_case_of_newer_rules_refuses_what_is_told_in_clear() -> None:
    assert refuses_clear(a_case(sealed=True))
    assert not refuses_clear(a_case(sealed=False))
    assert not refuses_clear(a_case(sealed=True, rules=SEALS_LINKS - 1))


def test_a_link_told_in_clear_leaves_a_trace_and_no_link() -> None:
    case = a_case(sealed=True)
    (trace,) = told_in_clear(case, ONE)
    assert isinstance(trace, InstructionRefused)
    assert (trace.command, trace.code) == (LINK_TOLD, "sealed-only")
    assert applied(case, (trace,)) == case
