"""The rows of each register, inside a transaction: read as files have them, and replaced."""

from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import col

from adapters.database.engine import row_dict, upsert
from adapters.database.policy_table import PolicyRow
from adapters.database.tables import (
    CaseViewRow,
    CouncilRow,
    PersonRow,
    ProviderRow,
    RegisterVersionRow,
    RotaShiftRow,
    TokenRow,
)
from adapters.policies import shipped
from domain.council import Council
from domain.people import Person
from domain.policy_file import PolicyFile
from domain.provider import Provider
from domain.registers.around import Around
from domain.registers.difference import Row
from domain.registers.firms import provider_of
from domain.registers.policies import completed, file_of, is_complete
from domain.registers.rota import row_of, shift_of
from domain.registers.shifts import Shift

Rows = tuple[Row, ...]


async def people(connection: AsyncConnection, ids: tuple[str, ...] | None) -> tuple[Person, ...]:
    """Return the people with these ids; everybody for ``None``."""
    query = select(col(PersonRow.document)).order_by(col(PersonRow.id))
    if ids is not None:
        query = query.where(col(PersonRow.id).in_(ids))
    return tuple(Person.model_validate(r.document) for r in await connection.execute(query))


async def councils(
    connection: AsyncConnection, codes: tuple[str, ...] | None
) -> tuple[Council, ...]:
    """Return the councils with these codes; all for ``None``."""
    query = select(col(CouncilRow.document)).order_by(col(CouncilRow.code))
    if codes is not None:
        query = query.where(col(CouncilRow.code).in_(codes))
    return tuple(Council.model_validate(r.document) for r in await connection.execute(query))


async def providers(connection: AsyncConnection) -> tuple[Provider, ...]:
    """Return the providers in configured order."""
    query = select(col(ProviderRow.document)).order_by(col(ProviderRow.place))
    return tuple(Provider.model_validate(r.document) for r in await connection.execute(query))


async def rota(connection: AsyncConnection) -> tuple[Shift, ...]:
    """Return every shift, earliest first."""
    query = select(
        col(RotaShiftRow.rung),
        col(RotaShiftRow.person),
        col(RotaShiftRow.begins),
        col(RotaShiftRow.until),
    ).order_by(col(RotaShiftRow.begins))
    return tuple(Shift(**row_dict(row)) for row in await connection.execute(query))


async def policy_lines(connection: AsyncConnection) -> Rows:
    """Return the lines of the policy on record, whole; none while there is none."""
    found = (await connection.execute(select(col(PolicyRow.lines)))).scalar_one_or_none()
    lines = tuple(found or ())
    return lines if not lines or is_complete(lines) else completed(lines, shipped())


async def policy(connection: AsyncConnection) -> PolicyFile:
    """Return the policy that new cases begin with; the shipped one while none is on record."""
    lines = await policy_lines(connection)
    return file_of(lines) if lines else shipped()


async def around(connection: AsyncConnection) -> Around:
    """Return the registers as they are, and which cases lean on what is in them."""
    view = select(
        col(CaseViewRow.case),
        col(CaseViewRow.phase),
        col(CaseViewRow.owner),
        col(CaseViewRow.provider),
        col(CaseViewRow.council_code),
    ).where(col(CaseViewRow.archived).is_(False))
    owned, supplied, concerned = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in await connection.execute(view.order_by(col(CaseViewRow.case))):
        if row.owner and row.phase != "closed":
            owned[row.owner].append(row.case)
        if row.provider:
            supplied[row.provider].append(row.case)
        concerned[row.council_code].append(row.case)
    return Around(
        people=await people(connection, None),
        providers=await providers(connection),
        councils=await councils(connection, None),
        rota=await rota(connection),
        policy=await policy_lines(connection),
        owned={name: tuple(cases) for name, cases in owned.items()},
        supplied={name: tuple(cases) for name, cases in supplied.items()},
        concerned={name: tuple(cases) for name, cases in concerned.items()},
    )


