"""Erasing what is about people in a case whose time is over, by two people (guide m 2, m 3)."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from adapters.database.case_acts import CaseActs
from adapters.database.case_keys import CaseKeys, NoSuchKeyError
from adapters.database.engine import forget
from adapters.database.registers import Registers
from adapters.database.retention import Retention, forget_words
from domain.errors import Code, Refused
from domain.people import Role
from domain.registers.change import Change, may_confirm
from domain.retention import may_dispose


class Disposer:
    """Destroys the key of a case, which is what erases it."""

    def __init__(
        self,
        engine: AsyncEngine,
        keys: CaseKeys,
        registers: Registers,
        acts: CaseActs,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._retention = Retention(engine, now)
        self._registers = registers
        self._acts = acts
        self._now = now

    async def check(self, case: str) -> None:
        """Refuse a case whose time is not over, or that is under a legal hold.

        Raises:
            Refused: As the rules on retention say.
        """
        policy = await self._registers.policy()
        may_dispose(case, await self._retention.closed(case), policy, self._now())

    async def confirm(self, change: Change, by: str, roles: tuple[Role, ...]) -> Change:
        """Destroy the key of the case of a change, as its second person.

        Raises:
            Refused: As ``check``; ``nothing-changed`` when it was erased before.
        """
        may_confirm(change, by, roles, self._now())
        await self.check(str(change.case))
        done = await self._acts.confirm(change.number, by, roles, self._destroy)
        await forget(self._engine)
        return done

    async def _destroy(self, connection: AsyncConnection, change: Change) -> None:
        try:
            await self._keys.destroy(connection, str(change.case))
            await forget_words(connection, str(change.case))
        except NoSuchKeyError as error:
            words = f"{change.case} has no key any more: what was about people in it is erased."
            raise Refused(Code.NOTHING_CHANGED, words) from error
