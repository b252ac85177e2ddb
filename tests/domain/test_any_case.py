"""Whatever people and time do to a case, in whatever order, its promises hold."""

from collections import Counter
from datetime import datetime, timedelta
from random import Random  # noqa: TID251  (seeded by hypothesis)
from typing import Any

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from domain.case import Case
from domain.clocks.due import next_due
from domain.command import Command
from domain.errors import Refused
from domain.fact import Cause
from domain.phase import END, Phase
from domain.refusals import InstructionRefused
from domain.settling import advance, settle
from tests.builders import DAY, HOUR, MINUTE, NOON
from tests.domain.machine.asked import Asked, Chance
from tests.domain.machine.stage import Stage, check_end, check_ledgers
from tests.domain.machine.ways import is_found

MOST_AT_ONCE = 25
"""Things time may do in one step of a story, so that a silent ladder does not fill it."""

FURTHEST = 14
"""Steps by which the plainest story is in closing."""

LENGTHS = (
    *(MINUTE, 7 * MINUTE, 25 * MINUTE, HOUR, 5 * HOUR, DAY),
    *(3 * DAY, 15 * DAY, 40 * DAY, 100 * DAY, 370 * DAY),
)
OUTAGES = (*(MINUTE, 25 * MINUTE, HOUR) * 3, 5 * HOUR, 2 * DAY)
WEIGHTS = (
    *("here",) * 13, *("on",) * 3, *("any",) * 3, *("deadline",) * 3, *("time",) * 2,
    "again", "down",
)  # fmt: skip
SOON = (*(0 * MINUTE,) * 3, MINUTE, 12 * MINUTE, 3 * HOUR, 2 * DAY)
SEEDS = st.binary(min_size=8, max_size=8)
"""One for each step. Hypothesis likes to draw one again, so it is mixed with how far things are."""

EVERY = tuple(sorted(Command.registry))
REPORTS: tuple[dict[str, Any], ...] = (
    {},
    {"ncsc.category": "C2"},
    {"ncsc.category": "C4", "impact.risk_to_life": "yes"},
    {"reporter.phone": None},
    {"reporter.contact_email": "it@eastmere.example.gov.uk", "reporter.phone": None},
    {"data.personal_data": "no"},
    {"exercise": True, "ncsc.category": "C1"},
    {
        "contacts": [
            {"post": "s151", "name": "Peter Lund", "email": "p.lund@Eastmere.example.gov.uk"},
            {"post": "dpo", "name": "Amira Sayed", "phone": "07700 900103"},
        ]
    },
)
YEARS = (NOON - DAY, NOON + 2000 * DAY)


def _shift(rung: str, person: str, *, only: timedelta | None = None) -> dict[str, Any]:
    begin, end = YEARS
    return {"rung": rung, "person": person, "from": begin, "to": begin + only if only else end}


ROTAS: tuple[tuple[dict[str, Any], ...] | None, ...] = (
    None,
    tuple(_shift(*one) for one in (("L0", "kaya"), ("L1", "priya"), ("L2", "helen"),
                                   ("L3", "amory"))),
    (_shift("L0", "kaya"), _shift("L1", "priya", only=2 * DAY), _shift("L2", "helen")),
    (_shift("L0", "tomas", only=DAY),),
)  # fmt: skip


class Tally:
    """What the stories covered: read by the tests, and printed with the statistics."""

    def __init__(self) -> None:
        self.accepted: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.phases: Counter[str] = Counter()
        self.moves: Counter[str] = Counter()
        self.steps = self.stories = self.repeated = 0

    def lines(self) -> list[str]:
        """Return the table, one count a line."""
        parts = (("accepted", self.accepted), ("refused", self.refused),
                 ("phase", self.phases), ("moved", self.moves))  # fmt: skip
        head = f"{self.stories} stories, {self.steps} steps, {self.repeated} repeats"
        return [head, *(f"{what} {k}: {n}" for what, of in parts for k, n in of.most_common())]


