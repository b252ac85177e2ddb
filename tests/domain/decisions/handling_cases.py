"""The door by which the tests of handling give commands, and what they need besides a case."""

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from domain.case import Case, Told
from domain.clock_run import ClockRun
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.timing import new_run
from domain.command import Command, Rows, Stamp
from domain.council import Council
from domain.decider import build, carry_out
from domain.decisions import handling
from domain.errors import Code, Refused
from domain.fact import Fact
from domain.phase import Phase
from domain.refusals import InstructionRefused
from tests import builders
from tests.builders import DAY, HOUR, MINUTE, NOON, ROLES, STAFF, WHY, a_report

__all__ = ["DAY", "HOUR", "MINUTE", "NOON", "ROLES", "WHY", "a_report"]

GROUP = handling.PARTS
"""The modules under test; importing them enters their commands in the registry."""

HARROWDALE = Council(code="XHD", name="Harrowdale Council", type="unitary")
OTHER_CASES = ("CIR-2026-000001", "CIR-2026-000002")
ROWS = Rows(staff=STAFF, councils=(builders.a_council(), HARROWDALE), cases=OTHER_CASES)


def a_case(phase: Phase = Phase.ASSESSMENT, **changes: Any) -> Case:
    """Return a case of kaya's, opened at noon."""
    return builders.a_case(phase, **{"owner": "kaya", **changes})


def running(case: Case, clock: str, at: datetime = NOON) -> ClockRun:
    """Return a run of ``clock`` as it starts at ``at``."""
    event = InstructionRefused(at=at, command="", code="", message="")  # it carries the instant
    return new_run(case, case, CATALOGUE[clock], event)


def told(key: str, notice: str, role: str = "council", *channels: str) -> Told:
    return Told(key=key, notice=notice, role=role, channels=channels or ("email", "sms"))


def a_command(name: str, by: str, /, **inputs: Any) -> Command:
    rows = inputs.pop("rows", ROWS)
    stamp = Stamp(person=by, roles=ROLES[by], rows=rows, at=NOON)
    return build(name, {"by": by, "stamp": stamp, **inputs})


class Given(NamedTuple):
    """The case after a command, and the facts it made."""

    case: Case
    facts: tuple[Fact, ...]

    @property
    def types(self) -> tuple[str, ...]:
        return tuple(fact.type for fact in self.facts if fact.type != "notice-due")


def give(case: Case, name: str, by: str, at: datetime = NOON, /, **inputs: Any) -> Given:
    """Give a command through the one door, and everything that follows from it."""
    done = carry_out(case, a_command(name, by, **inputs), at, f"test-{name}")
    return Given(done.settled.case, done.settled.facts)


def refused(case: Case, name: str, by: str, at: datetime = NOON, /, **inputs: Any) -> Code:
    """Return the code with which a command is refused."""
    with pytest.raises(Refused) as caught:
        give(case, name, by, at, **inputs)
    assert len(caught.value.message) <= 500
    return caught.value.code