def rows_of(name: str, known: Around) -> Rows:
    """Return a register as a file of it would have it."""
    found: dict[str, Callable[[], Rows]] = {
        "people": lambda: tuple(one.model_dump(mode="json") for one in known.people),
        "councils": lambda: tuple(one.model_dump(mode="json") for one in known.councils),
        "rota": lambda: tuple(row_of(one) for one in known.rota),
        "policy": lambda: known.policy,
        "providers": lambda: tuple(
            {**one.model_dump(mode="json", by_alias=True), "place": place}
            for place, one in enumerate(known.providers, start=1)
        ),
    }
    return found[name]()


async def moved(connection: AsyncConnection) -> int:
    """Move the version of the registers on; return the new one."""
    found = await connection.execute(select(col(RegisterVersionRow.version)))
    version = int(found.scalar_one_or_none() or 0) + 1
    await upsert(connection, RegisterVersionRow, id=1, version=version)
    return version


async def live_tokens(connection: AsyncConnection, holder: str) -> int:
    """Return how many tokens of a holder count."""
    found = await connection.execute(
        select(func.count()).where(
            col(TokenRow.holder) == holder, col(TokenRow.revoked_at).is_(None)
        )
    )
    return int(found.scalar_one())


async def revoke_all(connection: AsyncConnection, holder: str, at: datetime) -> int:
    """Revoke every token of a holder; return how many that were."""
    revoked = await connection.execute(
        update(TokenRow)
        .where(col(TokenRow.holder) == holder, col(TokenRow.revoked_at).is_(None))
        .values(revoked_at=at)
        .returning(col(TokenRow.hash))
    )
    return len(revoked.all())


async def replace(
    connection: AsyncConnection, name: str, before: Rows, after: Rows, at: datetime
) -> None:
    """Put a register in the place of another; who leaves loses every token in the same moment."""
    await REPLACE[name](connection, before, after, at)


async def _people(connection: AsyncConnection, before: Rows, after: Rows, at: datetime) -> None:
    for row in after:
        await upsert(connection, PersonRow, id=row["id"], document=row)
    for left in _left(before, after):
        await connection.execute(delete(PersonRow).where(col(PersonRow.id) == left))
        await revoke_all(connection, left, at)


async def _providers(connection: AsyncConnection, before: Rows, after: Rows, at: datetime) -> None:
    for place, row in enumerate(after):
        document = provider_of(row).model_dump(mode="json")
        await upsert(connection, ProviderRow, id=row["id"], place=place, document=document)
    for left in _left(before, after):
        await connection.execute(delete(ProviderRow).where(col(ProviderRow.id) == left))
        await revoke_all(connection, left, at)


async def _councils(connection: AsyncConnection, before: Rows, after: Rows, at: datetime) -> None:
    """Write what differs; no council is ever deleted."""
    del at
    known = {row["code"]: row for row in before}
    for row in after:
        if known.get(row["code"]) != row:
            await upsert(connection, CouncilRow, code=row["code"], name=row["name"], document=row)


async def _rota(connection: AsyncConnection, before: Rows, after: Rows, at: datetime) -> None:
    del before, at
    await connection.execute(delete(RotaShiftRow))
    for row in after:
        await connection.execute(insert(RotaShiftRow).values(**shift_of(row).model_dump()))


async def _policy(connection: AsyncConnection, before: Rows, after: Rows, at: datetime) -> None:
    del before, at
    await upsert(connection, PolicyRow, id=1, lines=list(after))


def _left(before: Rows, after: Rows) -> list[str]:
    stays = {row["id"] for row in after}
    return [row["id"] for row in before if row["id"] not in stays]


REPLACE: dict[str, Callable[[AsyncConnection, Rows, Rows, datetime], Coroutine[Any, Any, None]]] = {
    "people": _people,
    "providers": _providers,
    "councils": _councils,
    "rota": _rota,
    "policy": _policy,
}
"""How each register is written."""
