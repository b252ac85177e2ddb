"""A list of councils as CSV, in the columns of the published list of English councils."""

import csv
import io
from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from domain.council import Council
from domain.free_text import clean_line

TYPES = {
    "NMD": "non-metropolitan-district",
    "UA": "unitary",
    "MD": "metropolitan-district",
    "LBO": "london-borough",
    "CC": "city-corporation",
    "CTY": "county",
}
"""The list's short words for the types of council, and ours."""

COLUMNS = {
    "local-authority-code": "code",
    "official-name": "name",
    "nice-name": "short_name",
    "gss-code": "gss",
    "local-authority-type": "type",
    "region": "region",
    "start-date": "starts_on",
    "end-date": "ends_on",
    "replaced-by": "replaced_by",
}
"""The list's columns, and what each tells of a council; all other columns are passed over."""

_MUST_HAVE = ("local-authority-code", "official-name")
_MOST_NAMED = 20


class InvalidCouncilListError(Exception):
    """The list cannot be taken; nothing was changed. Carries every problem at once."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        more = f" And {len(problems) - _MOST_NAMED} more." if len(problems) > _MOST_NAMED else ""
        super().__init__(f"The list cannot be taken. {' '.join(problems[:_MOST_NAMED])}{more}")
        self.problems = problems


def councils_from_csv(text: str) -> tuple[Council, ...]:
    """Return the councils of a list, in its order.

    Raises:
        InvalidCouncilListError: As `council_lines`.
    """
    lines, _ = council_lines(text)
    return tuple(council for _, council in lines)


def council_lines(text: str) -> tuple[tuple[tuple[int, Council], ...], tuple[str, ...]]:
    """Return the councils of a list with their lines, and which of their fields it tells.

    Args:
        text: CSV with a header. `local-authority-code` and `official-name` must be there; the
            other `COLUMNS` are read where they are. Empty = not known.

    Raises:
        InvalidCouncilListError: With every problem, each naming its line: a code that is not three
            letters or stands twice, a name that is missing, a date that is none.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error:
        raise InvalidCouncilListError((f"Line {reader.line_num} is not CSV.",)) from None
    missing = [column for column in _MUST_HAVE if column not in (reader.fieldnames or ())]
    if missing:
        raise InvalidCouncilListError((f"Its header has no {' and no '.join(missing)}.",))
    problems: list[str] = []
    councils = [(line, _council(line, row, problems)) for line, row in rows]
    problems += _codes_given_twice(rows)
    if problems:
        raise InvalidCouncilListError(tuple(problems))
    told = tuple(COLUMNS[name] for name in reader.fieldnames or () if name in COLUMNS)
    return tuple((line, council) for line, council in councils if council is not None), told


def _council(line: int, row: dict[str, str | None], problems: list[str]) -> Council | None:
    cells = {name: clean_line(cell or "").strip() or None for name, cell in _texts(row)}
    kind = cells.get("local-authority-type") or ""
    try:
        return Council.model_validate(
            {
                "code": (cells.get("local-authority-code") or "").upper(),
                "name": cells.get("official-name") or "",
                "short_name": cells.get("nice-name"),
                "gss": cells.get("gss-code"),
                "type": TYPES.get(kind, kind.casefold()) or None,
                "region": cells.get("region"),
                "starts_on": _day(line, "start-date", cells, problems),
                "ends_on": _day(line, "end-date", cells, problems),
                "replaced_by": cells.get("replaced-by"),
            }
        )
    except ValidationError as error:
        wrong = sorted({str(fault["loc"][0]) for fault in error.errors() if fault["loc"]})
        problems.append(f"Line {line}: {' and '.join(wrong)} cannot be read.")
        return None


def _texts(row: Mapping[str, object]) -> list[tuple[str, str | None]]:
    """Return the cells that have a column; what is left over of a line is a list and is none."""
    return [(name, cell) for name, cell in row.items() if cell is None or isinstance(cell, str)]


def _day(line: int, column: str, cells: dict[str, str | None], problems: list[str]) -> date | None:
    cell = cells.get(column)
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        problems.append(f"Line {line}: {column} is not a date such as 2027-04-01.")
        return None


def _codes_given_twice(rows: list[tuple[int, dict[str, str | None]]]) -> list[str]:
    places: dict[str, list[str]] = {}
    for line, row in rows:
        code = (row["local-authority-code"] or "").strip().upper()
        places.setdefault(code, []).append(str(line))
    return [
        f"The code {code} stands {len(lines)} times (lines {', '.join(lines)}); "
        "a code belongs to one council."
        for code, lines in places.items()
        if code and len(lines) > 1
    ]
