"""One story on the running service: each step given by its own person when its time has come."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from cli.context import Options, zulu
from cli.desk import Desk, Failure, case_path, failure

if TYPE_CHECKING:  # they are imported inside the command that plays
    from domain.rehearsal.play import Play
    from domain.rehearsal.scenario import Scenario, Step
    from domain.rehearsal.staging import StagedScenario

PATIENCE_S = 10.0
"""Seconds in which what follows from a step, and what time does, has to be on the record."""

TURN_S = 10.0
"""Seconds of one question to the desk while waiting; it allows 30."""

ASKED_AGAIN = 6
"""How often a step that the service keeps for a worker is asked about; each time for PATIENCE_S."""

NO = ("refused", "not-allowed", "conflict")
"""Kinds of an answer that is a rule's no: something a story may expect."""

Teller = Callable[[dict[str, Any]], None]
"""Is told each new fact of the case."""


def even(speed: float) -> int:
    """Return the speed.

    Raises:
        Failure: Lengths would have to be rounded at it (exit 2).
    """
    from domain.story_time import EVEN, is_even, nearest_even

    if speed % 1 == 0 and is_even(int(speed)):
        return int(speed)
    words = f"--speed is a divisor of {EVEN:,}, so that no minute is rounded."
    raise failure("usage", "usage", f"{words} Near {speed:g}: {nearest_even(speed)}.")


def stand_ins(options: Options, scenario: "Scenario", run: str) -> dict[str, str]:
    """Open an exercise for each other case that the story speaks of, and end it at once.

    Returns:
        Their references, with the names the story gives them.
    """
    giver = next((p.id for p in scenario.world.people if "triage-officer" in p.roles), "")
    desk = options._replace(person=giver).desk
    names = {}
    for number, other in enumerate(scenario.world.other_cases, 1):
        report = {
            "schema": "cir-report/1",
            "exercise": True,
            "source": {"reference": f"{other} {run}"},
            "council": {"code": scenario.world.councils[0].code},
            "reporter": {"name": "Exercise", "phone": "01632 960000"},
            "incident": {"summary": f"Stands for {other} in the story {scenario.scenario}."},
        }
        case = str(desk.post("/cases", json.dumps(report).encode())["case"])
        body = {
            "said_by": {
                "name": "Exercise",
                "post": "director",
                "verified": {"how": "an exercise", "by": giver},
            },
            "reason": "It only stands for another case of a story.",
            "idempotency_key": f"{run}-case-{number}",
        }
        desk.post(case_path(case, "withdraw"), json.dumps(body).encode())
        names[case] = other
    return names


