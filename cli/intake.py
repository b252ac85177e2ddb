"""``cir intake``: reports that could not be read, until a person has decided about them."""

import json
from typing import Any
from urllib.parse import quote

import click

from cli.context import Options
from cli.inputs import text_of
from cli.output import say
from cli.verbs import common, guarded


def listed(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """List rejected reports, or what was refused at the doors."""
    if values["refused"]:
        return options.desk.get("/intake/refused")
    rows = options.desk.get("/intake", decided="true" if values["decided"] else "")
    return (
        [{**row, "problems": _told(row["problems"])} for row in rows] if _draws(options) else rows
    )


def shown(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Show one, with what came."""
    item = options.desk.get(_path(values["item"]))
    if not options.quiet and item["discarded_by"] is None:
        say(f"Open a case by hand (cir case open --council … ), then: cir intake discard "
            f'{item["item"]} --reason "opened as CIR-…"')  # fmt: skip
    return {**item, "problems": _told(item["problems"])} if _draws(options) else item


def acknowledged(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Say that you have it."""
    return options.desk.post(_path(values["item"], "acknowledge"), b"{}")


def discarded(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Decide that nothing more is to be done."""
    reason = values["reason"] or (text_of(values["reason_file"]) if values["reason_file"] else "")
    body = json.dumps({"reason": reason}).encode()
    return options.desk.post(_path(values["item"], "discard"), body)


def _draws(options: Options) -> bool:
    return options.output == "table"


def _told(problems: list[dict[str, Any]]) -> str:
    return "; ".join(f"{one['field'] or 'report'}: {one['code']}" for one in problems)


def _path(item: str, *more: str) -> str:
    return "/".join(("/intake", quote(str(item), safe=""), *more))


def _verb(name: str, action: Any, words: str, *params: click.Parameter) -> click.Command:  # noqa: ANN401
    return click.Command(name, params=common(*params), callback=guarded(action), help=words)


def verbs() -> dict[str, click.Command]:
    """Return every verb of ``cir intake``."""
    item = click.Argument(["item"], metavar="ITEM")
    decided = click.Option(["--decided"], is_flag=True, help="Those somebody has decided about.")
    refused = click.Option(["--refused"], is_flag=True, help="What the doors refused instead.")
    reason = click.Option(["--reason"], help="Why, such as the case opened from it; mandatory.")
    file = click.Option(["--reason-file"], metavar="FILE", help="The reason in a file.")
    return {
        "list": _verb("list", listed, "Reports that could not be read.", decided, refused),
        "show": _verb("show", shown, "One of them, with what came.", item),
        "acknowledge": _verb(
            "acknowledge", acknowledged, "Say that you have it; nobody else is paged.", item
        ),
        "discard": _verb(
            "discard", discarded, "Decide that nothing more is to be done.", item, reason, file
        ),
    }
