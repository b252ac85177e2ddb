"""What the watchkeeper found, who has it, and when it looked last."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from activities.comparing import Found, Kept, LateClock, OnRecord
from adapters.database.engine import insert_once, reading, upsert, writing
from adapters.database.tables import (
    CaseEventRow,
    CaseViewRow,
    FindingRow,
    PageRowRow,
    WatchStampRow,
)
from domain.reviving import CaseRevived
from domain.value import utc_text

MINE = "%/watch/%"
"""How the keys of the watchkeeper's pages look; a case's own have no such part."""


class Findings:
    """The watchkeeper's findings in the application database."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._now = now

    async def open_cases(self) -> tuple[OnRecord, ...]:
        """Return every case that is not archived, with deadlines that nobody was paged about."""
        last = (
            select(col(CaseEventRow.case), func.max(col(CaseEventRow.seq)).label("last"))
            .group_by(col(CaseEventRow.case))
            .subquery()
        )
        query = (
            select(
                col(CaseViewRow.case),
                col(CaseViewRow.exercise),
                col(CaseViewRow.owner),
                col(CaseViewRow.document),
                (last.c.last > col(CaseViewRow.seq)).label("behind"),
            )
            .join(last, last.c.case == col(CaseViewRow.case))
            .where(col(CaseViewRow.archived).is_(False))
            .order_by(col(CaseViewRow.case))
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
            late = {row.case: past_clocks(row.document, self._now()) for row in rows}
            paged = await _paged(connection, [case for case, clocks in late.items() if clocks])
            answered = await _answered(connection)
        return tuple(
            OnRecord(
                case=row.case,
                exercise=row.exercise,
                owner=row.owner,
                behind=row.behind,
                late=tuple(one for one in late[row.case] if not _is_paged(row.case, one, paged)),
                answered=answered.get(row.case, ()),
            )
            for row in rows
        )

    async def keep(self, found: tuple[Found, ...]) -> tuple[Kept, ...]:
        """Write what was found, end what is no longer found; return what nobody has yet.

        What cannot mend by itself ends once somebody has it, and does not come again.
        """
        by_key = {one.key: one for one in found}
        async with writing(self._engine) as connection:
            for one in found:
                await insert_once(
                    connection, FindingRow, key=one.key, case=one.case, about=one.about,
                    says=one.says, found_at=self._now(), pages=0,
                )  # fmt: skip
            rows = (await connection.execute(select(*_FINDING))).all()
            for row in rows:
                over = _is_over(row, by_key.get(row.key))
                if over != (row.over_at is not None):
                    await connection.execute(
                        update(FindingRow)
                        .where(col(FindingRow.key) == row.key)
                        .values(over_at=self._now() if over else None)
                    )
        return tuple(
            Kept(by_key[row.key], row.found_at, row.pages)
            for row in rows
            if row.key in by_key and row.acknowledged_by is None
        )

    async def paged(self, key: str, pages: int, rung: int) -> None:
        """Keep how far the paging about a finding has come."""
        async with writing(self._engine) as connection:
            await connection.execute(
                update(FindingRow)
                .where(col(FindingRow.key) == key)
                .values(pages=pages, rung=rung, paged_at=self._now())
            )

    async def owed(self) -> tuple[tuple[str, bool], ...]:
        """Return whom a page was written for and not sent to, and whether it is an exercise's."""
        query = (
            select(col(PageRowRow.person), col(PageRowRow.exercise))
            .where(col(PageRowRow.sent_at).is_(None), col(PageRowRow.key).like(MINE))
            .distinct()
        )
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query)).all()
        return tuple(sorted((str(row.person), bool(row.exercise)) for row in rows))

    async def stamp(self) -> None:
        """Write that the watchkeeper has looked."""
        async with writing(self._engine) as connection:
            await upsert(connection, WatchStampRow, id=1, at=self._now())

    async def stamped(self) -> datetime | None:
        """Return when the watchkeeper looked last."""
        async with reading(self._engine) as connection:
            found = await connection.execute(select(col(WatchStampRow.at)))
            at: datetime | None = found.scalar_one_or_none()
        return at

    async def acknowledge(self, case: str, about: str, by: str) -> bool:
        """Keep that somebody has every finding of that name; tell whether one waited."""
        async with writing(self._engine) as connection:
            done = await connection.execute(
                update(FindingRow)
                .where(
                    col(FindingRow.case) == case,
                    col(FindingRow.about) == about,
                    col(FindingRow.over_at).is_(None),
                    col(FindingRow.acknowledged_by).is_(None),
                )
                .values(acknowledged_by=by, acknowledged_at=self._now())
            )
        return bool(done.rowcount)

    async def standing(self) -> list[dict[str, Any]]:
        """Return every finding that is not over, the oldest first."""
        query = select(*_FINDING).where(col(FindingRow.over_at).is_(None))
        async with reading(self._engine) as connection:
            rows = (await connection.execute(query.order_by(col(FindingRow.found_at)))).all()
        return [
            {
                "case": row.case,
                "about": row.about,
                "says": row.says,
                "rung": row.rung,
                "found_at": utc_text(row.found_at),
                "paged_at": None if row.paged_at is None else utc_text(row.paged_at),
                "acknowledged_by": row.acknowledged_by,
            }
            for row in rows
        ]


