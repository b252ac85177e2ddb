"""``cir exercise run``: a story on the running service, marked EXERCISE, sinks only."""

import os
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from cli.context import Options
from cli.desk import failure, read_json
from cli.exit_codes import DONE, FAILED
from cli.harmless import safe
from cli.output import say, show
from cli.playing import LivePlay, even, stand_ins, utc_now
from cli.registers import verb
from cli.rehearse import DEFAULT, rehearse_verb, scenario_in

if TYPE_CHECKING:  # they are imported inside the command that plays
    from domain.rehearsal.play import Play
    from domain.rehearsal.scenario import Scenario
    from domain.rehearsal.staging import LeftOut, StagedScenario

LEAD = timedelta(seconds=1)
"""How long before its first instant a story is made ready."""

TIGHT_S = 0.5
"""A step this close before a clock may come too late on a small machine [our default]."""

LOAD = "A service of the story's own: CIR_HOME=FOLDER cir local up --register FILE"
"""What to do where the service is not the story's."""

ABOUT = ("about", "clock", "alarm", "window", "notice")
"""What a fact of time is about, by the names under which it says so."""

OFFSET = re.compile(r"^\+\d{1,6}:[0-5]\d:[0-5]\d$")


def ran(options: Options, values: dict[str, Any]) -> None:
    """Play a story; exit 0 when it goes as written, 1 when not, 2 when the file is no scenario."""
    from domain.rehearsal.order import first_difference, in_order
    from domain.rehearsal.play import Play
    from domain.rehearsal.staging import stage
    from domain.story_time import StoryTime

    scenario = scenario_in(values["file"])
    speed = even(values["speed"])
    _check_tokens(options, scenario)
    _check_registers(options, scenario)
    run = os.urandom(3).hex()
    names = stand_ins(options, scenario, run)
    story = StoryTime(began_at=utc_now() + LEAD, tells_of=scenario.starts_at, speed=speed)
    staged, left_out = stage(scenario, story, run=run, until=values["until"])
    play = _rehearsed(Play, staged)
    teller = Teller(options)
    live = LivePlay(options, staged, play, names=names, run=run, tell=teller.fact)
    teller.begins(staged, play, left_out)
    answer = _played(live, staged, teller)
    found = first_difference(
        in_order((fact.model_dump(mode="json") for fact in play.facts), {}),
        in_order(live.facts, live.names),
    )
    if found is not None:
        expected, actual = found.words
        order = {"step": "facts", "field": str(found.number)}
        answer["mismatches"].append({**order, "expected": expected, "actual": actual})
    answer["passed"] = not answer["mismatches"]
    answer["left_out"] = [{"step": one.step, "why": one.why} for one in left_out]
    teller.ends(answer)
    raise SystemExit(DONE if answer["passed"] else FAILED)


def _played(live: LivePlay, staged: "StagedScenario", teller: "Teller") -> dict[str, Any]:
    """Play every step and the end; hold both against what the story expects."""
    from domain.rehearsal.ending import ended
    from domain.rehearsal.judge import final_mismatches, step_mismatches

    steps: list[dict[str, Any]] = []
    mismatches: list[dict[str, Any]] = []
    for step in staged.steps:
        done = live.step(step)
        steps.append(done)
        found = step_mismatches(step, done)
        mismatches += found
        teller.step(done, found)
    teller.waits(staged)
    shown = live.end()
    final = ended(shown, live.facts, live.names) if shown else {}
    mismatches += final_mismatches(staged.final, final)
    return {
        "scenario": staged.scenario,
        "case": live.case,
        "speed": staged.story.speed,
        "passed": False,
        "steps": steps,
        "facts": [{"at": f["occurred_at"], "type": f["type"], "by": f["by"]} for f in live.facts],
        "final": final,
        "mismatches": mismatches,
        "late": live.late,
    }


def _rehearsed(play: type["Play"], staged: "StagedScenario") -> "Play":
    """Return the story as it goes in a rehearsal of the same speed."""
    from domain.policy import Policy

    default = DEFAULT.read_text()
    made = play(staged, staged.policy_of(Policy.from_toml(default, default=default)))
    made.to_the_end()
    return made


def _check_tokens(options: Options, scenario: "Scenario") -> None:
    """Refuse a story some of whose people cannot be spoken for here, all of them at once."""
    from domain.rehearsal.staging import givers

    held = read_json(options.home / "credentials.json", {})
    missing = [one for one in givers(scenario) if one not in held]
    if missing:
        words = f"There is no token here for {', '.join(missing)}, who act in this story. {LOAD}"
        raise failure("not-allowed", "unknown-person", words)


def _check_registers(options: Options, scenario: "Scenario") -> None:
    """Refuse a service that does not know the story's people, providers and councils."""
    from domain.rehearsal.staging import givers

    world = scenario.world
    desk = options._replace(person=givers(scenario)[0]).desk
    problems = []
    for name, wanted in (
        ("people", world.people),
        ("providers", world.providers),
        ("councils", world.councils),
    ):
        known = {row.get("id") or row.get("code"): row for row in desk.get(f"/registers/{name}")}
        for entry in wanted:
            key = str(getattr(entry, "id", "") or getattr(entry, "code", ""))
            if key not in known or type(entry).model_validate(known[key]) != entry:
                how = "is not on the register" if key not in known else "stands there otherwise"
                problems.append({"field": f"world.{name}", "message": f"{key} {how}"})
    if problems:
        words = f"The registers here are not those of {scenario.scenario}. {LOAD}"
        told = failure("refused", "other-registers", words)
        told.error["details"] = {"fields": problems}
        raise told


