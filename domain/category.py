"""Categories of incident, and the threshold they are held against."""

from enum import StrEnum


class Category(StrEnum):
    """NCSC category [published]; C1 is the worst. Set only by the NCSC or law enforcement."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"
    UNCATEGORISED = "uncategorised"


CATEGORY_GIVERS = ("ncsc", "law-enforcement")
_MEETS = (Category.C1, Category.C2, Category.C3)
_ORDER = tuple(Category)


def meets_threshold(category: Category) -> bool:
    """Tell whether ``category`` is C3 or more severe [published]."""
    return category in _MEETS


def is_more_severe(new: Category, old: Category) -> bool:
    """Tell whether ``new`` is more severe than ``old``; uncategorised is the least."""
    return _ORDER.index(new) < _ORDER.index(old)
