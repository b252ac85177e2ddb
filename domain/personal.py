"""What is about a person: declared on the field, sealed on the record with the case's own key.

A field is personal when a mark in its annotation says so: ``PersonalText``, the free-text types of
``domain/said.py`` and ``domain/report.py``, ``Personal(...)``. Nothing else lists them. A field
that no declaration knows is taken for personal.
"""

import types
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

ERASED = "[erased]"
"""Shown in the place of what was sealed with a key that has been destroyed."""

SEALED = "$sealed"
"""The one name in the object that stands in the place of a sealed value."""


@dataclass(frozen=True)
class Personal:
    """Marks a field as being about a person.

    Attributes:
        under: Of a JSON document, only what stands under these names, however deep; empty = all.
    """

    under: tuple[str, ...] = ()

    @property
    def personal(self) -> bool:
        """Return true: rules of fields say the same of themselves."""
        return True


PERSONAL = Personal()
"""The whole field."""

PersonalText = Annotated[str, PERSONAL]
"""A name, an address, a number, or words that somebody wrote about people."""

Seal = Callable[[str, Any], Any]
"""Returns a value sealed; the path says where it stands."""

Walk = Callable[[Any, str, Seal], Any]


def sealed(kind: type[BaseModel], data: dict[str, Any], seal: Seal, place: str = "") -> Any:  # noqa: ANN401
    """Return the JSON of a model with everything personal sealed."""
    known = _fields(kind)
    return {
        name: _known(known[name], value, f"{place}/{name}", seal)
        if name in known
        else seal(f"{place}/{name}", value)
        for name, value in data.items()
    }


def opened(data: Any, unseal: Seal, place: str = "") -> Any:  # noqa: ANN401  (JSON of any shape)
    """Return JSON with everything sealed in it opened."""
    if isinstance(data, list):
        return [opened(one, unseal, f"{place}/{at}") for at, one in enumerate(data)]
    if not isinstance(data, dict):
        return data
    if set(data) == {SEALED}:
        return unseal(place, data[SEALED])
    return {name: opened(value, unseal, f"{place}/{name}") for name, value in data.items()}


def personal_paths(kind: type[BaseModel]) -> tuple[str, ...]:
    """Return where a model holds anything personal, for whoever wants to read the list."""
    found: list[str] = []
    for name, info in kind.model_fields.items():
        found.extend(_paths(Annotated[info.annotation, *info.metadata, None], name))
    return tuple(found)


def _known(walk: Walk | None, value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
    return value if walk is None or value is None else walk(value, place, seal)


@cache
def _fields(kind: type[BaseModel]) -> dict[str, Walk | None]:
    """Return how each field is walked, under its name in JSON; ``None`` = nothing in it."""
    return {
        info.alias or name: _walk_of(Annotated[info.annotation, *info.metadata, None])
        for name, info in kind.model_fields.items()
    }


def _walk_of(hint: Any) -> Walk | None:  # noqa: ANN401  (a type, of which Python has several kinds)
    """Return how a value of a type is sealed; ``None`` when nothing in it is personal."""
    marks = _marks(hint)
    hint = _bare(hint)
    if marks:
        under = marks[0].under if isinstance(marks[0], Personal) else ()
        return _document(under) if under else _whole
    if get_origin(hint) in (Union, types.UnionType):
        return _one_of([walk for one in get_args(hint) if (walk := _walk_of(one)) is not None])
    if get_origin(hint) in (tuple, list, dict):
        inner = [one for one in get_args(hint) if one is not Ellipsis]
        walk = _walk_of(inner[-1]) if inner else None
        return None if walk is None else _each(walk)
    if isinstance(hint, type) and issubclass(hint, BaseModel) and personal_paths(hint):
        return _part(hint)
    return None


def _marks(hint: Any) -> list[Any]:  # noqa: ANN401
    rest = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return [mark for mark in rest if getattr(mark, "personal", False)]


def _bare(hint: Any) -> Any:  # noqa: ANN401
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _whole(value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
    return seal(place, value)


def _document(under: tuple[str, ...]) -> Walk:
    def walk(value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
        """Seal what stands under the names, however deep."""
        if isinstance(value, list):
            return [walk(one, f"{place}/{at}", seal) for at, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        return {
            name: seal(f"{place}/{name}", one)
            if name in under and one is not None
            else walk(one, f"{place}/{name}", seal)
            for name, one in value.items()
        }

    return walk


def _one_of(walks: list[Walk]) -> Walk | None:
    def walk(value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
        """Seal as the first kind that has something to seal."""
        for one in walks:
            done = one(value, place, seal)
            if done != value:
                return done
        return value

    return walk if walks else None


def _each(inner: Walk) -> Walk:
    def walk(value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
        """Seal each entry of a list or of a table."""
        if isinstance(value, dict):
            return {name: inner(one, f"{place}/{name}", seal) for name, one in value.items()}
        if isinstance(value, list):
            return [inner(one, f"{place}/{at}", seal) for at, one in enumerate(value)]
        return value

    return walk


def _part(kind: type[BaseModel]) -> Walk:
    def walk(value: Any, place: str, seal: Seal) -> Any:  # noqa: ANN401
        """Seal the fields of a part."""
        return sealed(kind, value, seal, place) if isinstance(value, dict) else value

    return walk


def _paths(hint: Any, place: str) -> tuple[str, ...]:  # noqa: ANN401
    if _marks(hint):
        return (place,)
    hint = _bare(hint)
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return tuple(f"{place}.{path}" for path in personal_paths(hint))
    return tuple(path for one in get_args(hint) for path in _paths(one, place))
