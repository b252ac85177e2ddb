"""What is asked of a case now, and what it would refuse: a dry run of the rules that decide."""

from datetime import datetime
from typing import Any

from domain.case import Case
from domain.clock_run import ClockRun
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.ladders import waiting_for_a_person
from domain.command import Command, Form
from domain.decider import check_phase
from domain.decisions.checklist import SETTLED_BY
from domain.errors import Refused
from domain.explaining.explanation import CommandLine, RefusalLine
from domain.people import P, Role, S, T

PAGES = "acknowledge-escalation"


def awaited(case: Case, now: datetime) -> tuple[CommandLine, ...]:
    """Return every command that is waited for or leads out of the phase, soonest first.

    Args:
        case: The case, with time let pass to ``now``.
        now: When it would be given.
    """
    found: dict[str, CommandLine] = {}
    todo = [*_waited_for(case, now), *_leading_on(case)]
    while todo:
        name = todo.pop(0)
        kind = Command.registry[name]
        if name in found or not kind.forms(case):
            continue
        line = _line(case, kind, now)
        found[name] = line
        todo.extend(one for one in unlocking(line) if one not in found)
    return tuple(found.values())


def unlocking(line: CommandLine) -> tuple[str, ...]:
    """Return what clears the way of a refused command: its first step, or what settles items."""
    if line.lawful:
        return ()
    first = [kind.name for kind in Command.registry.values() if kind.answered_by == line.command]
    lacks = [item for one in line.refusals for item in one.details.get("missing", ())]
    settles = [name for item in lacks for name in SETTLED_BY.get(item, ())]
    return tuple(dict.fromkeys((*first, *settles)))


def answers() -> tuple[str, ...]:
    """Return the commands that answer what another command proposes."""
    return tuple(
        dict.fromkeys(kind.answered_by for kind in Command.registry.values() if kind.answered_by)
    )


def refusals(case: Case, kind: type[Command], now: datetime) -> tuple[tuple[Form, Refused], ...]:
    """Return how each form of a command would be refused now; nothing where it would be taken."""
    found = []
    for form in kind.forms(case):
        try:
            check_phase(case, kind)
            form.check(case, now)
        except Refused as refused:
            found.append((form, refused))
    return tuple(found)


def is_lawful(case: Case, kind: type[Command], now: datetime) -> bool:
    """Tell whether the case would take a command in at least one form.

    An answer is lawful only while what it answers waits.
    """
    return len(refusals(case, kind, now)) < len(kind.forms(case))


def meeting(case: Case, name: str) -> tuple[ClockRun, ...]:
    """Return the clocks that count and that a command meets, by deadline."""
    live = sorted(case.live_clocks(), key=lambda run: run.due_at)
    return tuple(run for run in live if CATALOGUE[run.clock].met_by == name)


def _waited_for(case: Case, now: datetime) -> tuple[str, ...]:
    pages = (PAGES,) if waiting_for_a_person(case) else ()
    live = sorted(case.live_clocks(), key=lambda run: run.due_at)
    met_by = (CATALOGUE[run.clock].met_by for run in live)
    waiting = (name for name in answers() if is_lawful(case, Command.registry[name], now))
    return tuple(dict.fromkeys((*pages, *met_by, *waiting)))


def _leading_on(case: Case) -> tuple[str, ...]:
    return tuple(k.name for k in Command.registry.values() if case.phase in k.leads_on)


def _line(case: Case, kind: type[Command], now: datetime) -> CommandLine:
    refused = refusals(case, kind, now)
    forms = kind.forms(case)
    only = kind.only_person(case)
    return CommandLine(
        command=kind.name,
        line=_typed(case, kind, [form for form in forms if form not in [f for f, _ in refused]]),
        says=(kind.__doc__ or kind.name).splitlines()[0],
        who=tuple(role for role in Role if role in kind.who - {S}),
        person=only or _expected(case, kind),
        only=only is not None,
        not_by=kind.first_people(case),
        clocks=tuple(run.id for run in meeting(case, kind.name)),
        leads_on=case.phase in kind.leads_on,
        lawful=len(refused) < len(forms),
        refusals=_lines(kind, forms, refused),
    )


def _lines(
    kind: type[Command], forms: tuple[Form, ...], refused: tuple[tuple[Form, Refused], ...]
) -> tuple[RefusalLine, ...]:
    """Return refusals; one that meets every form alike is said once, without inputs."""
    said = {(str(one.code), one.message) for _, one in refused}
    alike = len(refused) == len(forms) and len(said) == 1
    return tuple(
        RefusalLine(
            command=kind.name,
            inputs={} if alike else form.inputs,
            code=one.code,
            message=one.message,
            details=one.details,
        )
        for form, one in (refused[:1] if alike else refused)
    )


def _expected(case: Case, kind: type[Command]) -> str | None:
    """Return who would give it: the provider on the case, else the owner for an officer."""
    if P in kind.who and case.engagement.provider is not None:
        return case.engagement.provider
    return case.owner if T in kind.who else None


def _typed(case: Case, kind: type[Command], lawful: list[Form]) -> str:
    """Return what a person types, with the inputs that follow from the case."""
    words = ["cir", kind.group, kind.verb or kind.name, case.reference]
    if len(lawful) == 1 and lawful[0].follows:
        words.extend(_flag(name, value) for name, value in lawful[0].inputs.items())
    return " ".join(words)


def _flag(name: str, value: Any) -> str:  # noqa: ANN401  (an input of a command)
    return f"--{name.replace('_', '-')} {value}"
