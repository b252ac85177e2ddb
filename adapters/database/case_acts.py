"""Acts on a case that take two people: numbered changes like those of the registers."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.case_keys import CaseKeys
from adapters.database.change_rows import drafted, find, keep, settle, told_of, waiting_for
from adapters.database.engine import reading, writing
from adapters.database.register_record import write_down
from adapters.database.register_rows import people
from adapters.database.tables import RegisterChangeRow
from domain.errors import Code, Refused
from domain.people import Role
from domain.personal import ERASED
from domain.registers.change import About, Change, may_confirm, must_be_proposed
from domain.registers.difference import Difference

REASON = "change/reason"
"""Where the reason of an act stands among what is sealed for its case."""


class CaseActs:
    """Acts on cases with their numbers. Why one is done is sealed with the key of its case."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime], keys: CaseKeys) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    async def propose(self, about: About, case: str, reason: str, by: str) -> tuple[Change, bool]:
        """Keep an act that waits for its second person, and tell whether it waited before.

        Raises:
            Refused: ``change-pending``: somebody else proposed the same.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            there = await waiting_for(connection, about, case, at)
            if there is not None and there.proposed_by != by:
                raise Refused(
                    Code.CHANGE_PENDING,
                    f"Change {there.number}, {there.subject}, by {there.proposed_by}, waits for a "
                    f"second person: cir people confirm {there.number}.",
                    change=there.number,
                )
            if there is not None:
                return await self._shown(connection, there), True
            key = await self._keys.sealing(connection, case)
            wanted = [{"reason": key.seal(REASON, reason)}]
            change, _ = await keep(connection, wanted, drafted(
                about=about, case=case, by=by, at=at, base="", difference=Difference(),
            ))  # fmt: skip
            return change.but(reason=reason), False

    async def with_reason(self, change: Change) -> Change:
        """Return an act with why it is done."""
        async with reading(self._engine) as connection:
            return await self._shown(connection, change)

    async def confirm(
        self,
        number: int,
        by: str,
        roles: tuple[Role, ...],
        act: Callable[[AsyncConnection, Change], Awaitable[None]],
    ) -> Change:
        """Do an act, and keep that it was done; neither without the other.

        Args:
            number: Of the change.
            by: The second person.
            roles: Theirs.
            act: Does it, in the transaction that keeps it; whatever it raises leaves the change
                waiting.

        Raises:
            UnknownChangeError: There is no such change.
            Refused: As the rules on changes say.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            change, _ = await find(connection, number)
            may_confirm(change, by, roles, at)
            proposer = await people(connection, (change.proposed_by,))
            must_be_proposed(change, proposer[0].roles if proposer else ())
            change = await self._shown(connection, change)
            done = change.but(state="confirmed", settled_by=by, settled_at=at)
            await act(connection, done)
            await settle(connection, done.but(reason=None))
            await write_down(connection, at, "confirmed", by, told_of(done))
            return done

    async def _shown(self, connection: AsyncConnection, change: Change) -> Change:
        case = str(change.case)
        query = select(col(RegisterChangeRow.wanted))
        query = query.where(col(RegisterChangeRow.number) == change.number)
        (wanted,) = (await connection.execute(query)).scalar_one()
        key = await self._keys.opening(connection, case)
        return change.but(reason=str(key.open(wanted["reason"], REASON)) or ERASED)
