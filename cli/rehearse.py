"""``cir exercise rehearse`` and ``cir policy``: the rules themselves, without a desk."""

from pathlib import Path
from typing import Any

import click

from cli.context import Options
from cli.desk import failure
from cli.exit_codes import FAILED, USAGE
from cli.harmless import safe
from cli.output import say, show
from cli.registers import verb
from cli.verbs import common

DEFAULT = Path(__file__).resolve().parents[1] / "policy" / "default.toml"


def rehearsed(**values: Any) -> None:  # noqa: ANN401
    """Play a scenario; exit 0 when every expectation holds, 1 when not, 2 when it is none."""
    from cli.context import options_of
    from domain.policy import Policy
    from domain.rehearsal.play import rehearse
    from domain.rehearsal.scenario import ScenarioError, read_scenario

    options = options_of(values)
    default = DEFAULT.read_text()
    try:
        scenario = read_scenario(Path(values["file"]).read_text())
        answer = rehearse(scenario, Policy.from_toml(default, default=default))
        if values["policy"]:
            text = Path(values["policy"]).read_text()
            other = rehearse(scenario, Policy.from_toml(text, default=default))
            answer["diff"] = differences(answer, other)
    except (OSError, ScenarioError, ValueError) as error:
        for problem in getattr(error, "problems", (str(error),)):
            say(f"{values['file']}: {problem}")
        raise SystemExit(USAGE) from None
    if options.output == "table":
        tell(answer)
    else:
        show(answer, options)
    raise SystemExit(0 if answer["passed"] else FAILED)


def tell(answer: dict[str, Any]) -> None:
    """Tell a rehearsal to a person: one line a step, then what went otherwise."""
    for step in answer["steps"]:
        told = ", ".join(step["notices"])
        code = f" {step['code']}" if step["code"] else ""
        words = f"{step['n']:3} {step['at']} {step['command']}: {step['outcome']}{code}"
        click.echo(safe(f"{words}, {step['phase']}{' - ' + told if told else ''}"))
    for one in answer["mismatches"]:
        words = f"step {one['step']} {one['field']}: expected {one['expected']}"
        click.echo(safe(f"{words}, was {one['actual']}"))
    for one in answer.get("diff", ()):
        click.echo(safe(f"{one['field']}: {one['here']} would be {one['there']}"))
    end = "as expected" if answer["passed"] else f"{len(answer['mismatches'])} mismatches"
    click.echo(f"{answer['scenario']}: {end}")


def differences(here: dict[str, Any], there: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what another policy would change: at the end, and step by step."""
    found = [
        {"field": f"final.{name}", "here": value, "there": there["final"].get(name)}
        for name, value in here["final"].items()
        if there["final"].get(name) != value
    ]
    for one, other in zip(here["steps"], there["steps"], strict=True):
        found.extend(
            {"field": f"step {one['n']} {name}", "here": one[name], "there": other[name]}
            for name in ("outcome", "code", "phase", "notices", "clocks")
            if one[name] != other[name]
        )
    return found


def policy_shown(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return every number of the policy with its source."""
    from domain.policy import described

    del options, values
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
        text = Path(values["file"]).read_text()
        policy = Policy.from_toml(text, default=DEFAULT.read_text())
    except PolicyError as error:
        told = failure("refused", "invalid-input", f"{values['file']} is no policy.")
        told.error["details"] = {
            "fields": [
                {"field": k, "code": "invalid-input", "message": w} for k, w in error.problems
            ]
        }
        raise told from error
    today = datetime.now(UTC).date()  # noqa: TID251  (the edge)
    problem = policy.bank_holidays_problem(today)
    return {"ok": True, "warnings": [problem] if problem else []}


def exercise_verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir exercise``."""
    file = click.Argument(["file"], type=click.Path(), metavar="FILE")
    policy = click.Option(["--policy"], type=click.Path(), help="What another policy would change.")
    words = "Play a scenario in virtual time: no server, the same rules."
    rehearse = click.Command(
        "rehearse", params=common(file, policy), callback=rehearsed, help=words
    )
    return {"rehearse": rehearse}


def policy_verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir policy``."""
    file = click.Argument(["file"], type=click.Path(exists=True), metavar="FILE")
    return {
        "show": verb("show", policy_shown, "Every number with its source."),
        "check": verb("check", policy_checked, "Whether FILE is a policy.", file),
    }
