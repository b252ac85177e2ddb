"""Fill the empty registers on the machine itself, and issue the example tokens.

``python -m adapters.database.seed URL WORLD_DIR CREDENTIALS_FILE``. A register that is filled is
left alone, and a holder that has a token in the credentials file keeps it.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, TypeAdapter, model_validator

from adapters.database.engine import create_engine
from adapters.database.registers import RegisterNotEmptyError, Registers, Shift
from domain.council import Council
from domain.council_csv import councils_from_csv
from domain.people import Person, Role
from domain.provider import Provider
from domain.value import Instant, Line, Value


def utc_now() -> datetime:
    """Return the instant; this program is an edge."""
    return datetime.now(UTC)  # noqa: TID251


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a register's JSON file; none when there is no file."""
    path = folder / f"{name}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return rows


class RotaLine(Value):
    """One line of a rota file, shaped like a scenario's ``world.rota``; ``to`` excluded."""

    rung: Annotated[str, Field(pattern=r"^L[0-3]$")]
    person: Line
    begins: Annotated[Instant, Field(alias="from")]
    until: Annotated[Instant, Field(alias="to")]

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until <= self.begins:
            raise ValueError("a shift ends after it begins")
        return self


ROTA: TypeAdapter[tuple[RotaLine, ...]] = TypeAdapter(tuple[RotaLine, ...])


def shifts_of(lines: tuple[RotaLine, ...]) -> tuple[Shift, ...]:
    """Return the shifts of a rota file."""
    return tuple(
        Shift(rung=int(one.rung[1:]), person=one.person, begins=one.begins, until=one.until)
        for one in lines
    )


async def fill(registers: Registers, folder: Path) -> list[str]:
    """Fill every empty register from ``folder``; return the names of those that were filled."""
    csv = folder / "councils.csv"
    councils = (
        councils_from_csv(csv.read_text())
        if csv.exists()
        else tuple(Council.model_validate(row) for row in rows_of(folder, "councils"))
    )
    people = tuple(Person.model_validate(row) for row in rows_of(folder, "people"))
    providers = tuple(Provider.model_validate(row) for row in rows_of(folder, "providers"))
    jobs = {
        "people": registers.fill_people(people),
        "providers": registers.fill_providers(providers),
        "councils": registers.fill_councils(councils),
        "rota": registers.fill_rota(shifts_of(ROTA.validate_python(rows_of(folder, "rota")))),
    }
    filled = []
    for name, job in jobs.items():
        try:
            await job
            filled.append(name)
        except RegisterNotEmptyError:
            continue
    return filled


async def issue(registers: Registers, folder: Path, credentials: Path) -> None:
    """Issue a token to everybody who has none in the credentials file (mode 600).

    The first of the file of people comes first there too: ``cir`` acts as the first.
    """
    known: dict[str, str] = json.loads(credentials.read_text()) if credentials.exists() else {}
    registered = {person.id for person in await registers.people()}
    in_order = [str(row["id"]) for row in rows_of(folder, "people")]
    for person in dict.fromkeys([*in_order, *sorted(registered)]):
        if person in registered and person not in known:
            known[person] = await registers.issue_token(person)
    for provider in await registers.providers():
        if provider.id not in known:
            known[provider.id] = await registers.issue_token(provider.id, Role.PROVIDER)
    credentials.parent.mkdir(parents=True, exist_ok=True)
    credentials.touch(mode=0o600)
    credentials.chmod(0o600)
    credentials.write_text(json.dumps(known, indent=1))


async def seed(url: str, folder: Path, credentials: Path) -> None:
    """Fill and issue."""
    engine = create_engine(url)
    registers = Registers(engine, utc_now)
    filled = await fill(registers, folder)
    await issue(registers, folder, credentials)
    await engine.dispose()
    print("filled: " + (", ".join(filled) or "nothing, all registers are in use"))


if __name__ == "__main__":
    asyncio.run(seed(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
