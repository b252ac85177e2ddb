"""The verbs of commands, built from ``verbs.json`` when they are typed."""

import json
import secrets
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from cli.context import COMMON, Options, instant, options_of
from cli.desk import Failure, failure
from cli.harmless import when
from cli.output import say, show, show_failure

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
        options = options_of(values)
        try:
            data = action(options, values)
        except Failure as found:
            show_failure(found.error, options)
            raise SystemExit(found.code) from None
        if data is not None:
            show(data, options)

    return run


def references(case: str) -> list[str]:
    """Return the case named, or the references on standard input for ``-``."""
    if case != "-":
        return [case]
    found = [line.strip() for line in sys.stdin if line.strip()]
    if not found:
        raise failure("usage", "no-references", "There were no references on standard input.")
    return found


def read_input(source: str | None) -> dict[str, Any]:
    """Return the JSON object of ``--input``."""
    if source is None:
        return {}
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
        data = json.loads(text)
    except (OSError, ValueError) as error:
        raise failure("usage", "not-json", f"--input could not be read: {error}.") from error
    if not isinstance(data, dict):
        raise failure("usage", "not-json", "--input takes a JSON object.")
    return data


GIVING = (
    click.Option(["--reason"], help="Why; mandatory where the service says so."),
    click.Option(["--reason-file"], type=click.Path(exists=True), help="The reason in a file."),
    click.Option(["--if-version"], type=int, help="Refuse when the case has moved."),
    click.Option(["--idempotency-key"], help="Same key, same answer; random by default."),
    click.Option(["--occurred-at"], callback=instant, metavar="WHEN", help="When it happened."),
    click.Option(["--evidence"], help="What proves it, when it is told late."),
    click.Option(["--input", "source"], metavar="FILE|-", help="Inputs as JSON."),
)
"""What every instruction takes besides its own inputs."""


def command_of(verb: str, row: dict[str, Any]) -> click.Command:
    """Return the click command of one verb."""
    inputs = [_option(one) for one in row["options"]]
    case = click.Argument(["case"], metavar="CASE")
    return click.Command(
        verb,
        params=common(case, *inputs, *GIVING),
        callback=guarded(lambda options, values: give(row, options, values)),
        help=row["help"],
    )


def _option(one: dict[str, Any]) -> click.Option:
    name = f"--{one['flag']}"
    kinds = {"int": click.INT, "text": click.STRING, "time": click.STRING, "bool": click.BOOL}
    multiple = one["kind"] in ("list", "pairs")
    kind = kinds.get(one["kind"], click.STRING)
    callback = instant if one["kind"] == "time" else None
    return click.Option(
        [name, _name(one)],
        type=kind,
        multiple=multiple,
        callback=callback,
        help=one["help"],
        metavar=one.get("metavar"),
    )


def _name(one: dict[str, Any]) -> str:
    """Return the name under which click keeps an option."""
    return "in_" + "".join(c if c.isalnum() else "_" for c in one["place"])


def give(row: dict[str, Any], options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Give an instruction to one case, or to each on standard input."""
    cases = references(values.pop("case"))
    key = values.pop("idempotency_key") or secrets.token_urlsafe(16)
    payload = {**read_input(values.pop("source")), **_envelope(values)}
    for one in row["options"]:
        _put(payload, one, values.get(_name(one)))
    answers = [
        instruct(
            options, case, row["command"], payload, key if len(cases) == 1 else f"{key}:{case}"
        )
        for case in cases
    ]
    return answers[0] if len(answers) == 1 else answers


def _envelope(values: dict[str, Any]) -> dict[str, Any]:
    file = values.pop("reason_file")
    reason = Path(file).read_text().strip() if file else values.pop("reason", None)
    values.pop("reason", None)
    said = {
        "reason": reason,
        "if_version": values.pop("if_version"),
        "occurred_at": values.pop("occurred_at"),
        "evidence": values.pop("evidence"),
    }
    return {name: value for name, value in said.items() if value is not None}


def _put(payload: dict[str, Any], one: dict[str, Any], value: Any) -> None:  # noqa: ANN401
    """Put an option's value where the command expects it."""
    if value is None or value == ():
        return
    if one["kind"] == "list":
        value = list(value)
    elif one["kind"] == "pairs":
        pairs = [part.partition("=") for part in value]
        if any(not sign for _, sign, _ in pairs):
            words = f"--{one['flag']} takes NAME=VALUE."
            raise failure("usage", "usage", words)
        value = {name: _number(text) if one.get("numbers") else text for name, _, text in pairs}
    elif one["kind"] == "json":
        try:
            value = json.loads(value)
        except ValueError as error:
            words = f"--{one['flag']} takes JSON."
            raise failure("usage", "not-json", words) from error
    inner = payload
    *folders, last = one["place"].split(".")
    for folder in folders:
        inner = inner.setdefault(folder, {})
    inner[last] = value


def _number(text: str) -> float | str:
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def instruct(
    options: Options, case: str, command: str, payload: dict[str, Any], key: str
) -> dict[str, Any]:
    """Post one instruction and say what happened."""
    body = json.dumps({**payload, "idempotency_key": key}).encode()
    path = f"/cases/{case}/{command}?patience_s={min(options.timeout, 60)}"
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
    say(f"  look: cir case show {answer['case']}")


class Verbs(click.Group):
    """A noun whose verbs are looked up when one is typed."""

    def __init__(
        self, name: str, rows: dict[str, Any], own: dict[str, click.Command], words: str
    ) -> None:
        super().__init__(name, help=words)
        self._rows = rows
        self._own = own

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every verb."""
        del ctx
        return sorted({*self._rows, *self._own})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the verb; an unknown one gets the nearest suggested, never run."""
        del ctx
        if cmd_name in self._own:
            return self._own[cmd_name]
        if cmd_name in self._rows:
            return command_of(cmd_name, self._rows[cmd_name])
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Suggest the nearest verb for one that is not known."""
        if args and self.get_command(ctx, args[0]) is None:
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), 1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"There is no {self.name} {args[0]}.{hint}", ctx)
        return super().resolve_command(ctx, args)