class AnyCase(RuleBasedStateMachine):
    """People ask for anything at any time; the world answers at once."""

    tally = Tally()

    @initialize(
        report=st.sampled_from(REPORTS),
        rota=st.sampled_from(ROTAS),
        already=st.integers(0, FURTHEST),
        apart=st.sampled_from(LENGTHS[:5]),
    )
    def begin(
        self,
        report: dict[str, Any],
        rota: tuple[dict[str, Any], ...] | None,
        already: int,
        apart: timedelta,
    ) -> None:
        """Open a case and bring it as far as ``already`` lawful steps do, ``apart`` in time."""
        self.stage = Stage(rota, report)
        self.given: list[tuple[Command, str]] = []
        self.asked = 0
        self.tally.stories += 1
        for _ in range(already):
            self.let_pass(self.stage.now + apart)
            if self.case.phase is not END:
                self.give(self.stage.lawful_ways()[0])

    @property
    def case(self) -> Case:
        return self.stage.case

    def give(self, command: Command) -> None:
        """Give it, and count what became of it."""
        self.asked += 1
        number = f"instruction-{self.asked}"
        before = self.case.phase
        try:
            done = self.stage.give(command, command.idempotency_key or number)
        except Refused as refused:
            self.count(self.tally.refused, refused.code.value)
            self.leaves_a_trace(command, refused)
            return
        self.count(self.tally.accepted, command.name)
        if before is not self.case.phase:
            self.count(self.tally.moves, f"{before} to {self.case.phase}")
        if done.receipt.events and command.idempotency_key is not None:
            self.given = [*self.given[-20:], (command, number)]

    def leaves_a_trace(self, command: Command, refused: Refused) -> None:
        """Hold a refused signal to its one fact, which changes nothing but the number of facts."""
        noted = InstructionRefused(
            at=self.stage.now, command=command.name, code=refused.code, message=refused.message
        )
        cause = Cause(id="refused", command=command.name, by=command.by, at=self.stage.now)
        settled = settle(self.case, (noted,), cause)
        assert settled.case.but(seq=self.case.seq) == self.case
        assert [fact.type for fact in settled.facts] == ["instruction-refused"]
        assert not settled.effects

    def count(self, of: Counter[str], what: str) -> None:
        of[what] += 1
        event(what)

    @rule(seed=SEEDS)
    def something_happens(self, seed: bytes) -> None:
        """Let somebody ask for something, or let time pass."""
        chance = Random(f"{seed.hex()} {self.case.seq} {self.asked}")  # noqa: S311  (stories)
        happens = {"time": self.time_passes, "deadline": self.a_deadline_comes,
                   "down": self.everything_is_down, "on": self.somebody_goes_on,
                   "here": self.somebody_asks, "any": self.anybody_asks_for_anything,
                   "again": self.somebody_says_it_again}  # fmt: skip
        happens[chance.choice(WEIGHTS)](chance)

    def somebody_goes_on(self, chance: Chance) -> None:
        """Ask for what takes the case on."""
        found = self.stage.lawful_ways()
        if found:
            self.give(chance.choice(found))

    def somebody_asks(self, chance: Chance) -> None:
        """Ask, in good form and in the right role, for what is lawful in the phase."""
        self.let_pass(self.stage.now + chance.choice(SOON))
        name = chance.choice([name for name in EVERY if self.is_lawful(name)])
        asked = Asked(chance, self.case, self.stage.now, careful=True)
        self.ask(name, asked.by(name), asked.inputs(name))

    def anybody_asks_for_anything(self, chance: Chance) -> None:
        """Ask carelessly, whoever it is, for whatever there is."""
        name = chance.choice(EVERY)
        asked = Asked(chance, self.case, self.stage.now, careful=False)
        self.ask(name, asked.by(name), asked.inputs(name))

    def is_lawful(self, name: str) -> bool:
        return self.case.phase in Command.registry[name].phases

    def ask(self, name: str, by: str, inputs: dict[str, Any]) -> None:
        said = {"idempotency_key": f"key-{self.asked}", **inputs}
        try:
            command = self.stage.command(name, by, said)
        except Refused as refused:
            self.count(self.tally.refused, refused.code.value)
            return
        self.give(command)

    def somebody_says_it_again(self, chance: Chance) -> None:
        """Give an instruction once more under its key, or other words under it."""
        if not self.given:
            return
        command, number = chance.choice(self.given)
        if chance.randint(0, 3) == 0:
            command = command.but(reason="Other words under the same key.")
        self.let_pass(self.stage.now)
        before, due = self.case, next_due(self.case)
        if due is not None and due.at <= self.stage.now:
            return
        try:
            done = self.stage.give(command, number)
        except Refused as refused:
            self.count(self.tally.refused, refused.code.value)
            return
        self.tally.repeated += 1
        assert done.receipt.repeated
        assert self.case == before

    def time_passes(self, chance: Chance) -> None:
        self.let_pass(self.stage.now + chance.choice(LENGTHS))

    def a_deadline_comes(self, chance: Chance) -> None:
        """Come to the next deadlines, or just before the next one."""
        early = chance.choice((0, 0, 1)) * timedelta(seconds=1)
        for _ in range(chance.randint(1, 6)):
            due = next_due(self.case)
            if due is not None:
                self.let_pass(max(self.stage.now, due.at - early))

    def everything_is_down(self, chance: Chance) -> None:
        """Find out about everything since all at once."""
        self.stage.now += chance.choice(OUTAGES)
        settled = advance(self.case, self.stage.now, through=True)
        self.stage.case = self.stage.respond(settled, self.stage.now)

    def let_pass(self, until: datetime) -> None:
        """Let time pass from deadline to deadline, as far as one step of a story may."""
        for _ in range(MOST_AT_ONCE):
            due = next_due(self.case)
            if due is None or due.at > until:
                self.stage.now = max(self.stage.now, until)
                return
            self.stage.now = max(self.stage.now, due.at)
            settled = advance(self.case, self.stage.now, through=True)
            self.stage.case = self.stage.respond(settled, self.stage.now)

    @invariant()
    def it_is_the_same_case_read_back(self) -> None:
        assert Case.model_validate_json(self.case.model_dump_json()) == self.case

    @invariant()
    def every_fact_has_its_number(self) -> None:
        assert [fact.seq for fact in self.stage.facts[-50:]] == list(
            range(self.case.seq + 1 - min(50, self.case.seq), self.case.seq + 1)
        )

    @invariant()
    def the_version_counts_the_instructions_that_were_accepted(self) -> None:
        assert self.case.version == self.stage.counted

    @invariant()
    def a_closed_case_runs_no_clock(self) -> None:
        if self.case.phase is END:
            check_end(self.case)

    @invariant()
    def ledgers_add_up(self) -> None:
        check_ledgers(self.case)

    @invariant()
    def an_open_case_has_somebody_who_must_act_can_act_and_is_found(self) -> None:
        self.tally.steps += 1
        self.tally.phases[self.case.phase] += 1
        if self.case.phase is END:
            return
        assert is_found(self.case), f"nobody is found in {self.case.phase}"
        assert self.stage.lawful_ways(), f"nobody can act in {self.case.phase}"
        assert next_due(self.case) is not None


AS_CHECKED = settings(
    max_examples=60, stateful_step_count=40, derandomize=True, database=None, deadline=None
)


@pytest.mark.timeout(600)  # a busy machine takes its time, and so does finding the shortest story
def test_whatever_happens_to_a_case_its_promises_hold() -> None:
    """Play random stories; a longer run by hand: ``--hypothesis-profile=campaign``.

    What they covered is in the statistics: ``--hypothesis-show-statistics``.
    """
    by_hand = settings.get_current_profile_name() == "campaign"
    run_state_machine_as_test(AnyCase, settings=settings.default if by_hand else AS_CHECKED)
    assert set(AnyCase.tally.phases) == set(Phase)
    assert len(AnyCase.tally.accepted) > len(EVERY) * 2 // 3
