"""The stage a random story plays on: the rehearsal's world, watched at every single fact."""

from collections import Counter
from datetime import datetime
from typing import Any

from domain.case import RULES, Case, Event, evolve
from domain.command import Command
from domain.decider import Done, build, carry_out, decide
from domain.decisions.intake import Opening, open_case
from domain.effects import Effect
from domain.errors import Refused
from domain.fact import Cause, Fact
from domain.keys import counts
from domain.money.pack import LEDGERS
from domain.phase import END
from domain.rehearsal.scenario import Scenario
from domain.rehearsal.world import World
from domain.report import shares_mail_system
from domain.settling import Settled, settle
from domain.work import ItemState
from tests.builders import (
    NOON,
    OTHER,
    REFERENCE,
    STAFF,
    a_council,
    a_policy,
    a_report,
    providers,
)
from tests.domain.machine.moves import MOVES
from tests.domain.machine.ways import givers, ways

COUNTED = ("version", "moved_by", "answered")
"""What the one door counts besides the facts."""

COUNCILS = (
    a_council(safe_contacts=("duty@personal.example.org", "01632 960111")),
    a_council(code="XHD", name="Holmedale Borough Council", gss="E07999002"),
    a_council(code="XWL", name="Wellmoor County Borough", gss="W06999001", eligible=False),
)


def a_scenario(rota: tuple[dict[str, Any], ...] | None) -> Scenario:
    """Return a world with everybody in it, and no story."""
    people = [
        {"id": who, "name": who.title(), "roles": roles, "email": f"{who}@cir.example.org"}
        for who, roles in STAFF.items()
    ]
    return Scenario.model_validate(
        {
            "schema": "cir-scenario/1",
            "scenario": "any",
            "case": REFERENCE,
            "starts_at": NOON,
            "report": {},
            "steps": (),
            "world": {
                "councils": COUNCILS,
                "people": people,
                "rota": rota,
                "providers": providers(),
                "other_cases": (OTHER,),
            },
        }
    )


