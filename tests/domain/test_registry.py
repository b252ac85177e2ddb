"""Every declaration against the guide: commands, events, clocks, alarms and reason codes."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from temporalio.workflow import _Definition as WorkflowDefinition

import domain.decisions  # noqa: F401  (fills the registries)
from cli.generate import DOCS, VERBS, verb_of
from domain.case import Event
from domain.clocks.alarms import ALARMS, Alarm
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Clock
from domain.command import BASE_FIELDS, Command
from domain.decider import authorise, decide
from domain.errors import Code, Refused
from domain.people import Role
from domain.phase import Phase
from tests.builders import ONE, WHY, a_case, stamped
from tests.domain.guide_rows import DESK_ONLY, LETTERS, OWN_HAND, ROWS, STANDS_IN, Row
from workflows.incident_case import IncidentCaseWorkflow

DOMAIN = Path(__file__).parents[2] / "domain"
HANDLERS = WorkflowDefinition.must_from_class(IncidentCaseWorkflow)
PEOPLE = {
    Role.TRIAGE_OFFICER: "kaya",
    Role.INCIDENT_MANAGER: "priya",
    Role.SENIOR_APPROVER: "ruth",
    Role.HEAD_OF_SERVICE: "helen",
    Role.FINANCE: "sam",
}
ROLE_CODES = (Code.ROLE_NOT_ALLOWED, Code.RUNG_NOT_YOURS)
PHASE_CODES = (Code.WRONG_PHASE, Code.CASE_CLOSED, Code.CASE_ARCHIVED)

every_command = pytest.mark.parametrize("name", sorted(ROWS))
every_clock = pytest.mark.parametrize("clock", CATALOGUE.values(), ids=list(CATALOGUE))
every_alarm = pytest.mark.parametrize("alarm", ALARMS.values(), ids=list(ALARMS))


def allowed(row: Row) -> frozenset[Role]:
    """Return every role that may give the command: the least ones and who stands in for them."""
    letters = set(row.who) if row.only else {one for w in row.who for one in STANDS_IN.get(w, w)}
    return frozenset(LETTERS[letter] for letter in letters)


def asked(name: str, role: Role | None = None, **changes: Any) -> Command:
    """Return a minimal valid command, given by somebody who may (or by ``role``)."""
    row = ROWS[name]
    by_role = role or next(LETTERS[one] for one in row.who if LETTERS[one] in PEOPLE)
    reason = WHY if row.reasoned else None
    told = {**row.inputs, "reason": reason, **changes}
    by = PEOPLE.get(by_role, by_role.value)
    return stamped(Command.registry[name], by, (by_role,), **told)


def answer(command: Command, phase: Phase, **changes: Any) -> Code | None:
    """Return how the one door refuses the command in ``phase``; ``None`` when it takes it."""
    try:
        decide(a_case(phase, **changes), command, ONE)
    except Refused as refused:
        return refused.code
    return None


def test_the_commands_are_the_rows_of_the_guide() -> None:
    assert sorted(Command.registry) == sorted(ROWS)


@every_command
def test_a_command_says_what_it_does_in_one_sentence(name: str) -> None:
    first = (Command.registry[name].__doc__ or "").splitlines()[0]
    assert first.endswith(".")
    assert first[0].isupper()
    assert len(first.split()) >= 3


@every_command
def test_a_command_is_declared_as_its_row_says(name: str) -> None:
    row, command = ROWS[name], Command.registry[name]
    assert command.group == row.group
    assert command.who == frozenset(LETTERS[letter] for letter in row.who)
    assert command.phases == row.phases
    assert command.reasoned is row.reasoned
    assert command.desk_only is (name in DESK_ONLY)


@every_command
def test_every_input_is_described(name: str) -> None:
    inputs = {k: f for k, f in Command.registry[name].model_fields.items() if k not in BASE_FIELDS}
    assert not [k for k, field in inputs.items() if not (field.description or "").strip()]


@every_command
def test_a_command_is_an_update_and_a_signal_with_its_description(name: str) -> None:
    says = Command.registry[name].__doc__
    update, signal = HANDLERS.updates[name], HANDLERS.signals[name]
    assert (update.description, signal.description) == (says, says)
    assert update.arg_types == [Command.registry[name]]
    assert update.validator is not None


@every_command
def test_a_command_has_a_verb_and_an_entry_on_the_page(name: str) -> None:
    command = Command.registry[name]
    if name in OWN_HAND:
        return
    verb = json.loads(VERBS.read_text())[command.group][verb_of(command)]
    assert verb["command"] == name
    assert f"\n### cir {command.group} {verb_of(command)} CASE\n" in DOCS.read_text()


@every_command
@pytest.mark.parametrize("role", Role)
def test_only_the_roles_of_the_row_may_give_it(name: str, role: Role) -> None:
    command = asked(name, role)
    refused = None
    try:
        authorise(type(command), command.by, (role,), {})
    except Refused as said:
        refused = said.code
    if role in allowed(ROWS[name]):
        assert refused is None
    else:
        assert refused in ROLE_CODES
        assert answer(command, next(iter(ROWS[name].phases))) is refused


def test_a_rung_that_is_not_yours_has_a_code_of_its_own() -> None:
    for role in (Role.TRIAGE_OFFICER, Role.SENIOR_APPROVER, Role.FINANCE):
        asks = asked("acknowledge-escalation", role)
        assert answer(asks, Phase.REPORTED) is Code.RUNG_NOT_YOURS
    nobody = asked("acknowledge-escalation", Role.AUDITOR)
    assert answer(nobody, Phase.REPORTED) in ROLE_CODES


@every_command
@pytest.mark.parametrize("phase", Phase)
def test_a_command_is_lawful_only_in_the_phases_of_its_row(name: str, phase: Phase) -> None:
    code = answer(asked(name), phase)
    if phase not in ROWS[name].phases:
        assert code is (Code.CASE_CLOSED if phase is Phase.CLOSED else Code.WRONG_PHASE)
    elif name != "record-category":  # its row closes all outcomes but not-qualified
        assert code not in PHASE_CODES


@every_command
def test_an_archived_case_takes_nothing_but_a_legal_hold(name: str) -> None:
    code = answer(asked(name), Phase.CLOSED, archived=True)
    assert (code is Code.CASE_ARCHIVED) is (name != "legal-hold")


@every_command
def test_a_mandatory_reason_has_10_to_2000_characters(name: str) -> None:
    phase = next(iter(ROWS[name].phases))
    if ROWS[name].reasoned:
        for reason in (None, "", "Too short", f"{' ' * 10}short{' ' * 10}", "x" * 2001):
            assert answer(asked(name, reason=reason), phase) is Code.REASON_NEEDED
        for reason in ("x" * 10, "x" * 2000):
            assert answer(asked(name, reason=reason), phase) is not Code.REASON_NEEDED
    else:
        assert answer(asked(name, reason=None), phase) is not Code.REASON_NEEDED


@every_command
def test_without_the_desks_stamp_only_plain_commands_are_heard(name: str) -> None:
    bare = asked(name).but(stamp=None)
    for phase in ROWS[name].phases:
        assert (answer(bare, phase) is Code.DESK_ONLY) is (name in DESK_ONLY)


@every_command
def test_every_event_of_a_row_is_on_the_register_of_events(name: str) -> None:
    assert ROWS[name].events
    assert set(ROWS[name].events) <= set(Event.registry)


def test_every_kind_of_event_has_its_type_and_says_what_happened() -> None:
    for kind in _kinds(Event):
        if not kind.__module__.startswith("domain."):
            continue  # tests make facts of their own
        is_base = bool(kind.__subclasses__()) and not kind.type
        assert is_base or Event.registry[kind.type] is kind, f"{kind.__name__} has no type"
        assert (kind.__doc__ or "").strip()


def test_a_fact_can_be_read_back_although_the_record_leaves_out_what_is_unknown() -> None:
    """``fact_of`` writes no null, so whatever may be unknown has to say so when it is absent."""
    for part in {part for kind in Event.registry.values() for part in _parts(kind)}:
        for name, field in part.model_fields.items():
            if type(None) in get_args(field.annotation):
                assert not field.is_required(), f"{part.__name__}.{name} has no default"


@every_clock
def test_a_clock_names_events_that_exist_and_the_command_that_meets_it(clock: Clock) -> None:
    assert _unknown(clock.starts + clock.stops + clock.cancels + clock.restarts) == set()
    assert clock.starts
    assert clock.stops
    assert clock.met_by in Command.registry
    assert clock.says


@every_alarm
def test_an_alarm_names_events_that_exist(alarm: Alarm) -> None:
    assert _unknown(alarm.on) == set()
    assert alarm.says


def test_every_reason_code_is_used_by_a_rule() -> None:
    said = set()
    for path in DOMAIN.rglob("*.py"):
        if path.name != "errors.py":
            said |= set(_codes(path))
    assert {code.name for code in Code} - said == set()


def _kinds(base: type[Event]) -> Iterator[type[Event]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)


def _parts(hint: Any) -> Iterator[type[BaseModel]]:
    """Yield a model and every model in it."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
        for field in hint.model_fields.values():
            yield from _parts(field.annotation)
    for inner in get_args(hint):
        yield from _parts(inner)


def _unknown(names: tuple[str, ...]) -> set[str]:
    phases = {f"entering:{phase}" for phase in Phase}
    return set(names) - set(Event.registry) - phases


def _codes(path: Path) -> Iterator[str]:
    """Yield every member of ``Code`` a module names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield from (node.attr,) if node.value.id == "Code" else ()
