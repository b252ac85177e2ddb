"""The staff register as a file gives it: read and judged."""

from collections.abc import Iterator
from datetime import datetime

from domain.people import SYSTEM, A, D, H, M, Person, Role, T, may
from domain.registers.around import Around, named
from domain.registers.difference import Row
from domain.registers.entries import (
    Entry,
    InvalidRegisterError,
    checked,
    given_twice,
    raw_entries,
)

NOT_STAFF = frozenset({Role.SYSTEM, Role.PROVIDER})
"""Roles that nobody on the staff register holds: they belong to no person."""


def title_of(row: Row) -> str:
    """Return a person as people call them."""
    return f"{row['name']}, {', '.join(row['roles'])}"


def read(text: str) -> tuple[Entry, ...]:
    """Return the people of a file.

    Raises:
        InvalidRegisterError: With every problem and its line.
    """
    entries, problems = checked(
        raw_entries(text, "people"), lambda row: Person.model_validate(row).model_dump(mode="json")
    )
    problems += [*given_twice(entries, "id", "The id"), *_impossible(entries)]
    if problems:
        raise InvalidRegisterError(problems)
    return entries


def _impossible(entries: tuple[Entry, ...]) -> Iterator[str]:
    for one in entries:
        person = Person.model_validate(one.row)
        if person.id == SYSTEM:
            yield f"{one.where}: the id {SYSTEM} is the case's own."
        if person.id.split() != [person.id] or ":" in person.id:
            yield f"{one.where}: an id has no spaces and no colon."
        if not person.roles:
            yield f"{one.where}: {person.id} has no role."
        wrong = sorted(NOT_STAFF & set(person.roles))
        if wrong:
            yield f"{one.where}: {person.id} cannot be {' and '.join(wrong)}: no person is."


def judged(
    wanted: tuple[Entry, ...], target: tuple[Row, ...], around: Around, at: datetime
) -> tuple[str, ...]:
    """Return what is doubtful about a staff register.

    Raises:
        InvalidRegisterError: An id is a provider's, or no two people would be left who may change
            a register: nobody could ever put that right.
    """
    firms = {one.id for one in around.providers}
    people = tuple(Person.model_validate(row) for row in target)
    problems = [
        f"{one.where}: {one.row['id']} is the id of a provider."
        for one in wanted
        if one.row["id"] in firms
    ]
    heads = {one.id for one in people if may(one.roles, frozenset({H}))}
    seconds = {one.id for one in people if may(one.roles, frozenset({A}))}
    if not heads or len(seconds) < 2:  # noqa: PLR2004  (two people)
        problems.append(
            "A register changes by a head of service and a second person who may confirm it: "
            "this file leaves no two such people."
        )
    if problems:
        raise InvalidRegisterError(problems)
    return (*_leaving(people, around, at), *_roles_nobody_has(people))


def _leaving(people: tuple[Person, ...], around: Around, at: datetime) -> Iterator[str]:
    stays = {one.id for one in people}
    for person in (one.id for one in around.people if one.id not in stays):
        owned = around.owned.get(person, ())
        if owned:
            yield (
                f"{person} leaves and owns {named(owned)}: cir handling assign-owner gives a case "
                "to somebody else."
            )
        shifts = [one for one in around.rota if one.person == person and one.until > at]
        if shifts:
            yield (
                f"{person} leaves and stands in the rota ({len(shifts)}): import one without them."
            )


def _roles_nobody_has(people: tuple[Person, ...]) -> Iterator[str]:
    for role in (T, M, H, D):
        if not any(role in one.roles for one in people):
            yield f"Nobody on the register is {role}."
