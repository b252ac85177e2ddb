"""Replaying a recorded run, and hearing what the rules decided in it.

The Replayer compares commands only: not what an activity was given, not what the rules decided.
So an interceptor takes the facts from each ``record-facts`` batch the replayed workflow hands over,
and the case from the replayed instance as its run ends.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from temporalio import workflow
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities.records import FactBatch
from domain.case import Case
from domain.fact import Fact
from tests.sealing import converter
from worker import workflow_runner
from workflows.incident_case import IncidentCaseWorkflow

HISTORIES = Path(__file__).parent / "histories"
CARRIED_IN = {"policy", "providers"}
"""Parts of the case that only its start brings along."""


@dataclass
class Replayed:
    """What one replay brought about.

    Attributes:
        facts: Every fact handed to the record, in order.
        case: The case as the run ended; ``None`` when it never did.
        failure: What the Replayer says against it.
    """

    facts: list[Fact] = field(default_factory=list)
    case: Case | None = None
    failure: Exception | None = None

    @property
    def told(self) -> dict[str, Any]:
        """Return it in the shape of a ``.expected.json``."""
        assert self.case is not None, "The run did not end."
        return told(self.facts, self.case)


def told(facts: Iterable[Fact], case: Case) -> dict[str, Any]:
    """Return facts, deadlines and final state as a ``.expected.json`` holds them.

    What stands at its default is left out of the state, so that a new field moves no old record.
    """
    dumped = [fact.model_dump(mode="json") for fact in facts]
    return {
        "facts": [[f["seq"], f["type"], f["occurred_at"], f["by"]] for f in dumped],
        "deadlines": [row for fact in dumped for row in _deadlines(fact)],
        "final": case.model_dump(mode="json", exclude=CARRIED_IN, exclude_defaults=True),
    }


def _deadlines(fact: dict[str, Any]) -> Iterable[list[Any]]:
    """Yield ``[seq, clock or window, instants]`` of a fact that says when something falls due."""
    payload = fact["payload"]
    about = payload.get("run", payload)
    instants = list(_instants(payload))
    if instants:
        yield [fact["seq"], about.get("clock") or about.get("window") or "", instants]


def _instants(part: Any) -> Iterator[str]:
    """Yield every instant at which something falls due, warnings and marks included."""
    if isinstance(part, list):
        for one in part:
            yield from _instants(one)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key in ("due_at", "ends_at", "next_at", "until", "at") and isinstance(value, str):
                yield value
            else:
                yield from _instants(value)


def recorded(path: Path) -> WorkflowHistory:
    """Return a recorded history; the case's reference is its workflow id."""
    history = json.loads(path.read_text(encoding="utf-8"))
    start = history["events"][0]["workflowExecutionStartedEventAttributes"]
    return WorkflowHistory.from_json(start["workflowId"], history)


async def replay(history: WorkflowHistory) -> Replayed:
    """Replay a history with the workers' sandbox and the production converter."""
    heard = Replayed()
    replayer = Replayer(
        workflows=[IncidentCaseWorkflow],
        workflow_runner=workflow_runner(),
        data_converter=converter(),
        interceptors=[Collector(heard)],
    )
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    heard.failure = result.replay_failure
    return heard


class Collector(Interceptor):
    """Hears one replay."""

    def __init__(self, heard: Replayed) -> None:
        self._heard = heard

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002  (Temporal's name)
    ) -> type[WorkflowInboundInterceptor]:
        """Return an interceptor that tells this collector."""
        heard = self._heard

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002
                heard.facts += [
                    f for one in input.args if isinstance(one, FactBatch) for f in one.facts
                ]
                return super().start_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

            async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002
                try:
                    end = await super().execute_workflow(input)
                except workflow.ContinueAsNewError:
                    heard.case = _instance_case()
                    raise
                heard.case = _instance_case()
                return end

        return Inbound


def _instance_case() -> Case:
    """Return the case that the workflow running just now holds."""
    case: Case = workflow.instance().case
    return case
