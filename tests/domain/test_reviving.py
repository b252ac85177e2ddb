"""A case built again from its record is the case it was (guide n 29)."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from domain.case import Case
from domain.decisions.intake import Begun
from domain.errors import Code, Refused
from domain.fact import Fact
from domain.rehearsal.play import Play
from domain.rehearsal.scenario import read_scenario
from domain.reviving import LastWord, may_revive, rebuilt
from tests.builders import a_policy, providers

STORIES = sorted((Path(__file__).parents[1] / "scenarios").rglob("*.json"))
STORY = next(path for path in STORIES if path.stem == "ransomware-c2-recovery")
NOW = Begun(policy=a_policy(initial_authority_pence=1), providers=providers(), rules=1)


class Told(NamedTuple):
    """A story that was played."""

    case: Case
    record: tuple[Fact, ...]


@cache
def played(path: Path) -> Told:
    """Return the case of a story at its end, and its record as it is read back.

    A rehearsal keeps the key of the opening, which a live case does not: intake knows it.
    """
    play = Play(read_scenario(path.read_text()), a_policy())
    play.to_the_end()
    assert play.case is not None
    case = play.case.but(answered=tuple(a for a in play.case.answered if a.first_seq > 1))
    return Told(case, tuple(Fact.model_validate_json(f.model_dump_json()) for f in play.facts))


def older(record: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return a record from before it held what a case begins with and what was said."""
    first = {name: said for name, said in record[0].payload.items() if name != "begun"}
    return (record[0].but(payload=first), *(fact.but(content=None) for fact in record[1:]))


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_the_record_alone_gives_the_case_with_its_version_and_its_keys(path: Path) -> None:
    case, record = played(path)
    again = rebuilt(case.reference, record, None, NOW)
    assert again.case == case
    assert (again.began_from, again.agrees, again.unrecorded) == ("record", None, ())


def test_what_the_ended_run_knew_and_the_record_lacks_is_taken_over() -> None:
    case, record = played(STORY)
    again = rebuilt(case.reference, record[:-5], LastWord(case, record[-7:]), NOW)
    assert again.case == case
    assert (again.agrees, again.unrecorded) == (True, record[-5:])


def test_a_run_that_says_otherwise_than_the_record_does_not_count() -> None:
    case, record = played(STORY)
    changed = record[-1].but(by="somebody")
    for word in (
        LastWord(case.but(owner="somebody"), ()),
        LastWord(case, (changed,)),
        LastWord(played(STORIES[0]).case, played(STORIES[0]).record[:9]),
    ):
        again = rebuilt(case.reference, record, word, NOW)
        assert again.case == case
        assert (again.agrees, again.unrecorded) == (False, ())


def test_a_gap_between_record_and_run_is_not_bridged() -> None:
    case, record = played(STORY)
    again = rebuilt(case.reference, record[:-5], LastWord(case, record[-4:]), NOW)
    assert (again.agrees, again.case.seq) == (False, record[-6].seq)


def test_an_older_case_takes_what_it_began_with_from_its_run() -> None:
    case, record = played(STORY)
    again = rebuilt(case.reference, older(record), LastWord(case, ()), NOW)
    assert again.case == case
    assert (again.began_from, again.agrees) == ("run", True)


def test_an_older_case_without_a_run_takes_what_a_case_begins_with_now() -> None:
    case, record = played(STORY)
    again = rebuilt(case.reference, older(record), None, NOW)
    assert (again.began_from, again.agrees) == ("registers", None)
    assert again.case.policy == NOW.policy
    assert (again.case.version, again.case.phase) == (case.version, case.phase)
    assert {answer.content for answer in again.case.answered} == {""}
    assert [a.key for a in again.case.answered] == [a.key for a in case.answered]


@pytest.mark.parametrize("status", ["terminated", "canceled", "failed", "timed out", "gone"])
def test_a_case_that_somebody_ended_may_be_revived(status: str) -> None:
    may_revive("CIR-2026-000001", status)


@pytest.mark.parametrize(
    ("status", "code"), [("running", Code.CASE_RUNS), ("completed", Code.CASE_ARCHIVED)]
)
def test_a_case_that_runs_or_ended_by_itself_may_not(status: str, code: Code) -> None:
    with pytest.raises(Refused) as refused:
        may_revive("CIR-2026-000001", status)
    assert (refused.value.code, refused.value.kind) == (code, "refused")
