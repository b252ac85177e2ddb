"""Playing a scenario step by step, and saying where it went otherwise than expected."""

from collections import Counter
from datetime import datetime
from typing import Any

from domain.case import Case
from domain.clocks.catalogue import CATALOGUE
from domain.clocks.clock import Kind
from domain.command import Command
from domain.council import CouncilRegister
from domain.decider import Receipt, authorise, build, carry_out
from domain.decisions.intake import Opening, open_case
from domain.errors import Code, Refused
from domain.fact import Cause, Fact
from domain.keys import check_unread, remembered
from domain.policy import Policy
from domain.rehearsal.ending import pack_line
from domain.rehearsal.judge import final_mismatches, step_mismatches
from domain.rehearsal.scenario import Scenario, Step
from domain.rehearsal.world import World
from domain.report_content import laid_over
from domain.report_problems import InvalidReportError
from domain.report_reading import check_report
from domain.settling import settle
from domain.value import utc_text
from domain.view import ledgers_of


class Play:
    """One scenario being played.

    Attributes:
        before: How many facts there are when a step is given, by the step's number.
        after: How many there are when it is answered.
    """

    def __init__(self, scenario: Scenario, policy: Policy) -> None:
        self._scenario = scenario
        self._policy = policy.with_settings(scenario.policy) if scenario.policy else policy
        self._world = World(scenario)
        self._case: Case | None = None
        self._versions: dict[int, int] = {}
        self.before: dict[int, int] = {}
        self.after: dict[int, int] = {}

    def to_the_end(self) -> dict[str, Any]:
        """Play every step and return the answer of ``cir exercise rehearse --json``."""
        steps = [self.take(step) for step in self._scenario.steps]
        final = self._final()
        mismatches = [
            *(m for step, done in zip(self._scenario.steps, steps, strict=True)
              for m in step_mismatches(step, done)),
            *final_mismatches(self._scenario.final, final),
        ]  # fmt: skip
        return {
            "scenario": self._scenario.scenario,
            "passed": not mismatches,
            "steps": steps,
            "facts": [
                {"at": utc_text(f.occurred_at), "type": f.type, "by": f.by}
                for f in self._world.facts
            ],
            "final": final,
            "mismatches": mismatches,
        }

    @property
    def case(self) -> Case | None:
        """Return the case as it stands; ``None`` before it is opened."""
        return self._case

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Return every fact so far."""
        return tuple(self._world.facts)

    def take(self, step: Step) -> dict[str, Any]:
        """Let time pass up to a step, play it, and return what it came to."""
        at = self._scenario.instant(step.at)
        if self._case is not None:
            self._case = self._world.let_pass(self._case, at, through=False)
        seen = self.before[step.n] = len(self._world.facts)
        answer: dict[str, Any] = {"outcome": "ok", "code": None, "repeated": False, "changed": []}
        try:
            receipt = self._given(step, at)
            answer |= {"repeated": receipt.repeated, "changed": list(receipt.changed)}
        except Refused as refused:
            answer |= {"outcome": "refused", "code": refused.code.value}
            answer |= {
                "message": refused.message,
                "missing": list(refused.details.get("missing", ())),
            }
        case = self._case
        self._versions[step.n] = 0 if case is None else case.version
        self.after[step.n] = len(self._world.facts)
        return {
            "n": step.n,
            "at": utc_text(at),
            "command": step.command,
            **answer,
            "phase": None if case is None else case.phase.value,
            "version": self._versions[step.n],
            "notices": sorted(_told(self._world.facts[seen:])),
            "clocks": {} if case is None else clocks_of(case),
        }

    def _given(self, step: Step, at: datetime) -> Receipt:
        kind = Command.registry[step.command]
        authorise(kind, step.by, self._world.roles(step.by), step.input)
        payload = dict(step.input)
        if step.command == "open-case":
            data = laid_over(self._scenario.report, payload.get("report_changes", {}))
            if self._case is None:
                return self._opened(step, data, at)
            payload = {"report": data}
        elif self._case is None:
            raise Refused(Code.UNKNOWN_CASE, f"{self._scenario.case} has not been opened.")
        command = self._built(step, payload, at)
        done = carry_out(self._case, command, at, f"step-{step.n}")
        self._case = self._world.respond(done.settled, at)
        return done.receipt

    def _built(self, step: Step, payload: dict[str, Any], at: datetime) -> Command:
        envelope = self._envelope(step, at)
        try:
            return build(step.command, {**payload, **envelope})
        except Refused:
            if self._case is not None:
                check_unread(self._case, envelope["idempotency_key"])
            raise

    def _envelope(self, step: Step, at: datetime) -> dict[str, Any]:
        of = step.if_version_of_step
        return {
            "by": step.by,
            "idempotency_key": f"step-{step.repeat_of or step.n}",
            "occurred_at": step.occurred_at,
            "evidence": step.evidence,
            "if_version": None if of is None else self._versions[of],
            "stamp": self._world.stamp(step.by, at),
        }

    def _opened(self, step: Step, data: dict[str, Any], at: datetime) -> Receipt:
        register = CouncilRegister(councils=self._scenario.world.councils)
        try:
            read = check_report(data, now=at, councils=register)
        except InvalidReportError as error:
            fields = [problem.model_dump(mode="json") for problem in error.problems]
            message = "The report cannot be taken as it is."
            raise Refused(Code.INVALID_REPORT, message, fields=fields) from error
        opening = Opening.of(
            reference=self._scenario.case,
            report=read.report,
            register=register,
            providers=self._scenario.world.providers,
            policy=self._policy,
        )
        case, events = open_case(opening, at)
        cause = Cause(id=f"step-{step.n}", command="open-case", by=step.by, at=at)
        settled = settle(case, events, cause)
        command = self._built(step, {"report": data}, at)
        opened = remembered(case, settled.case, command)
        self._case = self._world.respond(settled._replace(case=opened), at)
        return Receipt(case=opened.reference, command=step.command, version=1, phase=opened.phase)

    def _final(self) -> dict[str, Any]:
        at = self._scenario.final.get("at")
        if self._case is None:
            return {}
        if at is not None:
            until = self._scenario.instant(at)
            self._case = self._world.let_pass(self._case, until, through=True)
        return final_of(self._case, self._world)


def rehearse(scenario: Scenario, policy: Policy) -> dict[str, Any]:
    """Play ``scenario`` under ``policy`` and return the whole answer, JSON-ready."""
    return Play(scenario, policy).to_the_end()


def _told(facts: list[Fact]) -> list[str]:
    return [f"{f.payload['notice']}>{f.payload['role']}" for f in facts if f.type == "notice-due"]


def clocks_of(case: Case) -> dict[str, Any]:
    """Return the latest instance of every clock that ever started, as it stands."""
    shown = {}
    for name in CATALOGUE:
        run = case.latest_clock(name)
        if run is not None:
            shown[name] = {
                "state": run.state.value,
                "due_at": utc_text(run.due_at),
                "met_at": None if run.met_at is None else utc_text(run.met_at),
                "late_by_s": run.late_by_s or (None if run.met_at is None else 0),
            }
    return shown


def final_of(case: Case, world: World) -> dict[str, Any]:
    """Return what is true at the end, with every key of the format."""
    engagement = case.engagement
    called, contacted = engagement.first_called_at, engagement.contacted_at
    waited = None if called is None or contacted is None else (contacted - called).total_seconds()
    pages = [
        {"at": utc_text(f.recorded_at), "clock": f.payload["about"].rsplit("#", 1)[0],
         "rung": f.payload["rung"]}
        for f in world.facts
        if f.type == "paged"
    ]  # fmt: skip
    attempts = case.attempts.model_dump()
    return {
        "phase": case.phase.value,
        "outcome": case.outcome,
        "category": case.category.value,
        "provider": engagement.provider or engagement.last_provider,
        "owner": case.owner,
        "round": case.round,
        "attempts": {name: number for name, number in attempts.items() if number},
        "recovery_answer": case.recovery_answer,
        "breaches": _breaches(case),
        "breaches_withdrawn": list(case.breaches_withdrawn),
        "escalations": sorted(pages, key=lambda page: (page["at"], page["clock"])),
        "ledgers": {name: line.model_dump() for name, line in ledgers_of(case).items()},
        "packs": [pack_line(pack.model_dump(mode="json")) for pack in case.money.packs],
        "notices": dict(sorted(Counter(_told(world.facts)).items())),
        "clocks_running": sorted(run.clock for run in case.live_clocks()),
        "turns": dict(world.turns),
        "contact_wait_s": None if waited is None else int(waited),
        "legal_hold": case.legal_hold,
        "exercise": case.exercise,
        "links": [link.model_dump(mode="json") for link in case.links],
        "waived": list(case.waived),
        "archived": case.archived,
    }


def _breaches(case: Case) -> list[dict[str, Any]]:
    service = [b for b in case.breaches if CATALOGUE[b.clock].kind is Kind.SERVICE]
    return [
        {
            "clock": b.clock,
            "instance": b.instance,
            "due_at": utc_text(b.due_at),
            "late_by_s": b.late_by_s,
        }
        for b in sorted(service, key=lambda b: (b.due_at, b.clock))
    ]
