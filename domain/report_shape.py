"""The shape of a report, read off its model: the fields of each part, their order, their rules."""

import types
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from domain.report_rules import AtMost, OneOf, Rule
from domain.value import Value


@dataclass(frozen=True)
class Shape:
    """What one field holds: a value with a rule, or a part with fields of its own.

    Attributes:
        rule: How a value is read; None for a part.
        part: The model of the part; None for a value.
        at_most: 0 for one value or part; for a list, how many entries it may have.
        is_mandatory: Whether a report cannot do without it.
    """

    rule: Rule | None = None
    part: type[Value] | None = None
    at_most: int = 0
    is_mandatory: bool = False


@cache
def shape_of(model: type[Value]) -> dict[str, Shape]:
    """Return the fields of a part under the names they have in JSON, in the order of the guide."""
    hints = get_type_hints(model, include_extras=True)
    filled: tuple[str, ...] = getattr(model, "filled_by_reader", ())
    return {
        info.alias or name: replace(
            _shape(hints[name]), is_mandatory=info.is_required() and name not in filled
        )
        for name, info in model.model_fields.items()
    }


def field_paths(model: type[Value], above: str = "") -> tuple[str, ...]:
    """Return the dotted path of every field; a list is one field, a part is its fields."""
    paths: list[str] = []
    for name, shape in shape_of(model).items():
        is_part = shape.part is not None and not shape.at_most
        here = f"{above}{name}"
        paths += field_paths(shape.part, f"{here}.") if is_part and shape.part else [here]
    return tuple(paths)


def place_in_report(path: str, model: type[Value]) -> tuple[tuple[int, int], ...]:
    """Return where a path stands, for sorting; what the model does not know stands last."""
    place: list[tuple[int, int]] = []
    part: type[Value] | None = model
    for step in path.split(".") if path else ():
        name, _, number = step.partition("[")
        fields = shape_of(part) if part else {}
        entry = number.removesuffix("]")
        position = list(fields).index(name) if name in fields else len(fields)
        place.append((position, int(entry) if entry.isdecimal() else -1))
        part = fields[name].part if name in fields else None
    return tuple(place)


def _shape(hint: Any) -> Shape:  # noqa: ANN401  (a type, of which Python has several kinds)
    if get_origin(hint) in (Union, types.UnionType):
        return _shape(next(kind for kind in get_args(hint) if kind is not type(None)))
    if get_origin(hint) is Literal:
        return Shape(rule=OneOf(get_args(hint)))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return Shape(rule=OneOf(tuple(member.value for member in hint)))
    if get_origin(hint) is Annotated:
        return _marked(*get_args(hint))
    return Shape(part=hint)


def _marked(kind: Any, mark: Any) -> Shape:  # noqa: ANN401
    if isinstance(mark, AtMost):
        return replace(_shape(get_args(kind)[0]), at_most=mark.limit)
    return Shape(rule=mark)
