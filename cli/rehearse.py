"""``cir exercise rehearse`` and ``cir policy``: the rules themselves, without a desk."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli.changes import import_verb
from cli.context import Options
from cli.desk import Failure, failure
from cli.exit_codes import DONE, FAILED
from cli.harmless import safe, when
from cli.inputs import named, text_of
from cli.output import say, show
from cli.registers import verb

if TYPE_CHECKING:  # it is imported inside the command that reads one
    from domain.rehearsal.scenario import Scenario

DEFAULT = Path(__file__).resolve().parents[1] / "policy" / "default.toml"


def scenario_in(file: str) -> "Scenario":
    """Return the scenario in a file.

    Raises:
        Failure: It is none; every problem with step and field (exit 2).
    """
    from domain.rehearsal.scenario import ScenarioError, read_scenario

    try:
        return read_scenario(text_of(file))
    except ScenarioError as error:
        told = failure("usage", "not-a-scenario", f"{named(file)} is not a scenario.")
        told.error["details"] = {"fields": [{"message": words} for words in error.problems]}
        raise told from error


def rehearsed(options: Options, values: dict[str, Any]) -> None:
    """Play a scenario; exit 0 when every expectation holds, 1 when not, 2 when it is none."""
    answer = _played(values["file"], values["policy"])
    if options.output == "table":
        tell(answer, options)
    else:
        show(answer, options)
    raise SystemExit(DONE if answer["passed"] else FAILED)


def _played(file: str, policy: str | None) -> dict[str, Any]:
    """Return the rehearsal of a scenario; with another policy, what that would change too.

    A story takes its own time: the speed of a demo or test policy plays no part in it.
    """
    from domain.policy import Policy
    from domain.policy_settings import PolicyError
    from domain.rehearsal.play import rehearse

    default = DEFAULT.read_text()
    scenario = scenario_in(file)
    try:
        answer: dict[str, Any] = rehearse(scenario, Policy.from_toml(default, default=default))
        if policy:
            other = Policy.from_toml(text_of(policy), default=default).but(time_scale=1)
            answer["diff"] = differences(answer, rehearse(scenario, other))
    except PolicyError as error:
        raise no_policy(str(policy), error.problems, "usage") from error
    return answer


def no_policy(file: str, problems: tuple[tuple[str, str], ...], kind: str) -> Failure:
    """Return the answer to a file that is no policy, every problem at once."""
    told = failure(kind, "invalid-input", f"{named(file)} is no policy.")
    told.error["details"] = {
        "fields": [{"field": k, "code": "invalid-input", "message": w} for k, w in problems]
    }
    return told


def tell(answer: dict[str, Any], options: Options) -> None:
    """Tell a rehearsal to a person: one line a step, then what went otherwise."""
    for step in answer["steps"]:
        told = ", ".join(step["notices"])
        code = f" {step['code']}" if step["code"] else ""
        words = (
            f"{step['n']:3} {when(step['at'], options)} {step['command']}: {step['outcome']}{code}"
        )
        click.echo(safe(f"{words}, {step['phase']}{' - ' + told if told else ''}"))
    for one in answer["mismatches"]:
        words = f"step {one['step']} {one['field']}: expected {one['expected']}"
        click.echo(safe(f"{words}, was {one['actual']}"))
    for one in answer.get("diff", ()):
        click.echo(safe(f"{one['field']}: {_text(one['here'])} would be {_text(one['there'])}"))
    end = "as expected" if answer["passed"] else f"{len(answer['mismatches'])} mismatches"
    click.echo(f"{answer['scenario']}: {end}")


def differences(here: dict[str, Any], there: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what another policy would change: at the end, and step by step."""
    found = list(_changes("final", here["final"], there["final"]))
    for one, other in zip(here["steps"], there["steps"], strict=True):
        for name in ("outcome", "code", "phase", "notices", "clocks"):
            found.extend(_changes(f"step {one['n']} {name}", one[name], other[name]))
    return found


def _changes(field: str, here: Any, there: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """Yield where two values differ: within objects by key, of lists what only one side has."""
    if here == there:
        return
    if isinstance(here, dict) and isinstance(there, dict):
        for name in {**here, **there}:
            yield from _changes(f"{field}.{name}", here.get(name), there.get(name))
    elif isinstance(here, list) and isinstance(there, list):
        ours, theirs = Counter(map(_text, here)), Counter(map(_text, there))
        only = [[json.loads(one) for one in rest.elements()] for rest in _apart(ours, theirs)]
        yield {"field": field, "here": only[0], "there": only[1]}
    else:
        yield {"field": field, "here": here, "there": there}


def _apart(ours: Counter[str], theirs: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    return ours - theirs, theirs - ours


def _text(value: Any) -> str:  # noqa: ANN401
    return json.dumps(value, sort_keys=True)


def policy_shown(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return every number of the policy with its source: as shipped, or as it is in force."""
    if values["in_force"]:
        return options.desk.get("/registers/policy")
    from domain.policy import described

    if options.output == "table" and not options.quiet:
        say("As shipped. What new cases begin with at your desk: cir policy show --in-force")
    default = DEFAULT.read_text()
    return [
        {"name": s.name, "value": s.value, "unit": s.unit, "source": s.source}
        for s in described(default, default)
    ]


def policy_checked(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Read a policy file and tell every problem at once."""
    from datetime import UTC, datetime

    from domain.policy import Policy
    from domain.policy_settings import PolicyError

    del options
    try:
        policy = Policy.from_toml(text_of(values["file"]), default=DEFAULT.read_text())
    except PolicyError as error:
        raise no_policy(values["file"], error.problems, "refused") from error
    today = datetime.now(UTC).date()  # noqa: TID251  (the edge)
    problem = policy.bank_holidays_problem(today)
    return {"ok": True, "warnings": [problem] if problem else []}


def rehearse_verb() -> click.Command:
    """Return ``cir exercise rehearse``."""
    file = click.Argument(["file"], metavar="FILE|-")
    policy = click.Option(["--policy"], metavar="FILE", help="What another policy would change.")
    words = "Play a scenario in virtual time: no server, the same rules."
    return verb("rehearse", rehearsed, words, file, policy)


def policy_verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir policy``."""
    words = "As the desk has it for new cases; otherwise as shipped, without a desk."
    in_force = click.Option(["--in-force"], is_flag=True, help=words)
    file = click.Argument(["file"], metavar="FILE|-")
    return {
        "show": verb("show", policy_shown, "Every number with its source.", in_force),
        "check": verb("check", policy_checked, "Whether FILE is a policy.", file),
        "import": import_verb("policy"),
    }
