"""The policy at a start: a file is put on record where there is none, and changes nothing after.

``python -m adapters.database.policy_start FILE`` says how a file differs from the policy in force,
and nothing where it does not; ``CIR_DATABASE_URL`` says on which database.
"""

import asyncio
import hashlib
import logging
import sys
from contextlib import suppress
from pathlib import Path

from adapters.database.engine import create_engine
from adapters.database.readiness import DatabaseNotReadyError, check_ready, url_told
from adapters.database.registers import RegisterNotEmptyError, Registers
from adapters.database.seed import utc_now
from adapters.policies import read_file
from domain.policy_settings import PolicyError
from domain.registers.catalogue import REGISTERS
from domain.registers.change import Origin
from domain.registers.policies import rows_of

log = logging.getLogger("cir.policy")


async def begin(registers: Registers, path: Path) -> None:
    """Put the policy of a file on record where none is; say in the log where a file differs.

    Raises:
        PolicyError, OSError: None is on record, and the file is none.
    """
    words = await differing(registers, path)
    if words is None:
        await _fill(registers, path)
    elif words:
        log.info(words)


async def _fill(registers: Registers, path: Path) -> None:
    """Fill; whoever came first has filled it from the same settings."""
    digest = hashlib.sha256(await asyncio.to_thread(path.read_bytes)).hexdigest()
    with suppress(RegisterNotEmptyError):
        await registers.fill_policy(read_file(path), Origin(file=path.name, sha256=digest))


async def differing(registers: Registers, path: Path) -> str | None:
    """Return how a file differs from the policy on record, and what to do; ``None`` without one."""
    if not await registers.has_policy():
        return None
    try:
        said = rows_of(read_file(path))
    except (OSError, PolicyError) as error:
        return f"{path} is no policy, and changed nothing: {error}. The one on record counts."
    before = rows_of(await registers.policy_file())
    counts = REGISTERS["policy"].difference(before, said, utc_now()).counts
    count = sum(counts.values())
    if not count:
        return ""
    lines = "1 line" if count == 1 else f"{count} lines"
    return (
        f"The policy of new cases is the one on record. {path} differs from it in {lines} and "
        f"changed nothing. The head of service proposes it with: cir policy import {path}"
    )


async def told(url: str, path: Path) -> str:
    """Return how a file differs, over a database that is ready."""
    engine = create_engine(url)
    try:
        return await differing(Registers(engine, utc_now), path) or ""
    finally:
        await engine.dispose()


def main() -> None:
    """Say how the file named differs; say what is in the way in one line."""
    *given, path = sys.argv[1:]
    try:
        url = url_told(given)
        check_ready(url)
    except DatabaseNotReadyError as error:
        sys.exit(str(error))
    sys.stdout.write(asyncio.run(told(url, Path(path))))


if __name__ == "__main__":
    main()
