"""Prometheus reads the desk and the worker, and finds every number that an alert rule names."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from settings import ROOT
from tests.e2e.house import House, a_house, until

pytestmark = pytest.mark.server

RULES = ROOT / "examples" / "prometheus" / "cir-rules.yml"
NAME = re.compile(r"\b(?:cir|temporal)_[a-z_]+")


@pytest.fixture(scope="module")
def counted(
    tmp_path_factory: pytest.TempPathFactory, stack_database: str | None
) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("home"), "brisk.toml", stack_database) as running:
        yield running


def scraped(house: House) -> str:
    """Return what desk and worker show, at the addresses that ``cir local status`` names."""
    shown = house.ask("local", "status")["metrics"]
    header = {"Authorization": f"Bearer {house.token('kaya')}"}
    asked = (Request(shown["desk"], headers=header), Request(shown["worker"]))  # noqa: S310
    texts = []
    for one in asked:
        with urlopen(one, timeout=10) as answer:  # noqa: S310  (loopback)
            texts.append(answer.read().decode())
    return "\n".join(texts)


def named(path: Path) -> set[str]:
    """Return the numbers that the expressions of the rules name."""
    lines = (line for line in path.read_text().splitlines() if "expr:" in line)
    return {name for line in lines for name in NAME.findall(line)}


def test_every_number_of_the_rules_is_shown(counted: House) -> None:
    counted.open()
    wanted = named(RULES)
    assert len(wanted) > 5

    def missing() -> set[str]:
        shown = {name for line in scraped(counted).splitlines() for name in NAME.findall(line[:99])}
        return wanted - shown

    until(lambda: not missing(), f"{wanted} to be shown")


def test_what_is_shown_names_no_council_and_no_person(counted: House) -> None:
    case = counted.open()
    counted.quiet(case)
    text = scraped(counted)
    for planted in (case, "Saltbeck", "@", "01632", "kaya"):
        assert planted not in text


def test_the_log_is_lines_of_json_with_the_case_and_nothing_personal(counted: House) -> None:
    case = counted.open()
    counted.quiet(case)
    counted.ask("triage", "acknowledge", case)
    counted.quiet(case)
    lines = [
        line
        for part in ("worker", "desk")
        for line in (counted.data / f"{part}.log").read_text().splitlines()
    ]
    told = [json.loads(line) for line in lines]
    events = {one["event"] for one in told if one.get("case") == case}
    assert {"facts-recorded", "instruction-taken"} <= events
    for planted in ("Saltbeck", "Tolley", "Pargeter", "01632", "07700", "@"):
        assert not [line for line in lines if planted in line]


def test_every_rule_says_what_to_do() -> None:
    text = RULES.read_text()
    alerts = text.count("- alert:")
    assert alerts == text.count("action:") == text.count("summary:") > 5
