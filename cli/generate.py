"""Write ``cli/verbs.json`` and ``docs/cli.md``: ``python -m cli.generate``."""

import json
import types
import typing
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

import domain.decisions  # noqa: F401  (fills the registry)
from cli.context import COMMON
from cli.exit_codes import SAYS
from cli.groups import Verbs
from cli.main import WORDS, own_verbs
from cli.verbs import GIVING
from domain.command import BASE_FIELDS, Command
from domain.phase import ANY, Phase

ROOT = Path(__file__).resolve().parents[1]
VERBS = ROOT / "cli" / "verbs.json"
DOCS = ROOT / "docs" / "cli.md"
MACHINE = {"open-case"}
"""Commands with a verb of their own hand: the report is not an option."""


def verb_of(command: type[Command]) -> str:
    """Return the verb of a command on the command line."""
    return command.verb or command.name


def groups() -> dict[str, dict[str, Any]]:
    """Return every group with its verbs, as ``verbs.json`` holds them."""
    found: dict[str, dict[str, Any]] = {}
    for command in Command.registry.values():
        if command.name in MACHINE:
            continue
        row = {
            "command": command.name,
            "help": (command.__doc__ or "").splitlines()[0],
            "reasoned": command.reasoned,
            "options": options(command),
        }
        found.setdefault(command.group, {})[verb_of(command)] = row
    return {name: dict(sorted(rows.items())) for name, rows in found.items()}


def options(command: type[Command]) -> list[dict[str, Any]]:
    """Return the options of a command's own inputs; nested values become dotted places."""
    made: list[dict[str, Any]] = []
    for name, field in command.model_fields.items():
        if name not in BASE_FIELDS:
            made.extend(_options(field.alias or name, field, field.is_required()))
    return made


def _options(place: str, field: FieldInfo, required: bool) -> list[dict[str, Any]]:  # noqa: FBT001
    kind = _plain(field.annotation)
    words = field.description or ""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        inner: list[dict[str, Any]] = []
        for name, one in kind.model_fields.items():
            inner.extend(_options(f"{place}.{one.alias or name}", one, required=False))
        return [{**one, "help": one["help"] or words} for one in inner]
    row = {
        "place": place,
        "flag": place.replace(".", "-").replace("_", "-"),
        "kind": _kind(kind),
        "help": words,
        "required": required,
    }
    choices = _choices(kind)
    if choices:
        row["metavar"] = "|".join(choices) if len(choices) <= 8 else "WORD"  # noqa: PLR2004
    if row["kind"] == "pairs":
        row["metavar"] = "NAME=VALUE"
        row["numbers"] = typing.get_args(kind)[1] in (int, float)
    return [row]


def _plain(annotation: Any) -> Any:  # noqa: ANN401  (a type)
    """Return a type without ``Annotated`` and without ``None``."""
    while typing.get_origin(annotation) is typing.Annotated:
        annotation = typing.get_args(annotation)[0]
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        kept = [one for one in typing.get_args(annotation) if one is not type(None)]
        return _plain(kept[0]) if len(kept) == 1 else annotation
    return annotation


def _kind(kind: Any) -> str:  # noqa: ANN401
    origin = typing.get_origin(kind)
    if origin is tuple:
        inner = _plain(typing.get_args(kind)[0])
        scalar = inner in (str, int) or _choices(inner)
        return "list" if scalar else "json"
    if origin is dict:
        inner = _plain(typing.get_args(kind)[1])
        return "pairs" if inner in (str, int, float) or _choices(inner) else "json"
    if kind is bool:
        return "bool"
    if kind is int:
        return "int"
    if kind is datetime or kind is AwareDatetime:
        return "time"
    is_text = kind is str or kind is date or bool(_choices(kind))
    return "text" if is_text else "json"


def _choices(kind: Any) -> list[str]:  # noqa: ANN401
    if typing.get_origin(kind) is typing.Literal:
        return [str(one) for one in typing.get_args(kind)]
    members = getattr(kind, "__members__", None)
    return [str(one.value) for one in members.values()] if members else []


def verbs_text() -> str:
    """Return the text of ``verbs.json``."""
    return json.dumps(groups(), indent=1, sort_keys=True) + "\n"


def docs_text() -> str:
    """Return the text of ``docs/cli.md``."""
    rows = groups()
    lines = [
        "# Commands of `cir`",
        "",
        "Generated from the declarations by `make cli-docs`; a test compares it.",
        "",
        "## Exit codes",
        "",
        *(f"- {code}: {words}" for code, words in SAYS.items()),
        "",
        "## Every command",
        "",
        *_given(COMMON),
        "",
        "## Every instruction to a case",
        "",
        "`-` as CASE takes references from standard input, one a line, with one key for each.",
        "",
        *_given(GIVING),
        "",
    ]
    by_verb = {(c.group, verb_of(c)): c for c in Command.registry.values()}
    for noun, words in WORDS.items():
        lines += [f"## cir {noun}", "", words, ""]
        for verb, own in sorted(own_verbs(noun).items()):
            lines += _own_section(noun, verb, own)
        for verb, row in rows.get(noun, {}).items():
            lines += _section(noun, verb, row, by_verb[noun, verb])
    return "\n".join(lines).rstrip() + "\n"


def _own_section(noun: str, verb: str, own: click.Command) -> list[str]:
    """Return the section of a verb that is not a command of the service."""
    if isinstance(own, Verbs):
        ctx = click.Context(own)
        inner = {name: own.get_command(ctx, name) for name in own.list_commands(ctx)}
        sections = (_own_section(noun, f"{verb} {name}", one) for name, one in inner.items() if one)
        return [line for section in sections for line in section]
    kept = [one for one in own.params if one not in COMMON and one not in GIVING]
    typed = [str(one.metavar) for one in kept if isinstance(one, click.Argument)]
    title = " ".join(("### cir", noun, verb, *typed))
    lines = [title, "", own.get_short_help_str(200), ""]
    given = _given(kept)
    return [*lines, *given, ""] if given else lines


def _given(params: Sequence[click.Parameter]) -> list[str]:
    """Return a line for each option that is shown."""
    lines = []
    for one in params:
        if isinstance(one, click.Option) and not one.hidden:
            names = ", ".join(f"`{name}`" for name in (*one.opts, *one.secondary_opts))
            lines.append(f"- {names}: {one.help}" if one.help else f"- {names}")
    return lines


def _section(group: str, verb: str, row: dict[str, Any], command: type[Command]) -> list[str]:
    where = "any phase" if command.phases == ANY else ", ".join(
        phase for phase in Phase if phase in command.phases
    )  # fmt: skip
    who = ", ".join(sorted(command.who))
    notes = ["reason mandatory"] if command.reasoned else []
    notes += ["from the desk only"] if command.desk_only else []
    more = f" ({'; '.join(notes)})" if notes else ""
    lines = [
        f"### cir {group} {verb} CASE",
        "",
        f"{row['help']}",
        "",
        f"- who: {who}{more}",
        f"- phases: {where}",
    ]
    for one in row["options"]:
        needed = "" if one["required"] else " (optional)"
        shape = f" {one['metavar']}" if one.get("metavar") else ""
        lines.append(f"- `--{one['flag']}{shape}`{needed}: {one['help']}")
    return [*lines, ""]


def main() -> None:
    """Write both files."""
    VERBS.write_text(verbs_text())
    DOCS.parent.mkdir(exist_ok=True)
    DOCS.write_text(docs_text())


if __name__ == "__main__":
    main()