class LivePlay:
    """A story being played.

    Attributes:
        case: Reference of its case, once it is open.
        facts: Every fact of the case so far, oldest first.
        late: Steps that came after something that time should have done later.
        names: References of the service's cases, with the names the story gives them.
    """

    def __init__(
        self,
        options: Options,
        staged: "StagedScenario",
        play: "Play",
        *,
        names: dict[str, str],
        run: str,
        tell: Teller,
    ) -> None:
        self._options = options
        self._staged = staged
        self._play = play
        self._run = run
        self._tell = tell
        self._versions: dict[int, int] = {}
        self._version = 0
        self._phase: str | None = None
        self._answered = 0
        self.case = ""
        self.facts: list[dict[str, Any]] = []
        self.late: list[int] = []
        self.names = dict(names)

    def step(self, step: "Step") -> dict[str, Any]:
        """Wait for a step's time, give it, wait for what follows, and say what happened."""
        self._wait(self._play.before[step.n], self._staged.instant(step.at))
        seen = len(self.facts)
        given = self._given(step)
        if seen > self._play.before[step.n] and step.n not in self.late:
            self.late.append(step.n)
        self._wait(max(self._play.after[step.n], self._answered), utc_now())
        shown = self._shown() if step.expect.clocks or step.command == "open-case" else {}
        self._phase = shown.get("phase", self._phase)
        self._version = int(shown.get("version", self._version))
        self._versions[step.n] = self._version
        clocks = {line["clock"]: {"state": line["state"]} for line in _latest(shown)}
        return {
            "n": step.n,
            "at": zulu(utc_now()),
            "offset": step.at,
            "by": step.by,
            "command": step.command,
            "outcome": "ok",
            "code": None,
            "repeated": False,
            "changed": [],
            "phase": self._phase,
            "version": self._version,
            "notices": sorted(self._told(step, self.facts[seen:])),
            "clocks": clocks,
            **given,
        }

    def end(self) -> dict[str, Any]:
        """Wait for the end of the story; return the case as it stands then."""
        at = self._staged.final.get("at")
        until = utc_now() if at is None else self._staged.instant(str(at))
        self._wait(len(self._play.facts), until)
        return self._shown()

    def _shown(self) -> dict[str, Any]:
        if not self.case:
            return {}
        shown: dict[str, Any] = self._desk().get(case_path(self.case))
        return shown

    def _desk(self, person: str | None = None) -> Desk:
        """Return the desk as a person speaks to it; whoever gave the first step by default."""
        by = person or self._staged.steps[0].by
        return self._options._replace(person=by, timeout=TURN_S * 2).desk

    # giving

    def _given(self, step: "Step") -> dict[str, Any]:
        try:
            if step.command == "open-case":
                return self._opened(step)
            answer = self._answer(step)
        except Failure as found:
            if found.error["kind"] not in NO:
                raise
            missing = list((found.error.get("details") or {}).get("missing", ()))
            code, message = found.error["code"], found.error["message"]
            return {"outcome": "refused", "code": code, "message": message, "missing": missing}
        self._phase, self._version = answer["phase"], answer["version"]
        lines = [int(line["seq"]) for line in answer["events"]]
        self._answered = max(lines, default=0)
        if lines and not answer["repeated"] and lines[0] > self._play.before[step.n] + 1:
            self.late.append(step.n)
        return {"repeated": answer["repeated"]}

    def _opened(self, step: "Step") -> dict[str, Any]:
        body = json.dumps(self._staged.report_of(step)).encode()
        path = "/cases" if self.case else self._door()
        answer = self._desk(step.by).post(path, body)
        if not self.case:
            self.case = str(answer["case"])
            self.names[self.case] = self._staged.case
        return {"repeated": answer["repeated"], "changed": answer["changed"]}

    def _door(self) -> str:
        """Return the door for an exercise that is played."""
        story = self._staged.story
        said = {
            "speed": story.speed,
            "began_at": zulu(story.began_at),
            "tells_of": zulu(story.tells_of),
            "settings": json.dumps(self._staged.policy),
        }
        return f"/cases?{urlencode(said)}"

    def _answer(self, step: "Step") -> dict[str, Any]:
        """Give an instruction; a busy service that keeps it is asked for its answer by the key."""
        payload, again = self._payload(step), 0
        while True:
            try:
                answer = self._post(step.by, step.command, payload)
            except Failure as found:
                if found.error["kind"] != "queued" or again == ASKED_AGAIN:
                    raise
                again += 1
            else:
                meant = not again or step.repeat_of is not None
                return {**answer, "repeated": answer["repeated"] and meant}

    def _post(self, by: str, command: str, payload: dict[str, Any]) -> dict[str, Any]:
        path = f"{case_path(self.case, command)}?patience_s={PATIENCE_S}"
        key = str(payload["idempotency_key"])
        answer: dict[str, Any] = self._desk(by).post(path, json.dumps(payload).encode(), key)
        return answer

    def _payload(self, step: "Step") -> dict[str, Any]:
        """Return the step's instruction, with the names that cases have here."""
        text = json.dumps(step.input)
        for live, told in self.names.items():
            text = text.replace(told, live)
        of = step.if_version_of_step
        said = {
            "occurred_at": step.occurred_at,
            "evidence": step.evidence,
            "if_version": None if of is None else self._versions[of],
        }
        return {
            **json.loads(text),
            **{name: value for name, value in said.items() if value is not None},
            "idempotency_key": self._key(step.repeat_of or step.n),
        }

    def _key(self, number: int) -> str:
        return f"{self._run}-step-{number}"

    # waiting

    def _wait(self, count: int, until: datetime) -> None:
        """Watch the case until it has ``count`` facts and ``until`` has come.

        Facts that do not come are given up some seconds after their time: the end tells of them.
        """
        while self.case:
            left = (until - utc_now()).total_seconds()
            if (len(self.facts) >= count and left <= 0) or left <= -PATIENCE_S:
                return
            self._watch(left if len(self.facts) >= count else left + PATIENCE_S)

    def _watch(self, seconds: float) -> None:
        """Wait for one more fact, a turn at the most, and take what is new."""
        turn = max(min(seconds, TURN_S), 0.05)
        wanted = f"facts={len(self.facts) + 1}"
        try:
            self._desk().get(case_path(self.case, "wait"), **{"for": wanted}, timeout_s=turn)
        except Failure as found:
            if found.error["kind"] != "timeout":
                raise
            return
        new = self._desk().get(case_path(self.case, "history"), after=len(self.facts))
        for fact in new["facts"]:
            self.facts.append(fact)
            self._tell(fact)

    def _told(self, step: "Step", facts: list[dict[str, Any]]) -> list[str]:
        """Return the notices a step caused, those of the system's call-out after it among them."""
        opening = step.command == "open-case"
        made = f"{self.case}/{self._key(step.n)}/"
        return [
            f"{fact['payload']['notice']}>{fact['payload']['role']}"
            for fact in facts
            if fact["type"] == "notice-due"
            and (
                fact["instruction"] == self._key(step.n)
                or fact["instruction"].startswith(made)
                or (opening and fact["command"] == step.command)
            )
        ]


def _latest(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of a case's clocks, the latest instance of each last."""
    return sorted(shown.get("clocks", ()), key=lambda line: int(line["instance"]))


def utc_now() -> datetime:
    """Return the instant; a story is played in real time."""
    return datetime.now(UTC)  # noqa: TID251  (the edge)
