"""``cir audit``: check the record, take all that is held of a case, make the read model again."""

import json
from collections.abc import Iterator
from typing import Any

import click

from cli.context import Options
from cli.desk import PLAIN, failure
from cli.inputs import named, text_of
from cli.output import say, show_json
from cli.registers import verb

BESIDE = ("confirmed", "attempts", "notices", "pages", "packs", "turns")
"""What an export holds beside the facts."""


def verified(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Check one case, every case, or an export without any desk."""
    if values["export"]:
        return _check_copy(values["export"])
    if not values["case"]:
        return options.desk.get("/audit")
    return options.desk.get(_path(values["case"]))


def exported(options: Options, values: dict[str, Any]) -> None:
    """Print all that is held of a case; JSON on a terminal too, since it is for keeping."""
    found = options.desk.get(_path(values["case"], "export"))
    if options.output == "jsonl":
        for line in _lines(found):
            click.echo(json.dumps(line))
    else:
        show_json(found)
    if not options.quiet:
        say(f"{found['case']}: {found['chain']['facts']} facts, head {found['chain']['head']}")
        say("  to check a copy, also without a desk: cir audit verify --export FILE")


def rebuilt(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Have the read model made again from the record."""
    del values
    patient = options._replace(timeout=max(options.timeout, 600.0))
    return patient.desk.post("/audit/rebuild", b"{}")


def _path(case: str, *more: str) -> str:
    if PLAIN.match(case) is None:
        words = f"There is no case {case}. Look with cir case list."
        raise failure("not-found", "unknown-case", words)
    return "/".join(("/audit", case, *more))


def _lines(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give an export a line at a time: what it is, each fact, then what is beside them."""
    yield {"what": "export", **{n: found[n] for n in ("schema", "case", "at", "by", "chain")}}
    yield from ({"what": "fact", **one} for one in found["facts"])
    for name in BESIDE:
        yield from ({"what": name, **one} for one in found[name])


def _check_copy(source: str) -> Any:  # noqa: ANN401
    """Walk the chain of an export in a file.

    Raises:
        Failure: It is none, or does not fit (``record-tampered``).
    """
    from domain.chain import walked

    case, said, links = _read(source)
    found = walked(links)
    head, facts = said.get("head"), said.get("facts")
    wrong = found.broken
    if wrong is None and (found.head, found.links) != (head, facts):
        wrong = f"it says {facts} facts with head {head}, and holds {found.links} with {found.head}"
    if wrong is not None:
        words = f"{case}: {wrong}. Take the export again, and compare both with the record."
        raise failure("refused", "record-tampered", words)
    return {"ok": True, "case": case, "facts": found.links, "head": found.head}


def _read(source: str) -> tuple[str, dict[str, Any], list[Any]]:
    """Return whose export it is, what it says of its chain, and the links, from either shape."""
    from domain.chain import Link

    try:
        text = text_of(source)
        rows = [json.loads(line) for line in text.splitlines()] if _is_lines(text) else None
        whole = json.loads(text) if rows is None else rows[0]
        facts = whole["facts"] if rows is None else [r for r in rows if r["what"] == "fact"]
        links = [Link(f["seq"], f["before"], f["hash"], f["body"].encode()) for f in facts]
        return str(whole["case"]), dict(whole["chain"]), links
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        words = f"{named(source)} is no export: make one with cir audit export CASE."
        raise failure("usage", "not-an-export", words) from error


def _is_lines(text: str) -> bool:
    return text.startswith('{"what"')


def verbs() -> dict[str, click.Command]:
    """Return the verbs of ``cir audit``."""
    maybe = click.Argument(["case"], metavar="[CASE]", required=False)
    case = click.Argument(["case"], metavar="CASE")
    copy = click.Option(
        ["--export"], metavar="FILE|-", help="Check an export instead; needs no desk."
    )
    return {
        "verify": verb(
            "verify", verified, "Check the chain of one record, or of all.", maybe, copy
        ),
        "export": verb(
            "export", exported, "All that is held of a case, to be checked without us.", case
        ),
        "rebuild": verb(
            "rebuild", rebuilt, "Make the read model again from the record; say what differed."
        ),
    }
