"""``cir audit``: check the record, take all that is held of a case, make the read model again."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import click

from cli.context import Options
from cli.desk import PLAIN, failure
from cli.inputs import named, text_of
from cli.output import say, show_json
from cli.registers import verb

BESIDE = ("confirmed", "attempts", "notices", "pages", "packs", "turns")
"""What an export holds beside the facts."""


class Copy(NamedTuple):
    """An export, as somebody has it.

    Attributes:
        facts: How many it says it holds; ``head``: the hash it says they end with.
        signed: Its signed end (``domain.chain.Head``); ``None`` when it has none.
        public_key: The key that it says signed, base64.
    """

    case: str
    facts: Any
    head: Any
    links: list[Any]
    signed: Any
    public_key: str | None


def verified(options: Options, values: dict[str, Any]) -> Any:  # noqa: ANN401
    """Check one case, every case, or an export without any desk."""
    if values["export"]:
        return _check_copy(options, values["export"])
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


def _check_copy(options: Options, source: str) -> Any:  # noqa: ANN401
    """Walk the chain of an export in a file, to its signed end.

    Raises:
        Failure: It is none, or does not fit (``record-tampered``).
    """
    from domain.chain import walked

    copy = _read(source)
    found, head = walked(copy.links), copy.signed
    wrong = found.broken
    if wrong is None and (found.head, found.links) != (copy.head, copy.facts):
        wrong = (
            f"it says {copy.facts} facts with head {copy.head}, "
            f"and holds {found.links} with {found.head}"
        )
    if wrong is None and head is not None:
        wrong = _wrong_end(copy, found)
    if wrong is not None:
        words = f"{copy.case}: {wrong}. Take the export again, and compare both with the record."
        raise failure("refused", "record-tampered", words)
    if not options.quiet:
        say(_whose(copy))
    by = {"key_id": None if head is None else head.key_id, "public_key": copy.public_key}
    return {"ok": True, "case": copy.case, "facts": found.links, "head": found.head, **by}


def _wrong_end(copy: Copy, found: Any) -> str | None:  # noqa: ANN401
    """Check the end of an export by the key that the export names."""
    import base64
    import hashlib

    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from domain.chain import head_text, off_the_end

    head = copy.signed
    try:
        raw = base64.b64decode(copy.public_key or "")
        text = head_text(copy.case, head.seq, head.hash)
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(head.signature), text)
    except (InvalidSignature, ValueError):
        return "the signature of its end is not that of the key it names"
    if hashlib.sha256(raw).hexdigest()[:12] != head.key_id:
        return f"the public key in it is not key {head.key_id}"
    return off_the_end(found, head)


def _whose(copy: Copy) -> str:
    """Tell what a copy alone cannot: whether the key that signed it is the desk's."""
    if copy.signed is None:
        return f"{copy.case}: the chain fits; its end is not signed, so facts may be missing there."
    words = f"{copy.case}: its end is signed with public key {copy.public_key}."
    return f"{words} Compare that with what you know as the desk's."


def _read(source: str) -> Copy:
    """Return an export from either shape."""
    from domain.chain import Head, Link

    try:
        text = text_of(source)
        rows = [json.loads(line) for line in text.splitlines()] if _is_lines(text) else None
        whole = json.loads(text) if rows is None else rows[0]
        facts = whole["facts"] if rows is None else [r for r in rows if r["what"] == "fact"]
        links = [Link(f["seq"], f["before"], f["hash"], f["body"].encode()) for f in facts]
        said = whole["chain"]
        signed = said.get("signed") or None  # an export from before ends were signed has none
        named_by = (str(signed[name]) for name in Head._fields[1:]) if signed else ()
        head = Head(int(signed["seq"]), *named_by) if signed else None
        public = str(signed["public_key"]) if signed else None
        return Copy(str(whole["case"]), said.get("facts"), said.get("head"), links, head, public)
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
