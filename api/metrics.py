"""``GET /metrics``: the service in numbers, as Prometheus reads them, for whoever holds a token.

No label names a person, a council or a case.
"""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from adapters.database.figures import DatabaseFigures, Figures
from api.identity import Asking
from domain.phase import Phase

router = APIRouter()

RUNGS = range(4)
NEVER = float("inf")
"""How long ago the watchkeeper looked when it never has."""


@router.get("/metrics")
async def metrics(request: Request, _who: Asking) -> Response:
    """Return every number of this moment."""
    figures: DatabaseFigures = request.app.state.figures
    return Response(exposition(await figures.now()), media_type=CONTENT_TYPE_LATEST)


def exposition(figures: Figures) -> bytes:
    """Return the numbers in Prometheus' text; what may be zero is there as zero."""
    registry = CollectorRegistry()

    def gauge(name: str, says: str, *labels: str) -> Gauge:
        """Return one number of the service, by its name and what it says."""
        return Gauge(f"cir_{name}", says, labels, registry=registry)

    phases = gauge("open_cases", "Cases that are not closed, exercises aside.", "phase")
    for phase in Phase:
        if phase.value != "closed":
            phases.labels(phase.value).set(figures.phases.get(phase.value, 0))
    pages = gauge("unacknowledged_pages", "Pages that wait for a person, by rung.", "rung")
    for rung in RUNGS:
        pages.labels(f"L{rung}").set(figures.pages.get(rung, 0))
    notices = gauge("notices", "Notices in the ledger, by what became of them.", "state")
    for state in ("sending", "accepted", "delivered", "failed", "unknown"):
        notices.labels(state).set(figures.notices.get(state, 0))
    gauge("overdue_clocks", "Live clocks past their deadline.").set(figures.overdue)
    gauge("notices_to_retry", "Notices that failed and are tried again.").set(figures.retries)
    gauge("intake_backlog", "Reports whose case does not know of them yet.").set(figures.backlog)
    gauge("intake_oldest_seconds", "How long the oldest of them waits.").set(figures.oldest_s)
    gauge("findings", "What the watchkeeper found and is not mended.").set(figures.findings)
    looked = NEVER if figures.looked_s is None else figures.looked_s
    gauge("watchkeeper_age_seconds", "How long ago the watchkeeper looked.").set(looked)
    return generate_latest(registry)
