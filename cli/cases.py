"""``cir case``: open, check, list, show, print, explain, history, instruct, wait and watch."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from cli.context import Options, instant, span
from cli.desk import Failure, case_path, failure
from cli.inputs import bytes_of, named, text_of
from cli.output import say, show
from cli.paper import printed
from cli.verbs import GIVING, common, declared, give, guarded

FLAGS = {
    "mine": "Only those I own.",
    "breached": "Only those with a clock that is past its deadline.",
    "exercise": "Only exercises.",
    "closed": "Only closed ones.",
}
FILTERS = {
    "phase": "Only those in this phase.",
    "category": "Only those of this category: C1 to C6, or uncategorised.",
    "owner": "Only those of this person.",
    "provider": "Only those of this provider.",
    "council": "Only those of this council, by its code.",
    "sort": "By which column: case, due, opened, phase, category, owner and so on.",
}
"""What the desk takes as it is, and what it means."""

AGAIN = (
    "Sent, and no answer came. Look with cir case list; the same report again is safe where it "
    "carries a reference."
)
"""What is said of a report whose fate is not known: it has no key but its own."""

TURN_S = 10.0
"""Seconds of one question to the desk while waiting; it allows 30."""


def opened(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Open a case from a report, or from what was heard on the phone."""
    body = bytes_of(values["source"]) if values["source"] else _by_hand(values)
    try:
        answer = options.desk.post("/cases", body)
    except Failure as found:
        if found.error["kind"] == "unknown-outcome":
            found.error["message"] = AGAIN
        raise
    if not options.quiet:
        _tell_opened(answer)
    return answer


def _tell_opened(answer: dict[str, Any]) -> None:
    for warning in answer["warnings"]:
        say(f"  warning: {warning['field']}: {warning['message']}")
    case = answer["case"]
    if answer["state"] == "kept":
        say(f"{case}: the report is kept; it starts by itself when Temporal is back.")
        return
    if answer["repeated"]:
        changed = ", ".join(answer["changed"]) or "nothing"
        say(f"{case}: the same report came before; changed since: {changed}.")
    else:
        say(f"{case}: opened. To take it: cir triage acknowledge {case}")
    if answer["possible_duplicates"]:
        say(f"  perhaps the same incident: {', '.join(answer['possible_duplicates'])}")


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
    from domain.report_problems import InvalidReportError
    from domain.report_reading import read_report

    del options
    now = values["now"]
    at = datetime.fromisoformat(now) if now else datetime.now(UTC)  # noqa: TID251  (the edge)
    councils = _councils(values["councils"])
    try:
        read = read_report(bytes_of(values["source"]), now=at, councils=councils)
    except InvalidReportError as error:
        words = "The report cannot be taken as it is."
        answer = failure("refused", "invalid-report", words)
        fields = [problem.model_dump(mode="json") for problem in error.problems]
        answer.error["details"] = {"fields": fields}
        raise answer from error
    warnings = [warning.model_dump(mode="json") for warning in read.warnings]
    if not values["councils"]:  # nothing can be said about the register without one
        warnings = [one for one in warnings if one["code"] != "unknown-council"]
    return {"ok": True, "warnings": warnings}


def _councils(csv: str | None) -> Any:  # noqa: ANN401  (imported only by the verb that needs it)
    """Return the register in a CSV file; an empty one without a file."""
    from domain.council import CouncilRegister
    from domain.council_csv import InvalidCouncilListError, councils_from_csv

    try:
        rows = councils_from_csv(text_of(csv)) if csv else ()
    except InvalidCouncilListError as error:
        raise failure(
            "refused", "invalid-input", f"{named(csv or '-')} is no list of councils: {error}"
        ) from None
    return CouncilRegister(councils=rows)


def listed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """List cases, or what of them is due to go."""
    if values["disposal_due"]:
        return options.desk.get("/disposal")
    named = (*FILTERS, "breaching", "opened_since")
    query = {name: values[name] for name in named if values[name]}
    query.update({name: True for name in FLAGS if values[name]})
    return options.desk.get("/cases", limit=values["limit"], **query)