_FINDING: tuple[Any, ...] = (
    col(FindingRow.key),
    col(FindingRow.case),
    col(FindingRow.about),
    col(FindingRow.says),
    col(FindingRow.found_at),
    col(FindingRow.pages),
    col(FindingRow.rung),
    col(FindingRow.paged_at),
    col(FindingRow.acknowledged_by),
    col(FindingRow.over_at),
)


def _is_over(row: Any, found: Found | None) -> bool:  # noqa: ANN401  (a row)
    """Tell whether a finding is over; what only a person can end stays over once it was."""
    if found is None:
        return True
    return found.lasting and (row.over_at is not None or row.acknowledged_by is not None)


def past_clocks(document: dict[str, Any], now: datetime) -> tuple[LateClock, ...]:
    """Return the live clocks of a case as it is shown that are past their deadline.

    A clock that ended too late is shown as breached for ever; only a live one is waited for.
    """
    live = {(action["what"].split(" ", 1)[0], action["by"]) for action in document["open_actions"]}
    return tuple(
        LateClock(clock=one["clock"], instance=one["instance"], due_at=due)
        for one in document["clocks"]
        if one["state"] in ("running", "breached")
        and (one["clock"], one["due_at"]) in live
        and (due := datetime.fromisoformat(one["due_at"])) < now
    )


async def _answered(connection: AsyncConnection) -> dict[str, tuple[str, ...]]:
    """Return which runs of which cases were ended by hand and answered for by reviving them."""
    query = select(col(CaseEventRow.case), col(CaseEventRow.body)).where(
        col(CaseEventRow.type) == CaseRevived.type
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in await connection.execute(query):
        runs = json.loads(row.body)["payload"]["runs"]
        found[row.case] = (*found.get(row.case, ()), *runs)
    return found


async def _paged(
    connection: AsyncConnection, cases: list[str]
) -> dict[tuple[str, str], list[datetime]]:
    """Return when cases themselves paged about what."""
    query = select(col(PageRowRow.case), col(PageRowRow.about), col(PageRowRow.at)).where(
        col(PageRowRow.case).in_(cases), col(PageRowRow.key).not_like(MINE)
    )
    found: dict[tuple[str, str], list[datetime]] = {}
    for row in (await connection.execute(query)) if cases else ():
        found.setdefault((row.case, row.about), []).append(row.at)
    return found


def _is_paged(case: str, late: LateClock, paged: dict[tuple[str, str], list[datetime]]) -> bool:
    times = paged.get((case, f"{late.clock}#{late.instance}"), [])
    return any(at >= late.due_at for at in times)
