"""Reads from the record and the read model; never by asking every case."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from adapters.database.cases import LENGTH, SUMMARY, Column
from api.answers import Answer, unknown_case
from api.desk import Desk
from api.findings import finding_pages
from api.identity import Asking, TheDesk
from domain.category import Category
from domain.phase import Phase

LOOK_AGAIN = 0.05
"""Seconds between two looks at a case that somebody waits for [our default]."""

router = APIRouter()

MOST_FACTS = 2**31 - 1
"""The greatest number of a fact that a database can hold."""


def _column(word: str) -> str:
    """Return the column that a word names; ``due`` is ``due_at``, as a table's head says it."""
    name = word.replace("-", "_")
    return f"{name}_at" if f"{name}_at" in SUMMARY else name


class Filters(BaseModel):
    """What a list of cases may be narrowed by."""

    model_config = ConfigDict(use_enum_values=True)

    phase: Phase | None = None
    category: Category | None = None
    owner: str | None = None
    mine: bool = False
    provider: str | None = None
    breached: bool | None = None
    breaching: Annotated[str | None, Field(pattern=LENGTH)] = None
    exercise: bool | None = None
    council: str | None = None
    opened_since: AwareDatetime | None = None
    closed: bool | None = None
    sort: Annotated[Column, BeforeValidator(_column)] = "due_at"
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


@router.get("/cases")
async def listed(
    who: Asking, desk: TheDesk, filters: Annotated[Filters, Query()]
) -> list[dict[str, Any]]:
    """Return summaries of cases."""
    wanted = filters.model_dump(exclude_none=True, exclude={"mine", "sort", "limit"})
    if filters.mine:
        wanted["owner"] = who.id
    return await desk.cases.listed(wanted, sort=filters.sort, limit=filters.limit)


@router.get("/cases/{case}")
async def shown(case: str, _who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Return everything about one case."""
    return await desk.shown(case)


@router.get("/cases/{case}/history")
async def history(
    case: str, _who: Asking, desk: TheDesk, after: Annotated[int, Query(ge=0, le=MOST_FACTS)] = 0
) -> dict[str, Any]:
    """Return the facts of a case, oldest first."""
    await desk.shown(case)
    confirmed = await desk.confirmations.of_case(case)
    facts = await desk.cases.history(case, after)
    said = [{**f, "confirmed": confirmed[f["seq"]]} if f["seq"] in confirmed else f for f in facts]
    return {"case": case, "facts": said}


@router.get("/cases/{case}/attempts")
async def attempts(case: str, _who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return every refused attempt on a case, oldest first."""
    await desk.shown(case)
    return await desk.attempts.of_case(case)


@router.get("/cases/{case}/wait")
async def wait(
    case: str,
    _who: Asking,
    desk: TheDesk,
    until: Annotated[str, Query(alias="for", pattern=r"^(phase=.+|key=.+|facts=\d{1,9})$")],
    timeout_s: Annotated[float, Query(gt=0, le=30)] = 10,
) -> dict[str, Any]:
    """Wait until a case is in a phase, has so many facts, or has a key on its record."""
    what, _, wanted = until.partition("=")
    if what == "phase" and wanted not in tuple(Phase):
        words = f"There is no phase {wanted}; wait for one of {', '.join(Phase)}."
        raise Answer("refused", "invalid-input", words)
    end = asyncio.get_running_loop().time() + timeout_s
    while asyncio.get_running_loop().time() < end:
        if what == "facts" and 0 < await desk.cases.facts(case) < int(wanted):
            await asyncio.sleep(LOOK_AGAIN)
            continue
        found = await desk.cases.show(case)
        if found is None and not await desk.intake.is_kept(case):
            raise unknown_case(case)
        if found is not None and await _is_there(desk, found, what, wanted):
            return found
        await asyncio.sleep(LOOK_AGAIN)
    raise Answer("timeout", "timeout", f"{case} was not at {until} after {timeout_s:.0f} s.")


async def _is_there(desk: Desk, found: dict[str, Any], what: str, wanted: str) -> bool:
    if what == "facts":
        return int(found["seq"]) >= int(wanted)
    if what == "phase":
        return bool(found["phase"] == wanted)
    return await desk.cases.has_instruction(found["case"], wanted)


@router.get("/escalations")
async def escalations(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return every page that waits for a person, across cases."""
    found = finding_pages(await desk.findings.standing())
    pages = [*await desk.cases.escalations(), *found]
    return sorted(pages, key=lambda line: -(line["rung"] or 0))
