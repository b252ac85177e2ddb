"""Reports: the service in figures that identify no council, and one case in the same figures."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime

from adapters.database.reporting import Reporting
from api.answers import Answer
from api.identity import Asking, TheDesk
from domain.value import utc_text

router = APIRouter()

Since = Annotated[AwareDatetime | None, Query()]


def reporting_of(request: Request) -> Reporting:
    """Return the reporting behind this application."""
    found: Reporting = request.app.state.reporting
    return found


TheReporting = Annotated[Reporting, Depends(reporting_of)]


@router.get("/report/service")
async def service(
    _who: Asking, desk: TheDesk, reporting: TheReporting, since: Since = None, until: Since = None
) -> dict[str, Any]:
    """Return the figures of the cases opened in a span; exercises do not count.

    Raises:
        Answer: The span ends before it begins (``invalid-input``).
    """
    if since is not None and until is not None and until <= since:
        words = f"The span ends at {utc_text(until)}, before it begins at {utc_text(since)}."
        raise Answer("refused", "invalid-input", words)
    found = await reporting.service(since, until)
    return {
        "report": "service",
        "at": utc_text(desk.now()),
        "since": None if since is None else utc_text(since),
        "until": None if until is None else utc_text(until),
        **found.model_dump(mode="json"),
    }


@router.get("/report/case/{case}")
async def one_case(
    case: str, _who: Asking, desk: TheDesk, reporting: TheReporting
) -> dict[str, Any]:
    """Return one case in figures."""
    shown = await desk.shown(case)
    named = ("phase", "outcome", "category", "exercise", "provider", "round")
    told = {name: shown[name] for name in (*named, "opened_at", "closed_at")}
    found = (await reporting.case(case)).model_dump(mode="json")
    kept = {n: found[n] for n in ("clocks", "contact", "pages", "acknowledged", "ledgers")}
    refused = len(await desk.attempts.of_case(case))
    facts = {"facts": shown["seq"], "refused": refused}
    return {"report": "case", "case": case, "at": utc_text(desk.now()), **told, **facts, **kept}
