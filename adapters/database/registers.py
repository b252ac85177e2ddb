"""People, rota, providers, councils, policy and tokens. Read when asked, never cached."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database import register_rows
from adapters.database.engine import insert_once, reading, upsert, writing
from adapters.database.policy_table import PolicyRow
from adapters.database.register_record import MACHINE, write_down
from adapters.database.tables import (
    CaseViewRow,
    CouncilRow,
    DeskKeyRow,
    IntakeRow,
    PersonRow,
    ProviderRow,
    RegisterOriginRow,
    RegisterVersionRow,
    RotaShiftRow,
    TokenRow,
)
from adapters.database.token_hash import hashed
from domain.command import Rows
from domain.council import Council, CouncilRegister
from domain.people import Person, Role
from domain.policy import Policy
from domain.policy_file import PolicyFile
from domain.provider import Provider
from domain.reference import Reference
from domain.registers.change import Origin
from domain.registers.policies import rows_of
from domain.registers.shifts import Shift
from domain.value import Value


class Holder(Value):
    """Whoever holds a token, with their roles now; none once they left the register."""

    id: str
    roles: tuple[Role, ...]


class RegisterNotEmptyError(Exception):
    """Only an empty register is filled alone; a change takes two people."""


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
            people = await register_rows.people(connection, (row.holder,))
            return Holder(id=row.holder, roles=people[0].roles if people else ())

    async def issue_token(self, holder: str, role: Role | None = None) -> str:
        """Issue a token on the machine itself and return it, this once.

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
            told = {"about": "token-issue", "holder": holder}
            await write_down(connection, self._now(), "token-issued", MACHINE, told)
        return token

    async def revoke_tokens(self, holder: str) -> int:
        """Revoke every token of a holder; return how many that were."""
        async with writing(self._engine) as connection:
            return await register_rows.revoke_all(connection, holder, self._now())

    async def version(self) -> int:
        """Return the version of the registers."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(col(RegisterVersionRow.version)))
            return int(found.scalar_one_or_none() or 0)

    async def rows(self, names: tuple[str, ...]) -> Rows:
        """Return what the registers know of the words an instruction names."""
        async with reading(self._engine) as connection:
            people = await register_rows.people(connection, names)
            councils = await register_rows.councils(connection, names)
            cases = await _cases(connection, names)
            codes = await _case_councils(connection, cases)
        return Rows(
            staff={person.id: person.roles for person in people},
            councils=councils,
            cases=cases,
            case_councils=codes,
        )

    async def people(self) -> tuple[Person, ...]:
        """Return everybody on the staff register."""
        async with reading(self._engine) as connection:
            return await register_rows.people(connection, None)

    async def councils(self) -> CouncilRegister:
        """Return the register of councils."""
        async with reading(self._engine) as connection:
            return CouncilRegister(councils=await register_rows.councils(connection, None))

    async def providers(self) -> tuple[Provider, ...]:
        """Return the providers in configured order."""
        async with reading(self._engine) as connection:
            return await register_rows.providers(connection)

    async def reference(self, council: str) -> Reference:
        """Return what a case keeps of the registers, as it is now."""
        async with reading(self._engine) as connection:
            found = await register_rows.councils(connection, (council,))
        return Reference(providers=await self.providers(), council=next(iter(found), None))

    async def rota(self) -> tuple[Shift, ...]:
        """Return every shift."""
        async with reading(self._engine) as connection:
            return await register_rows.rota(connection)

    async def policy(self) -> Policy:
        """Return the policy that new cases begin with."""
        return Policy.of(await self.policy_file())

    async def has_policy(self) -> bool:
        """Tell whether a policy is on record."""
        async with reading(self._engine) as connection:
            return bool(await register_rows.policy_lines(connection))

    async def policy_file(self) -> PolicyFile:
        """Return it with its sources; the shipped one while none is on record."""
        async with reading(self._engine) as connection:
            return await register_rows.policy(connection)

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
            rows = tuple(one.model_dump(mode="json") for one in people)
            for row in rows:
                await upsert(connection, PersonRow, id=row["id"], document=row)
            await self._filled(connection, "people", len(rows))

    async def fill_providers(self, providers: Iterable[Provider]) -> None:
        """Fill the empty register of providers, in configured order."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, ProviderRow, "providers")
            rows = tuple(one.model_dump(mode="json") for one in providers)
            for place, row in enumerate(rows):
                await upsert(connection, ProviderRow, id=row["id"], place=place, document=row)
            await self._filled(connection, "providers", len(rows))

    async def fill_councils(
        self, councils: Iterable[Council], origin: Origin | None = None
    ) -> None:
        """Fill the empty register of councils; where they come from is kept with them."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, CouncilRow, "councils")
            rows = tuple(one.model_dump(mode="json") for one in councils)
            for row in rows:
                await upsert(
                    connection, CouncilRow, code=row["code"], name=row["name"], document=row
                )
            if origin is not None:
                document = origin.model_dump(mode="json")
                await upsert(connection, RegisterOriginRow, name="councils", document=document)
            await self._filled(connection, "councils", len(rows))

    async def fill_rota(self, shifts: Iterable[Shift]) -> None:
        """Fill the empty rota."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, RotaShiftRow, "rota")
            rows = tuple(one.model_dump() for one in shifts)
            for row in rows:
                await connection.execute(insert(RotaShiftRow).values(**row))
            await self._filled(connection, "rota", len(rows))

    async def fill_policy(self, policy: PolicyFile, origin: Origin) -> None:
        """Put the policy of a file on record where none is; where it comes from is kept with it."""
        async with writing(self._engine) as connection:
            await _must_be_empty(connection, PolicyRow, "policy")
            lines = rows_of(policy)
            await upsert(connection, PolicyRow, id=1, lines=list(lines))
            document = origin.model_dump(mode="json")
            await upsert(connection, RegisterOriginRow, name="policy", document=document)
            await self._filled(connection, "policy", len(lines))

    async def _filled(self, connection: AsyncConnection, name: str, added: int) -> None:
        """Move the version on, and write down that a register was filled on the machine."""
        version = await register_rows.moved(connection)
        told = {"about": name, "version": version, "counts": {"added": added}}
        await write_down(connection, self._now(), "filled", MACHINE, told)


async def _must_be_empty(
    connection: AsyncConnection,
    table: type[PersonRow | ProviderRow | CouncilRow | RotaShiftRow | PolicyRow],
    name: str,
) -> None:
    found = await connection.execute(select(func.count()).select_from(table))
    if found.scalar_one():
        raise RegisterNotEmptyError(f"The register of {name} is filled: a change takes two people.")


async def _cases(connection: AsyncConnection, names: tuple[str, ...]) -> tuple[str, ...]:
    query = select(col(IntakeRow.reference)).where(col(IntakeRow.reference).in_(names)).distinct()
    return tuple(str(row.reference) for row in await connection.execute(query))


async def _case_councils(connection: AsyncConnection, cases: tuple[str, ...]) -> dict[str, str]:
    """Return whose each case is, where it has been recorded: a council may have been corrected."""
    query = select(col(CaseViewRow.case), col(CaseViewRow.council_code)).where(
        col(CaseViewRow.case).in_(cases)
    )
    found = (await connection.execute(query)).all() if cases else ()
    return {row.case: row.council_code for row in found}
