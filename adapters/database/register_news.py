"""Which version of the registers the open cases were told of, and which cases those are."""

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from adapters.database.engine import reading, writing
from adapters.database.tables import CaseViewRow, IntakeRow, RegisterVersionRow
from domain.value import Value


class News(Value):
    """A version of the registers that the open cases have not heard of.

    Attributes:
        version: That version.
        cases: Every case that is not archived, also those whose run has not started yet.
        starting: Those of them: they may have read the registers before the change.
    """

    version: int
    cases: tuple[str, ...]
    starting: tuple[str, ...] = ()


class RegisterNews:
    """What open cases are still to be told of the registers."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def untold(self) -> News | None:
        """Return what is to be told; ``None`` when every case was told of the present version."""
        archived = select(col(CaseViewRow.case)).where(col(CaseViewRow.archived).is_(True))
        cases = (
            select(col(IntakeRow.reference), col(IntakeRow.state))
            .where(
                col(IntakeRow.state).in_(("pending", "started")),
                col(IntakeRow.reference).not_in(archived),
            )
            .order_by(col(IntakeRow.reference))
        )
        versions = select(col(RegisterVersionRow.version), col(RegisterVersionRow.told))
        async with reading(self._engine) as connection:
            found = (await connection.execute(versions)).first()
            if found is None or found.told >= found.version:
                return None
            rows = (await connection.execute(cases)).all()
        return News(
            version=found.version,
            cases=tuple(dict.fromkeys(str(row.reference) for row in rows)),
            starting=tuple(str(row.reference) for row in rows if row.state == "pending"),
        )

    async def told(self, version: int) -> None:
        """Keep that every open case was told of ``version``."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(RegisterVersionRow)
                .where(col(RegisterVersionRow.told) < version)
                .values(told=version)
            )
