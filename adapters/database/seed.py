"""Fill the empty registers on the machine itself, and issue the example tokens.

``python -m adapters.database.seed [URL] WORLD_DIR CREDENTIALS_FILE``; without a URL
``CIR_DATABASE_URL`` says which database. A register that is filled is left alone, and a holder that
has a token in the credentials file keeps it.
"""

import asyncio
import hashlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.database.engine import create_engine
from adapters.database.readiness import DatabaseNotReadyError, check_ready, url_told
from adapters.database.registers import RegisterNotEmptyError, Registers
from domain.council import Council
from domain.council_csv import councils_from_csv
from domain.people import Person, Role
from domain.provider import Provider
from domain.registers.bodies import publisher_of
from domain.registers.change import Origin
from domain.registers.rota import shift_of


def utc_now() -> datetime:
    """Return the instant; this program is an edge."""
    return datetime.now(UTC)  # noqa: TID251


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the rows of a register's JSON file; none when there is no file."""
    path = folder / f"{name}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text()) if path.exists() else []
    return rows


async def fill(registers: Registers, folder: Path) -> list[str]:
    """Fill every empty register from ``folder``; return the names of those that were filled."""
    councils, origin = _councils_in(folder)
    people = tuple(Person.model_validate(row) for row in rows_of(folder, "people"))
    providers = tuple(Provider.model_validate(row) for row in rows_of(folder, "providers"))
    jobs = {
        "people": registers.fill_people(people),
        "providers": registers.fill_providers(providers),
        "councils": registers.fill_councils(councils, origin),
        "rota": registers.fill_rota(shift_of(row) for row in rows_of(folder, "rota")),
    }
    filled = []
    for name, job in jobs.items():
        try:
            await job
            filled.append(name)
        except RegisterNotEmptyError:
            continue
    return filled


def _councils_in(folder: Path) -> tuple[tuple[Council, ...], Origin]:
    """Return the councils of a folder, and where they come from."""
    path = folder / "councils.csv"
    if not path.exists():
        rows = rows_of(folder, "councils")
        return tuple(Council.model_validate(row) for row in rows), Origin(file="councils.json")
    raw = path.read_bytes()
    text = raw.decode()
    source, licence = publisher_of(text)
    digest = hashlib.sha256(raw).hexdigest()
    origin = Origin(file=path.name, sha256=digest, source=source, licence=licence)
    return councils_from_csv(text), origin


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


def main() -> None:
    """Fill what the command line says; say what is in the way in one line."""
    *told, folder, credentials = sys.argv[1:]
    try:
        url = url_told(told)
        check_ready(url)
    except DatabaseNotReadyError as error:
        sys.exit(str(error))
    asyncio.run(seed(url, Path(folder), Path(credentials)))


if __name__ == "__main__":
    main()