def shown(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show one case."""
    return options.desk.get(case_path(values["case"]))


def explained(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Say why one case stands where it stands."""
    return options.desk.get(case_path(values["case"], "explanation"))


def history(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show the facts of one case, or what was refused on it."""
    if values["refused"]:
        return options.desk.get(case_path(values["case"], "attempts"))
    found = options.desk.get(case_path(values["case"], "history"))
    return found["facts"] if options.output in ("jsonl", "json") else found


def instructed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Send any command as JSON."""
    word = values["command"]
    known = {row["command"] for rows in declared().values() for row in rows.values()}
    if word not in {*known, "open-case"}:
        from cli.groups import unknown

        raise unknown("command ", word, known, click.get_current_context())
    return give({"command": word, "options": ()}, options, values)


def revived(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Propose that a case whose run was ended by hand runs again."""
    return _acted(options, values, "revive")


def disposed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Propose that what is about people in a case is erased."""
    return _acted(options, values, "dispose")


def _acted(options: Options, values: dict[str, Any], act: str) -> Any:  # noqa: ANN401
    from cli.changes import proposed

    reason = values["reason"]
    if values["reason_file"]:
        reason = text_of(values["reason_file"]).strip()
    body = json.dumps({"reason": reason or ""}).encode()
    return proposed(options, options.desk.post(case_path(values["case"], act), body))


def waited(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Wait until the case is where it is wanted."""
    left = options.timeout
    while True:
        turn = min(left, TURN_S)
        try:
            return _ask_to_wait(options, values["case"], values["until"], turn)
        except Failure as found:
            left -= turn
            if found.error["kind"] != "timeout" or left <= 0:
                raise


def _ask_to_wait(options: Options, case: str, until: str, turn: float) -> Any:  # noqa: ANN401
    """Ask the desk to wait for one turn; its answer is given more time than it waits."""
    desk = options._replace(timeout=turn + TURN_S).desk
    return desk.get(case_path(case, "wait"), **{"for": until}, timeout_s=turn)


def _until(_context: click.Context, _option: click.Parameter, value: str) -> str:
    what, _, wanted = value.partition("=")
    if what not in ("phase", "key") or not wanted:
        raise click.BadParameter("say it like phase=containment or key=K")
    return value


def watched(options: Options, values: dict[str, Any]) -> None:
    """Show a case again whenever it changes, until interrupted."""
    seen = None
    while True:
        case = options.desk.get(case_path(values["case"]))
        if case != seen:
            seen = case
            show(case, options)
        try:
            _ask_to_wait(options, values["case"], "key=-", 2)
        except Failure as found:
            if found.error["kind"] != "timeout":
                raise


CASE = click.Argument(["case"], metavar="CASE")


def _command(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)


def _filters() -> list[click.Parameter]:
    plain = [click.Option([f"--{name}"], help=words) for name, words in FILTERS.items()]
    flags = [click.Option([f"--{name}"], is_flag=True, help=w) for name, w in FLAGS.items()]
    limit = click.Option(["--limit"], type=int, default=100, help="As many at the most.")
    since = click.Option(["--opened-since"], callback=instant, metavar="WHEN", help="Not before.")
    breaching = click.Option(
        ["--breaching"],
        callback=span,
        metavar="SPAN",
        help="Only those with a deadline within this span, such as 30m.",
    )
    due = click.Option(["--disposal-due"], is_flag=True, help="What was kept long enough instead.")
    return [*plain, breaching, since, *flags, limit, due]


def _opening() -> dict[str, click.Command]:
    """Return the verbs that read a report."""
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
    return {
        "open": _command(
            "open", opened, "Open a case from a report; repeat-safe.", maybe, *by_hand
        ),
        "check": _command("check", checked, "Say what opening would say.", source, *check),
    }


def _by_two() -> dict[str, click.Command]:
    """Return the acts on a case that a second person confirms."""
    why = [
        click.Option(["--reason"], help="Why; it is kept with the case."),
        click.Option(["--reason-file"], metavar="FILE", help="The reason in a file."),
    ]
    return {
        "revive": _command(
            "revive",
            revived,
            "Let a case run again whose run was ended by hand; a second person confirms.",
            CASE,
            *why,
        ),
        "dispose": _command(
            "dispose",
            disposed,
            "Erase what is about people in a case kept long enough; a second person confirms.",
            CASE,
            *why,
        ),
    }


def verbs() -> dict[str, click.Command]:
    """Return every verb of ``cir case`` that is not a command of the service."""
    command = click.Argument(["command"], metavar="COMMAND")
    cases = click.Argument(["case"], metavar="CASE|-")
    maybe = click.Argument(["case"], metavar="[CASE]", required=False)
    until = click.Option(
        ["--for", "until"],
        required=True,
        callback=_until,
        metavar="phase=P|key=K",
        help="phase=containment, or key=K: until that instruction is on the record.",
    )
    refused = click.Option(["--refused"], is_flag=True, help="What was refused instead.")
    return {
        **_opening(),
        "list": _command("list", listed, "List cases.", *_filters()),
        "show": _command("show", shown, "Everything about one case.", CASE),
        "explain": _command(
            "explain", explained, "Why it stands where it stands: who must act, and why.", CASE
        ),
        "history": _command(
            "history", history, "The facts of a case, oldest first.", CASE, refused
        ),
        "instruct": _command(
            "instruct", instructed, "Send any command as JSON.", cases, command, *GIVING
        ),
        **_by_two(),
        "wait": _command("wait", waited, "Wait for a phase or an instruction.", CASE, until),
        "print": _command("print", printed, "A page a case, for paper; all open ones.", maybe),
        "watch": _command("watch", watched, "Show a case as it changes.", CASE),
    }
