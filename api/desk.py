"""The desk's one builder, and what it does with an instruction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from adapters.database.attempts import Attempts
from adapters.database.case_acts import CaseActs
from adapters.database.cases import Cases
from adapters.database.confirmations import Confirmations
from adapters.database.findings import Findings
from adapters.database.intake import Intake
from adapters.database.quarantine import Quarantine
from adapters.database.register_changes import RegisterChanges
from adapters.database.register_record import RegisterRecord
from adapters.database.registers import Registers
from adapters.database.retention import Retention
from adapters.desk_key import DeskKey
from adapters.temporal.instructing import (
    CaseFaultError,
    Instructor,
    NotReachedError,
    OutcomeUnknownError,
    QueuedError,
    UnknownCaseError,
)
from api.answers import Answer, of_refusal, unknown_case
from domain.command import Command
from domain.decider import FactLine, Receipt, authorise, build
from domain.decisions.escalations import AcknowledgeEscalation
from domain.errors import Code, Refused
from domain.keys import reused
from domain.people import Role
from domain.registers.change import About, Change

LOG = logging.getLogger("cir.desk")

PATIENCE = timedelta(seconds=10)
"""How long a caller is kept waiting for an answer; less would cut into continue-as-new."""

CATCH_UP = 2.0
"""Seconds a read waits for the read model to hold what this desk has acknowledged [our default]."""

KEY_MOST = 200
"""Characters of a key at the most [our default]; Temporal takes 1,000 for all an id is made of."""

SAYS: dict[type[Exception], tuple[str, str, str]] = {
    NotReachedError: (
        "unreachable",
        "not-reached",
        "{case}: Temporal was not reached; nothing was sent on. Try again.",
    ),
    QueuedError: (
        "queued",
        "queued",
        "{case}: kept, and answered when a worker is back. Ask again with the same key.",
    ),
    OutcomeUnknownError: (
        "unknown-outcome",
        "unknown-outcome",
        "{case}: sent, and no answer came. The same key is safe to repeat.",
    ),
    CaseFaultError: (
        "failed",
        "internal-error",
        "{case} met a fault of ours; nothing changed. The same key is safe to repeat.",
    ),
}
"""What the desk says when no case answered: kind, code and words."""

UNANSWERED = tuple(SAYS)


class Who(NamedTuple):
    """Whoever holds the token, with their roles at this moment."""

    id: str
    roles: tuple[Role, ...]


class Act(Protocol):
    """Something that is done to a case past its own commands, by two people."""

    async def check(self, case: str) -> None:
        """Refuse what cannot be done to the case as it stands."""
        ...

    async def confirm(self, change: Change, by: str, roles: tuple[Role, ...]) -> Change:
        """Do what a change says, as its second person."""
        ...


class Desk:
    """Knows who is asking, stamps, gives the instruction on, and keeps refused attempts."""

    def __init__(  # noqa: PLR0913  (composition)
        self,
        *,
        registers: Registers,
        changes: RegisterChanges,
        register_record: RegisterRecord,
        cases: Cases,
        confirmations: Confirmations,
        intake: Intake,
        attempts: Attempts,
        findings: Findings,
        quarantine: Quarantine,
        instructor: Instructor,
        tell_cases: Callable[[], Awaitable[None]],
        acts: CaseActs,
        doing: Mapping[About, Act],
        retention: Retention,
        key: DeskKey,
        now: Callable[[], datetime],
    ) -> None:
        self.registers = registers
        self.changes = changes
        self.register_record = register_record
        self.cases = cases
        self.confirmations = confirmations
        self.intake = intake
        self.now = now
        self.key = key
        self.attempts = attempts
        self.findings = findings
        self.quarantine = quarantine
        self._instructor = instructor
        self.tell_cases = tell_cases
        self.acts = acts
        self.doing = doing
        self.retention = retention
        self._acknowledged: dict[str, int] = {}

    async def instruct(
        self,
        who: Who,
        case: str,
        name: str,
        payload: dict[str, Any],
        patience: timedelta = PATIENCE,
    ) -> Receipt:
        """Give one instruction; whatever is refused is written down before it is answered.

        Raises:
            Answer: With everything that is not an acceptance.
        """
        kind = Command.registry.get(name)
        if kind is None:
            raise Answer("usage", "unknown-command", f"There is no command {name}.")
        key = _key_of(payload)
        try:
            authorise(kind, who.id, who.roles, payload)
            command = await self._built(case, name, {**payload, "by": who.id, "stamp": None}, key)
            if (taken := await self._taken(case, command)) is not None:
                return taken
            stamped = await self._stamped(who, case, command)
            known = await self.cases.has_instruction(case, key)
            receipt = await self._instructor.instruct(case, stamped, patience)
        except Refused as refused:
            await self.keep_refused(case, name, who, key, refused)
            raise of_refusal(refused, key) from refused
        except UnknownCaseError as error:
            raise await self._not_running(case, who, name, key) from error
        except UNANSWERED as error:
            kind_, code, words = SAYS[type(error)]
            raise _with_key(kind_, code, words.format(case=case), key) from error
        LOG.info("instruction-taken", extra={"case": case, "command": name})
        return await self._complete(receipt.but(repeated=receipt.repeated or known), key)

    async def _built(self, case: str, name: str, payload: dict[str, Any], key: str) -> Command:
        """Return the typed command; inputs nobody can read are not what a known key was for.

        Raises:
            Refused: ``key-reused``, else ``invalid-input``.
        """
        try:
            return build(name, payload)
        except Refused:
            if await self.cases.has_instruction(case, key):
                raise reused(case) from None
            raise

    async def _taken(self, case: str, command: Command) -> Receipt | None:
        """Take what the watchkeeper pages about a case, which may not run; else ``None``."""
        if not isinstance(command, AcknowledgeEscalation):
            return None
        if not await self.findings.acknowledge(case, command.about, command.by):
            return None
        shown = await self.shown(case)
        return Receipt(
            case=case,
            command=command.name,
            version=shown["version"],
            phase=shown["phase"],
            outcome=shown["outcome"],
        )

    async def keep_refused(
        self, case: str, name: str, who: Who, key: str, refused: Refused
    ) -> None:
        """Write a refused attempt down; ``case`` is empty where there is none yet."""
        await self.attempts.keep(case, name, who.id, key, refused.code, refused.message)

    async def shown(self, case: str) -> dict[str, Any]:
        """Return the case as it is shown, no older than what this desk has acknowledged."""
        wanted = self._acknowledged.get(case, 0)
        until = asyncio.get_running_loop().time() + CATCH_UP
        while True:
            found = await self.cases.show(case)
            late = asyncio.get_running_loop().time() > until
            if found is not None and (int(found["seq"]) >= wanted or late):
                return found
            if found is None and (wanted == 0 or late):
                raise await self._not_shown(case)
            await asyncio.sleep(0.02)

    def opened(self, case: str) -> None:
        """Remember that a case was opened here: reads wait until it can be shown."""
        self._acknowledged[case] = max(self._acknowledged.get(case, 0), 1)

    async def _not_shown(self, case: str) -> Answer:
        """Say why a case cannot be shown: it is kept for later, or there is none."""
        if await self.intake.is_kept(case):
            words = f"{case} is kept and starts by itself when Temporal is back."
            return Answer("unreachable", "not-started", words)
        return unknown_case(case)

    async def _stamped(self, who: Who, case: str, command: Command) -> Command:
        rows = await self.registers.rows(named_in(command, case))
        version = await self.registers.version()
        return self.key.stamped(case, command, who.roles, rows, self.now(), version)

    async def _complete(self, receipt: Receipt, key: str) -> Receipt:
        """Remember what was acknowledged; a repeated answer gets its facts from the record."""
        if receipt.repeated and not receipt.events:
            lines = await self.cases.of_instruction(receipt.case, key)
            receipt = receipt.but(events=tuple(FactLine(**line) for line in lines))
        last = max((line.seq for line in receipt.events), default=0)
        seen = self._acknowledged.get(receipt.case, 0)
        self._acknowledged[receipt.case] = max(seen, last)
        return receipt

    async def _not_running(self, case: str, who: Who, name: str, key: str) -> Answer:
        """Say what a case that does not run is: archived, kept for later, or unknown."""
        found = await self.cases.show(case)
        if found is not None and found["archived"]:
            words = f"{case} is archived. New harm is a new case, linked follow-on."
            refused = Refused(Code.CASE_ARCHIVED, words)
            await self.keep_refused(case, name, who, key, refused)
            return of_refusal(refused, key)
        if found is not None:
            words = (
                f"{case} does not run: its run was ended by hand, and nothing was sent on. A "
                f"senior approver proposes to revive it: cir case revive {case} --reason TEXT."
            )
            return _with_key("unreachable", "not-running", words, key)
        if await self.intake.is_kept(case):
            words = f"{case} is kept and starts when Temporal is back; nothing was sent on."
            return _with_key("unreachable", "not-started", words, key)
        return unknown_case(case)


def named_in(command: Command, case: str) -> tuple[str, ...]:
    """Return every word of an instruction that may name a person, a council or a case."""
    found = [command.by, case]
    dumped = command.model_dump(mode="json", exclude={"stamp", "reason", "evidence"})
    found.extend(str(value) for value in dumped.values() if isinstance(value, str))
    return tuple(dict.fromkeys(found))


def _key_of(payload: dict[str, Any]) -> str:
    """Return the instruction's key.

    Raises:
        Answer: It has none that could be kept (``key-needed``).
    """
    key = payload.get("idempotency_key")
    if not isinstance(key, str) or not 0 < len(key) <= KEY_MOST or not key.isprintable():
        words = f"An instruction needs an idempotency_key of 1 to {KEY_MOST} plain characters."
        raise Answer("usage", "key-needed", words)
    return key


def _with_key(kind: str, code: str, message: str, key: str) -> Answer:
    answer = Answer(kind, code, message)
    answer.key = key
    return answer
