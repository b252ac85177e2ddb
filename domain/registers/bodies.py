"""The register of councils as a file gives it: read, laid over what there is, and judged."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from domain.council import Council
from domain.council_csv import InvalidCouncilListError, council_lines
from domain.registers.around import Around, named
from domain.registers.difference import Row
from domain.registers.entries import (
    Entry,
    InvalidRegisterError,
    checked,
    given_twice,
    raw_entries,
)
from domain.working_hours import LONDON


def title_of(row: Row) -> str:
    """Return a council as people call it: its name and what kind it is."""
    return f"{row['name']}, {row['type']}" if row.get("type") else str(row["name"])


def is_over(row: Row) -> bool:
    """Tell whether a council has a last day."""
    return row.get("ends_on") is not None


def read(text: str) -> tuple[Entry, ...]:
    """Return the councils of a file, each with the fields that the file tells of it.

    An empty cell of CSV tells nothing; ``null`` in JSON tells that there is none.

    Raises:
        InvalidRegisterError: With every problem and its line.
    """
    if text.lstrip("\ufeff \t\r\n")[:1] not in ("[", "{"):
        return _from_csv(text)
    entries, problems = checked(
        raw_entries(text, "councils"),
        lambda row: Council.model_validate(row).model_dump(mode="json", include=set(row)),
    )
    problems += [*given_twice(entries, "code", "The code"), *_impossible(entries)]
    if problems:
        raise InvalidRegisterError(problems)
    return entries


def _from_csv(text: str) -> tuple[Entry, ...]:
    try:
        lines, says = council_lines(text)
    except InvalidCouncilListError as error:
        raise InvalidRegisterError(error.problems) from error
    entries = tuple(
        Entry(where=f"Line {line}", row=_told(council, says)) for line, council in lines
    )
    problems = tuple(_impossible(entries))
    if problems:
        raise InvalidRegisterError(problems)
    return entries


def _told(council: Council, says: tuple[str, ...]) -> Row:
    return council.model_dump(mode="json", include=set(says), exclude_none=True)


def _impossible(entries: tuple[Entry, ...]) -> Iterator[str]:
    for one in entries:
        council = Council.model_validate(one.row)
        if council.ends_on and council.starts_on and council.ends_on < council.starts_on:
            yield f"{one.where}: {council.code} ends before it begins."
        if council.replaced_by == council.code:
            yield f"{one.where}: {council.code} cannot be replaced by itself."


def settled(before: tuple[Row, ...], wanted: tuple[Entry, ...], day: date) -> tuple[Row, ...]:
    """Return the register that ``wanted`` makes of ``before``, by code.

    No council is ever deleted: cases refer to it. One that is not in the file ends on ``day``, or
    on the last day that was known. What a file does not tell of a council stays as it was.
    """
    old = {row["code"]: row for row in before}
    new = {one.row["code"]: _laid_over(old.get(one.row["code"], {}), one.row) for one in wanted}
    for code, row in old.items():
        if code not in new:
            new[code] = row if is_over(row) else {**row, "ends_on": day.isoformat()}
    return tuple(new[code] for code in sorted(new))


def _laid_over(before: Row, row: Row) -> Row:
    """Return an entry with what it does not say itself taken from what was known before.

    Whether a council is eligible is judged anew only when its type or its place changes.
    """
    merged: dict[str, Any] = {**before, **row}
    moved = any(before.get(name) != merged.get(name) for name in ("type", "gss"))
    if "eligible" not in row and moved:
        merged.pop("eligible", None)
    return Council.model_validate(merged).model_dump(mode="json")


def judged(
    wanted: tuple[Entry, ...], target: tuple[Row, ...], around: Around, at: datetime
) -> tuple[str, ...]:
    """Return what is doubtful about the councils; nothing here is refused."""
    given = {one.row["code"] for one in wanted}
    known = {row["code"] for row in target}
    day = at.astimezone(LONDON).date()
    doubts = [*_left_out(given, around), *_without_successor(target, around.concerned)]
    for row in target:
        if row["code"] in given and is_over(row) and not Council.model_validate(row).exists_on(day):
            doubts.append(f"{row['code']} is in the file, and its last day was {row['ends_on']}.")
        successor = row.get("replaced_by")
        if successor and successor not in known:
            doubts.append(f"{row['code']} is replaced by {successor}, which is not on the list.")
        if successor and not is_over(row):
            doubts.append(f"{row['code']} is replaced by {successor} and has no last day.")
    living = sum(1 for row in target if Council.model_validate(row).exists_on(day))
    return (*doubts, f"{living} councils exist on {day.isoformat()}.")


def _left_out(given: set[str], around: Around) -> Iterator[str]:
    out = [one for one in around.councils if one.code not in given and one.ends_on is None]
    if len(out) * 2 > len(around.councils):
        yield f"More than half of the councils are not in the file: {len(out)} would end."


def _without_successor(
    target: tuple[Row, ...], concerned: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    for row in target:
        cases = concerned.get(row["code"], ())
        if is_over(row) and not row.get("replaced_by") and cases:
            yield (
                f"{row['code']} ends, {named(cases)} is about it, and no successor is known: "
                "say it in replaced_by."
            )


PUBLISHED = ("mySociety, UK local authority names and codes", "CC-BY-4.0")
"""Who publishes the list of English councils whose columns we read, and its licence [published]."""


def publisher_of(text: str) -> tuple[str, str]:
    """Return source and licence of a list in the published columns; nothing of any other file."""
    header = text.removeprefix("\ufeff").split("\n", 1)[0]
    columns = {one.strip() for one in header.split(",")}
    told = {"local-authority-code", "official-name", "nice-name", "gss-code"}
    return PUBLISHED if told <= columns else ("", "")
