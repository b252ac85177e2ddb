"""The one door to a case: what every command shares, in the guide's order of refusals.

``carry_out`` is what the live case, the rehearsal and the tests call; ``decide`` only says what
would follow.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from domain.case import WHOLE_RECORD, Answered, Case, Event
from domain.clocks.due import next_deadline
from domain.command import Command, inputs
from domain.engagement import KNOWS_DECLINERS
from domain.errors import Code, Refused
from domain.fact import Cause
from domain.keys import content_of, earlier_answer, remembered
from domain.people import Role, may
from domain.phase import END, Phase
from domain.settling import Settled, advance, settle
from domain.value import Instant, Value

REASON_MIN, REASON_MAX = 10, 2000
"""Length of a mandatory reason, in characters (guide g)."""


class FactLine(Value):
    """A fact as an answer shows it."""

    seq: int
    type: str
    occurred_at: Instant
    recorded_at: Instant
    by: str


class NextDeadline(Value):
    """What time will do next."""

    clock: str
    kind: str
    at: Instant


class Receipt(Value):
    """The answer to an accepted command. Wire format (``cli.md``)."""

    ok: bool = True
    case: str
    command: str
    version: int
    phase: Phase
    outcome: str | None = None
    events: tuple[FactLine, ...] = ()
    next_deadline: NextDeadline | None = None
    repeated: bool = False
    changed: tuple[str, ...] = ()


class Done(NamedTuple):
    """An accepted command: the case after it, what it brought about, and the answer."""

    settled: Settled
    receipt: Receipt


def build(name: str, payload: dict[str, Any]) -> Command:
    """Return the typed command, or refuse it with every problem of its inputs at once.

    Raises:
        Refused: ``invalid-input`` with ``details.fields``.
    """
    kind = Command.registry[name]
    try:
        return kind.model_validate(_typed(kind, payload))
    except ValidationError as error:
        fields = tuple(
            {
                "field": ".".join(str(part) for part in p["loc"]),
                "code": "missing" if p["type"] == "missing" else "invalid",
                "message": _in_words(p),
            }
            for p in error.errors(include_url=False, include_input=False)
        )
        named = ", ".join(field["field"] or name for field in fields)
        message = f"{name} could not be read: look at {named}."
        raise Refused(Code.INVALID_INPUT, message, fields=fields) from None


def _typed(kind: type[Command], payload: dict[str, Any]) -> dict[str, Any]:
    """Return the inputs, those out that say a whole number as ``true``, 60.0 or "60".

    The types themselves go on reading these: a history reads as it was read.
    """
    wholes = {
        name
        for name, field in kind.model_fields.items()
        if int in (field.annotation, *get_args(field.annotation))
    }
    loose = {
        name: "no whole number"
        for name, said in payload.items()
        if name in wholes and said is not None and type(said) is not int
    }
    return {**payload, **loose}


WORDS = {
    "missing": "is needed",
    "extra_forbidden": "There is no such input; leave it out.",
    "literal_error": "Use one of {expected}.",
    "enum": "Use one of {expected}.",
    "string_type": "Give text.",
    "string_too_short": "Fill it in.",
    "string_too_long": "Use at most {max_length} characters.",
    "int_parsing": "Give a whole number.",
    "int_type": "Give a whole number.",
    "value_error": "{error}",
    "timezone_aware": "Say the zone too, such as 2026-11-23T02:10:00Z.",
    "datetime_from_date_parsing": "Give day, time and zone, such as 2026-11-23T02:10:00Z.",
    "date_from_datetime_parsing": "Give a day, such as 2026-11-23.",
}
"""What a person is told of an input that cannot be read, by pydantic's word for it."""


def _in_words(problem: ErrorDetails) -> str:
    words = WORDS.get(problem["type"])
    return problem["msg"] if words is None else words.format(**problem.get("ctx", {}))


