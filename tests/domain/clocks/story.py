"""A case lived through minute by minute, with real commands; the world answers at once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.case import Case
from domain.clock_run import ClockRun
from domain.clocks.due import next_due
from domain.command import Stamp
from domain.council import Council, CouncilRegister
from domain.decider import build, carry_out
from domain.decisions import activation, closing, handling, provider, response, triage
from domain.decisions.intake import Opening, open_case
from domain.effects import Effect
from domain.errors import Refused
from domain.fact import Cause, Fact
from domain.notice import Notice
from domain.policy import Policy
from domain.provider import Provider
from domain.report_reading import check_report
from domain.settling import Settled, advance, settle
from tests.builders import (
    ANSWERS,
    NOON,
    REFERENCE,
    ROLES,
    a_council,
    a_policy,
    a_raw_report,
    providers,
    registers,
)

COMMANDS = (activation, closing, handling, provider, response, triage)
"""Importing them enters their commands in the registry."""


class Story:
    """One case from its report on; minutes are counted from ``NOON``."""

    def __init__(
        self,
        *,
        begins: datetime = NOON,
        policy: Policy | None = None,
        assigns: bool = True,
        council: Council | None = None,
        firms: tuple[Provider, ...] | None = None,
        **changes: Any,
    ) -> None:
        """Open a case, at minute 0 unless it ``begins`` later; ``changes`` go into the report."""
        self.facts: list[Fact] = []
        self.notices: list[Notice] = []
        self.effects: list[Effect] = []
        self._assigns = assigns
        register = CouncilRegister(councils=(council or a_council(),))
        told = {"source.received_at": begins.isoformat()}
        told["incident.discovered_at"] = begins.isoformat()
        opening = Opening.of(
            reference=REFERENCE,
            report=check_report(
                a_raw_report(**{**told, **changes}), now=begins, councils=register
            ).report,
            register=register,
            providers=firms or providers(),
            policy=policy or a_policy(),
        )
        self.case, events = open_case(opening, begins)
        self._take(settle(self.case, events, Cause(id="open", by="system", at=begins)), begins)

    def until(self, minute: float, *, through: bool = True) -> "Story":
        """Let time pass, from one deadline to the next."""
        end = instant(minute)
        while (due := next_due(self.case)) is not None:
            if due.at > end or (due.at == end and not through):
                break
            self._take(advance(self.case, due.at, through=True), due.at)
        return self

    def outage(self, minute: float) -> "Story":
        """Find out at ``minute`` about everything since, all at once."""
        self._take(advance(self.case, instant(minute), through=True), instant(minute))
        return self

    def give(self, minute: float, name: str, by: str, /, **inputs: Any) -> "Story":
        """Give a command at ``minute``, after everything that was due before."""
        self.until(minute, through=False)
        self._command(name, by, instant(minute), inputs)
        return self

    def refused(self, minute: float, name: str, by: str, /, **inputs: Any) -> Refused:
        """Give a command that a rule refuses; nothing but time moves."""
        self.until(minute, through=False)
        before = self.case
        with pytest.raises(Refused) as caught:
            self._command(name, by, instant(minute), inputs)
        assert self.case == before
        return caught.value

    def activated(self, minute: float, category: str = "C2") -> "Story":
        """Take the case, record its category and decide that it qualifies, all at one minute."""
        self.give(minute, "acknowledge", "kaya")
        self.give(minute, "record-category", "kaya", category=category, given_by="ncsc")
        return self.give(
            minute, "decide", "kaya", result="qualifies", tests=ANSWERS, reason="C2, it qualifies."
        )

    def contained(self, minute: float, category: str = "C2") -> "Story":
        """Bring the case into containment, all at one minute."""
        by = self.activated(minute, category).provider
        self.give(minute, "contact-made", by, with_whom="Jo", channel="phone")
        return self.give(minute, "agree-scope", by, summary="All of it.", agreed_by="Jo")

    @property
    def provider(self) -> str:
        """Return the provider on the case."""
        assert self.case.engagement.provider is not None
        return self.case.engagement.provider

    def clock(self, name: str) -> ClockRun:
        """Return the latest run of a clock."""
        run = self.case.latest_clock(name)
        assert run is not None
        return run

    def stands(self, name: str) -> tuple[str, float, int | None]:
        """Return the state of a clock, the minute of its deadline, and how late it was met."""
        run = self.clock(name)
        return run.state.value, minute_of(run.due_at), run.late_by_s

    def pages(self, about: str) -> list[tuple[float, int]]:
        """Return minute and rung of every page that went out about a clock or alarm."""
        return self._rungs(about, "page-due")

    def superseded(self, about: str) -> list[tuple[float, int]]:
        """Return minute and rung of every page that time had gone past."""
        return self._rungs(about, "page-superseded")

    def facts_of(self, kind: str, clock: str) -> list[Fact]:
        """Return the facts of one kind about one clock."""

        def is_about(fact: Fact) -> bool:
            return bool(fact.payload.get("run", fact.payload).get("clock") == clock)

        return [fact for fact in self.facts if fact.type == kind and is_about(fact)]

    def told(self, notice: str) -> list[float]:
        """Return the minutes at which a notice went out."""
        due = (f for f in self.facts if f.type == "notice-due" and f.payload["notice"] == notice)
        return [minute_of(fact.occurred_at) for fact in due]

    def said_since(self, number: int) -> list[str]:
        """Return who was told what since there were ``number`` notices, as the guide writes it."""
        return sorted(f"{one.notice}>{one.role}" for one in self.notices[number:])

    def _rungs(self, about: str, kind: str) -> list[tuple[float, int]]:
        return [
            (minute_of(fact.occurred_at), fact.payload["rung"])
            for fact in self.facts
            if fact.type == kind and fact.payload["about"].rsplit("#", 1)[0] == about
        ]

    def _command(self, name: str, by: str, at: datetime, inputs: dict[str, Any]) -> None:
        stamp = Stamp(person=by, roles=ROLES[by], rows=registers(), at=at)
        command = build(name, {"by": by, "stamp": stamp, **inputs})
        done = carry_out(self.case, command, at, f"{name}/{len(self.facts)}")
        self._take(done.settled, at)

    def _take(self, settled: Settled, at: datetime) -> None:
        self.case = settled.case
        self.facts.extend(settled.facts)
        self.notices.extend(e.notice for e in settled.effects if e.notice is not None)
        self.effects.extend(settled.effects)
        for effect in settled.effects:
            if effect.kind == "turn" and self._assigns:
                self._assign(effect, at)

    def _assign(self, effect: Effect, at: datetime) -> None:
        first = {"provider": effect.candidates[0], "why": effect.why}
        self._command("assign-provider", "system", at, first)


def instant(minute: float) -> datetime:
    """Return the instant ``minute`` minutes after the start."""
    return NOON + timedelta(minutes=minute)


def minute_of(at: datetime) -> float:
    """Return how many minutes after the start ``at`` is."""
    return (at - NOON) / timedelta(minutes=1)


def states(case: Case) -> dict[str, str]:
    """Return the state of the latest run of every clock that ever ran and is not folded away."""
    return {run.clock: run.state.value for run in case.clocks}
