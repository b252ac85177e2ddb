"""Audit: is the record whole, all that is held of a case, and the read model made again from it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from adapters.database.audit import Audit, Checked
from adapters.database.records import ChainBrokenError
from adapters.temporal.asking import CaseGoneError, CaseSilentError
from api.answers import Answer, of_refusal, unknown_case
from api.desk import Desk
from api.explaining import Explainer, explainer_of
from api.identity import Asking, TheDesk
from domain.errors import Code, Refused
from domain.people import M, may
from domain.policy import Policy
from domain.projecting import view_from
from domain.provider import Provider

REBUILDS = frozenset({M})
"""The least role that has the read model made again [our default]: it changes what all see."""

MOST_SILENT = 3
"""Cases in a row that do not answer, after which no other is asked [our default]."""

ADVICE = (
    "Change nothing: keep a copy (cir audit export CASE), compare it with the last backup, and "
    "tell the head of service. A case that runs goes on by what Temporal holds of it."
)

router = APIRouter()


def audit_of(request: Request) -> Audit:
    """Return the audit behind this application."""
    audit: Audit = request.app.state.audit
    return audit


TheAudit = Annotated[Audit, Depends(audit_of)]
TheExplainer = Annotated[Explainer, Depends(explainer_of)]


@router.get("/audit")
async def verify_all(_who: Asking, desk: TheDesk, audit: TheAudit) -> dict[str, Any]:
    """Check the record of every case, and that of the registers.

    Raises:
        Answer: ``record-tampered``, with each that does not fit.
    """
    checked = [await audit.check(case) for case in await audit.cases()]
    found = [one for one in checked if one is not None]
    broken = [f"{one.case}: {one.broken}" for one in found if one.broken is not None]
    entries = 0
    try:
        entries = len(await desk.register_record.entries())
    except ChainBrokenError as error:
        broken.append(str(error).rstrip("."))
    if broken:
        raise _tampered(broken)
    facts = sum(one.facts for one in found)
    return {"ok": True, "cases": len(found), "facts": facts, "register_entries": entries}


@router.get("/audit/{case}")
async def verify(case: str, _who: Asking, desk: TheDesk, audit: TheAudit) -> dict[str, Any]:
    """Check the record of one case.

    Raises:
        Answer: ``record-tampered``, with the first fact that does not fit.
    """
    found = await _held(case, desk, audit)
    if found.broken is not None:
        raise _tampered([f"{case}: {found.broken}"])
    signed = found.signed or {}
    by = {name: signed.get(name) for name in ("key_id", "public_key")}
    return {"ok": True, "case": case, "facts": found.facts, "head": found.head, **by}


@router.get("/audit/{case}/export")
async def export(case: str, who: Asking, desk: TheDesk, audit: TheAudit) -> dict[str, Any]:
    """Return all that is held of a case, so that it can be checked without us."""
    await _held(case, desk, audit)
    confirmed = await desk.confirmations.of_case(case)
    told = [{"seq": seq, **one} for seq, one in sorted(confirmed.items())]
    return {**await audit.everything(case), "confirmed": told, "by": who.id}


@router.post("/audit/rebuild")
async def rebuild(
    who: Asking, desk: TheDesk, audit: TheAudit, explainer: TheExplainer
) -> dict[str, Any]:
    """Make the read model again from the record, and say what differed.

    Raises:
        Answer: Not theirs to ask; or ``record-tampered``: some rows could not be made again.
    """
    if not may(who.roles, REBUILDS):
        words = f"{who.id} may not have the read model made again: it takes {M}."
        refused = Refused(Code.ROLE_NOT_ALLOWED, words)
        await desk.keep_refused("", "audit rebuild", who, "", refused)
        raise of_refusal(refused)
    remade = [one async for one in _remade(desk, audit, explainer)]
    left = [f"{one.case}: {one.left}" for one in remade if one.left is not None]
    mended = [one.model_dump(mode="json", exclude={"left"}) for one in remade if one.differed]
    if left:
        raise _tampered(left, rebuilt=mended)
    return {"ok": True, "cases": len(remade), "rebuilt": mended}


async def _remade(desk: Desk, audit: Audit, explainer: Explainer) -> Any:  # noqa: ANN401
    """Make the row of each case again, by the policy and providers that the case itself knows."""
    today = (await desk.registers.providers(), await desk.registers.policy())
    silent = 0
    for case in await audit.cases():
        known = today
        if silent < MOST_SILENT:
            try:
                state = await explainer.asker.state(case)
                known, silent = (state.providers, state.policy), 0
            except CaseGoneError:
                silent = 0
            except CaseSilentError:
                silent += 1
        yield await audit.remake(case, _projecting(case, *known))


def _projecting(case: str, providers: tuple[Provider, ...], policy: Policy) -> Any:  # noqa: ANN401
    return lambda facts: view_from(case, facts, providers, policy)


async def _held(case: str, desk: Desk, audit: Audit) -> Checked:
    found = await audit.check(case)
    if found is None:
        await desk.shown(case)  # says what it is instead: kept for later, or unknown
        raise unknown_case(case)
    return found


def _tampered(broken: list[str], **more: Any) -> Answer:  # noqa: ANN401
    first = broken[0] if len(broken) == 1 else f"{len(broken)} do not fit, the first {broken[0]}"
    return Answer("refused", "record-tampered", f"{first}. {ADVICE}", broken=broken, **more)