def authorise(
    command: type[Command], by: str, roles: tuple[Role, ...], given: Mapping[str, Any]
) -> None:
    """Refuse somebody who is not on the register, or whose roles may not give the command.

    Args:
        command: What is asked.
        by: Who asks.
        roles: Their roles at this moment.
        given: The inputs; they may not be readable yet, since roles come before that.

    Raises:
        Refused: ``unknown-person``, ``role-not-allowed`` (or the row's own word for it).
    """
    if not roles:
        raise Refused(Code.UNKNOWN_PERSON, f"{by} is not on the register. Ask the head of service.")
    least = command.least_roles(given)
    if not may(roles, least):
        wanted = " or ".join(sorted(least))
        code = command.role_code(roles)
        raise Refused(code, f"{by} may not give {command.name}: it takes {wanted}.")


def _check_sealed(case: Case, command: Command, now: datetime) -> None:
    if case.sealed and command.in_clear:
        raise Refused(
            Code.SEALED_ONLY,
            f"{case.reference} takes sealed instructions only: use cir {command.group}, or give "
            "Temporal's own tools the desk's codec (--codec-endpoint).",
        )


def _check_person(case: Case, command: Command, now: datetime) -> None:
    if command.stamp is not None:
        authorise(type(command), command.by, command.stamp.roles, inputs(command))


def _check_stamped(case: Case, command: Command, now: datetime) -> None:
    if command.desk_only and command.stamp is None:
        raise Refused(
            Code.DESK_ONLY, f"{command.name} is taken from the desk only: use cir {command.group}."
        )


def _check_inputs(case: Case, command: Command, now: datetime) -> None:
    command.check_inputs(case, command.occurred_at or now)


def _check_reason(case: Case, command: Command, now: datetime) -> None:
    said = (command.reason or "").strip()
    if command.needs_reason() and not REASON_MIN <= len(said) <= REASON_MAX:
        raise Refused(
            Code.REASON_NEEDED,
            f"{command.name} needs a reason of {REASON_MIN} to {REASON_MAX:,} characters.",
        )


def _check_version(case: Case, command: Command, now: datetime) -> None:
    if command.if_version is not None and command.if_version != case.version:
        raise Refused(
            Code.STALE_VERSION,
            f"{case.reference} has moved to version {case.version}: {case.moved_by} was first. "
            f"Look again with cir case show {case.reference}.",
            version=case.version,
            by=case.moved_by,
        )


def _check_phase(case: Case, command: Command, now: datetime) -> None:
    check_phase(case, command)


def check_phase(case: Case, command: type[Command] | Command) -> None:
    """Refuse a command where it is not for the case's phase, or the case is archived.

    Raises:
        Refused: ``case-archived``, ``case-closed`` or ``wrong-phase``.
    """
    if case.archived and command.name != "legal-hold":
        raise Refused(
            Code.CASE_ARCHIVED,
            f"{case.reference} is archived. New harm is a new case, linked follow-on.",
        )
    if case.phase in command.phases:
        return
    where = ", ".join(phase for phase in Phase if phase in command.phases)
    if case.phase is END:
        raise Refused(
            Code.CASE_CLOSED,
            f"{case.reference} is closed ({case.outcome}). To open it again: cir closing reopen.",
            phase=case.phase,
        )
    raise Refused(
        Code.WRONG_PHASE,
        f"{case.reference} is in {case.phase}; {command.name} is for {where}.",
        phase=case.phase,
    )


def _check_provider(case: Case, command: Command, now: datetime) -> None:
    if Role.PROVIDER not in command.who or case.provider(command.by) is None:
        return
    engagement = case.engagement
    if command.by == engagement.provider:
        return
    if command.formerly and _came(case, command.by):
        return
    raise Refused(
        Code.NOT_THE_PROVIDER,
        f"{command.by} is not the provider on {case.reference}.",
    )


def _came(case: Case, provider: str) -> bool:
    """Tell whether a provider was ever to do the work of the case."""
    if case.rules < KNOWS_DECLINERS:
        return provider in case.engagement.ever_called
    return case.engagement.came(provider)


def _check_other_person(case: Case, command: Command, now: datetime) -> None:
    if command.by in command.other_person(case):
        raise Refused(
            Code.SAME_PERSON,
            f"{command.by} took the first step; {command.name} takes another person.",
        )


