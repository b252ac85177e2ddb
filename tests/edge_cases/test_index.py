"""The page of edge cases names every test of this folder under its number, and no other."""

import ast
import re
from collections import defaultdict
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "edge-cases.md"

Tests = dict[int, set[tuple[str, str]]]


def written() -> tuple[Tests, dict[tuple[str, str], str]]:
    """Return the tests of the folder by number, and what each says it proves."""
    found, says = defaultdict(set), {}
    for path in FOLDER.glob("test_*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            number = re.match(r"test_edge_(\d\d)_", node.name)
            if number is not None:
                found[int(number[1])].add((path.name, node.name))
                says[path.name, node.name] = ast.get_docstring(node) or ""
    return dict(found), says


def listed() -> Tests:
    """Return the tests that the page names, by number; a number without any is there as empty."""
    found: Tests = {}
    number = 0
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if case := re.match(r"(\d+)\. ", line):
            number = int(case[1])
            found[number] = set()
        elif test := re.match(r"   - `(\w+)` in `([\w.]+)`$", line):
            found[number].add((test[2], test[1]))
    return found


def test_every_edge_case_is_on_the_page_with_its_tests() -> None:
    assert list(listed()) == list(range(1, 31))
    assert listed() == written()[0]


def test_each_test_says_in_words_what_it_proves() -> None:
    assert [test for test, says in written()[1].items() if not says] == []
