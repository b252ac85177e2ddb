"""The record as somebody who does not trust us checks it: its chains, all of it, its read model."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from adapters.database.case_keys import CaseKey, CaseKeys
from adapters.database.chains import Chains
from adapters.database.engine import reading, row_dict, writing
from adapters.database.records import columns_of, put_view, read_fact
from adapters.database.tables import (
    CaseEventRow,
    CaseViewRow,
    ChainHeadRow,
    NoticeRow,
    PageRowRow,
    RefusedAttemptRow,
    TurnRow,
)
from adapters.desk_key import DeskKey
from adapters.keyring import TamperedError
from domain.chain import GENESIS, Link, Walked
from domain.fact import Fact
from domain.personal import ERASED
from domain.value import Value, utc_text
from domain.view import CaseView

METHOD = "sha256 over the hash before it (ASCII) and the bytes of body (UTF-8)"
"""How each hash of an export is made, for whoever checks it without us."""

BESIDE = {
    "notices": NoticeRow,
    "pages": PageRowRow,
    "attempts": RefusedAttemptRow,
    "turns": TurnRow,
}
"""What is held of a case beside its facts."""


class Checked(Value):
    """What checking the record of a case found.

    Attributes:
        facts: How many fit, from the first on.
        head: The hash of the last of them.
        broken: What is wrong with the next one, or at the end, in words; ``None`` when the record
            is whole.
        signed: Its signed end, with what it takes to check it; ``None`` when there is none.
    """

    case: str
    facts: int
    head: str
    broken: str | None = None
    signed: dict[str, Any] | None = None


class Remade(Value):
    """What making the read model's row of a case again found.

    Attributes:
        differed: What was otherwise than the facts say; empty when nothing was.
        left: Why the row was left as it is; ``None`` when it is as the facts say now.
    """

    case: str
    differed: tuple[str, ...] = ()
    left: str | None = None


class Audit:
    """Checks of the record, over the application database."""

    def __init__(
        self, engine: AsyncEngine, keys: CaseKeys, key: DeskKey, now: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._chains = Chains(key)
        self._now = now

    async def cases(self) -> tuple[str, ...]:
        """Return every case that has facts, a row of the read model, or the end of a record."""
        named = select(col(CaseEventRow.case)).union(
            select(col(CaseViewRow.case)), select(col(ChainHeadRow.case))
        )
        async with reading(self._engine) as connection:
            return tuple(sorted((await connection.execute(named)).scalars()))

    async def check(self, case: str) -> Checked | None:
        """Check the chain of a case and that its end is there; ``None``: nothing is held of it."""
        async with reading(self._engine) as connection:
            return (await self._checked(connection, case))[1]

    async def everything(self, case: str) -> dict[str, Any]:
        """Return all that is held of a case, its facts as their bytes are stored and opened."""
        async with reading(self._engine) as connection:
            key = await self._keys.opening(connection, case)
            links, checked = await self._checked(connection, case)
            held = {name: await _rows(connection, row, case) for name, row in BESIDE.items()}
        facts = [_exported(link, key) for link in links]
        found = checked or Checked(case=case, facts=0, head=GENESIS)
        chain = {"method": METHOD, "genesis": GENESIS, "facts": found.facts, "head": found.head}
        told = [fact["fact"] for fact in facts if fact["fact"] is not None]
        packs = [fact for fact in told if fact.get("type") == "billing-handed-off"]
        return {
            "schema": "cir-export/1",
            "case": case,
            "at": utc_text(self._now()),
            "chain": {**chain, "broken": found.broken, "signed": found.signed},
            "facts": facts,
            "packs": packs,
            **held,
        }

    async def remake(self, case: str, project: Callable[[tuple[Fact, ...]], CaseView]) -> Remade:
        """Make the read model's row of a case again from its facts, where they are whole.

        Args:
            case: Its reference.
            project: Makes the row's content of the facts.
        """
        async with writing(self._engine) as connection:
            links, checked = await self._checked(connection, case)
            if checked is None:
                return Remade(case=case, left="nothing is held of it")
            if checked.broken is not None:
                return Remade(case=case, left=checked.broken)
            key = await self._keys.opening(connection, case)
            try:
                facts = tuple(Fact.model_validate(read_fact(o.body, o.seq, key)) for o in links)
                view = project(facts)
            except (ValidationError, KeyError, IndexError, ValueError):
                return Remade(case=case, left=_unreadable(links, key))
            differed = await _differences(connection, view, key)
            if differed:
                await put_view(connection, view, await self._keys.sealing(connection, case))
            return Remade(case=case, differed=differed)

    async def _checked(
        self, connection: AsyncConnection, case: str
    ) -> tuple[list[Link], Checked | None]:
        links, found = await self._chains.checked(connection, case)
        shown = await connection.execute(
            select(col(CaseViewRow.seq)).where(col(CaseViewRow.case) == case)
        )
        last = shown.scalar_one_or_none()
        if not found.links and last is None and found.broken is None:
            return links, None
        signed = await self._chains.exported(connection, case)
        broken = found.broken or _cut_short(found, last)
        told = {"facts": found.links, "head": found.head, "broken": broken, "signed": signed}
        return links, Checked.model_validate({"case": case, **told})


def _cut_short(found: Walked, last: int | None) -> str | None:
    """Say what is missing at the end: a chain alone does not show that."""
    if last is None or last <= found.links:
        return None
    return f"facts {found.links + 1} to {last} are missing at its end"


def _exported(link: Link, key: CaseKey) -> dict[str, Any]:
    return {
        "seq": link.seq,
        "before": link.before,
        "hash": link.hash,
        "body": link.body.decode(errors="replace"),
        "fact": _opened(link, key),
    }


def _opened(link: Link, key: CaseKey) -> dict[str, Any] | None:
    """Return the fact in a row; ``None`` where it was altered so that it cannot be read."""
    try:
        fact: Any = read_fact(link.body, link.seq, key)
    except (ValueError, TamperedError):
        return None
    return fact if isinstance(fact, dict) else None


async def _rows(connection: AsyncConnection, table: Any, case: str) -> list[dict[str, Any]]:  # noqa: ANN401
    keys = list(table.__table__.primary_key)
    asked = select(*table.__table__.columns).where(table.case == case).order_by(*keys)
    return [
        {name: _json_ready(value) for name, value in row_dict(row).items()}
        for row in await connection.execute(asked)
    ]


def _json_ready(value: Any) -> Any:  # noqa: ANN401  (a column's value)
    return utc_text(value) if isinstance(value, datetime) else value


def _unreadable(links: list[Link], key: CaseKey) -> str:
    erased = any(ERASED in str(read_fact(one.body, one.seq, key)) for one in links)
    if erased:
        return "what is personal in its facts was erased, so that they make no case any more"
    return "its facts cannot be read as a case by this release"


async def _differences(
    connection: AsyncConnection, view: CaseView, key: CaseKey
) -> tuple[str, ...]:
    """Name what the row there is says otherwise than a view."""
    there = (
        await connection.execute(
            select(*CaseViewRow.__table__.columns).where(  # type: ignore[attr-defined]
                col(CaseViewRow.case) == view.case
            )
        )
    ).first()
    if there is None:
        return ("no row",)
    row = row_dict(there)
    said, meant = key.open(row["document"], "view"), view.model_dump(mode="json")
    columns = columns_of(view)
    names = [name for name in meant if name not in said or said[name] != meant[name]]
    names += [name for name, value in columns.items() if row[name] != value]
    return tuple(dict.fromkeys(names))
