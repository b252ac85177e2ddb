"""``cir case``: open, check, list, show, history, instruct, wait and watch."""

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli.context import Options, instant
from cli.desk import Failure, failure
from cli.output import say, show, show_failure
from cli.verbs import common, guarded, instruct, read_input

FLAGS = ("mine", "breached", "exercise", "closed")
FILTERS = (
    "phase",
    "category",
    "owner",
    "provider",
    "council",
    "opened_since",
    "breaching",
    "sort",
)
"""What the desk takes as it is."""


def body_of(source: str) -> bytes:
    """Return a report as bytes, from a file or standard input."""
    if source == "-":
        return sys.stdin.buffer.read()
    path = Path(source)
    if not path.exists():
        raise failure("usage", "no-file", f"There is no file {source}.")
    return path.read_bytes()


def opened(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Open a case from a report, or from what was heard on the phone."""
    body = body_of(values["source"]) if values["source"] else _by_hand(values)
    answer = options.desk.post("/cases", body)
    if not options.quiet:
        for warning in answer["warnings"]:
            say(f"  warning: {warning['field']}: {warning['message']}")
        if answer["state"] == "kept":
            say(f"{answer['case']}: the report is kept; it starts by itself when Temporal is back.")
        elif answer["possible_duplicates"]:
            say(f"  perhaps the same incident: {', '.join(answer['possible_duplicates'])}")
    return answer


def _by_hand(values: dict[str, Any]) -> bytes:
    """Return a thin report of what was said on the phone; the desk tells what is missing."""
    reporter = {"name": values["reporter"], "phone": values["phone"]}
    report: dict[str, Any] = {
        "schema": "cir-report/1",
        "source": {"channel": "council-phone"},
        "council": {"code": values["council"], "name": values["council_name"]},
        "reporter": {name: said for name, said in reporter.items() if said},
        "incident": {"summary": values["summary"]} if values["summary"] else {},
    }
    report["council"] = {name: said for name, said in report["council"].items() if said}
    return json.dumps(report).encode()


def checked(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Say what opening would say; store nothing and need no desk."""
    from domain.council import CouncilRegister
    from domain.council_csv import councils_from_csv
    from domain.report_problems import InvalidReportError
    from domain.report_reading import read_report

    del options
    csv = values["councils"]
    councils = councils_from_csv(Path(csv).read_text()) if csv else ()
    now = values["now"]
    at = datetime.fromisoformat(now) if now else datetime.now(UTC)  # noqa: TID251  (the edge)
    try:
        read = read_report(
            body_of(values["source"]), now=at, councils=CouncilRegister(councils=councils)
        )
    except InvalidReportError as error:
        fields = [problem.model_dump(mode="json") for problem in error.problems]
        words = "The report cannot be taken as it is."
        answer = failure("refused", "invalid-report", words)
        answer.error["details"] = {"fields": fields}
        raise answer from error
    warnings = [warning.model_dump(mode="json") for warning in read.warnings]
    if not csv:  # nothing can be said about the register without one
        warnings = [one for one in warnings if one["code"] != "unknown-council"]
    return {"ok": True, "warnings": warnings}


def listed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """List cases."""
    query = {name: values[name] for name in FILTERS if values[name]}
    query.update({name: True for name in FLAGS if values[name]})
    return options.desk.get("/cases", limit=values["limit"], **query)


def shown(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show one case."""
    return options.desk.get(f"/cases/{values['case']}")


def history(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show the facts of one case."""
    found = options.desk.get(f"/cases/{values['case']}/history")
    return found["facts"] if options.output in ("jsonl", "json") else found


def instructed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Send any command as JSON."""
    payload = read_input(values["source"])
    key = values["idempotency_key"] or payload.pop("idempotency_key", None)
    key = key or secrets.token_urlsafe(16)
    return instruct(options, values["case"], values["command"], payload, str(key))


def waited(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Wait until the case is where it is wanted."""
    desk = options.desk
    left = options.timeout
    while True:
        turn = min(left, 10.0)
        try:
            return desk.get(
                f"/cases/{values['case']}/wait", **{"for": values["until"]}, timeout_s=turn
            )
        except Failure as found:
            left -= turn
            if found.error["kind"] != "timeout" or left <= 0:
                raise


def watched(options: Options, values: dict[str, Any]) -> None:
    """Show a case again whenever it changes, until interrupted."""
    seen = -1
    while True:
        case = options.desk.get(f"/cases/{values['case']}")
        if case["seq"] != seen:
            seen = case["seq"]
            show(case, options)
        try:
            options.desk.get(f"/cases/{values['case']}/wait", **{"for": "key=-"}, timeout_s=2)
        except Failure as found:
            if found.error["kind"] != "timeout":
                show_failure(found.error, options)
                raise SystemExit(found.code) from None


CASE = click.Argument(["case"], metavar="CASE")


def _command(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)


def _filters() -> list[click.Parameter]:
    plain = [click.Option([f"--{name.replace('_', '-')}", name]) for name in FILTERS]
    flags = [click.Option([f"--{name}"], is_flag=True) for name in FLAGS]
    return [*plain, *flags, click.Option(["--limit"], type=int, default=100)]


def verbs() -> dict[str, click.Command]:
    """Return every verb of ``cir case`` that is not a command of the service."""
    source = click.Argument(["source"], metavar="FILE|-")
    maybe = click.Argument(["source"], metavar="[FILE|-]", required=False)
    by_hand = [
        click.Option(["--council"], help="Its three-letter code."),
        click.Option(["--council-name"], help="Its name, when the code is not at hand."),
        click.Option(["--reporter"], help="Who rings."),
        click.Option(["--phone"], help="A number outside the affected systems."),
        click.Option(["--summary"], help="What happened, in words."),
    ]
    check = [
        click.Option(["--councils"], help="A register of councils, as CSV."),
        click.Option(["--now"], callback=instant, help="As if it were this instant."),
    ]
    command = click.Argument(["command"], metavar="COMMAND")
    given = click.Option(["--input", "source"], metavar="FILE|-", help="Inputs as JSON.")
    key = click.Option(["--idempotency-key"], help="Same key, same answer.")
    until = click.Option(["--for", "until"], required=True, metavar="phase=P|key=K")
    return {
        "open": _command(
            "open", opened, "Open a case from a report; repeat-safe.", maybe, *by_hand
        ),
        "check": _command("check", checked, "Say what opening would say.", source, *check),
        "list": _command("list", listed, "List cases.", *_filters()),
        "show": _command("show", shown, "Everything about one case.", CASE),
        "history": _command("history", history, "The facts of a case, oldest first.", CASE),
        "instruct": _command(
            "instruct", instructed, "Send any command as JSON.", CASE, command, given, key
        ),
        "wait": _command("wait", waited, "Wait for a phase or an instruction.", CASE, until),
        "watch": _command("watch", watched, "Show a case as it changes.", CASE),
    }
