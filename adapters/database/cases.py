"""Questions across cases, answered from the read model."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col

from adapters.database.case_keys import CaseKeys
from adapters.database.engine import reading, row_dict
from adapters.database.notice_lines import notice_lines
from adapters.database.records import read_fact
from adapters.database.tables import CaseEventRow, CaseViewRow, TurnRow
from domain.people import STANDS_IN, Role
from domain.value import utc_text

Column = Literal[
    "case",
    "phase",
    "outcome",
    "category",
    "owner",
    "provider",
    "next_clock",
    "due_at",
    "breached",
    "rung",
    "opened_at",
    "version",
]
SUMMARY: tuple[Column, ...] = get_args(Column)
"""The columns of a summary (``cli.md``, ``case list``)."""

LENGTH = r"^(\d{1,6})([smhd])$"
"""A span as it is asked for: ``30m``."""

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Cases:
    """Reads of cases."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime], keys: CaseKeys) -> None:
        self._engine = engine
        self._now = now
        self._keys = keys

    async def show(self, case: str) -> dict[str, Any] | None:
        """Return everything shown about one case, its notices with what became of them."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(col(CaseViewRow.document)).where(col(CaseViewRow.case) == case)
            )
            document: dict[str, Any] | None = found.scalar_one_or_none()
            if document is None:
                return None
            told = await notice_lines(connection, case, document["notices"])
            key = await self._keys.opening(connection, case)
            return {**key.open(document, "view"), "notices": told}

    async def listed(
        self, wanted: dict[str, Any], *, sort: str = "due_at", limit: int = 100
    ) -> list[dict[str, Any]]:
        """Return summaries of the cases that fit every filter of ``wanted``."""
        query = self._filtered(select(*(getattr(CaseViewRow, name) for name in SUMMARY)), wanted)
        column = getattr(CaseViewRow, sort if sort in SUMMARY else "due_at")
        query = query.order_by(column.is_(None), column, col(CaseViewRow.case)).limit(limit)
        async with reading(self._engine) as connection:
            return [_json_ready(row_dict(row)) for row in await connection.execute(query)]

    def _filtered(self, query: Select[Any], wanted: dict[str, Any]) -> Select[Any]:
        for name in ("phase", "category", "owner", "provider", "breached", "exercise"):
            if name in wanted:
                query = query.where(getattr(CaseViewRow, name) == wanted[name])
        if "council" in wanted:
            query = query.where(col(CaseViewRow.council_code) == str(wanted["council"]).upper())
        if "breaching" in wanted:
            until = self._now() + length_of(str(wanted["breaching"]))
            query = query.where(col(CaseViewRow.due_at) <= until)
        if "opened_since" in wanted:
            query = query.where(col(CaseViewRow.opened_at) >= wanted["opened_since"])
        if wanted.get("closed"):
            return query.where(col(CaseViewRow.phase) == "closed")
        if wanted.get("phase") != "closed":
            query = query.where(col(CaseViewRow.phase) != "closed")
        return query

    async def history(self, case: str, after: int = 0) -> list[dict[str, Any]]:
        """Return the facts of a case after number ``after``, oldest first."""
        async with reading(self._engine) as connection:
            key = await self._keys.opening(connection, case)
            rows = await connection.execute(
                select(col(CaseEventRow.seq), col(CaseEventRow.body), col(CaseEventRow.hash))
                .where(col(CaseEventRow.case) == case, col(CaseEventRow.seq) > after)
                .order_by(col(CaseEventRow.seq))
            )
            return [{**read_fact(row.body, row.seq, key), "hash": row.hash} for row in rows]

    async def facts(self, case: str) -> int:
        """Return how many facts of a case are on the record."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(func.max(col(CaseEventRow.seq))).where(col(CaseEventRow.case) == case)
            )
            return int(found.scalar_one_or_none() or 0)

    async def of_instruction(self, case: str, key: str) -> list[dict[str, Any]]:
        """Return the facts an instruction brought about, as an answer shows them."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(
                    col(CaseEventRow.seq),
                    col(CaseEventRow.type),
                    col(CaseEventRow.occurred_at),
                    col(CaseEventRow.recorded_at),
                    col(CaseEventRow.by),
                )
                .where(col(CaseEventRow.case) == case, col(CaseEventRow.instruction) == key)
                .order_by(col(CaseEventRow.seq))
            )
            return [row_dict(row) for row in rows]

    async def has_instruction(self, case: str, key: str) -> bool:
        """Tell whether an instruction of that key is on the record."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(col(CaseEventRow.seq))
                .where(col(CaseEventRow.case) == case, col(CaseEventRow.instruction) == key)
                .limit(1)
            )
            return found.first() is not None

    async def has_turn(self, case: str, provider: str) -> bool:
        """Tell whether a provider was called out to a case, or has its turn there."""
        async with reading(self._engine) as connection:
            found = await connection.execute(
                select(col(TurnRow.key))
                .where(col(TurnRow.case) == case, col(TurnRow.provider) == provider)
                .limit(1)
            )
            return found.first() is not None

    async def escalations(self) -> list[dict[str, Any]]:
        """Return every page that waits for a person, highest rung first."""
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(col(CaseViewRow.case), col(CaseViewRow.document)).where(
                    col(CaseViewRow.rung).is_not(None)
                )
            )
            found = [
                {"case": row.case, **line}
                for row in rows
                for line in row.document["escalations"]
                if line["unacknowledged"]
            ]
        return sorted(found, key=lambda line: -(line["rung"] or 0))

    async def inbox(self, roles: tuple[str, ...], person: str) -> list[dict[str, Any]]:
        """Return what a person with ``roles`` may do now across cases, by deadline."""
        may = {role.value for role in Role if _stands_for(roles, role)}
        async with reading(self._engine) as connection:
            rows = await connection.execute(
                select(
                    col(CaseViewRow.case), col(CaseViewRow.owner), col(CaseViewRow.document)
                ).where(col(CaseViewRow.phase) != "closed")
            )
            found = [
                {"case": row.case, "mine": row.owner == person, **action}
                for row in rows
                for action in row.document["open_actions"]
                if may & set(action["who"].split(", "))
            ]
        return sorted(found, key=lambda action: action["by"])


def length_of(text: str) -> timedelta:
    """Return ``30m``, ``2h``, ``1d`` as a length; anything else is no time at all."""
    found = re.match(LENGTH, text)
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta(0)


def _stands_for(roles: tuple[str, ...], role: Role) -> bool:
    return any(role.value == held or Role(held) in STANDS_IN.get(role, ()) for held in roles)


def _json_ready(row: dict[str, Any]) -> dict[str, Any]:
    return {k: utc_text(v) if isinstance(v, datetime) else v for k, v in row.items()}
