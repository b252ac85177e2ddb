"""What a change of a register adds, changes and ends, entry by entry and field by field."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.value import Value

Row = dict[str, Any]


class FieldChange(Value):
    """One field of an entry; ``None`` where there was or will be nothing."""

    field: str
    before: str | None
    after: str | None


class EntryChange(Value):
    """One entry that is added, changed or ended.

    Attributes:
        key: What it is known by: a person's id, a council's code, a shift's rung and begin.
        title: What a person calls it.
        fields: What changes in it; empty where it is added, or leaves the register whole.
    """

    key: str
    title: str
    fields: tuple[FieldChange, ...] = ()


class Difference(Value):
    """A change of a register, in the order of the register."""

    added: tuple[EntryChange, ...] = ()
    changed: tuple[EntryChange, ...] = ()
    ended: tuple[EntryChange, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing changes."""
        return not (self.added or self.changed or self.ended)

    @property
    def counts(self) -> dict[str, int]:
        """Return how many entries are added, changed and ended."""
        return {
            "added": len(self.added),
            "changed": len(self.changed),
            "ended": len(self.ended),
        }


def compare(
    before: Sequence[Row],
    after: Sequence[Row],
    key: Callable[[Row], str],
    title: Callable[[Row], str],
    is_over: Callable[[Row], bool],
) -> Difference:
    """Return what lies between two states of a register.

    Args:
        before: The entries as they are.
        after: The entries as they would be.
        key: What an entry is known by.
        title: What a person calls it.
        is_over: Whether an entry counts as ended though it stays on the register.
    """
    old = {key(row): row for row in before}
    new = {key(row): row for row in after}
    added = [EntryChange(key=k, title=title(row)) for k, row in new.items() if k not in old]
    ended = [EntryChange(key=k, title=title(row)) for k, row in old.items() if k not in new]
    changed: list[EntryChange] = []
    for name, row in new.items():
        if name not in old or old[name] == row:
            continue
        one = EntryChange(key=name, title=title(row), fields=_fields(old[name], row))
        (ended if is_over(row) and not is_over(old[name]) else changed).append(one)
    return Difference(added=tuple(added), changed=tuple(changed), ended=tuple(ended))


def _fields(before: Row, after: Row) -> tuple[FieldChange, ...]:
    old, new = _flat("", before), _flat("", after)
    return tuple(
        FieldChange(field=name, before=old.get(name), after=new.get(name))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )


def _flat(place: str, value: Any) -> dict[str, str]:  # noqa: ANN401  (JSON)
    """Return every single value by its place; entries of a list that have an id go by it."""
    if isinstance(value, dict):
        found: dict[str, str] = {}
        for name, inner in value.items():
            found.update(_flat(f"{place}.{name}" if place else name, inner))
        return found
    if isinstance(value, list | tuple) and value and all(isinstance(v, dict) for v in value):
        found = {}
        for number, inner in enumerate(value, start=1):
            found.update(_flat(f"{place}[{inner.get('id', number)}]", inner))
        return found
    if isinstance(value, list | tuple):
        return {place: ", ".join(map(str, value))} if value else {}
    return {} if value is None else {place: str(value)}
