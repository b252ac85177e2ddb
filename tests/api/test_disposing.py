"""Erasing what is about people in a case: in time, by two people, and for good."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlmodel import col

from activities.records import FactBatch
from adapters.database.case_keys import CaseKeys
from adapters.database.engine import reading
from adapters.database.records import DatabaseRecords
from adapters.database.register_record import RegisterRecord
from adapters.database.tables import CaseKeyRow
from domain.fact import Fact
from domain.phase import Phase
from domain.view import view_of
from starter import case_keys_of, records_of
from tests.builders import NOON, REFERENCE, a_case
from tests.databases import everything
from tests.desk import DeskHouse, Reply

LONG_AGO = datetime(2024, 1, 15, 12, tzinfo=UTC)
REASON = "Kept for twelve months; nobody has asked for it."
PLANTED = ("Odessa Plant", "odessa.plant@personal.example.org", "07700 900777")


def a_fact(seq: int, kind: str, **payload: str) -> Fact:
    return Fact(
        seq=seq, type=kind, occurred_at=NOON, recorded_at=NOON, by="kaya",
        instruction=f"key-{seq}", payload=payload,
    )  # fmt: skip


async def a_closed_case(
    desk: DeskHouse, *facts: Fact, closed_at: datetime = LONG_AGO, archived: bool = True
) -> DatabaseRecords:
    """Put an old case on the record, with a note about a person."""
    case = a_case(Phase.CLOSED).but(closed_at=closed_at, archived=archived, outcome="supported")
    told = (a_fact(1, "note-added", text=", ".join(PLANTED)), *facts)
    records = records_of(desk.settings, desk.engine)
    view = view_of(case).but(seq=len(told))
    await records.append(FactBatch(case=REFERENCE, facts=told, view=view))
    return records


def keys_of(desk: DeskHouse) -> CaseKeys:
    return case_keys_of(desk.settings)


async def propose(desk: DeskHouse, who: str = "helen") -> Reply:
    token = await desk.token_of(who)
    return await desk.post(f"/cases/{REFERENCE}/dispose", {"reason": REASON}, token)


async def confirm(desk: DeskHouse, who: str) -> Reply:
    return await desk.post("/changes/1/confirm", b"", await desk.token_of(who))


async def test_two_people_erase_what_is_about_people_and_the_record_verifies(
    desk: DeskHouse,
) -> None:
    records = await a_closed_case(desk)
    head = await records.verify(REFERENCE)
    listed = (await desk.get("/disposal")).json
    assert [(one["case"], one["what"]) for one in listed] == [(REFERENCE, "contacts")]
    assert (await propose(desk)).json["subject"].endswith(REFERENCE)
    assert (await confirm(desk, "helen")).says == (403, "not-allowed", "same-person")
    assert PLANTED[0] in (await desk.get(f"/cases/{REFERENCE}/history")).text
    assert (await confirm(desk, "ruth")).json["state"] == "confirmed"
    shown = await desk.get(f"/cases/{REFERENCE}/history")
    assert [fact["payload"]["text"] for fact in shown.json["facts"]] == ["[erased]"]
    assert await records.verify(REFERENCE) == head
    assert (await desk.get("/disposal")).json == []
    entries = await RegisterRecord(desk.engine).entries()
    done = [(e["did"], e["by"], e.get("case")) for e in entries if e.get("case")]
    assert done == [("proposed", "helen", REFERENCE), ("confirmed", "ruth", REFERENCE)]


async def test_after_disposal_nothing_holds_the_key_or_anything_about_people(
    desk: DeskHouse,
) -> None:
    await a_closed_case(desk)
    wrapped = await the_key(desk)
    assert holds(desk, wrapped)
    await propose(desk)
    assert (await confirm(desk, "ruth")).status == 200
    assert not holds(desk, wrapped)
    assert [word for word in PLANTED if holds(desk, word.encode())] == []


async def test_what_is_not_due_or_is_held_is_refused_and_the_attempt_is_kept(
    desk: DeskHouse,
) -> None:
    await a_closed_case(desk, a_fact(2, "legal-hold-set", authority="A court", reason=REASON))
    assert (await propose(desk)).says == (422, "refused", "under-legal-hold")
    assert (await desk.get("/disposal")).json == []
    assert (await propose(desk, "kaya")).says == (403, "not-allowed", "role-not-allowed")
    attempts = (await desk.get(f"/cases/{REFERENCE}/attempts")).json
    assert [(one["command"], one["code"]) for one in attempts] == [
        ("case-dispose", "under-legal-hold"),
        ("case-dispose", "role-not-allowed"),
    ]


async def test_a_case_that_may_be_reopened_is_not_disposed_of(desk: DeskHouse) -> None:
    await a_closed_case(desk, archived=False)
    assert (await propose(desk)).says == (422, "refused", "not-archived")


async def test_a_case_closed_lately_is_kept(desk: DeskHouse) -> None:
    await a_closed_case(desk, closed_at=datetime(2026, 6, 1, 12, tzinfo=UTC))
    assert (await propose(desk)).says == (422, "refused", "kept-still")
    assert (await desk.get("/disposal")).json == []


def holds(desk: DeskHouse, what: bytes) -> bool:
    """Tell whether a row of the record has ``what``, or a file of it, its log among them."""
    in_rows = repr(what)[2:-1] in everything(desk.settings.database)
    files = [path for path in desk.settings.data.rglob("*sqlite*") if path.is_file()]
    return in_rows or any(what in path.read_bytes() for path in files)


async def the_key(desk: DeskHouse) -> bytes:
    async with reading(desk.engine) as connection:
        found = await connection.execute(select(col(CaseKeyRow.wrapped)))
        return bytes(found.scalar_one() or b"")
