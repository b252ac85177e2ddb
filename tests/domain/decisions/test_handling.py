"""Holds, exercises and notes; that every command of the group is declared once."""

import pytest

from domain.case import Link
from domain.command import Command
from domain.decisions import handling
from domain.errors import Code
from domain.phase import Phase
from tests.domain.decisions.handling_cases import WHY, a_case, give, refused, told

HANDLING = {
    "link-case": ("handling", ""),
    "unlink-case": ("handling", ""),
    "assign-owner": ("handling", ""),
    "hand-over": ("handling", ""),
    "accept-hand-over": ("handling", ""),
    "acknowledge-escalation": ("escalation", "acknowledge"),
    "pause-clock": ("clock", "pause"),
    "resume-clock": ("clock", "resume"),
    "set-contact": ("handling", ""),
    "record-delivery": ("handling", ""),
    "legal-hold": ("handling", ""),
    "record-successor": ("handling", ""),
    "change-policy": ("handling", ""),
    "confirm-policy": ("handling", ""),
    "mark-exercise": ("handling", ""),
    "add-note": ("handling", ""),
}


def test_every_row_of_the_group_is_declared() -> None:
    assert handling.PARTS
    declared = {name: Command.registry[name] for name in HANDLING}
    assert {name: (c.group, c.verb) for name, c in declared.items()} == HANDLING


@pytest.mark.parametrize("name", HANDLING)
def test_each_says_in_one_sentence_what_it_does(name: str) -> None:
    command = Command.registry[name]
    assert command.__doc__ is not None
    assert command.__doc__.count("\n") == 0
    own = {field for field in command.model_fields if field not in Command.model_fields}
    assert all(command.model_fields[field].description for field in own)


@pytest.mark.parametrize("phase", [Phase.REPORTED, Phase.CLOSED])
def test_a_hold_is_set_and_lifted_in_any_phase(phase: Phase) -> None:
    held = give(
        a_case(phase=phase), "legal-hold", "priya", on=True, authority="A court", reason=WHY
    )
    assert held.types == ("legal-hold-set",)
    assert held.case.legal_hold
    lifted = give(held.case, "legal-hold", "priya", on=False, authority="A court", reason=WHY)
    assert lifted.types[0] == "legal-hold-lifted"
    assert not lifted.case.legal_hold


def test_a_hold_is_lawful_on_an_archived_case() -> None:
    case = a_case(phase=Phase.CLOSED, archived=True)
    held = give(case, "legal-hold", "priya", on=True, authority="A court", reason=WHY)
    assert held.case.legal_hold
    assert refused(case, "add-note", "kaya", text="Too late.") is Code.CASE_ARCHIVED


def test_lifting_the_last_hold_after_the_last_window_archives_the_case() -> None:
    case = a_case(phase=Phase.CLOSED, legal_hold=True)
    lifted = give(case, "legal-hold", "priya", on=False, authority="A court", reason=WHY)
    assert lifted.types == ("legal-hold-lifted", "case-archived")
    assert lifted.case.archived


@pytest.mark.parametrize("on", [True, False])
def test_a_hold_that_stands_already_is_no_change(on: bool) -> None:  # noqa: FBT001  (the input)
    case = a_case(legal_hold=on)
    code = refused(case, "legal-hold", "priya", on=on, authority="A court", reason=WHY)
    assert code is Code.NOTHING_CHANGED


def test_an_exercise_is_marked_for_good() -> None:
    marked = give(a_case(), "mark-exercise", "priya", reason=WHY)
    assert marked.types == ("exercise-marked",)
    assert marked.case.exercise
    assert refused(marked.case, "mark-exercise", "priya", reason=WHY) is Code.ALREADY_EXERCISE


def test_a_receipt_does_not_stop_an_exercise_from_being_marked() -> None:
    case = a_case(notices=(told("k1", "report-receipt"), told("k2", "new-case", "triage-officer")))
    assert give(case, "mark-exercise", "priya", reason=WHY).case.exercise


@pytest.mark.parametrize("role", ["council", "ncsc", "provider"])
def test_an_exercise_cannot_be_marked_once_outside_is_told(role: str) -> None:
    case = a_case(notices=(told("k1", "category-request", role),))
    assert refused(case, "mark-exercise", "priya", reason=WHY) is Code.OUTSIDE_TOLD


def test_already_exercise_answers_before_outside_told() -> None:
    case = a_case(exercise=True, notices=(told("k1", "category-request", "ncsc"),))
    assert refused(case, "mark-exercise", "priya", reason=WHY) is Code.ALREADY_EXERCISE


def test_an_exercise_is_marked_only_in_reported_and_assessment() -> None:
    case = a_case(phase=Phase.ACTIVATION)
    assert refused(case, "mark-exercise", "priya", reason=WHY) is Code.WRONG_PHASE


@pytest.mark.parametrize("by", ["kaya", "priya", "ruth", "helen", "amory", "sam"])
def test_any_staff_may_add_a_note(by: str) -> None:
    noted = give(a_case(), "add-note", by, text="Rang the council.")
    assert noted.facts[0].payload == {"text": "Rang the council."}


@pytest.mark.parametrize("by", ["ines", "alder", "system"])
def test_auditor_provider_and_system_add_no_note(by: str) -> None:
    assert refused(a_case(), "add-note", by, text="Rang the council.") is Code.ROLE_NOT_ALLOWED


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_a_note_has_up_to_4000_characters(text: str) -> None:
    assert refused(a_case(), "add-note", "kaya", text=text) is Code.INVALID_INPUT


def test_a_note_is_made_harmless() -> None:
    noted = give(a_case(), "add-note", "kaya", text="red \x1b[31malert\x00")
    assert noted.facts[0].payload == {"text": "red alert"}


def test_two_cases_are_linked_once() -> None:
    linked = give(a_case(), "link-case", "kaya", case="CIR-2026-000001", kind="shared-host")
    assert linked.types == ("case-linked",)
    assert linked.case.links == (Link(case="CIR-2026-000001", kind="shared-host"),)
    code = refused(linked.case, "link-case", "kaya", case="CIR-2026-000001", kind="supplier")
    assert code is Code.ALREADY_LINKED


def test_a_case_is_not_linked_to_itself_nor_to_one_nobody_knows() -> None:
    case = a_case()
    code = refused(case, "link-case", "kaya", case=case.reference, kind="duplicate")
    assert code is Code.LINKS_TO_ITSELF
    code = refused(case, "link-case", "kaya", case="CIR-2026-000009", kind="duplicate")
    assert code is Code.UNKNOWN_CASE


def test_a_link_of_no_known_kind_is_ill_formed() -> None:
    code = refused(a_case(), "link-case", "kaya", case="CIR-2026-000001", kind="cousin")
    assert code is Code.INVALID_INPUT


def test_a_link_can_be_taken_back() -> None:
    case = a_case(links=(Link(case="CIR-2026-000001", kind="duplicate"),))
    unlinked = give(case, "unlink-case", "kaya", case="CIR-2026-000001")
    assert unlinked.facts[0].payload["kind"] == "duplicate"
    assert unlinked.case.links == ()
    assert refused(unlinked.case, "unlink-case", "kaya", case="CIR-2026-000001") is Code.NOT_LINKED
