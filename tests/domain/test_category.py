"""Which categories meet the threshold, and which of two is the more severe."""

from itertools import combinations

import pytest

from domain.category import Category, is_more_severe, meets_threshold

WORST_FIRST = tuple(Category(name) for name in ("C1", "C2", "C3", "C4", "C5", "C6"))


def test_c3_meets_the_threshold_and_c4_does_not() -> None:
    meets = [one for one in Category if meets_threshold(one)]
    assert meets == [Category.C1, Category.C2, Category.C3]


@pytest.mark.parametrize(
    ("worse", "lesser"), list(combinations((*WORST_FIRST, Category.UNCATEGORISED), 2))
)
def test_a_lower_number_is_more_severe_and_uncategorised_is_the_least(
    worse: Category, lesser: Category
) -> None:
    assert is_more_severe(worse, lesser)
    assert not is_more_severe(lesser, worse)


@pytest.mark.parametrize("category", list(Category))
def test_no_category_is_more_severe_than_itself(category: Category) -> None:
    assert not is_more_severe(category, category)
