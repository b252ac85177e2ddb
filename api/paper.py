"""A case on one sheet, for paper: the case is asked, and where it is silent, its record."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends

from adapters.temporal.asking import CaseGoneError, CaseSilentError
from api.explaining import Explainer, explainer_of
from api.identity import Asking, TheDesk
from domain.paper import sheet
from domain.registers.shifts import by_role, watches

router = APIRouter()


@router.get("/cases/{case}/paper")
async def paper(
    case: str, _who: Asking, desk: TheDesk, explainer: Annotated[Explainer, Depends(explainer_of)]
) -> dict[str, Any]:
    """Return what stands on the sheet of a case."""
    shown = await desk.shown(case)
    try:
        state = await explainer.asker.state(case)
    except (CaseSilentError, CaseGoneError):
        state = (await explainer.from_record(desk, case)).but(version=shown["version"])
    people, rota, now = await desk.registers.people(), await desk.registers.rota(), desk.now()
    on = watches(rota, now) if rota else by_role(people)
    made = sheet(state, people, on, await desk.registers.providers(), now)
    answer: dict[str, Any] = made.model_dump(mode="json")
    return {"case": case, **answer}
