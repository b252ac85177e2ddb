"""The facts of a case alone make the very row that is shown of it."""

from pathlib import Path

import pytest

from domain.projecting import view_from
from domain.view import view_of
from tests.explaining import STORIES, stops


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_facts_of_a_story_make_what_is_shown_of_its_case(path: Path) -> None:
    for stop in stops(path)[1::7]:
        made = view_from(stop.case.reference, stop.facts, stop.case.providers, stop.case.policy)
        assert made == view_of(stop.case), stop.step.n
