"""The world around a rehearsed case: it answers at once, and has no opinion."""

from collections import Counter
from datetime import datetime

from domain.case import Case
from domain.clocks.due import next_due
from domain.command import Rows, Stamp
from domain.decider import carry_out
from domain.decisions.activation import AssignProvider
from domain.effects import Effect
from domain.fact import Fact
from domain.people import SYSTEM, D, H, M, Role
from domain.provider import lead_id
from domain.rehearsal.scenario import Scenario
from domain.rotation import choose
from domain.settling import Settled, advance, page_reached


class World:
    """Registers, rota and rotation of a scenario, and everything that happened so far."""

    def __init__(self, scenario: Scenario) -> None:
        self._world = scenario.world
        self._case = scenario.case
        self._roles = {person.id: person.roles for person in self._world.people}
        self._providers = tuple(provider.id for provider in self._world.providers)
        self.turns = Counter(
            {one: self._world.rotation.turns.get(one, 0) for one in self._providers}
        )
        self._last = self._world.rotation.last
        self._reserved: str | None = None
        self._now: datetime | None = None
        self.facts: list[Fact] = []

    def roles(self, by: str) -> tuple[Role, ...]:
        """Return the roles of a person, a provider or the system; none for a stranger."""
        if by == SYSTEM:
            return (Role.SYSTEM,)
        return (Role.PROVIDER,) if by in self._providers else self._roles.get(by, ())

    def stamp(self, by: str, at: datetime) -> Stamp:
        """Return the desk's word for who is asking."""
        rows = Rows(
            staff=self._roles,
            councils=self._world.councils,
            cases=(*self._world.other_cases, self._case),
        )
        return Stamp(person=by, roles=self.roles(by), rows=rows, at=at)

    def let_pass(self, case: Case, until: datetime, *, through: bool) -> Case:
        """Let time pass from deadline to deadline, so that every page and breach happens.

        What a step told of after its instant had passed is found late, as on the running service:
        a ladder begins at the rung that time says (guide f 10), and nobody is paged in the past.
        The run of an archived case is over: not even an alarm that nobody took pages any more.
        """
        while not case.archived and (due := next_due(case)) is not None:
            if due.at > until or (due.at == until and not through):
                break
            now = due.at if self._now is None else max(due.at, self._now)
            case = self.respond(advance(case, now, through=now == due.at), now)
        return case

    def respond(self, settled: Settled, at: datetime) -> Case:
        """Take what happened and answer each effect at once, until nothing more follows."""
        case, self._now = settled.case, at
        self._note(settled.facts, case)
        for effect in settled.effects:
            if effect.kind == "page":
                case = self.respond(self._page(case, effect, at), at)
            elif effect.kind == "turn":
                case = self.respond(self._assign(case, effect, at), at)
        return case

    def _page(self, case: Case, effect: Effect, at: datetime) -> Settled:
        wanted = 0 if effect.page is None else effect.page.rung
        now = case.policy.working_hours.told(at)
        rung = next((r for r in range(wanted, 4) if self._on(r, now, case.owner)), wanted)
        people = self._on(rung, now, case.owner) or self._everybody()
        if effect.page is not None and effect.page.provider is not None:
            people = (*people, lead_id(effect.page.provider))
        return page_reached(case, effect, rung, people, at)

    def _on(self, rung: int, at: datetime, owner: str | None) -> tuple[str, ...]:
        """Return who is on a rung; without a rota every rung always has somebody."""
        rota = self._world.rota
        if rota is None:
            return (owner or f"L{rung}",)
        there = tuple(s.person for s in rota if s.number == rung and s.from_ <= at < s.to)
        return (owner,) if rung == 0 and owner in there else there

    def _everybody(self) -> tuple[str, ...]:
        senior = {M, H, D}
        return tuple(one for one, roles in self._roles.items() if senior & set(roles))

    def _assign(self, case: Case, effect: Effect, at: datetime) -> Settled:
        provider = choose(effect.candidates, self._counts(), self._last)
        command = AssignProvider.model_validate(
            {
                "by": SYSTEM,
                "idempotency_key": effect.key,
                "provider": provider,
                "why": effect.why,
                "stamp": self.stamp(SYSTEM, at),
            }
        )
        return carry_out(case, command, at, effect.key).settled

    def _counts(self) -> dict[str, int]:
        held = Counter(self.turns)
        if self._reserved is not None:
            held[self._reserved] += 1
        return dict(held)

    def _note(self, facts: tuple[Fact, ...], case: Case) -> None:
        """Keep facts; a turn is counted at contact made and given back without (guide j 2)."""
        for fact in facts:
            self.facts.append(fact)
            if case.exercise:
                continue
            if fact.type == "provider-called-out":
                self._reserved = str(fact.payload["provider"])
            elif fact.type == "contact-made" and self._reserved is not None:
                self.turns[self._reserved] += 1
                self._last, self._reserved = self._reserved, None
            elif fact.type in ("provider-declined", "provider-stood-down", "provider-failed-over"):
                self._reserved = None