def _check_times(case: Case, command: Command, now: datetime) -> None:
    occurred = command.occurred_at
    if occurred is None:
        return
    if occurred > now + case.policy.length("future.tolerance_minutes"):
        raise Refused(Code.IN_THE_FUTURE, "It cannot have happened yet: check --occurred-at.")
    if occurred < case.received_at and not command.may_precede_case:
        raise Refused(
            Code.BEFORE_CASE, f"That is before the report of {case.reference} was received."
        )
    if is_backdated(case, command, now) and not (command.evidence or "").strip():
        raise Refused(
            Code.EVIDENCE_NEEDED,
            "It is told notably later than it happened: say what proves it with --evidence.",
        )


Check = Callable[[Case, Command, datetime], None]
CHECKS_BEFORE_KEY: tuple[Check, ...] = (_check_sealed, _check_person)
SHARED_CHECKS: tuple[Check, ...] = (
    _check_stamped,
    _check_inputs,
    _check_reason,
    _check_version,
    _check_phase,
    _check_provider,
    _check_other_person,
    _check_times,
)
"""In the guide's order; the person comes before the key, the rest after it."""


def is_backdated(case: Case, command: Command, now: datetime) -> bool:
    """Tell whether the command tells of something notably earlier than now (guide f 9)."""
    tolerance = case.policy.length("backdating.tolerance_minutes")
    return command.occurred_at is not None and command.occurred_at < now - tolerance


def decide(case: Case, command: Command, now: datetime) -> tuple[Event, ...]:
    """Say what follows from ``command``, or refuse it with the first rule that says no.

    Raises:
        Refused: With the rule. Nothing changed.
    """
    for check in (*CHECKS_BEFORE_KEY, *SHARED_CHECKS):
        check(case, command, now)
    return command.decide(case, command.occurred_at or now)


def carry_out(case: Case, command: Command, now: datetime, instruction: str) -> Done:
    """Take ``command`` at ``now``: let time pass up to it, decide, and settle what follows.

    Args:
        case: The case as it stands.
        command: What is asked.
        now: When we were told.
        instruction: Id of the instruction; its effects are keyed by it.

    Raises:
        Refused: With the rule. Nothing changed.
    """
    passed = advance(case, now, through=False)
    case = passed.case
    for check in CHECKS_BEFORE_KEY:
        check(case, command, now)
    earlier = earlier_answer(case, command)
    if earlier is not None:
        return Done(passed, _again(case, command, earlier))
    events = decide(case, command, now)
    if not events:
        return Done(passed, _receipt(case, command, (), repeated=True))
    before = case
    settled = passed.then(settle(case, events, _cause(case, command, now, instruction)))
    case = remembered(before, settled.case, command)
    settled = settled._replace(case=case)
    mine = tuple(fact for fact in settled.facts if fact.seq > before.seq)
    lines = tuple(
        FactLine(
            seq=f.seq, type=f.type, occurred_at=f.occurred_at, recorded_at=f.recorded_at, by=f.by
        )
        for f in mine
    )
    changed = tuple(getattr(events[0], "changed", ()))
    repeated = events[0].type == "report-repeated"
    receipt = _receipt(case, command, lines, repeated=repeated)
    return Done(settled, receipt.but(changed=changed if repeated else ()))


def _cause(case: Case, command: Command, now: datetime, instruction: str) -> Cause:
    stamp = command.stamp
    return Cause(
        id=instruction,
        command=command.name,
        by=command.by if stamp is not None else f"direct:{command.by}",
        roles=stamp.roles if stamp is not None else (),
        at=now,
        backdated=is_backdated(case, command, now),
        evidence=command.evidence,
        content=content_of(command) if case.rules >= WHOLE_RECORD else None,
    )


def _again(case: Case, command: Command, earlier: Answered) -> Receipt:
    receipt = _receipt(case, command, (), repeated=True)
    return receipt.but(version=earlier.version, phase=earlier.phase)


def _receipt(
    case: Case, command: Command, lines: tuple[FactLine, ...], *, repeated: bool
) -> Receipt:
    return Receipt(
        case=case.reference,
        command=command.name,
        version=case.version,
        phase=case.phase,
        outcome=case.outcome,
        events=lines,
        next_deadline=deadline_line(case),
        repeated=repeated,
    )


def deadline_line(case: Case) -> NextDeadline | None:
    """Return what time will do next, as answers show it."""
    due = next_deadline(case)
    if due is None:
        return None
    return NextDeadline(clock=due.name, kind=due.kind, at=due.at)
