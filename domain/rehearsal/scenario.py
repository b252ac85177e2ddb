"""The file a rehearsal plays, ``cir-scenario/1``: every problem named by step and field."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, ValidationError

import domain.decisions  # noqa: F401  (fills the registry of commands)
from domain.clocks.catalogue import CATALOGUE
from domain.command import Command
from domain.council import Council
from domain.errors import Code
from domain.people import Person
from domain.phase import Phase
from domain.provider import Provider
from domain.value import Value

OFFSET = re.compile(r"^\+(\d{1,6}):([0-5]\d):([0-5]\d)$")


class ScenarioError(ValueError):
    """A file that is not a scenario. ``problems`` names step and field of each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Loose(Value):
    """A value whose file may carry notes for people besides."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_by_name=True)


class Shift(Loose):
    """One shift of the rota; ``to`` excluded."""

    rung: Literal["L0", "L1", "L2", "L3"]
    person: str
    from_: Annotated[AwareDatetime, Field(alias="from")]
    to: AwareDatetime

    @property
    def number(self) -> int:
        """Return the rung as a number."""
        return int(self.rung[1:])


class Rotation(Loose):
    """Turns counted so far, and who had the last one."""

    turns: dict[str, int] = {}
    last: str | None = None


class World(Loose):
    """Everybody and everything around the case."""

    councils: tuple[Council, ...] = ()
    people: tuple[Person, ...] = ()
    rota: tuple[Shift, ...] | None = None
    providers: tuple[Provider, ...] = ()
    rotation: Rotation = Rotation()
    other_cases: tuple[str, ...] = ()


class Expect(Value):
    """What must hold after a step; a key that is absent is not checked."""

    outcome: Literal["ok", "refused"] = "ok"
    code: Code | None = None
    repeated: bool | None = None
    changed: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None
    phase: Phase | None = None
    notices: tuple[str, ...] | None = None
    clocks: dict[str, dict[str, Any] | None] = {}


class Step(Loose):
    """One instruction of the story."""

    n: int
    at: Annotated[str, Field(pattern=OFFSET.pattern)]
    by: str
    command: str
    input: dict[str, Any] = {}
    occurred_at: str | None = None
    evidence: str | None = None
    if_version_of_step: int | None = None
    repeat_of: int | None = None
    expect: Expect = Expect()


class Scenario(Loose):
    """A story with exact answers."""

    schema_name: Annotated[Literal["cir-scenario/1"], Field(alias="schema")]
    scenario: str
    case: str
    starts_at: AwareDatetime
    policy: dict[str, float] = {}
    world: World
    report: dict[str, Any]
    steps: tuple[Step, ...]
    final: dict[str, Any] = {}

    def instant(self, offset: str) -> datetime:
        """Return the instant ``offset`` after the start."""
        found = OFFSET.match(offset)
        if found is None:
            raise ScenarioError((f"{offset} is not +hours:minutes:seconds",))
        hours, minutes, seconds = (int(part) for part in found.groups())
        return self.starts_at + timedelta(hours=hours, minutes=minutes, seconds=seconds)


FINAL_KEYS = frozenset(
    {
        "at",
        "local",
        "phase",
        "outcome",
        "category",
        "provider",
        "owner",
        "round",
        "attempts",
        "recovery_answer",
        "breaches",
        "breaches_withdrawn",
        "escalations",
        "ledgers",
        "packs",
        "notices",
        "clocks_running",
        "turns",
        "contact_wait_s",
        "legal_hold",
        "exercise",
        "links",
        "waived",
        "archived",
    }
)
"""What a scenario may expect of the end."""


def read_scenario(text: str) -> Scenario:
    """Return the scenario in ``text``.

    Raises:
        ScenarioError: With every problem, each naming step and field.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ScenarioError((f"not JSON: {error}",)) from error
    if not isinstance(data, dict):
        raise ScenarioError(("a scenario is a JSON object",))
    try:
        scenario = Scenario.model_validate(data)
    except ValidationError as error:
        told = (_told(data, p["loc"], p["msg"]) for p in error.errors(include_url=False))
        raise ScenarioError(tuple(told)) from None
    problems = tuple(_problems(scenario))
    if problems:
        raise ScenarioError(problems)
    return scenario


def _told(data: dict[str, Any], where: tuple[int | str, ...], says: str) -> str:
    if where[:1] == ("steps",) and len(where) > 1 and isinstance(where[1], int):
        step = data["steps"][where[1]]
        number = step.get("n", where[1] + 1) if isinstance(step, dict) else where[1] + 1
        return f"step {number}: {'.'.join(map(str, where[2:]))}: {says}"
    return f"{'.'.join(map(str, where))}: {says}"


def _problems(scenario: Scenario) -> Iterator[str]:
    last, known = scenario.starts_at, set[int]()
    for step in scenario.steps:
        at = scenario.instant(step.at)
        if at < last:
            yield f"step {step.n}: at: goes back in time"
        last = max(last, at)
        if step.command not in Command.registry:
            yield f"step {step.n}: command: there is no command {step.command}"
        for field in ("if_version_of_step", "repeat_of"):
            other = getattr(step, field)
            if other is not None and other not in known:
                yield f"step {step.n}: {field}: there is no step {other} before it"
        for clock in step.expect.clocks:
            if clock not in CATALOGUE:
                yield f"step {step.n}: expect.clocks: there is no clock {clock}"
        known.add(step.n)
    yield from _final_problems(scenario, last)


def _final_problems(scenario: Scenario, last: datetime) -> Iterator[str]:
    for key in sorted(set(scenario.final) - FINAL_KEYS):
        yield f"final: {key}: nothing of that name is known at the end"
    at = scenario.final.get("at")
    if at is None:
        return
    if not isinstance(at, str) or OFFSET.match(at) is None:
        yield "final: at: is not +hours:minutes:seconds"
    elif scenario.instant(at) < last:
        yield "final: at: goes back in time"
