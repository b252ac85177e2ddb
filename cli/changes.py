"""Changing registers and tokens: one person proposes, another one confirms."""

import json
from pathlib import PurePath
from typing import Any
from urllib.parse import quote, urlencode

import click

from cli.context import Options
from cli.desk import failure
from cli.harmless import when
from cli.inputs import bytes_of
from cli.output import say, show
from cli.verbs import common, guarded

MOST_DOUBTS = 10
"""Doubts that are said beside an answer in JSON; the answer has them all."""


def importing(name: str) -> Any:  # noqa: ANN401
    """Return an action that proposes what a file would make of a register."""

    def action(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
        """Propose the register of a file."""
        file = str(values["file"])
        told = {"file": "" if file == "-" else PurePath(file).name}
        told |= {word: values[word] for word in ("source", "licence") if values.get(word)}
        kind = "toml" if name == "policy" else "csv" if file.lower().endswith(".csv") else "json"
        path = f"/registers/{name}?{urlencode(told)}"
        return proposed(options, options.desk.post(path, bytes_of(file), kind=kind))

    return action


def issued(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Ask for a token; it is told this once."""
    holder = str(values["holder"])
    change = options.desk.post("/tokens/issue", json.dumps({"holder": holder}).encode())
    proposed(options, change)
    if not options.quiet:
        say(f"The token is shown this once and kept nowhere; nothing was written for {holder}.")
        say(f"Hand it to {holder} alone, not by mail. They put it into their own")
        say(f'  credentials.json (mode 600, beside profiles.json): {{"{holder}": "TOKEN"}}')
    return change


def revoked(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Ask that every token of somebody ends."""
    body = json.dumps({"holder": str(values["holder"])}).encode()
    return proposed(options, options.desk.post("/tokens/revoke", body))


def proposed(options: Options, change: dict[str, Any]) -> dict[str, Any]:
    """Say what waits, and what the second person does."""
    if options.quiet:
        return change
    number = change["change"]
    again = " (proposed before)" if change["repeated"] else ""
    what = "" if change.get("case") else f": {counted(change)}"
    say(f"Change {number}{again}, {change['subject']}{what}. Nothing is changed yet.")
    if options.output != "table":
        _say_doubts(change)
    until = when(change["expires_at"], options)
    say(f"Another person puts it in force until {until}: cir people confirm {number} --as OTHER")
    say("  (a senior approver or a head of service; they see it with "
        f"cir people change {number})")  # fmt: skip
    return change


def _say_doubts(change: dict[str, Any]) -> None:
    for doubt in change["doubts"][:MOST_DOUBTS]:
        say(f"  look at this: {doubt}")
    if len(change["doubts"]) > MOST_DOUBTS:
        say(f"  and {len(change['doubts']) - MOST_DOUBTS} more: cir people change "
            f"{change['change']}")  # fmt: skip


def counted(change: dict[str, Any]) -> str:
    """Return how much a change adds, changes and ends."""
    return ", ".join(f"{count} {what}" for what, count in change["counts"].items())


def confirmed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Put a change in force; at a terminal it is shown and asked for first."""
    is_shown = options.may_ask and not options.sure
    if is_shown:
        _ask_first(options, values)
    done = options.desk.post(f"{_path(values)}/confirm", b"{}")
    if not options.quiet and done.get("case"):
        say(f"Change {done['change']}, {done['subject']}: done.")
        say(f"  what to do now: cir case show {done['case']}")
    elif not options.quiet:
        say(f"Change {done['change']}, {done['subject']}: in force ({counted(done)}), version "
            f"{done['version']} of the registers.")  # fmt: skip
        _say_next(done)
    return None if is_shown and options.output == "table" else done


def _ask_first(options: Options, values: dict[str, Any]) -> None:
    """Show what would be put in force, and go on only after a yes."""
    change = options.desk.get(_path(values))
    show(change, options)
    if change["state"] == "pending" and not click.confirm("Put it in force?", err=True):
        raise failure("usage", "not-confirmed", "Nothing was changed.")


def _say_next(done: dict[str, Any]) -> None:
    """Say what a change that is in force leaves to do."""
    if done["about"] == "people":
        for entry in done["difference"]["added"]:
            say(f"  {entry['key']} has no token yet: cir people token issue {entry['key']}")
    if done["about"] == "policy":
        say("  New cases begin with it. Each open case keeps its own: cir handling change-policy")


def withdrawn(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Take a change back."""
    done = options.desk.post(f"{_path(values)}/withdraw", b"{}")
    if not options.quiet:
        say(f"Change {done['change']}, {done['subject']}: withdrawn. Nothing was changed.")
    return done


def changed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show a change whole."""
    return options.desk.get(_path(values))


def listed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """List the staff, the changes that wait, or what was done to the registers."""
    if values["pending"]:
        return options.desk.get("/changes")
    return options.desk.get("/registers/record" if values["history"] else "/registers/people")


def _path(values: dict[str, Any]) -> str:
    return f"/changes/{quote(str(values['number']), safe='')}"


def import_verb(name: str) -> click.Command:
    """Return the verb that imports a register."""
    params: list[click.Parameter] = [click.Argument(["file"], metavar="FILE|-")]
    if name == "councils":
        params += [
            click.Option(["--source"], help="Who publishes the list; kept with it and shown."),
            click.Option(["--licence"], help="Under which terms; kept with it and shown."),
        ]
    whole = "for new cases" if name == "policy" else "as the whole register"
    words = f"Propose the {name} of FILE {whole}; a second person confirms."
    return _verb("import", importing(name), words, *params)


def people_verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir people``."""
    from cli.groups import Verbs

    number = click.Argument(["number"], metavar="N")
    person = click.Argument(["holder"], metavar="PERSON")
    pending = click.Option(["--pending"], is_flag=True, help="Changes that wait for a second one.")
    history = click.Option(["--history"], is_flag=True, help="What was done to the registers.")
    tokens = {
        "issue": _verb("issue", issued, "Make a token, shown once; a second person confirms.",
                       person),
        "revoke": _verb("revoke", revoked, "End every token of PERSON; a second person confirms.",
                        person),
    }  # fmt: skip
    return {
        "list": _verb("list", listed, "The staff register.", pending, history),
        "import": import_verb("people"),
        "token": Verbs("token", {}, tokens, "Tokens: issue and revoke."),
        "confirm": _verb("confirm", confirmed, "Put change N in force, as the second person.",
                         number),
        "withdraw": _verb("withdraw", withdrawn, "Take change N back.", number),
        "change": _verb("change", changed, "What change N adds, changes and ends.", number),
    }  # fmt: skip


def _verb(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)
