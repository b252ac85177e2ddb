"""Registers: reads for staff; an empty one is filled by the head of service."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError

from adapters.database.registers import RegisterNotEmptyError, Registers
from adapters.database.seed import ROTA, shifts_of
from api.answers import Answer
from api.bodies import REGISTER_LIMIT, whole_body
from api.desk import Who
from api.identity import Asking, TheDesk
from domain.council import Council
from domain.council_csv import InvalidCouncilListError, councils_from_csv
from domain.people import H, Person, may
from domain.provider import Provider

router = APIRouter()

PEOPLE: TypeAdapter[tuple[Person, ...]] = TypeAdapter(tuple[Person, ...])
PROVIDERS: TypeAdapter[tuple[Provider, ...]] = TypeAdapter(tuple[Provider, ...])
COUNCILS: TypeAdapter[tuple[Council, ...]] = TypeAdapter(tuple[Council, ...])


@router.get("/registers/people")
async def people(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the staff register."""
    return [one.model_dump(mode="json") for one in await desk.registers.people()]


@router.get("/registers/providers")
async def providers(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the providers in configured order."""
    return [one.model_dump(mode="json") for one in await desk.registers.providers()]


@router.get("/registers/rota")
async def rota(_who: Asking, desk: TheDesk) -> list[dict[str, Any]]:
    """Return the shifts that have not ended."""
    now = desk.now()
    shifts = await desk.registers.rota()
    return [one.model_dump(mode="json") for one in shifts if one.until > now]


@router.get("/registers/councils")
async def councils(_who: Asking, desk: TheDesk, find: str = "") -> list[dict[str, Any]]:
    """Return the councils whose code or name fits ``find``; all when it is empty."""
    register = await desk.registers.councils()
    found = register.find(find) if find else register.councils
    return [one.model_dump(mode="json") for one in found]


@router.post("/registers/{name}")
async def filled(name: str, request: Request, who: Asking, desk: TheDesk) -> dict[str, Any]:
    """Fill an empty register; a change to a filled one takes a second person."""
    if not may(who.roles, frozenset({H})):
        raise _not_allowed(who)
    fill = FILLS.get(name)
    if fill is None:
        raise Answer("not-found", "unknown-register", f"There is no register called {name}.")
    raw = (await whole_body(request, REGISTER_LIMIT)).decode("utf-8", "replace")
    try:
        count = await fill(desk.registers, raw)
    except RegisterNotEmptyError as error:
        raise Answer("refused", "second-person-needed", str(error)) from error
    except (ValidationError, InvalidCouncilListError, ValueError) as error:
        words = f"The {name} could not be read: {_told(error)}"
        raise Answer("refused", "invalid-input", words) from error
    return {"ok": True, "register": name, "added": count}


async def _fill_people(registers: Registers, raw: str) -> int:
    rows = PEOPLE.validate_json(raw)
    await registers.fill_people(rows)
    return len(rows)


async def _fill_providers(registers: Registers, raw: str) -> int:
    rows = PROVIDERS.validate_json(raw)
    await registers.fill_providers(rows)
    return len(rows)


async def _fill_councils(registers: Registers, raw: str) -> int:
    is_json = raw.lstrip().startswith("[")
    rows = COUNCILS.validate_json(raw) if is_json else councils_from_csv(raw)
    await registers.fill_councils(rows)
    return len(rows)


async def _fill_rota(registers: Registers, raw: str) -> int:
    rows = shifts_of(ROTA.validate_json(raw))
    await registers.fill_rota(rows)
    return len(rows)


FILLS: dict[str, Callable[[Registers, str], Awaitable[int]]] = {
    "people": _fill_people,
    "providers": _fill_providers,
    "councils": _fill_councils,
    "rota": _fill_rota,
}


def _not_allowed(who: Who) -> Answer:
    words = f"{who.id} may not change registers: it takes the head of service."
    return Answer("not-allowed", "role-not-allowed", words)


def _told(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)[:400]
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)[:400]
