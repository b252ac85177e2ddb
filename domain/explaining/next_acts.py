"""Who must act next: from the clocks that run, the pages that wait and what was proposed."""

from datetime import datetime

from domain.case import Case
from domain.clock_run import ClockRun
from domain.clocks.alarms import ALARMS
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.ladders import waiting_for_a_person
from domain.command import Command
from domain.explaining.commands import PAGES, answers, meeting, unlocking
from domain.explaining.explanation import CommandLine, NextAct
from domain.phase import END


def next_acts(case: Case, commands: tuple[CommandLine, ...], now: datetime) -> tuple[NextAct, ...]:
    """Return what people must do: pages to take, then deadlines, then what waits without one.

    Where a clock's own command would be refused, what clears its way is named as well.

    Args:
        case: The case.
        commands: What is awaited, of the case as a command given now would find it.
        now: Deadlines before it are late.
    """
    if case.phase is END:
        return ()
    known = {line.command: line for line in commands}
    acts = [*_pages(case, known), *_deadlines(case, known, now)]
    done = {act.command for act in acts}
    waiting = (known[name] for name in answers() if name in known and name not in done)
    acts.extend(_act(line, line.says, line.command) for line in waiting if line.lawful)
    if any(act.lawful and act.command != PAGES for act in acts):
        return tuple(acts)
    others = (line for line in commands if line.leads_on and line.lawful)
    return (*acts, *(_act(line, line.says, line.command) for line in others))


def says(about: str) -> str:
    """Return in words what a clock waits for, or what an alarm tells."""
    if about.startswith("alarm:"):
        return ALARMS[about.removeprefix("alarm:")].says
    return CATALOGUE[about].says


def _pages(case: Case, known: dict[str, CommandLine]) -> list[NextAct]:
    """Return one act for each clock and alarm whose page nobody has taken."""
    line = known.get(PAGES)
    if line is None:
        return []
    kind = Command.registry[PAGES]
    typed = f"cir {kind.group} {kind.verb} {case.reference}"
    return [
        NextAct(
            who=line.who,
            what=f"say that you have it: the page about {name} ({says(name)}) waits for a person",
            about=f"page:{name}",
            command=PAGES,
            line=f"{typed} --about {name}",
        )
        for name in waiting_for_a_person(case)
    ]


def _deadlines(case: Case, known: dict[str, CommandLine], now: datetime) -> list[NextAct]:
    acts: list[NextAct] = []
    named: set[str] = set()
    for run in sorted(case.live_clocks(), key=lambda run: run.due_at):
        name = CATALOGUE[run.clock].met_by
        line = known.get(name)
        if line is None or name in named:
            continue  # what is due meanwhile ends that clock
        named.add(name)
        acts.append(_of_clock(case, run, line, now))
        for one in _clearing(line, known):
            if one.command not in named and not meeting(case, one.command):
                named.add(one.command)
                acts.append(_by(_act(one, one.says, one.command), run, now))
    return acts


def _clearing(line: CommandLine, known: dict[str, CommandLine]) -> list[CommandLine]:
    """Return the lawful commands that clear the way of a refused one, step by step."""
    found: dict[str, CommandLine] = {}
    todo = list(unlocking(line))
    while todo:
        name = todo.pop(0)
        if name in known and name not in found:
            found[name] = known[name]
            todo.extend(unlocking(known[name]))
    return [one for one in found.values() if one.lawful]


def _of_clock(case: Case, run: ClockRun, line: CommandLine, now: datetime) -> NextAct:
    waits = "; ".join(CATALOGUE[one.clock].says for one in meeting(case, line.command))
    return _by(_act(line, f"{run.clock} waits for {waits}", run.id), run, now)


def _act(line: CommandLine, what: str, about: str) -> NextAct:
    return NextAct(
        who=line.who,
        person=line.person,
        only=line.only,
        not_by=line.not_by,
        what=what,
        about=about,
        command=line.command,
        line=line.line,
        lawful=line.lawful,
        refused=None if line.lawful else line.refusals[0].code,
    )


def _by(act: NextAct, run: ClockRun, now: datetime) -> NextAct:
    return act.but(by=run.due_at, late=run.due_at < now)
