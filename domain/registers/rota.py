"""A rota as a file gives it: read, laid over the shifts there are, and judged."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from domain.people import Person, may
from domain.registers.around import Around
from domain.registers.difference import Row
from domain.registers.entries import Entry, InvalidRegisterError, checked, raw_entries
from domain.registers.shifts import RUNGS, Shift, gaps
from domain.value import Instant, Line, Value, utc_text
from domain.working_hours import LONDON


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


def shift_of(row: Row) -> Shift:
    """Return a line of a rota file as a shift."""
    line = RotaLine.model_validate(row)
    begins, until = line.begins.astimezone(UTC), line.until.astimezone(UTC)
    return Shift(rung=int(line.rung[1:]), person=line.person, begins=begins, until=until)


def row_of(shift: Shift) -> Row:
    """Return a shift as a line of a rota file."""
    begins, until = utc_text(shift.begins), utc_text(shift.until)
    return {"rung": f"L{shift.rung}", "person": shift.person, "from": begins, "to": until}


def key_of(row: Row) -> str:
    """Return what a shift is known by."""
    return f"{row['rung']} {row['person']} from {row['from']}"


def title_of(row: Row) -> str:
    """Return a shift as people call it, in UK time."""
    shift = shift_of(row)
    return f"{row['rung']} {shift.person}, {_day(shift.begins)} to {_day(shift.until)}"


def is_over(row: Row, at: datetime) -> bool:
    """Tell whether a shift has ended."""
    return shift_of(row).until <= at


def read(text: str) -> tuple[Entry, ...]:
    """Return the lines of a rota file.

    Raises:
        InvalidRegisterError: With every problem and its line.
    """
    entries, problems = checked(raw_entries(text, "rota"), lambda row: row_of(shift_of(row)))
    if problems:
        raise InvalidRegisterError(problems)
    return entries


def settled(before: tuple[Row, ...], wanted: tuple[Entry, ...], at: datetime) -> tuple[Row, ...]:
    """Return the rota that ``wanted`` makes of ``before``.

    The file is the whole rota from now on. Shifts that are over stay as they were; one that runs
    and is not in the file ends at ``at``; lines that are over already are passed over.
    """
    new = {key_of(one.row): one.row for one in wanted if not is_over(one.row, at)}
    kept = []
    for row in before:
        if key_of(row) in new:
            continue
        if is_over(row, at):
            kept.append(row)
        elif shift_of(row).begins < at:
            kept.append({**row, "to": utc_text(at)})
    return tuple(sorted((*kept, *new.values()), key=lambda row: (row["from"], row["rung"])))


def judged(
    wanted: tuple[Entry, ...], target: tuple[Row, ...], around: Around, at: datetime
) -> tuple[str, ...]:
    """Return what is doubtful about a rota.

    Raises:
        InvalidRegisterError: A line names nobody on the staff register, or has a person on one
            rung twice at a time.
    """
    people = {one.id: one for one in around.people}
    placed = tuple((one.where, shift_of(one.row)) for one in wanted)
    problems = [
        f"{where}: {shift.person} is not on the staff register."
        for where, shift in placed
        if shift.person not in people
    ]
    problems += _twice(placed)
    if problems:
        raise InvalidRegisterError(problems)
    doubts = [*_over(placed, at), *_not_their_rung(placed, people), *_on_two_rungs(placed)]
    known = tuple(one for one in map(shift_of, target) if one.person in people)
    doubts += [
        f"Nobody is on L{gap.rung} from {_day(gap.begins)} to {_day(gap.until)}."
        for gap in gaps(known, at)
    ]
    return tuple(doubts)


Placed = tuple[tuple[str, Shift], ...]


def _twice(placed: Placed) -> Iterator[str]:
    for first, second in _meeting(placed, lambda one: (one.person, one.rung)):
        where, shift = second
        yield f"{where}: {shift.person} is on L{shift.rung} then already ({first[0].lower()})."


def _on_two_rungs(placed: Placed) -> Iterator[str]:
    for first, second in _meeting(placed, lambda one: one.person):
        where, shift = second
        if shift.rung != first[1].rung:
            yield (
                f"{where}: {shift.person} is on L{shift.rung} and on L{first[1].rung} "
                f"({first[0].lower()}) at a time: a page that nobody takes goes to the same person."
            )


def _meeting(placed: Placed, same: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  (a key)
    """Yield each shift that begins while another of its key runs, after that other."""
    groups: dict[Any, list[tuple[str, Shift]]] = {}
    for one in placed:
        groups.setdefault(same(one[1]), []).append(one)
    for group in groups.values():
        group.sort(key=lambda one: one[1].begins)
        latest = group[0]
        for one in group[1:]:
            if one[1].begins < latest[1].until:
                yield latest, one
            latest = max(latest, one, key=lambda each: each[1].until)


def _not_their_rung(placed: Placed, people: dict[str, Person]) -> Iterator[str]:
    for where, shift in placed:
        role = RUNGS[shift.rung]
        if not may(people[shift.person].roles, frozenset({role})):
            yield f"{where}: L{shift.rung} is the {role}'s rung, and {shift.person} is none."


def _over(placed: Placed, at: datetime) -> Iterator[str]:
    for where, shift in placed:
        if shift.until <= at:
            yield f"{where}: the shift is over and is passed over."


def _day(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%d %b %Y %H:%M %Z}"
