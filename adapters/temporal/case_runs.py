"""How cases stand at the Temporal server, and what somebody did to their runs there."""

from collections import defaultdict

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode

from activities.comparing import Standing

RUNNING = "ExecutionStatus = 'Running'"
CUT = "ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')"
FAILING = "TemporalReportedProblems IN ('category=WorkflowTaskFailed')"
GONE = "gone"


class TemporalCaseRuns:
    """Cases as the server lists them: a few questions for all, one more for each that stands."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def standing(self, cases: tuple[str, ...]) -> tuple[Standing, ...]:
        """Return how each case stands."""
        wanted = set(cases)
        running = await self._listed(RUNNING, wanted)
        cut = await self._listed(CUT, wanted)
        failing = await self._listed(f"{RUNNING} AND {FAILING}", wanted)
        found = []
        for case in cases:
            if case in running:
                status, run = "running", running[case][0]
            else:
                status, run = await self._described(case)
            earlier = tuple(one for one in cut.get(case, ()) if one != run)
            found.append(
                Standing(case=case, status=status, run=run, cut=earlier, fails=case in failing)
            )
        return tuple(found)

    async def one(self, case: str) -> Standing:
        """Return how one case stands."""
        status, run = await self._described(case)
        cut = await self._listed(f"WorkflowId = '{case}' AND {CUT}", {case})
        earlier = tuple(one for one in cut.get(case, ()) if one != run)
        return Standing(case=case, status=status, run=run, cut=earlier)

    async def _listed(self, query: str, wanted: set[str]) -> dict[str, list[str]]:
        """Return the runs that a query finds, by case."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        async for one in self._client.list_workflows(query):
            if one.id in wanted:
                found[one.id].append(one.run_id)
        return dict(found)

    async def _described(self, case: str) -> tuple[str, str]:
        """Return status and id of the last run of a case that is not listed as running."""
        try:
            told = await self._client.get_workflow_handle(case).describe()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            return GONE, GONE
        status = told.status or WorkflowExecutionStatus.RUNNING
        return status.name.lower().replace("_", " "), told.run_id
