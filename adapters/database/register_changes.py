"""Numbered changes of registers and tokens: kept, confirmed by another person, put in force."""

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.change_rows import (
    drafted,
    find,
    keep,
    settle,
    told_of,
    waiting_for,
    with_state,
)
from adapters.database.engine import insert_once, reading, upsert, writing
from adapters.database.register_record import write_down
from adapters.database.register_rows import (
    around,
    live_tokens,
    moved,
    people,
    providers,
    replace,
    revoke_all,
    rows_of,
)
from adapters.database.tables import RegisterOriginRow, TokenRow
from adapters.database.token_hash import hashed
from adapters.policies import shipped_text
from domain.errors import Code, Refused
from domain.people import Role
from domain.registers.around import Around
from domain.registers.catalogue import REGISTERS, RegisterName
from domain.registers.change import (
    Change,
    Origin,
    fingerprint,
    may_confirm,
    may_withdraw,
    must_fit,
    named,
)
from domain.registers.entries import Entry, InvalidRegisterError
from domain.registers.tokens import Registered, issuing, registered, revoking

NEVER_STALE = ""
"""The base of what fits whatever there is: a revocation ends what is there when it is confirmed."""


class RegisterChanges:
    """Changes with their numbers."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def propose(
        self, name: RegisterName, text: str, origin: Origin, by: str
    ) -> tuple[Change, bool]:
        """Keep what a file would change; return it, and whether it was proposed before.

        Raises:
            InvalidRegisterError: The file cannot be taken; with every problem.
            Refused: ``nothing-changed``.
        """
        register, at = REGISTERS[name], self._now()
        entries = register.read(text, shipped_text())
        async with writing(self._engine) as connection:
            known = await around(connection)
            before = rows_of(name, known)
            target = register.settled(before, entries, at, at)
            doubts = register.judged(entries, target, known, at)
            difference = register.difference(before, target, at)
            if difference.is_nothing and await _has_origin(connection, name, origin):
                words = f"{named(name).capitalize()} says all of that already; nothing to confirm."
                raise Refused(Code.NOTHING_CHANGED, words)
            wanted = [one.model_dump(mode="json") for one in entries]
            return await keep(connection, wanted, drafted(
                about=name, by=by, at=at, base=fingerprint(before), origin=origin,
                difference=difference, doubts=doubts,
            ))  # fmt: skip

    async def propose_issue(self, holder: str, by: str) -> tuple[Change, str]:
        """Make a token that counts once another person confirms it; return it, this once.

        Raises:
            Refused: ``not-registered``, or ``change-pending`` while another one waits.
        """
        token, at = secrets.token_urlsafe(32), self._now()
        async with writing(self._engine) as connection:
            who = await _registered(connection, holder)
            waiting = await waiting_for(connection, "token-issue", holder, at)
            held = await live_tokens(connection, holder)
            difference, doubts = issuing(who, held, waiting)
            wanted = [{"hash": hashed(token), "role": who.role}]
            change, _ = await keep(connection, wanted, drafted(
                about="token-issue", holder=holder, by=by, at=at, base=who.base,
                difference=difference, doubts=doubts,
            ))  # fmt: skip
            return change, token

    async def propose_revoke(self, holder: str, by: str) -> tuple[Change, bool]:
        """Ask that every token of a holder ends; return it, and whether it was asked before.

        Raises:
            Refused: ``nothing-changed``: they hold none.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            waiting = await waiting_for(connection, "token-revoke", holder, at)
            if waiting is not None:
                return waiting, True
            difference = revoking(holder, await live_tokens(connection, holder))
            return await keep(connection, [], drafted(
                about="token-revoke", holder=holder, by=by, at=at, base=NEVER_STALE,
                difference=difference,
            ))  # fmt: skip

    async def confirm(self, number: int, by: str, roles: tuple[Role, ...]) -> Change:
        """Put a change in force; everything of it or nothing.

        Raises:
            UnknownChangeError: There is no such change.
            Refused: As the rules on changes say.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            change, wanted = await find(connection, number)
            may_confirm(change, by, roles, at)
            done = await _put_in_force(connection, change, wanted, at)
            version = await moved(connection)
            done = done.but(state="confirmed", settled_by=by, settled_at=at, version=version)
            await settle(connection, done)
            await _overtake(connection, done)
            await write_down(connection, at, "confirmed", by, told_of(done))
            return done

    async def withdraw(self, number: int, by: str, roles: tuple[Role, ...]) -> Change:
        """Take a change back that waits.

        Raises:
            UnknownChangeError: There is no such change.
            Refused: As the rules on changes say.
        """
        at = self._now()
        async with writing(self._engine) as connection:
            change, _ = await find(connection, number)
            may_withdraw(change, by, roles, at)
            done = change.but(state="withdrawn", settled_by=by, settled_at=at)
            await settle(connection, done)
            await write_down(connection, at, "withdrawn", by, told_of(done))
            return done

    async def one(self, number: int) -> Change:
        """Return one change.

        Raises:
            UnknownChangeError: There is no such change.
        """
        async with reading(self._engine) as connection:
            change, _ = await find(connection, number)
            return change

    async def pending(self) -> tuple[Change, ...]:
        """Return every change that waits for its second person, oldest first."""
        async with reading(self._engine) as connection:
            found = await with_state(connection, "pending")
        return tuple(one for one in found if one.is_open(self._now()))

    async def origin(self, name: str) -> Origin:
        """Return where what a register holds comes from; empty words where nobody said."""
        async with reading(self._engine) as connection:
            return await _origin(connection, name)


async def _put_in_force(
    connection: AsyncConnection, change: Change, wanted: list[dict[str, Any]], at: datetime
) -> Change:
    """Do what a change says, on the ground it was worked out for."""
    proposer = await people(connection, (change.proposed_by,))
    roles = proposer[0].roles if proposer else ()
    if change.about == "token-revoke":
        must_fit(change, NEVER_STALE, roles)
        await revoke_all(connection, str(change.holder), at)
        return change
    if change.about == "token-issue":
        must_fit(change, await _base_of(connection, str(change.holder)), roles)
        (token,) = wanted
        await insert_once(
            connection, TokenRow, hash=token["hash"], holder=change.holder, role=token["role"],
            issued_at=at,
        )  # fmt: skip
        return change
    known = await around(connection)
    before = rows_of(change.about, known)
    must_fit(change, fingerprint(before), roles)
    return await _replaced(connection, change, wanted, known, at)


async def _replaced(
    connection: AsyncConnection,
    change: Change,
    wanted: list[dict[str, Any]],
    known: Around,
    at: datetime,
) -> Change:
    register = REGISTERS[change.about]
    entries = tuple(Entry.model_validate(one) for one in wanted)
    before = rows_of(change.about, known)
    target = register.settled(before, entries, change.proposed_at, at)
    try:
        doubts = register.judged(entries, target, known, at)
    except InvalidRegisterError as error:
        words = f"Change {change.number} fits no more: {error} Propose it anew."
        raise Refused(Code.STALE_VERSION, words[:500]) from error
    await replace(connection, change.about, before, target, at)
    origin = change.origin.model_dump(mode="json")
    await upsert(connection, RegisterOriginRow, name=change.about, document=origin)
    return change.but(difference=register.difference(before, target, at), doubts=doubts)


async def _registered(connection: AsyncConnection, holder: str) -> Registered:
    return registered(holder, await people(connection, (holder,)), await providers(connection))


async def _base_of(connection: AsyncConnection, holder: str) -> str:
    """Return the fingerprint of a holder's entry; another one when they have left."""
    try:
        return (await _registered(connection, holder)).base
    except Refused:
        return f"{holder} has left"


async def _overtake(connection: AsyncConnection, done: Change) -> None:
    """Settle every other change of the register that ``done`` has changed: none fits any more."""
    if done.holder is not None:
        return
    for other in await with_state(connection, "pending"):
        if other.about == done.about:
            by = {"settled_by": done.settled_by, "settled_at": done.settled_at}
            await settle(connection, other.but(state="overtaken", **by))


async def _origin(connection: AsyncConnection, name: str) -> Origin:
    query = select(col(RegisterOriginRow.document)).where(col(RegisterOriginRow.name) == name)
    document = (await connection.execute(query)).scalar_one_or_none()
    return Origin() if document is None else Origin.model_validate(document)


async def _has_origin(connection: AsyncConnection, name: str, origin: Origin) -> bool:
    kept = await _origin(connection, name)
    return (kept.source, kept.licence) == (origin.source, origin.licence)
