"""A scenario made ready to be played on the running service: its instants, its cast, its marks."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import TypeAdapter

from domain.people import SYSTEM, F, M, Role, T
from domain.policy import Policy
from domain.rehearsal.ending import shared
from domain.rehearsal.scenario import Expect, Scenario, Step
from domain.report_content import laid_over
from domain.story_time import StoryTime
from domain.value import Instant, utc_text

INSTANT = re.compile(r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)$")
"""Text that is an instant with its zone; a date alone stays a date of the story."""

STANDS_IN: dict[str, Role] = {
    "open-case": T,
    "record-delivery": T,
    "billing-acknowledged": F,
    "billing-rejected": F,
    "resume-clock": M,
}
"""Who says what in a played story the system would carry in: nobody holds the system's token."""

_READER: TypeAdapter[datetime] = TypeAdapter(Instant)


class LeftOut(NamedTuple):
    """A step that nobody can give on a running service, and why."""

    step: int
    why: str


class StagedScenario(Scenario):
    """A scenario with the instants at which it is really played.

    Attributes:
        story: Where those instants stand in the story's calendar.
    """

    story: StoryTime

    def instant(self, offset: str) -> datetime:
        """Return when the instant ``offset`` after the story's start really comes."""
        return self.story.played(super().instant(offset))

    def policy_of(self, policy: Policy) -> Policy:
        """Return ``policy`` as the case of this story begins with it."""
        return policy.in_story(self.story)

    def report_of(self, step: Step) -> dict[str, Any]:
        """Return the report that an ``open-case`` step brings."""
        return laid_over(self.report, step.input.get("report_changes", {}))


def givers(scenario: Scenario) -> tuple[str, ...]:
    """Return everybody of the cast who gives a step when it is played, in order of appearance."""
    cast = _cast(scenario)
    found = (_giver(scenario, step) for step in scenario.steps)
    return tuple(dict.fromkeys(by for by in found if by in cast))


def stage(
    scenario: Scenario, story: StoryTime, *, run: str, until: str | None = None
) -> tuple[StagedScenario, tuple[LeftOut, ...]]:
    """Return ``scenario`` as an exercise in ``story``, and the steps that have to be left out.

    Args:
        scenario: The story as its file tells it.
        story: When it is played and how fast.
        run: Marks the references of its reports, so that each run opens a case of its own.
        until: Offset after which nothing is played; the end is then not judged.
    """
    cut = scenario if until is None else _cut(scenario, until)
    cast = _cast(scenario)
    played, left = [], []
    for step in cut.steps:
        by = _giver(scenario, step)
        if by in cast:
            played.append(_staged(step, by, story, run))
        else:
            left.append(LeftOut(step.n, f"nobody can give {step.command} as {step.by}"))
    report = _marked({**scenario.report, "exercise": True}, run)
    final = {"at": cut.final["at"], **shared(cut.final)} if "at" in cut.final else {}
    staged = StagedScenario.model_validate(
        {
            **dict(cut),
            "story": story,
            "report": _in(story, report),
            "steps": tuple(played),
            "final": final,
        }
    )
    return staged, tuple(left)


def _cut(scenario: Scenario, until: str) -> Scenario:
    end = scenario.instant(until)
    steps = tuple(step for step in scenario.steps if scenario.instant(step.at) <= end)
    return scenario.but(steps=steps, final={"at": until})


def _cast(scenario: Scenario) -> set[str]:
    world = scenario.world
    return {person.id for person in world.people} | {provider.id for provider in world.providers}


def _giver(scenario: Scenario, step: Step) -> str:
    """Return who gives a step; for the system, the first of the register who may stand in."""
    if step.by != SYSTEM or step.command not in STANDS_IN:
        return step.by
    role = STANDS_IN[step.command]
    people = scenario.world.people
    return next((person.id for person in people if role in person.roles), step.by)


def _staged(step: Step, by: str, story: StoryTime, run: str) -> Step:
    given = _in(story, dict(step.input))
    changes = given.get("report_changes", {})
    if "source.reference" in changes:
        changes["source.reference"] = _with(changes["source.reference"], run)
    occurred = None if step.occurred_at is None else _in(story, step.occurred_at)
    return step.but(by=by, input=given, occurred_at=occurred, expect=_timeless(step.expect))


def _timeless(expect: Expect) -> Expect:
    """Return what is expected of a step apart from instants."""
    states = {
        name: None if line is None else {key: line[key] for key in ("state",) if key in line}
        for name, line in expect.clocks.items()
    }
    given = {name: getattr(expect, name) for name in expect.model_fields_set}
    return Expect.model_validate({**given, "clocks": states})


def _marked(report: dict[str, Any], run: str) -> dict[str, Any]:
    source = report.get("source")
    if not isinstance(source, dict) or not source.get("reference"):
        return report
    return {**report, "source": {**source, "reference": _with(source["reference"], run)}}


def _with(reference: str, run: str) -> str:
    """Return a report's reference marked by its run; a rehearsal needs no mark."""
    return f"{reference} {run}" if run else reference


def _in(story: StoryTime, value: Any) -> Any:  # noqa: ANN401  (any JSON)
    """Return ``value`` with every instant in it moved to when it is really played."""
    if isinstance(value, dict):
        return {key: _in(story, inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_in(story, inner) for inner in value]
    if isinstance(value, str) and INSTANT.match(value):
        return utc_text(story.played(_READER.validate_python(value)))
    return value
