"""What the Temporal Web UI shows: search attributes and details. No personal data."""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import (
    SearchAttributeKey,
    SearchAttributePair,
    SearchAttributeUpdate,
    TypedSearchAttributes,
)

with workflow.unsafe.imports_passed_through():
    from domain.case import Case
    from domain.clocks.catalogue import CATALOGUE
    from domain.clocks.due import next_due
    from domain.fact import Fact

PHASE = SearchAttributeKey.for_keyword("CasePhase")
CATEGORY = SearchAttributeKey.for_keyword("CaseCategory")
OUTCOME = SearchAttributeKey.for_keyword("CaseOutcome")
OWNER = SearchAttributeKey.for_keyword("CaseOwner")
PROVIDER = SearchAttributeKey.for_keyword("CaseProvider")
RUNG = SearchAttributeKey.for_keyword("CaseRung")
NEXT_CLOCK = SearchAttributeKey.for_keyword("CaseNextClock")
DUE_AT = SearchAttributeKey.for_datetime("CaseDueAt")
OPENED_AT = SearchAttributeKey.for_datetime("CaseOpenedAt")
BREACHED = SearchAttributeKey.for_bool("CaseBreached")
EXERCISE = SearchAttributeKey.for_bool("CaseExercise")

KEYS: tuple[SearchAttributeKey[Any], ...] = (
    PHASE,
    CATEGORY,
    OUTCOME,
    OWNER,
    PROVIDER,
    RUNG,
    NEXT_CLOCK,
    DUE_AT,
    OPENED_AT,
    BREACHED,
    EXERCISE,
)

LAST_FACTS = 5
"""How many facts the details show."""


def attributes(case: Case) -> dict[str, Any]:
    """Return the search attributes of ``case`` by name; ``None`` unsets one."""
    due = next_due(case)
    live = case.live_clocks()
    rungs = [ladder.rung or 0 for ladder in case.ladders if ladder.unacknowledged]
    return {
        PHASE.name: case.phase.value,
        CATEGORY.name: case.category.value,
        OUTCOME.name: case.outcome.value if case.outcome is not None else None,
        OWNER.name: case.owner,
        PROVIDER.name: case.engagement.provider or case.engagement.last_provider,
        RUNG.name: f"L{max(rungs)}" if rungs else None,
        NEXT_CLOCK.name: None if due is None else due.name,
        DUE_AT.name: None if due is None else due.at,
        OPENED_AT.name: case.opened_at,
        BREACHED.name: any(run.state == "breached" for run in live),
        EXERCISE.name: case.exercise,
    }


def pairs(new: dict[str, Any], old: dict[str, Any]) -> list[SearchAttributeUpdate[Any]]:
    """Return what changed, as an upsert takes it."""
    changed = [key for key in KEYS if new[key.name] != old.get(key.name)]
    return [
        key.value_unset() if new[key.name] is None else key.value_set(new[key.name])
        for key in changed
    ]


def at_start(case_opened_at: datetime, *, exercise: bool) -> TypedSearchAttributes:
    """Return the search attributes a run starts with."""
    return TypedSearchAttributes(
        [
            SearchAttributePair(PHASE, "reported"),
            SearchAttributePair(OPENED_AT, case_opened_at),
            SearchAttributePair(EXERCISE, exercise),
        ]
    )


def details(case: Case, facts: tuple[Fact, ...]) -> str:
    """Return the case in Markdown lists for the Web UI's details.

    Tables render badly there, and a list needs a blank line before it.
    """
    waits = [
        f"- **{run.clock}** waits for {CATALOGUE[run.clock].says}: {run.state}, "
        f"due {run.due_at:%d %b %Y %H:%M:%S} UTC"
        for run in case.live_clocks()
    ]
    last = [f"- {f.occurred_at:%d %b %H:%M:%S} UTC {f.type} by {f.by}" for f in facts]
    return "\n".join(
        (
            f"### {case.reference}: {case.phase}" + (" (EXERCISE)" if case.exercise else ""),
            f"- category **{case.category}**, owner {case.owner or 'nobody yet'}",
            f"- provider {case.engagement.provider or 'nobody'}, version {case.version}",
            "",
            "**Waiting for**" if waits else "**Nothing is being waited for**",
            "",
            *waits,
            "",
            "**Last facts**",
            "",
            *last,
        )
    )