class Stage(World):
    """Takes whatever happens, and holds every fact and effect to what must always hold."""

    def __init__(self, rota: tuple[dict[str, Any], ...] | None, report: dict[str, Any]) -> None:
        """Open a case at noon from ``report``, whose fields are named by their paths."""
        super().__init__(a_scenario(rota))
        self.now = NOON
        self.rows: Counter[tuple[str, int, datetime]] = Counter()
        self.keys: set[str] = set()
        self.told: list[Effect] = []
        self.counted = 0
        opening = Opening(
            reference=REFERENCE,
            report=a_report(**report),
            council=COUNCILS[0],
            providers=providers(),
            policy=a_policy(),
            rules=RULES,
        )
        newborn, events = open_case(opening, NOON)
        self.folded = newborn
        settled = settle(newborn, events, Cause(id="open", command="open-case", by="kaya", at=NOON))
        self.case = self.respond(settled, NOON)

    def command(self, name: str, by: str, inputs: dict[str, Any]) -> Command:
        """Return the typed command, stamped by the desk unless ``inputs`` say otherwise."""
        said = {"by": by, "stamp": self.stamp(by, self.now), **inputs}
        return build(name, said)

    def give(self, command: Command, instruction: str) -> Done:
        """Carry the command out and let the world answer.

        Raises:
            Refused: With the rule; by then it is proved that nothing has changed.
        """
        before = self.case.model_dump_json()
        try:
            done = carry_out(self.case, command, self.now, instruction)
        except Refused as refused:
            assert self.case.model_dump_json() == before, "a refusal changes nothing"
            for line in refused.details.get("fields", ()):
                assert {"field", "message"} <= line.keys(), "a field is told with what is wrong"
            raise
        assert carry_out(self.case, command, self.now, instruction) == done
        assert self.case.model_dump_json() == before
        repeated = done.receipt.repeated and not done.receipt.events
        self.counted += 0 if repeated or not counts(command) else 1
        self.case = self.respond(done.settled, self.now)
        return done

    def lawful_ways(self) -> tuple[Command, ...]:
        """Return every way on that somebody who must act would be given now."""
        found: list[Command] = []
        for name, inputs in ways(self.case, self.now):
            command = self._taken(name, inputs)
            if command is not None:
                found.append(command)
        return tuple(found)

    def _taken(self, name: str, inputs: dict[str, Any]) -> Command | None:
        for by in givers(name, Command.registry[name].who, self.case):
            command = self.command(name, by, inputs)
            try:
                decide(self.case, command, self.now)
            except Refused:
                continue
            return command
        return None

    def respond(self, settled: Settled, at: datetime) -> Case:
        """Watch what happened, then answer each effect as the rehearsal does."""
        for fact in settled.facts:
            self._see(fact)
        for effect in settled.effects:
            self._see_effect(effect, settled.case)
        counted = {name: getattr(self.folded, name) for name in COUNTED}
        assert settled.case.but(**counted) == self.folded, "replaying the facts gives the same case"
        return super().respond(settled, at)

    def _see(self, fact: Fact) -> None:
        again = Fact.model_validate_json(fact.model_dump_json())
        event = event_of(again)
        before, after = self.folded, evolve(self.folded, event)
        self.folded = after.but(seq=before.seq + 1)
        assert fact.seq == self.folded.seq
        if before.phase is not after.phase:
            may = MOVES.get((before.phase, after.phase), {})
            assert fact.command in may, f"{before.phase} to {after.phase} by {fact.command}"
            assert may[fact.command](before)
        if fact.type in ("page-due", "page-superseded"):
            row = (fact.payload["about"], fact.payload["rung"], fact.occurred_at)
            self.rows[row] += 1
            assert self.rows[row] == 1, f"nobody is paged twice for one row: {row}"
        if fact.type == "paged":
            people = fact.payload.get("people", [])
            assert people
            assert len(set(people)) == len(people)

    def _see_effect(self, effect: Effect, case: Case) -> None:
        if effect.kind == "pack":
            return
        assert effect.key not in self.keys, f"every effect has its own key: {effect.key}"
        self.keys.add(effect.key)
        if effect.notice is None:
            return
        self.told.append(effect)
        notice = effect.notice
        assert notice.role == "council" or not notice.addresses
        company = case.report.reporter.company_email
        for address in notice.addresses:
            is_safe = company is None or address.email is None
            assert is_safe or not shares_mail_system(str(address.email), str(company))


def event_of(fact: Fact) -> Event:
    """Return the event of a row of the record."""
    kind = Event.registry[fact.type]
    return kind.model_validate({**fact.payload, "at": fact.occurred_at})


def check_end(case: Case) -> None:
    """Hold a closed case to run windows alone; what was raised after its end may still page."""
    assert case.phase is END
    assert not case.live_clocks(), "a closed case runs no clock"
    assert all(run.paging.next_at is None for run in case.clocks)
    assert not any(run.paging.unacknowledged for run in case.clocks)
    assert case.closed_at is not None
    for alarm in case.alarms:
        after = alarm.alarm == "record-tampered" or alarm.raised_at >= case.closed_at
        assert alarm.over or after, "entering closed ends every alarm but record-tampered"
    assert not case.phone_task
    assert case.hand_over is None
    assert case.money.request is None
    assert case.policy_change is None
    assert case.archived is not bool(case.windows) or case.legal_hold


def check_ledgers(case: Case) -> None:
    """Hold both ledgers to every item that is not void, and what is logged to its two parts."""
    money = case.money
    items = [i.amount_pence for i in money.items if i.state is not ItemState.VOID]
    billed = sum(money.taken_pence.values())
    assert sum(map(money.logged_pence, LEDGERS)) == sum(items) + billed
    acknowledged = [pack for pack in money.packs if pack.state == "acknowledged"]
    assert billed == sum(t.net_pence for p in acknowledged for t in (p.A, p.B) if t is not None)
    for ledger in LEDGERS:
        parts = money.held_pence(ledger) + money.payable_pence(ledger)
        assert parts == money.logged_pence(ledger)
        assert money.held_pence(ledger) >= 0
        assert money.payable_pence(ledger) >= 0