class Teller:
    """Tells a person how a story goes: as data in a table, as talk beside JSON."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._is_table = options.output == "table"

    def begins(
        self, staged: "StagedScenario", play: "Play", left_out: "tuple[LeftOut, ...]"
    ) -> None:
        """Say what is played, how long it takes and what may not hold."""
        last = str(staged.final.get("at") or staged.steps[-1].at)
        takes = staged.instant(last) - staged.story.began_at
        speed = staged.story.speed
        words = f"EXERCISE {staged.scenario}: {len(staged.steps)} steps at {speed} times life"
        self._line(f"{words}, about {_span(takes)}; everything goes to sinks.")
        for one in left_out:
            self._line(f"step {one.step} is left out: {one.why}")
        tight = _tightest(staged, play)
        if tight is not None and tight[1].total_seconds() < TIGHT_S:
            seconds = tight[1].total_seconds()
            words = f"step {tight[0]} is to come {seconds:.2f} s before time acts"
            self._line(f"{words}; should it be late, play slower.")

    def fact(self, fact: dict[str, Any]) -> None:
        """Tell what time did, and who was paged."""
        said = fact["payload"]
        if fact["command"] or fact["type"] == "notice-due" or fact["type"] == "page-due":
            return
        about = next((said[name] for name in ABOUT if said.get(name)), "")
        rung = f" L{said['rung']}" if fact["type"] == "paged" else ""
        self._line(f"      {fact['type']} {about}{rung}".rstrip())

    def step(self, done: dict[str, Any], mismatches: list[dict[str, Any]]) -> None:
        """Tell a step: what happened, and what was expected where that is something else."""
        told = ", ".join(done["notices"])
        code = f" {done['code']}" if done["code"] else ""
        words = f"{done['n']:3} {done['offset']} {done['by']}: {done['command']}"
        self._line(
            f"{words}: {done['outcome']}{code}, {done['phase']}{' - ' + told if told else ''}"
        )
        for one in mismatches:
            self._line(f"      {one['field']}: expected {one['expected']}, was {one['actual']}")

    def waits(self, staged: "StagedScenario") -> None:
        """Say how long the end is waited for."""
        at = staged.final.get("at")
        left = timedelta(0) if at is None else staged.instant(str(at)) - utc_now()
        if left > timedelta(seconds=2):
            self._line(f"    the story goes on for {_span(left)}: waiting for what time does")

    def ends(self, answer: dict[str, Any]) -> None:
        """Tell the end, and everything that went otherwise."""
        if not self._is_table:
            show(answer, self._options)
        for one in answer["mismatches"]:
            words = f"step {one['step']} {one['field']}: expected {one['expected']}"
            self._line(f"{words}, was {one['actual']}")
        if answer["mismatches"] and answer["late"]:
            late = ", ".join(map(str, answer["late"]))
            self._line(f"late were steps {late}: at a lower --speed they may come in time")
        end = "as expected" if answer["passed"] else f"{len(answer['mismatches'])} mismatches"
        self._line(f"{answer['scenario']} as {answer['case']}: {end}")

    def _line(self, words: str) -> None:
        if self._is_table:
            click.echo(safe(words))
        elif not self._options.quiet:
            say(words)


def _tightest(staged: "StagedScenario", play: "Play") -> tuple[int, timedelta] | None:
    """Return the step that comes closest before something that time does, and how close."""
    found = []
    for step in staged.steps:
        acts = (f for f in play.facts[play.after[step.n] :] if not f.command)
        first = next((f for f in acts if not f.instruction.startswith("paged/")), None)
        if first is not None:
            found.append((step.n, first.occurred_at - staged.instant(step.at)))
    return min(found, key=lambda one: one[1], default=None)


def _span(length: timedelta) -> str:
    """Return a length in words: 25 s, 12 min, 3 h 05 min, 4 days."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 100:  # noqa: PLR2004  (below that, minutes say less)
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if hours < 48:  # noqa: PLR2004  (two days)
        return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return f"{round(hours / 24)} days"


def _offset(_context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None and OFFSET.match(value) is None:
        raise click.BadParameter("say it like +03:30:00, hours, minutes and seconds of the story")
    return value


def verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir exercise``."""
    from cli.reference_provider import reference_provider
    from cli.surge import surge

    file = click.Argument(["file"], metavar="FILE|-")
    speed = click.Option(
        ["--speed"], type=float, default=600, show_default=True,
        help="How many minutes of the story pass in one.",
    )  # fmt: skip
    until = click.Option(
        ["--until"], metavar="+H:MM:SS", callback=_offset, help="Play only as far as that."
    )
    words = "Play a scenario on the running stack: marked EXERCISE, sinks only."
    return {
        "rehearse": rehearse_verb(),
        "run": verb("run", ran, words, file, speed, until),
        "provider": reference_provider(),
        "surge": surge(),
    }
