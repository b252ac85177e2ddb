"""Why a case stands where it stands: the case is asked, and where it is silent, its record."""

import asyncio
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError

from adapters.temporal.asking import CaseAsker, CaseGoneError, CaseSilentError
from api.answers import Answer
from api.desk import CATCH_UP, Desk
from api.identity import Asking, TheDesk
from domain.case import Case
from domain.explaining.explained import explained
from domain.explaining.explanation import Explanation
from domain.explaining.record import rebuilt
from domain.fact import Fact
from domain.policy_file import lines_of

router = APIRouter()

SILENT = (
    "The case itself did not answer: Temporal or the worker is away. This is what its record "
    "says, by the numbers of the policy in force; a deadline that has passed meanwhile pages when "
    "they are back. Look with cir doctor."
)
GONE = "Temporal no longer holds this case. This is what its record says."


class Explainer(NamedTuple):
    """What explaining needs besides the desk.

    Attributes:
        asker: Asks the case itself.
    """

    asker: CaseAsker

    async def explain(self, desk: Desk, case: str) -> Explanation:
        """Return why ``case`` stands where it stands.

        The policy in force has the sources of its numbers, which no case carries.

        Raises:
            Answer: There is no such case, or it is kept and has not started.
        """
        shown = await desk.shown(case)
        numbers = lines_of(await desk.registers.policy_file())
        try:
            state = await self.asker.state(case)
        except (CaseSilentError, CaseGoneError) as error:
            note = SILENT if isinstance(error, CaseSilentError) else GONE
            facts = await _facts(desk, case)
            state = await self.from_record(desk, case, facts)
            state = state.but(version=shown["version"])
            return explained(state, facts, numbers, desk.now(), told_by="record", note=note)
        return explained(state, await _facts(desk, case, state.seq), numbers, desk.now())

    async def from_record(
        self, desk: Desk, case: str, facts: tuple[Fact, ...] | None = None
    ) -> Case:
        """Return a case as its record leaves it, for when it cannot be asked itself.

        The policy in force stands in for its own.

        Raises:
            Answer: Its record alone does not make a case (``not-reached``).
        """
        facts = await _facts(desk, case) if facts is None else facts
        try:
            known = (await desk.registers.providers(), await desk.registers.policy())
            return rebuilt(case, facts, *known)
        except (ValidationError, KeyError, IndexError) as error:
            words = f"{case} did not answer, and its record alone cannot explain it. Try again."
            raise Answer("unreachable", "not-reached", words) from error


async def _facts(desk: Desk, case: str, seq: int = 0) -> tuple[Fact, ...]:
    """Return the facts on record, waiting a little until number ``seq`` is there."""
    until = asyncio.get_running_loop().time() + CATCH_UP
    while True:
        rows = await desk.cases.history(case)
        if len(rows) >= seq or asyncio.get_running_loop().time() > until:
            return tuple(
                Fact.model_validate({k: v for k, v in row.items() if k in Fact.model_fields})
                for row in rows
            )
        await asyncio.sleep(0.02)


def explainer_of(request: Request) -> Explainer:
    """Return the explainer behind this application."""
    explainer: Explainer = request.app.state.explainer
    return explainer


@router.get("/cases/{case}/explanation")
async def explanation(
    case: str, _who: Asking, desk: TheDesk, explainer: Annotated[Explainer, Depends(explainer_of)]
) -> dict[str, Any]:
    """Return why a case stands where it stands."""
    found = await explainer.explain(desk, case)
    answer: dict[str, Any] = found.model_dump(mode="json")
    return answer
