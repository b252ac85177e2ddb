"""The five registers, each declared once: how it is read, settled, judged and shown."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal, NamedTuple

from domain.registers import bodies, firms, policies, rota, staff
from domain.registers.around import Around
from domain.registers.difference import Difference, Row, compare
from domain.registers.entries import Entry
from domain.working_hours import LONDON

RegisterName = Literal["people", "rota", "councils", "providers", "policy"]

Rows = tuple[Row, ...]


class Register(NamedTuple):
    """One register.

    Attributes:
        read: The entries of a file of it; what is shipped stands behind it where it says so.
        settled: What entries make of what there is, proposed at one instant and taken at another.
        judged: What is doubtful about that; refuses what cannot be.
        key: What an entry is known by.
        title: What people call it.
        is_over: Whether an entry that is still there has ended.
    """

    name: RegisterName
    read: Callable[[str, str], tuple[Entry, ...]]
    settled: Callable[[Rows, tuple[Entry, ...], datetime, datetime], Rows]
    judged: Callable[[tuple[Entry, ...], Rows, Around, datetime], tuple[str, ...]]
    key: Callable[[Row], str]
    title: Callable[[Row], str]
    is_over: Callable[[Row, datetime], bool]

    def difference(self, before: Rows, after: Rows, at: datetime) -> Difference:
        """Return what lies between two states of this register."""
        return compare(before, after, self.key, self.title, lambda row: self.is_over(row, at))


def _whole(_before: Rows, wanted: tuple[Entry, ...], _proposed: datetime, _at: datetime) -> Rows:
    """Return a file's entries as the whole register."""
    return tuple(one.row for one in wanted)


def _alone(read: Callable[[str], tuple[Entry, ...]]) -> Callable[[str, str], tuple[Entry, ...]]:
    """Return how a file is read that nothing shipped stands behind."""
    return lambda text, _shipped: read(text)


def _never(_row: Row, _at: datetime) -> bool:
    return False


REGISTERS: dict[str, Register] = {
    one.name: one
    for one in (
        Register(
            name="people",
            read=_alone(staff.read),
            settled=_whole,
            judged=staff.judged,
            key=lambda row: str(row["id"]),
            title=staff.title_of,
            is_over=_never,
        ),
        Register(
            name="providers",
            read=_alone(firms.read),
            settled=_whole,
            judged=firms.judged,
            key=lambda row: str(row["id"]),
            title=firms.title_of,
            is_over=_never,
        ),
        Register(
            name="councils",
            read=_alone(bodies.read),
            settled=lambda before, wanted, proposed, _at: bodies.settled(
                before, wanted, proposed.astimezone(LONDON).date()
            ),
            judged=bodies.judged,
            key=lambda row: str(row["code"]),
            title=bodies.title_of,
            is_over=lambda row, _at: bodies.is_over(row),
        ),
        Register(
            name="rota",
            read=_alone(rota.read),
            settled=lambda before, wanted, _proposed, at: rota.settled(before, wanted, at),
            judged=rota.judged,
            key=rota.key_of,
            title=rota.title_of,
            is_over=rota.is_over,
        ),
        Register(
            name="policy",
            read=policies.read,
            settled=_whole,
            judged=policies.judged,
            key=policies.key_of,
            title=policies.title_of,
            is_over=_never,
        ),
    )
}
"""Every register by its name."""
