"""The verbs of commands, built from ``verbs.json`` when they are typed."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cli.context import COMMON, Options, instant, options_of
from cli.desk import Failure, case_path
from cli.exit_codes import UNREACHABLE
from cli.harmless import when
from cli.inputs import object_of, place, references, text_of
from cli.output import say, show, show_failure, tell_failure, tell_key

VERBS_FILE = Path(__file__).resolve().parent / "verbs.json"


def declared() -> dict[str, dict[str, Any]]:
    """Return every group with its verbs, as they were generated from the declarations."""
    found: dict[str, dict[str, Any]] = json.loads(VERBS_FILE.read_text())
    return found


def common(*extra: click.Parameter) -> list[click.Parameter]:
    """Return parameters with the options of every command."""
    return [*extra, *COMMON]


def guarded(action: Callable[[Options, dict[str, Any]], Any]) -> Callable[..., None]:
    """Return a callback that shows the answer, or the failure with its exit code."""

    def run(**values: Any) -> None:  # noqa: ANN401
        """Do it, and show the answer or the failure."""
        options = options_of(values)
        try:
            data = action(options, values)
        except Failure as found:
            show_failure(found.error, options)
            raise SystemExit(found.code) from None
        if data is not None:
            show(data, options)

    return run


GIVING = (
    click.Option(["--reason"], help="Why; mandatory where the service says so."),
    click.Option(["--reason-file"], metavar="FILE", help="The reason in a file."),
    click.Option(["--if-version"], type=int, help="Refuse when the case has moved."),
    click.Option(["--idempotency-key"], help="Same key, same answer; random by default."),
    click.Option(["--occurred-at"], callback=instant, metavar="WHEN",
                 help="When it happened, if not now: ISO 8601 with zone, or -20m."),
    click.Option(["--evidence"], help="What proves it, when it is told late."),
    click.Option(["--input", "source"], metavar="FILE|-", help="Inputs as JSON."),
)  # fmt: skip
"""What every instruction takes besides its own inputs."""


def command_of(verb: str, row: dict[str, Any]) -> click.Command:
    """Return the click command of one verb."""
    inputs = [_option(one) for one in row["options"]]
    case = click.Argument(["case"], metavar="CASE|-")
    return click.Command(
        verb,
        params=common(case, *inputs, *GIVING),
        callback=guarded(lambda options, values: give(row, options, values)),
        help=row["help"],
    )


def _option(one: dict[str, Any]) -> click.Option:
    return click.Option(
        [f"--{one['flag']}", _name(one)],
        type=click.INT if one["kind"] == "int" else click.STRING,
        multiple=one["kind"] in ("list", "pairs"),
        callback=instant if one["kind"] == "time" else None,
        help=one["help"],
        metavar=one.get("metavar"),
    )


def _name(one: dict[str, Any]) -> str:
    """Return the name under which click keeps an option."""
    return "in_" + "".join(c if c.isalnum() else "_" for c in one["place"])


def give(row: dict[str, Any], options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Give an instruction to one case, or to each on standard input."""
    case = values.pop("case")
    payload = {**object_of(values.pop("source")), **_envelope(values)}
    for one in row["options"]:
        place(payload, one, values.get(_name(one)))
    key = str(values["idempotency_key"] or payload.get("idempotency_key") or os.urandom(16).hex())
    try:
        if case == "-":
            return _give_each(options, references(case), row["command"], payload, key)
        return instruct(options, case, row["command"], payload, key)
    except KeyboardInterrupt:
        say("Interrupted; whether it was taken is not known.")
        tell_key(key)
        raise


def _envelope(values: dict[str, Any]) -> dict[str, Any]:
    said = {name: values[name] for name in ("reason", "if_version", "occurred_at", "evidence")}
    if values["reason_file"]:
        said["reason"] = text_of(values["reason_file"]).strip()
    return {name: value for name, value in said.items() if value is not None}


def _give_each(
    options: Options, cases: tuple[str, ...], command: str, payload: dict[str, Any], key: str
) -> None:
    """Give one instruction to many cases, a key for each; what one is refused stops no other.

    The exit code is the highest any of them would have had alone.
    """
    answers: list[dict[str, Any]] = []
    code, left = 0, list(cases)
    while left:
        case = left.pop(0)
        try:
            answers.append(instruct(options, case, command, payload, f"{key}:{case}"))
        except Failure as found:
            tell_failure(found.error)
            answers.append({"ok": False, "case": case, "error": found.error})
            code = max(code, found.code)
            if found.is_desk_away:
                break
    if left:
        say(f"Not sent: {', '.join(left)}.")
    if code >= UNREACHABLE:
        tell_key(key)
    is_talk = options.output in ("table", "id")
    show([one for one in answers if one["ok"] or not is_talk], options)
    raise SystemExit(code)


def instruct(
    options: Options, case: str, command: str, payload: dict[str, Any], key: str
) -> dict[str, Any]:
    """Post one instruction and say what happened."""
    if options.verbose:
        say(f"{case}: {command}, key {key}")
    body = json.dumps({**payload, "idempotency_key": key}).encode()
    patience = max(0.1, min(options.timeout - 1, 60))
    path = f"{case_path(case, command)}?patience_s={patience}"
    answer: dict[str, Any] = options.desk.post(path, body, key)
    if not options.quiet:
        _tell(answer, options)
    return answer


def _tell(answer: dict[str, Any], options: Options) -> None:
    again = " (the same answer again)" if answer["repeated"] else ""
    say(f"{answer['case']}: {answer['command']} taken{again}; now {answer['phase']}, "
        f"version {answer['version']}.")  # fmt: skip
    coming = answer.get("next_deadline")
    if coming:
        say(f"  next: {coming['clock']} {coming['kind']} at {when(coming['at'], options)}")
    say(f"  what to do now: cir case show {answer['case']}")
