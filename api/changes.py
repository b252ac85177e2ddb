"""Changes of registers and tokens: proposed by one person, put in force by another."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field, ValidationError

from adapters.database.change_rows import UnknownChangeError
from api.answers import Answer, of_refusal
from api.bodies import REGISTER_LIMIT, json_object, whole_body
from api.desk import Desk, Who
from api.identity import Asking, TheDesk
from domain.errors import Code, Refused
from domain.free_text import clean_line
from domain.people import may
from domain.registers.bodies import publisher_of
from domain.registers.catalogue import REGISTERS
from domain.registers.change import CONFIRMERS, PROPOSERS, Change, Origin, may_propose
from domain.registers.entries import MOST_NAMED, InvalidRegisterError
from domain.value import Line, utc_text

router = APIRouter()


class Told(BaseModel):
    """What is said of a file beside its content."""

    file: Annotated[str, Field(max_length=200)] = ""
    source: Annotated[str, Field(max_length=500)] = ""
    licence: Annotated[str, Field(max_length=200)] = ""


class HolderOfToken(BaseModel):
    """Whose tokens a change is about."""

    holder: Line


@router.post("/registers/{name}")
async def proposed(
    name: str, request: Request, who: Asking, desk: TheDesk, told: Annotated[Told, Query()]
) -> dict[str, Any]:
    """Propose what a file would make of a register; a second person puts it in force."""
    register = REGISTERS.get(name)
    try:
        may_propose(who.id, who.roles)
        if register is None:
            raise Answer("not-found", "unknown-register", f"There is no register called {name}.")
        raw = await whole_body(request, REGISTER_LIMIT)
        text = _text(name, raw)
        origin = _origin(told, raw, text)
        change, repeated = await desk.changes.propose(register.name, text, origin, who.id)
    except Refused as refused:
        raise await kept(desk, f"import-{name}", who, refused) from refused
    except InvalidRegisterError as error:
        raise await kept(desk, f"import-{name}", who, _invalid(name, error)) from error
    return shown(change, repeated=repeated)


@router.post("/tokens/issue")
async def issued(request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Make a token, told this once; it counts when a second person has confirmed it."""
    try:
        may_propose(who.id, who.roles)
        holder = await _holder(request)
        change, token = await desk.changes.propose_issue(holder, who.id)
    except Refused as refused:
        raise await kept(desk, "issue-token", who, refused) from refused
    return {**shown(change), "token": token}


@router.post("/tokens/revoke")
async def revoked(request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Propose that every token of a holder ends, in the moment a second person confirms it."""
    try:
        may_propose(who.id, who.roles)
        holder = await _holder(request)
        change, repeated = await desk.changes.propose_revoke(holder, who.id)
    except Refused as refused:
        raise await kept(desk, "revoke-token", who, refused) from refused
    return shown(change, repeated=repeated)


@router.get("/changes")
async def pending(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return every change that waits for its second person."""
    return [shown(one) for one in await desk.changes.pending()]


@router.get("/changes/{number}")
async def one(number: str, _who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Return one change, whole."""
    try:
        change = await desk.changes.one(_number(number))
        return shown(change if change.case is None else await desk.acts.with_reason(change))
    except UnknownChangeError as error:
        raise _unknown(number) from error


@router.post("/changes/{number}/confirm")
async def confirmed(number: str, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Put a change in force."""
    try:
        change = await desk.changes.one(_number(number))
        if change.case is not None:
            return shown(await desk.doing[change.about].confirm(change, who.id, who.roles))
        change = await desk.changes.confirm(change.number, who.id, who.roles)
    except Refused as refused:
        raise await kept(desk, f"confirm-change {number}", who, refused) from refused
    except UnknownChangeError as error:
        raise _unknown(number) from error
    await desk.tell_cases()
    return shown(change)


@router.post("/changes/{number}/withdraw")
async def withdrawn(number: str, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Take a change back."""
    try:
        change = await desk.changes.withdraw(_number(number), who.id, who.roles)
    except Refused as refused:
        raise await kept(desk, f"withdraw-change {number}", who, refused) from refused
    except UnknownChangeError as error:
        raise _unknown(number) from error
    return shown(change)


def shown(change: Change, *, repeated: bool = False) -> dict[str, Any]:
    """Return a change as it is answered."""
    dumped = change.model_dump(mode="json", exclude={"number", "base"})
    return {
        "ok": True,
        "change": change.number,
        "subject": change.subject,
        **dumped,
        "counts": change.difference.counts,
        "repeated": repeated,
    }


def waiting_lines(changes: tuple[Change, ...], who: Who) -> list[dict[str, Any]]:
    """Return the changes that wait, as an inbox has them, for whoever may confirm or withdraw."""
    if not may(who.roles, PROPOSERS | CONFIRMERS):
        return []
    return [
        {
            "case": one.case,
            "change": one.number,
            "mine": one.proposed_by == who.id,
            "who": "senior-approver",
            "what": f"Change {one.number} of {one.subject}, by {one.proposed_by}, waits for a "
            "second person",
            "by": utc_text(one.expires_at),
            "command": f"cir people change {one.number}"
            if one.proposed_by == who.id
            else f"cir people confirm {one.number}",
        }
        for one in changes
    ]


def _text(name: str, raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        words = f"Line {line}: the file of {name} is not UTF-8 text."
        raise InvalidRegisterError((words,)) from error


def _origin(told: Told, raw: bytes, text: str) -> Origin:
    source, licence = publisher_of(text)
    return Origin(
        file=clean_line(told.file.replace("\\", "/").rsplit("/", 1)[-1]),
        sha256=hashlib.sha256(raw).hexdigest(),
        source=clean_line(told.source) or source,
        licence=clean_line(told.licence) or licence,
    )


async def _holder(request: Request) -> str:
    try:
        return HolderOfToken.model_validate(await json_object(request)).holder
    except ValidationError as error:
        words = "Say whose token it is: the id of a person or a provider."
        raise Refused(Code.INVALID_INPUT, words) from error


def _number(text: str) -> int:
    """Return a number as it was typed.

    Raises:
        UnknownChangeError: It is none.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004  (none is longer)
        raise UnknownChangeError(text)
    return int(text)


def _unknown(number: str) -> Answer:
    words = f"There is no change {number[:20]}. Those that wait: cir people list --pending."
    return Answer("not-found", "unknown-change", words)


def _invalid(name: str, error: InvalidRegisterError) -> Refused:
    count = len(error.problems)
    many = "one problem" if count == 1 else f"{count} problems"
    words = f"The file of {name} cannot be taken, and nothing was changed: {many}."
    fields = [{"field": "", "message": one} for one in error.problems[:MOST_NAMED]]
    return Refused(Code.INVALID_INPUT, words, fields=fields, problems=count)


async def kept(desk: Desk, what: str, who: Who, refused: Refused, case: str = "") -> Answer:
    """Write a refused attempt down and return what is answered."""
    await desk.keep_refused(case, what, who, "", refused)
    return of_refusal(refused)
