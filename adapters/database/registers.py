"""The registers: people, rota, providers, councils and tokens. Read when asked, never cached."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.engine import insert_once, reading, row_dict, upsert, writing
from adapters.database.tables import (
    CouncilRow,
    DeskKeyRow,
    IntakeRow,
    PersonRow,
    ProviderRow,
    RegisterVersionRow,
    RotaShiftRow,
    TokenRow,
)
from domain.command import Rows
from domain.council import Council, CouncilRegister
from domain.people import Person, Role
from domain.provider import Provider
from domain.reference import Reference
from domain.value import Instant, Value


class Shift(Value):
    """One shift of the rota; ``until`` excluded."""

    rung: int
    person: str
    begins: Instant
    until: Instant


class Holder(Value):
    """Whoever holds a token, with their roles now; none once they left the register."""

    id: str
    roles: tuple[Role, ...]


class RegisterNotEmptyError(Exception):
    """Only an empty register is filled alone; a change takes two people."""


def hashed(token: str) -> str:
    """Return a token as it is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


class Registers:
    """Who and what the service knows."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def holder_of(self, token: str) -> Holder | None:
        """Return who holds a token that is not revoked."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(col(TokenRow.holder), col(TokenRow.role)).where(
                    col(TokenRow.hash) == hashed(token),
                    col(TokenRow.revoked_at).is_(None),
                )
            )
            row = found.first()
            if row is None:
                return None
            if row.role is not None:
                return Holder(id=row.holder, roles=(Role(row.role),))
            people = await _people(connection, (row.holder,))
            return Holder(id=row.holder, roles=people[0].roles if people else ())

    async def issue_token(self, holder: str, role: Role | None = None) -> str:
        """Issue a token and return it, this once.

        Args:
            holder: Staff id, or the id of a provider or the finance desk's system.
            role: Set for those who are not on the staff register.
        """
        token = secrets.token_urlsafe(32)
        async with writing(self._engine) as connection:
            await insert_once(
                connection, TokenRow, hash=hashed(token), holder=holder,
                role=None if role is None else role.value, issued_at=self._now(),
            )  # fmt: skip
        return token

    async def revoke_tokens(self, holder: str) -> int:
        """Revoke every token of a holder; return how many that were."""
        async with writing(self._engine) as connection:
            revoked = await connection.execute(
                update(TokenRow)
                .where(col(TokenRow.holder) == holder, col(TokenRow.revoked_at).is_(None))
                .values(revoked_at=self._now())
                .returning(col(TokenRow.hash))
            )
            return len(revoked.all())

    async def version(self) -> int:
        """Return the version of the registers."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(col(RegisterVersionRow.version)))
            return int(found.scalar_one_or_none() or 0)

    async def rows(self, names: tuple[str, ...]) -> Rows:
        """Return what the registers know of the words an instruction names."""
        async with reading(self._engine) as connection:
            people = await _people(connection, names)
            councils = await _councils(connection, names)
            cases = await _cases(connection, names)
        return Rows(
            staff={person.id: person.roles for person in people}, councils=councils, cases=cases
        )

    async def people(self) -> tuple[Person, ...]:
        """Return everybody on the staff register."""
        async with reading(self._engine) as connection:
            return await _people(connection, None)

    async def councils(self) -> CouncilRegister:
        """Return the register of councils."""
        async with reading(self._engine) as connection:
            return CouncilRegister(councils=await _councils(connection, None))

    async def providers(self) -> tuple[Provider, ...]:
        """Return the providers in configured order."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(col(ProviderRow.document)).order_by(col(ProviderRow.place))
            )
            return tuple(Provider.model_validate(row.document) for row in rows)

    async def reference(self, council: str) -> Reference:
        """Return what a case keeps of the registers, as it is now."""
        async with reading(self._engine) as connection:
            found = await _councils(connection, (council,))
        return Reference(providers=await self.providers(), council=next(iter(found), None))

    async def rota(self) -> tuple[Shift, ...]:
        """Return every shift."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(
                    col(RotaShiftRow.rung),
                    col(RotaShiftRow.person),
                    col(RotaShiftRow.begins),
                    col(RotaShiftRow.until),
                ).order_by(col(RotaShiftRow.begins))
            )
            return tuple(Shift(**row_dict(row)) for row in rows)

    async def desk_keys(self) -> dict[str, str]:
        """Return the desk's public keys by id."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(select(col(DeskKeyRow.id), col(DeskKeyRow.public)))
            return {str(row.id): str(row.public) for row in rows}

    async def publish_desk_key(self, key_id: str, public: str) -> None:
        """Make a public key of the desk known to cases that open from now on."""
        async with writing(self._engine) as connection:
            await upsert(connection, DeskKeyRow, id=key_id, public=public)

    async def fill_people(self, people: Iterable[Person]) -> None:
        """Fill the empty register of people."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, PersonRow, "people")
            for one in people:
                await upsert(connection, PersonRow, id=one.id, document=one.model_dump(mode="json"))
            await _moved(connection)

    async def fill_providers(self, providers: Iterable[Provider]) -> None:
        """Fill the empty register of providers, in configured order."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, ProviderRow, "providers")
            for place, one in enumerate(providers):
                await upsert(
                    connection, ProviderRow, id=one.id, place=place,
                    document=one.model_dump(mode="json"),
                )  # fmt: skip
            await _moved(connection)

    async def fill_councils(self, councils: Iterable[Council]) -> None:
        """Fill the empty register of councils."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, CouncilRow, "councils")
            for one in councils:
                await upsert(
                    connection, CouncilRow, code=one.code, name=one.name,
                    document=one.model_dump(mode="json"),
                )  # fmt: skip
            await _moved(connection)

    async def fill_rota(self, shifts: Iterable[Shift]) -> None:
        """Fill the empty rota."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, RotaShiftRow, "rota")
            for one in shifts:
                await connection.execute(insert(RotaShiftRow).values(**one.model_dump()))
            await _moved(connection)


async def _must_be_empty(
    connection: AsyncConnection,
    table: type[PersonRow | ProviderRow | CouncilRow | RotaShiftRow],
    name: str,
) -> None:
    found = await connection.execute(select(func.count()).select_from(table))
    if found.scalar_one():
        raise RegisterNotEmptyError(f"The register of {name} is filled: a change takes two people.")


async def _moved(connection: AsyncConnection) -> None:
    found = await connection.execute(select(col(RegisterVersionRow.version)))
    version = int(found.scalar_one_or_none() or 0)
    await upsert(connection, RegisterVersionRow, id=1, version=version + 1)


async def _people(connection: AsyncConnection, ids: tuple[str, ...] | None) -> tuple[Person, ...]:
    query = select(col(PersonRow.document)).order_by(col(PersonRow.id))
    if ids is not None:
        query = query.where(col(PersonRow.id).in_(ids))
    return tuple(Person.model_validate(r.document) for r in await connection.execute(query))


async def _councils(
    connection: AsyncConnection, codes: tuple[str, ...] | None
) -> tuple[Council, ...]:
    query = select(col(CouncilRow.document)).order_by(col(CouncilRow.code))
    if codes is not None:
        query = query.where(col(CouncilRow.code).in_(codes))
    return tuple(Council.model_validate(r.document) for r in await connection.execute(query))


async def _cases(connection: AsyncConnection, names: tuple[str, ...]) -> tuple[str, ...]:
    query = select(col(IntakeRow.reference)).where(col(IntakeRow.reference).in_(names)).distinct()
    return tuple(str(row.reference) for row in await connection.execute(query))
