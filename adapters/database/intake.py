"""The durable inbox: a report is on disk here before anybody is told that it arrived."""

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.case_keys import CaseKey, CaseKeys
from adapters.database.engine import reading, upsert, writing
from adapters.database.tables import CaseNumberRow, CaseViewRow, IntakeRow
from adapters.database.webhooks import Answered, Once, keep_with
from domain.people import SYSTEM
from domain.personal import sealed
from domain.report import Report
from domain.report_content import REPORT_FIELDS, changed_fields, content_hash, intake_key
from domain.report_reading import ReadReport
from domain.value import Instant, Value


class Taken(Value):
    """A report that is on disk.

    Attributes:
        number: The row's own number, by which it is marked.
        reference: The case it belongs to.
        repeated: It came again under a known key.
        changed: Field paths that differ from the last report under the key.
        follows: An archived case under the same key.
        by: Who brought it: a member of staff, or ``system``.
    """

    number: int
    reference: str
    report: Report
    received_at: Instant
    repeated: bool = False
    changed: tuple[str, ...] = ()
    follows: str | None = None
    by: str = SYSTEM


class Intake:
    """The inbox in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime], keys: CaseKeys) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    async def take(self, body: bytes, read: ReadReport, by: str, state: str = "pending") -> Taken:
        """Commit a report and allocate its case; the same key gives the same case.

        The content is compared with the last report under the key; equal content is stored nowhere.

        Args:
            body: The report as it came.
            read: The report as it was read.
            by: Who brought it.
            state: ``pending`` for one that starts by itself whatever happens, else what it waits
                for; nobody but who took it starts that one.
        """
        async with writing(self._engine) as connection:
            return await self._take(connection, body, read, by, state)

    async def take_once(
        self, body: bytes, read: ReadReport, by: str, once: Once,
        answer: Callable[[Taken], Answered],
    ) -> Taken:  # fmt: skip
        """Commit a report that came as a message, with the answer its sender gets.

        Raises:
            TakenMeanwhileError: Another call took the message in this moment; nothing was taken.
        """
        async with writing(self._engine) as connection:
            taken = await self._take(connection, body, read, by)
            await keep_with(connection, once, answer(taken), self._now())
        return taken

    async def _take(
        self,
        connection: AsyncConnection,
        body: bytes,
        read: ReadReport,
        by: str,
        state: str = "pending",
    ) -> Taken:
        report, key = read.report, intake_key(read.report)
        first = await _first(connection, key)
        follows = None
        if first is not None and await _is_archived(connection, first.reference):
            follows = str(first.reference)
            await _forget_key(connection, first.id)
            first = None
        if first is not None:
            return await self._again(connection, first, body, read, by)
        year = self._now().year
        number = await _next_number(connection, year)
        reference = f"CIR-{year}-{number:06d}"
        case_key = await self._keys.sealing(connection, reference)
        row = await _insert(
            connection,
            reference=reference,
            year=year,
            number=number,
            key=key,
            state=state,
            follows=follows,
            **_stored(body, read, by, case_key),
        )
        return Taken(
            number=row, reference=reference, report=report,
            received_at=report.source.received_at, follows=follows, by=by,
        )  # fmt: skip

    async def _again(
        self,
        connection: AsyncConnection,
        first: Row[Any],
        body: bytes,
        read: ReadReport,
        by: str,
    ) -> Taken:
        case_key = await self._keys.sealing(connection, first.reference)
        last = await _last(connection, first.reference, case_key)
        changed = REPORT_FIELDS if last is None else changed_fields(last, read.report)
        number = int(first.id)
        if changed:
            number = await _insert(
                connection,
                reference=first.reference,
                year=first.year,
                number=first.number,
                key=None,
                state="repeat-pending",
                **_stored(body, read, by, case_key),
            )
        return Taken(
            number=number, reference=first.reference, report=read.report,
            received_at=read.report.source.received_at, repeated=True, changed=changed, by=by,
        )  # fmt: skip

    async def mark(self, number: int, state: str) -> None:
        """Mark a row as ``started`` (its workflow runs) or ``repeat`` (the case was told)."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(IntakeRow).where(col(IntakeRow.id) == number).values(state=state)
            )

    async def pending(self, reference: str | None = None) -> tuple[Taken, ...]:
        """Return what was kept and has not reached its case, oldest first; of one case if named."""
        query = (
            select(
                col(IntakeRow.id),
                col(IntakeRow.reference),
                col(IntakeRow.report),
                col(IntakeRow.state),
                col(IntakeRow.follows),
                col(IntakeRow.by),
            )
            .where(col(IntakeRow.state).in_(("pending", "repeat-pending")))
            .order_by(col(IntakeRow.id))
        )
        if reference is not None:
            query = query.where(col(IntakeRow.reference) == reference)
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
            keys = {r.reference: await self._keys.opening(connection, r.reference) for r in rows}
        return tuple(_taken(row, keys[row.reference]) for row in rows)

    async def is_kept(self, case: str) -> bool:
        """Tell whether a report of that case is on disk."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(col(IntakeRow.id)).where(col(IntakeRow.reference) == case).limit(1)
            )
            return found.first() is not None

    async def possible_duplicates(self, council: str, besides: str, days: int) -> tuple[str, ...]:
        """Return open cases of the same council opened in the last ``days``; a person decides.

        A council that is not on the register has no code, and nothing to be compared by.
        """
        if not council:
            return ()
        since = self._now() - timedelta(days=days)
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(col(CaseViewRow.case)).where(
                    col(CaseViewRow.council_code) == council,
                    col(CaseViewRow.case) != besides,
                    col(CaseViewRow.opened_at) >= since,
                    col(CaseViewRow.phase) != "closed",
                    col(CaseViewRow.exercise).is_(False),
                )
            )
            return tuple(sorted(str(row.case) for row in rows))


def _stored(body: bytes, read: ReadReport, by: str, key: CaseKey) -> dict[str, Any]:
    """Return a report as its row holds it: the body sealed whole, the rest where it is personal."""
    report = read.report.model_dump(mode="json", by_alias=True)
    text = base64.b64encode(body).decode()
    return {
        "content": content_hash(read.report),
        "body": json.dumps(key.seal("body", text)).encode(),
        "report": sealed(Report, report, key.seal, "report"),
        "warnings": [warning.model_dump(mode="json") for warning in read.warnings],
        "received_at": read.report.source.received_at,
        "by": by,
    }


async def _insert(connection: AsyncConnection, **values: Any) -> int:  # noqa: ANN401
    done = await connection.execute(insert(IntakeRow).values(**values).returning(col(IntakeRow.id)))
    return int(done.scalar_one() or 0)


async def _first(connection: AsyncConnection, key: str | None) -> Any:  # noqa: ANN401  (a row)
    if key is None:
        return None
    found = await connection.execute(
        select(
            col(IntakeRow.id), col(IntakeRow.reference), col(IntakeRow.year), col(IntakeRow.number)
        ).where(col(IntakeRow.key) == key)
    )
    return found.first()


async def _last(connection: AsyncConnection, reference: str, key: CaseKey) -> Report | None:
    """Return the last report that arrived for a case; ``None`` once it was erased."""
    if key.is_destroyed:
        return None
    found = await connection.execute(
        select(col(IntakeRow.report))
        .where(col(IntakeRow.reference) == reference)
        .order_by(col(IntakeRow.id).desc())
        .limit(1)
    )
    return Report.model_validate(key.open(found.scalar_one(), "report"))


async def _is_archived(connection: AsyncConnection, reference: str) -> bool:
    found = await connection.execute(
        select(col(CaseViewRow.archived)).where(col(CaseViewRow.case) == reference)
    )
    return bool(found.scalar_one_or_none())


async def _forget_key(connection: AsyncConnection, number: int) -> None:
    await connection.execute(update(IntakeRow).where(col(IntakeRow.id) == number).values(key=None))


async def _next_number(connection: AsyncConnection, year: int) -> int:
    found = await connection.execute(
        select(col(CaseNumberRow.last)).where(col(CaseNumberRow.year) == year)
    )
    number = int(found.scalar_one_or_none() or 0) + 1
    await upsert(connection, CaseNumberRow, year=year, last=number)
    return number


def _taken(row: Any, key: CaseKey) -> Taken:  # noqa: ANN401  (a row)
    report = Report.model_validate(key.open(row.report, "report"))
    return Taken(
        number=row.id,
        reference=row.reference,
        report=report,
        received_at=report.source.received_at,
        repeated=row.state == "repeat-pending",
        follows=row.follows,
        by=row.by,
    )
