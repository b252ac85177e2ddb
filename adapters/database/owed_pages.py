"""Pages as a message tells them: rows of the page table, worst first."""

from collections.abc import Iterable
from typing import Any

from activities.paging import PageRow
from domain.value import Instant, Value

NOTICE = "notice:"
"""What the row of a notice that also goes by page is about: this and the notice's name."""


class OwedPage(Value):
    """One page row as its message tells it.

    Attributes:
        about: ``clock#n``, ``alarm:name#n`` or ``notice:name``.
        due_at: The true deadline; when an alarm was raised; ``at`` for a notice that has none.
    """

    case: str
    about: str
    rung: int
    says: str
    at: Instant
    due_at: Instant
    exercise: bool

    @property
    def is_notice(self) -> bool:
        """Tell whether it is a notice that also goes by page: nobody has to say they have it."""
        return self.about.startswith(NOTICE)

    @property
    def is_warning(self) -> bool:
        """Tell whether the deadline is still to come; an alarm never is a warning."""
        return not self.about.startswith(("alarm:", NOTICE)) and self.at < self.due_at


class NoticePage(Value):
    """The page to one member of staff of a notice that also goes by page.

    Attributes:
        key: The leg's id in the ledger of notices; a row exists once.
        person: Staff id.
        says: What is waited for, and the command that answers it.
        due_at: The deadline, if there is one.
    """

    key: str
    person: str
    case: str
    notice: str
    says: str
    at: Instant
    due_at: Instant | None = None


def worst_first(pages: Iterable[OwedPage]) -> tuple[OwedPage, ...]:
    """Return pages in order: breaches and alarms before the rest, then by rung and deadline."""
    return tuple(
        sorted(pages, key=lambda p: (p.is_warning or p.is_notice, -p.rung, p.due_at, p.case))
    )


def owed_of_row(row: Any) -> OwedPage:  # noqa: ANN401  (a row)
    """Return a row of the page table as its message tells it."""
    return OwedPage(
        case=row.case, about=row.about, rung=row.rung, says=row.says,
        at=row.at, due_at=row.due_at, exercise=row.exercise,
    )  # fmt: skip


def owed_as_asked(row: PageRow, rung: int) -> OwedPage:
    """Return a page as a case asks for it, at the rung that it reached."""
    page = row.page
    return OwedPage(
        case=row.case, about=page.about, rung=rung, says=row.says,
        at=page.at, due_at=page.due_at, exercise=page.exercise,
    )  # fmt: skip
