"""The generated command line and its page are what the declarations say."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.generate import DOCS, VERBS, docs_text, verbs_text


@pytest.mark.parametrize(
    ("path", "fresh"), [(VERBS, verbs_text), (DOCS, docs_text)], ids=["verbs.json", "docs/cli.md"]
)
def test_a_generated_file_is_what_a_fresh_generation_writes(
    path: Path, fresh: Callable[[], str]
) -> None:
    assert path.read_text(encoding="utf-8") == fresh(), (
        f"{path.name} is older than the declarations. Run `make cli-docs` and commit both files."
    )
